"""What an undo brings back into the list: the cursor goes with it, for that is what the user is about."""

import time
from collections.abc import Callable, Sequence

from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.store.database import Store
from tui.sync.events import MessagesArrived
from tui.widgets.envelope_list import EnvelopeList

PATIENCE = 3.0
"""Seconds in which the server may bring back what it had been told to move; later the cursor stays."""


@dataclass(frozen=True, slots=True)
class _Awaited:
    mailbox: MailboxId
    cursor: Uid | None  # where it was; who has moved on is elsewhere with his mind
    until: float


class MailReturn:
    """Takes the cursor to messages that are back.

    Args:
        store: open.
        rows: the list.
        clock: seconds, monotonic.
    """

    def __init__(self, store: Store, rows: EnvelopeList, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._list = rows
        self._clock = clock
        self._awaited: _Awaited | None = None

    async def follow(self, mailbox: MailboxId, uids: Sequence[Uid]) -> None:
        """Go to the newest of the messages that are back in the mailbox that is shown.

        Args:
            uids: none when they are to come by another name, as soon as the server has done it.
        """
        self._awaited = None
        if not uids:
            self._awaited = _Awaited(mailbox, self._cursor, self._clock() + PATIENCE)
            return
        newest = await self._store.envelopes.many(mailbox, uids)
        if newest:
            await self._list.locate(newest[0].uid)

    def is_awaited(self, event: MessagesArrived) -> bool:
        """Whether this is what is to come back, and nobody has gone on meanwhile."""
        awaited = self._awaited
        return (
            awaited is not None
            and event.ours
            and event.mailbox == awaited.mailbox
            and self._cursor == awaited.cursor
            and self._clock() < awaited.until
        )

    @property
    def _cursor(self) -> Uid | None:
        return self._list.current.uid if self._list.current is not None else None
