"""The server's Drafts: what is being written here is there too, once, and goes when it is sent or dropped.

A copy is replaced, never changed: the new one is stored, then the old one deleted by its UID. A UID always means the
same octets (RFC 9051, 2.3.1.1), so what another program made of a draft is another message, and is never deleted here:
where both changed it, both are kept.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from tui.mail.draft_message import to_message
from tui.mail.errors import MailError, ServerRefused, TemporarilyRefused
from tui.mail.ids import AccountName
from tui.mail.mailbox import Role
from tui.mail.noun import dataclass
from tui.store.database import Store
from tui.store.drafts import GONE, SOMEWHERE, DraftCopy, DraftVersion
from tui.sync import special_use
from tui.sync.events import DraftCopied, Event
from tui.sync.retry import Backoff, Pace
from tui.sync.rounds import Rounds

log = logging.getLogger(__name__)

DEBOUNCE = 30.0
"""Seconds after the last change of a draft that is open; one that is closed is stored at once."""
MOST_DELAY = 120.0
"""Seconds after which an open draft is stored though its writer does not pause."""
LARGE = 2_000_000
"""Octets from which a draft is stored only when it is closed."""
LONGEST_WAIT = 600.0
NOWHERE = (None, SOMEWHERE, GONE)
"""What a copy is called that cannot be looked for."""


@dataclass(slots=True)
class Putting:
    """One version of a draft on its way to Drafts.

    Attributes:
        draft: which.
        data: the message.
        date: when it is stored.
        mark: in a header field of its own.
        known: the wire name of Drafts, None where the store has not heard of it.
        copy: the row that notes it, None before the first attempt.
    """

    draft: DraftVersion
    data: bytes
    date: datetime
    mark: str
    known: bytes | None
    copy: int | None


class Shelf(Protocol):
    """Where copies of drafts are. Every method may raise `MailError`, and may then be called again."""

    async def put(self, putting: Putting) -> None:
        """Store a version; done again, it looks first whether that had worked."""

    async def delete(self, copy: DraftCopy) -> bool:
        """Delete a copy; return False when somebody else had done so, or replaced it."""

    async def is_absent(self, copy: DraftCopy) -> bool:
        """Whether a copy is surely no longer there."""

    async def is_elsewhere(self, message_id: str) -> bool:
        """Whether a draft whose copy is gone was sent, changed or thrown away by somebody: where its mail is then."""


class DraftCopies:
    """Keeps an account's Drafts like the drafts here.

    Args:
        account: whose.
        store: where the drafts are.
        shelf: where the copies are.
        emit: told when a draft is there.
        changed: told when the server's mailbox is not what it was.
        enabled: whether drafts are to be there at all; if not, old copies are still deleted.
        pace: the waits after failures.
        clock: seconds since 1970 UTC.
    """

    def __init__(
        self,
        account: AccountName,
        store: Store,
        shelf: Shelf,
        emit: Callable[[Event], None],
        changed: Callable[[], None] = lambda: None,
        *,
        enabled: bool = True,
        pace: Pace = Backoff,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._store = store
        self._shelf = shelf
        self._emit = emit
        self._changed = changed
        self._enabled = enabled
        self._backoff = pace()
        self._clock = clock
        self._rounds = Rounds(self._round, self._failed)
        self._looked = False  # for copies that others took away, since the line is up
        self._since: dict[int, float] = {}  # when a draft was first found to be ahead of its copy
        self._large: set[tuple[int, int]] = set()  # drafts and versions that wait for being closed

    def wake(self) -> None:
        """Go on now: a draft was written, closed, sent or dropped."""
        self._rounds.wake()

    def online(self) -> None:
        """The line is up: others may have changed what is there."""
        self._looked = False
        self.wake()

    async def run(self) -> None:
        """Keep it so until cancelled. Never raises a `MailError`."""
        await self._rounds.run()

    def _failed(self, error: MailError) -> float:
        log.info("%s: drafts: %s", self._account, error)
        lasting = isinstance(error, ServerRefused) and not isinstance(error, TemporarilyRefused)
        return LONGEST_WAIT if lasting else min(self._backoff.delay(error), LONGEST_WAIT)

    async def _round(self) -> float | None:
        """Do what is due; return the seconds until there is more to do, None when there is nothing."""
        drafts = {draft.id: draft for draft in await self._store.drafts.versions(self._account)}
        copies = await self._store.drafts.copies(self._account)
        waits = []
        for draft in drafts.values() if self._enabled else ():
            mine = [copy for copy in copies if copy.draft == draft.id]
            if any(copy.version == draft.version and copy.uid is not None for copy in mine):
                self._since.pop(draft.id, None)
                continue
            wait = self._due(draft) - self._clock()
            if wait > 0:
                waits.append(wait)
            else:
                await self._put(draft, mine)
        copies = await self._store.drafts.copies(self._account)
        await self._remove([copy for copy in copies if _is_old(copy, copies, drafts)], drafts)
        if not self._looked:
            await self._notice_absent(drafts)
            self._looked = True
        self._backoff.reset()
        return min(waits) if waits else None

    def _due(self, draft: DraftVersion) -> float:
        """Return when a draft is to be stored, seconds since 1970 UTC."""
        if not draft.is_open:
            return 0.0
        if (draft.id, draft.version) in self._large:
            return self._clock() + LONGEST_WAIT
        first = self._since.setdefault(draft.id, draft.changed)
        return min(draft.changed + DEBOUNCE, first + MOST_DELAY)

    async def _put(self, draft: DraftVersion, mine: list[DraftCopy]) -> None:
        saved = await self._store.drafts.get(draft.id)
        if saved is None or saved.version != draft.version:
            return  # it was sent, dropped or changed: there is a new round for that
        size = sum(len(each.data) for each in saved.draft.attachments) + len(saved.draft.body)
        if draft.is_open and size > LARGE:
            self._large.add((draft.id, draft.version))
            return
        lost = next((copy for copy in mine if copy.version == draft.version), None)
        mark = lost.mark if lost is not None else secrets.token_hex(16)
        now = datetime.fromtimestamp(self._clock(), UTC).astimezone()
        data = await asyncio.to_thread(to_message, saved.draft, mark, date=now)
        known = await special_use.known(self._store, self._account, Role.DRAFTS)
        await self._shelf.put(Putting(draft, data, now, mark, known, lost.id if lost else None))
        self._since.pop(draft.id, None)
        self._emit(DraftCopied(self._account, draft.id, draft.version / 1e9))
        self._changed()

    async def _remove(self, copies: Iterable[DraftCopy], drafts: dict[int, DraftVersion]) -> None:
        """Delete copies on the server, and forget them."""
        for copy in copies:
            was_there = copy.uid == GONE or await self._shelf.delete(copy)
            await self._store.drafts.drop_copies([copy.id])
            draft = drafts.get(copy.draft)
            if not was_there and draft is not None:
                self._emit(DraftCopied(self._account, draft.id, draft.version / 1e9, is_elsewhere=True))
            self._changed()

    async def _notice_absent(self, drafts: dict[int, DraftVersion]) -> None:
        """Drop drafts that are as they were stored, and were sent, changed or thrown away elsewhere since.

        Where a copy is simply gone, a server may have expired it: the draft is kept, here alone.
        """
        for copy in await self._store.drafts.copies(self._account):
            draft = drafts.get(copy.draft)
            if draft is None or draft.version != copy.version or draft.is_open or copy.uid in NOWHERE:
                continue
            saved = await self._store.drafts.get(copy.draft)
            if saved is None or not await self._shelf.is_absent(copy):
                continue
            if not await self._shelf.is_elsewhere(saved.draft.message_id):
                log.info("%s: the copy of a draft is gone", self._account)
                await self._store.drafts.place_copy(copy.id, copy.uidvalidity, GONE)
            elif await self._store.drafts.drop_unchanged(copy.draft, copy.version):
                log.info("%s: a draft was taken away elsewhere", self._account)
                await self._store.drafts.drop_copies([copy.id])


def _is_old(copy: DraftCopy, copies: list[DraftCopy], drafts: dict[int, DraftVersion]) -> bool:
    """Whether a copy is to go: its draft is gone, or a later copy is surely there."""
    if copy.draft not in drafts:
        return True
    return any(other.draft == copy.draft and other.id > copy.id and other.uid is not None for other in copies)
