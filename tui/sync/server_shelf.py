"""Copies of drafts in an IMAP server's Drafts."""

from tui.imap import change, mailboxes, search
from tui.imap.session import Session
from tui.mail.draft_message import MARK
from tui.mail.errors import MailboxNotFound
from tui.mail.flags import DRAFT, SEEN
from tui.mail.ids import AccountName, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.store.drafts import SOMEWHERE, DraftCopy
from tui.sync import special_use
from tui.sync.drafts import Putting
from tui.sync.work import Rank, WorkLine

TAKEN_TO = (Role.SENT, Role.DRAFTS, Role.TRASH, Role.ALL)
"""Where a draft is whose copy somebody took away."""


class ServerShelf:
    """Stores and deletes copies; see `tui.sync.drafts.Shelf`.

    Args:
        account: whose.
        store: where the rows are that note them.
        line: to the server.
    """

    def __init__(self, account: AccountName, store: Store, line: WorkLine) -> None:
        self._account = account
        self._store = store
        self._drafts = store.drafts
        self._line = line

    async def put(self, putting: Putting) -> None:
        """Store a version of a draft."""
        await self._line.do(lambda session: self._put(session, putting), Rank.CHANGE)

    async def delete(self, copy: DraftCopy) -> bool:
        """Delete a copy."""
        return await self._line.do(lambda session: _delete(session, copy), Rank.CHANGE)

    async def is_absent(self, copy: DraftCopy) -> bool:
        """Whether a copy is surely no longer there."""
        return await self._line.do(lambda session: _is_absent(session, copy), Rank.BACKGROUND)

    async def is_elsewhere(self, message_id: str) -> bool:
        """Whether a draft whose copy is gone was sent, changed or thrown away by another program."""
        if not message_id:
            return False
        known = [await special_use.known(self._store, self._account, role) for role in TAKEN_TO]
        names = [wire for wire in known if wire is not None]
        return await self._line.do(lambda session: _holds(session, names, message_id), Rank.BACKGROUND)

    async def _put(self, session: Session, putting: Putting) -> None:
        """Store it. Done again after a lost line, it looks first whether that had worked."""
        wire = putting.known or await special_use.find_or_make(session, self._account, Role.DRAFTS)
        uid: Uid | None = None
        if putting.copy is not None:
            uid = await self._find(session, wire, putting.mark)
        else:
            putting.copy = await self._drafts.add_copy(
                putting.draft.id, putting.draft.version, self._account, wire, putting.mark
            )
        if uid is None:
            uid = await change.append(session, wire, putting.data, frozenset({DRAFT, SEEN}), putting.date)
        if uid is None:
            uid = await self._find(session, wire, putting.mark) or SOMEWHERE
        await self._drafts.place_copy(putting.copy, await _uidvalidity(session, wire), uid)

    async def _find(self, session: Session, wire: bytes, mark: str) -> Uid | None:
        try:
            await mailboxes.select(session, wire)  # Courier takes no APPEND for what this line has open with EXAMINE
            found = await search.find_field(session, MARK, mark)
            return found[-1] if found else None
        finally:
            session.selected = None


async def _uidvalidity(session: Session, wire: bytes) -> UidValidity | None:
    return (await mailboxes.status(session, wire)).uidvalidity


async def _delete(session: Session, copy: DraftCopy) -> bool:
    """Delete a copy; return False when somebody else had done so, or replaced it."""
    try:
        selected = await mailboxes.select(session, copy.wire)
        uid = copy.uid or None
        if uid is None or copy.uidvalidity is None or selected.uidvalidity != copy.uidvalidity:
            # not told, or the mailbox was rebuilt: numbers mean nothing, the mark does
            found = await search.find_field(session, MARK, copy.mark) if copy.mark else []
            uid = found[0] if len(found) == 1 else None
            if uid is None:
                return True
        elif not await search.search(session, b"UID", b"%d" % uid):
            return False
        await change.expunge(session, [uid])
    except MailboxNotFound:
        pass
    finally:
        session.selected = None  # whoever wants this mailbox next compares it with the store
    return True


async def _is_absent(session: Session, copy: DraftCopy) -> bool:
    """Whether a copy is surely no longer there."""
    try:
        selected = await mailboxes.select(session, copy.wire)
        if copy.uidvalidity is None or selected.uidvalidity != copy.uidvalidity:
            return False
        return not await search.search(session, b"UID", b"%d" % (copy.uid or 0))
    except MailboxNotFound:
        return False
    finally:
        session.selected = None


async def _holds(session: Session, names: list[bytes], message_id: str) -> bool:
    for wire in names:
        try:
            await mailboxes.select(session, wire)
            if await search.find_message_id(session, message_id):
                return True
        except MailboxNotFound:
            continue
        finally:
            session.selected = None
    return False
