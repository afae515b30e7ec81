"""What an undo brings back into the list: the cursor goes with it, for that is what the user is about."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.store.database import Store
from tui.sync.events import MessagesArrived
from tui.widgets.envelope_list import EnvelopeList

PATIENCE = 3.0
"""Seconds in which the server may bring back what it had been told to move; later the cursor stays."""


@dataclass(frozen=True, slots=True)
class _Awaited:
    cursor: Uid | None  # where it was; who has moved on is elsewhere with his mind
    until: float


class MailReturn:
    """Takes the cursor to messages that are back.

    Args:
        store: open.
        rows: the list.
        row: what the list calls the row of a message.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        store: Store,
        rows: EnvelopeList,
        row: Callable[[MailboxId, Uid], Uid] = lambda mailbox, uid: uid,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._list = rows
        self._row = row
        self._clock = clock
        self._awaited: _Awaited | None = None

    async def follow(self, shown: Mapping[MailboxId, Sequence[Uid]], listed: Collection[MailboxId]) -> None:
        """Go to the newest of the messages that are back.

        Args:
            shown: what is in lists again; nothing when it comes by another name as soon as the server has done it.
            listed: the mailboxes whose messages are in this one.
        """
        self._awaited = None
        if not shown:
            self._awaited = _Awaited(self._cursor, self._clock() + PATIENCE)
            return
        found: list[tuple[Envelope, MailboxId]] = []
        for mailbox in listed:
            back = await self._store.envelopes.many(mailbox, shown.get(mailbox, ()))
            found += [(envelope, mailbox) for envelope in back[:1]]
        if found:
            envelope, mailbox = max(found, key=lambda each: each[0].key)
            await self._list.locate(self._row(mailbox, envelope.uid))

    def is_awaited(self, event: MessagesArrived) -> bool:
        """Whether this is what is to come back, and nobody has gone on meanwhile."""
        awaited = self._awaited
        return awaited is not None and event.ours and self._cursor == awaited.cursor and self._clock() < awaited.until

    @property
    def _cursor(self) -> Uid | None:
        return self._list.current.uid if self._list.current is not None else None
