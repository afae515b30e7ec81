"""What the user did, on its way to the server: row after row, in the order it was done.

A row is on disk before the screen changes, so nothing done here is forgotten. The server's refusal puts the row's
effect back and is told; a lost line leaves it for the next one.
"""

from collections.abc import Awaitable, Callable

from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    ConnectionLost,
    MailError,
    ProtocolViolation,
    ServerRefused,
    StoreError,
    TemporarilyRefused,
)
from tui.mail.ids import AccountName, MailboxId
from tui.store.database import Store
from tui.store.overlay import OF_MAILBOXES
from tui.store.pending import Change, ChangeKind, Effects
from tui.sync.carry import Carried
from tui.sync.effects import events_of
from tui.sync.events import ChangeRefused, ChangesParked, Event, MailboxesChanged, WordsKeptHere
from tui.sync.retry import NEVER, Backoff, Pace
from tui.sync.rounds import Rounds
from tui.sync.whereabouts import Renewed

NOT_ITS_FAULT = (
    *(ConnectionLost, AuthenticationFailed, CertificateRefused, TemporarilyRefused),
    *(ProtocolViolation, ConfigError, StoreError),
)
"""Errors that say nothing about the change: a line, a password, a disk."""


class Replay:
    """Carries an account's pending changes to the server.

    Args:
        account: whose.
        store: where the rows are.
        carry: carries one of them.
        emit: told of what was put back.
        pace: the waits between two tries.
        arrived: called with a mailbox that messages were moved to, and with None when mailboxes were changed.
    """

    def __init__(
        self,
        account: AccountName,
        store: Store,
        carry: Callable[[Change], Awaitable[Carried]],
        emit: Callable[[Event], None],
        pace: Pace = Backoff,
        arrived: Callable[[MailboxId | None], None] = lambda mailbox: None,
    ) -> None:
        self._account = account
        self._pending = store.pending
        self._parked = store.parked
        self._carry = carry
        self._emit = emit
        self._arrived = arrived
        self._rounds = Rounds(self.drain, self._patience)  # what drain does not take is the store's
        self._backoff = pace()
        self._told_kept = False

    def wake(self) -> None:
        """Look for rows now: one was added, or the line is back."""
        self._rounds.wake()

    async def run(self) -> None:
        """Replay until cancelled. Never raises a `MailError`."""
        await self._rounds.run()

    def _patience(self, error: MailError) -> float | None:
        wait = self._backoff.delay(error)
        return None if wait == NEVER else wait

    async def drain(self) -> float | None:
        """Replay what is there; return the seconds to wait after a failure, None when nothing is left to try."""
        while (change := await self._pending.next(self._account)) is not None:
            try:
                carried = await self._carry(change)
            except NOT_ITS_FAULT as error:
                return self._patience(error)
            except Renewed:
                await self._park(change)
            except MailError as error:
                await self._put_back(change, error)
            else:
                await self._done(change, carried)
            self._backoff.reset()
            self._emit(MailboxesChanged(self._account))  # what waits is counted on the screen
        return None

    async def _done(self, change: Change, carried: Carried) -> None:
        if carried.places is None:
            return  # taken back in the last moment
        self._tell(carried.effects)
        if carried.kept_here and not self._told_kept:
            self._told_kept = True
            self._emit(WordsKeptHere(self._account, change.mailbox))
        self._tell(await self._pending.done(change.id, carried.places))
        if change.kind in OF_MAILBOXES:
            self._arrived(None)
        elif change.target_mailbox is not None:
            self._arrived(change.target_mailbox)

    async def _park(self, change: Change) -> None:
        """Leave a change to the user: which messages it means now is his to say."""
        self._tell(await self._parked.park(change.id))
        count = (await self._parked.counts()).get(self._account, 0)
        if count:
            self._emit(ChangesParked(self._account, change.mailbox, count))

    async def _put_back(self, change: Change, error: MailError) -> None:
        words = error.text if isinstance(error, ServerRefused) and error.text else str(error)
        self._tell(await self._pending.refused(change.id, words))
        outcome = "not undone" if change.undoing else "not copied" if change.kind is ChangeKind.COPY else "put back"
        self._emit(ChangeRefused(self._account, change.mailbox, f"server refused: {words} · {outcome}"))
        if change.kind in OF_MAILBOXES:
            self._arrived(None)

    def _tell(self, effects: Effects) -> None:
        for event in events_of(self._account, effects):
            self._emit(event)
