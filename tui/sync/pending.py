"""What the user did, on its way to the server: row after row, in the order it was done.

A row is on disk before the screen changes, so nothing done here is forgotten. The server's refusal puts the row's
effect back and is told; a lost line leaves it for the next one.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from tui.imap import change as imap_change
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound, MailError, ServerRefused, TemporarilyRefused
from tui.mail.ids import AccountName, MailboxId
from tui.store.database import Store
from tui.store.pending import Change, ChangeKind
from tui.sync.events import ChangeRefused, Event, MailboxesChanged, MessagesArrived, MessagesChanged
from tui.sync.mailbox import Mirror
from tui.sync.retry import NEVER, Backoff, Pace
from tui.sync.work import Rank, WorkLine


class Replay:
    """Carries an account's pending changes to the server.

    Args:
        account: whose.
        store: where the rows are.
        line: the session they are replayed on.
        mirror: gives the mirror of a mailbox.
        emit: told of what was put back.
        pace: the waits between two tries.
    """

    def __init__(
        self,
        account: AccountName,
        store: Store,
        line: WorkLine,
        mirror: Callable[[MailboxId], Mirror],
        emit: Callable[[Event], None],
        pace: Pace = Backoff,
    ) -> None:
        self._account = account
        self._store = store
        self._line = line
        self._mirror = mirror
        self._emit = emit
        self._wake = asyncio.Event()
        self._backoff = pace()

    def wake(self) -> None:
        """Look for rows now: one was added, or the line is back."""
        self._wake.set()

    async def run(self) -> None:
        """Replay until cancelled. Never raises a `MailError`."""
        while True:
            self._wake.clear()
            wait = await self._drain()
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _drain(self) -> float | None:
        """Replay what is there; return the seconds to wait after a failure, None when nothing is left to try."""
        while (change := await self._store.pending.next(self._account)) is not None:
            try:
                await self._line.do(partial(self._apply, change), Rank.CHANGE)
            except MailError as error:
                if not isinstance(error, ServerRefused) or isinstance(error, TemporarilyRefused):
                    wait = self._backoff.delay(error)  # it says nothing about the change: a line, a password, a disk
                    return None if wait == NEVER else wait
                await self._store.pending.done(change.id)  # first: what it lays over the server's word must be gone
                await self._put_back(change, error)
            else:
                await self._store.pending.done(change.id)
            self._backoff.reset()
            self._emit(MailboxesChanged(self._account))  # what waits is counted on the screen
        return None

    async def _apply(self, change: Change, session: Session) -> None:
        mirror = self._mirror(change.mailbox)
        selected = await mirror.select(session)
        if change.uidvalidity is not None and selected.uidvalidity != change.uidvalidity:
            raise MailboxNotFound("The mailbox was replaced on the server: its messages have new numbers.")
        if change.kind is ChangeKind.FLAGS:
            await imap_change.store_flags(session, change.uids, add=change.add, remove=change.remove)
        else:
            await imap_change.move(session, change.uids, change.target)
            await self._store.envelopes.remove(change.mailbox, change.uids)

    async def _put_back(self, change: Change, error: MailError) -> None:
        uids = list(change.uids)
        state = await self._store.mailboxes.get(change.mailbox)
        if state is None or state.uidvalidity != change.uidvalidity:
            pass  # the rows are gone; those that have their numbers now are others
        elif change.kind is ChangeKind.FLAGS:
            await self._store.envelopes.change_flags(change.mailbox, uids, change.remove, change.add)
            self._emit(MessagesChanged(self._account, change.mailbox, tuple(uids)))
        else:
            await self._store.envelopes.unhide(change.mailbox, uids)
            self._emit(MessagesArrived(self._account, change.mailbox, tuple(uids), fresh=False))
        self._emit(MailboxesChanged(self._account))
        words = getattr(error, "text", "") or str(error)
        self._emit(ChangeRefused(self._account, change.mailbox, f"server refused: {words} · put back"))
