"""What is read of, and filed in, the local mail of a POP3 account: messages, copies of sent mail, copies of drafts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from tui.mail.errors import MailboxNotFound
from tui.mail.flags import DRAFT, SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.parse import parse_message
from tui.mail.submission import Copy, Submission
from tui.store.database import Store
from tui.store.drafts import DraftCopy
from tui.store.local_boxes import INBOX, Box
from tui.store.local_mail import NewMessage
from tui.sync.drafts import Putting
from tui.sync.sent_copy import said_of
from tui.sync.special_use import NAMES
from tui.sync.work import Rank

Filed = Callable[[bytes], Awaitable[None]]
"""Called with the wire name of a mailbox in which something was filed, or deleted."""


class LocalSource:
    """Reads messages; see `tui.sync.reader.Source`.

    Args:
        account: whose.
        store: where they are.
    """

    is_here = True

    def __init__(self, account: AccountName, store: Store) -> None:
        self._account = account
        self._store = store

    async def sections(
        self, mailbox: MailboxId, uid: Uid, sections: Sequence[str], limit: int, rank: Rank
    ) -> dict[str, bytes]:
        """Return sections of a message."""
        wire = await self._store.pending.wire(mailbox)
        box = await self._store.local.box(self._account, wire) if wire is not None else None
        data = await self._store.local.content(box.id, uid) if box is not None else None
        if data is None:
            return {}
        return await asyncio.to_thread(_cut, data, sections, limit)


def _cut(data: bytes, sections: Sequence[str], limit: int) -> dict[str, bytes]:
    message = parse_message(data)
    whole = {"": data, "HEADER": message.header.raw}
    found = {section: whole[section][:limit] for section in sections if section in whole}
    return found | {each: message.bodies[each][:limit] for each in sections if each in message.bodies}


class LocalSent:
    """Files copies of sent mail; see `tui.sync.follow_up.Copies`.

    Args:
        account: whose.
        sent_copy: whether they are to be filed: the setting.
        store: where to.
        filed: told where.
    """

    def __init__(self, account: AccountName, sent_copy: str, store: Store, filed: Filed) -> None:
        self._account = account
        self._setting = sent_copy
        self._store = store
        self._filed = filed

    async def file(self, submission: Submission) -> Copy:
        """See to it that a copy is in Sent, exactly one."""
        if self._setting == "none":
            return Copy.NONE
        if submission.rest_of is not None:
            return Copy.FOUND  # that of the submission before it; a second one would be the same mail twice
        local = self._store.local
        box = await _with_role(self._store, self._account, Role.SENT)
        if await local.with_message_id(box.id, submission.message_id) is not None:
            return Copy.FOUND
        data = said_of(submission) + await self._store.outbox.data(submission.id)
        message = NewMessage(data, int(time.time()), frozenset({SEEN}), submission.message_id)
        if await local.append(self._account, box.wire, message) is None:
            raise MailboxNotFound("The mailbox for sent mail is gone.")
        await self._filed(box.wire)
        return Copy.FILED

    async def find(self, submission: Submission) -> bool:
        """Return whether a mail in doubt has come back to INBOX: then it was sent. POP3 tells nothing else."""
        for wire in (INBOX,):
            box = await self._store.local.box(self._account, wire)
            if box is not None and await self._store.local.with_message_id(box.id, submission.message_id) is not None:
                return True
        return False


class LocalShelf:
    """Keeps copies of drafts in Drafts; see `tui.sync.drafts.Shelf`.

    Args:
        account: whose.
        store: where.
        filed: told where.
    """

    def __init__(self, account: AccountName, store: Store, filed: Filed) -> None:
        self._account = account
        self._store = store
        self._filed = filed

    async def put(self, putting: Putting) -> None:
        """Store a version of a draft; done again, it finds what it stored before."""
        local, drafts = self._store.local, self._store.drafts
        box = await _with_role(self._store, self._account, Role.DRAFTS)
        if putting.copy is None:
            putting.copy = await drafts.add_copy(
                putting.draft.id, putting.draft.version, self._account, box.wire, putting.mark
            )
        uid = await local.with_mark(box.id, putting.mark)
        if uid is None:
            when = int(putting.date.timestamp())
            message = NewMessage(putting.data, when, frozenset({DRAFT, SEEN}), mark=putting.mark)
            uid = await local.append(self._account, box.wire, message)
        await drafts.place_copy(putting.copy, box.uidvalidity, uid)
        await self._filed(box.wire)

    async def delete(self, copy: DraftCopy) -> bool:
        """Delete a copy; return False when it was gone already."""
        box, uid = await self._find(copy)
        if box is None or uid is None:
            return box is None or copy.uid is None
        await self._store.local.erase(box.id, [uid])
        await self._filed(box.wire)
        return True

    async def is_absent(self, copy: DraftCopy) -> bool:
        """Whether a copy is surely no longer there."""
        box, uid = await self._find(copy)
        return box is not None and uid is None

    async def is_elsewhere(self, message_id: str) -> bool:
        """Whether somebody took it away: nobody else can, where its mailbox is on this disk alone."""
        return True

    async def _find(self, copy: DraftCopy) -> tuple[Box | None, Uid | None]:
        local = self._store.local
        box = await local.box(self._account, copy.wire)
        if box is None:
            return None, None
        if copy.uid and copy.uidvalidity == box.uidvalidity:
            return box, copy.uid if await local.there(box.id, [copy.uid]) else None
        return box, await local.with_mark(box.id, copy.mark)


async def _with_role(store: Store, account: AccountName, role: Role) -> Box:
    """Return the mailbox with this part; an account that has none gets one."""
    for _ in range(2):
        for box in await store.local.boxes(account):
            if box.role is role:
                return box
        await store.local.make(account, NAMES[role].encode(), role)
    raise MailboxNotFound(f"There is no {role.value} mailbox.")
