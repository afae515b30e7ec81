"""What comes into a mailbox of the store, and what of it is new mail, whichever session of the account is first."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from weakref import WeakKeyDictionary

from tui.imap.session import Session
from tui.mail.envelope import Envelope
from tui.mail.flags import DRAFT
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.store.database import Store
from tui.sync.events import Event, MailboxesChanged, MessagesArrived

MOST_UID: Final = 2**32 - 1


class Arrivals:
    """What one errand has brought into the store.

    Attributes:
        known: UIDs above it are news.
        arrived: not told of yet.
        ours: those among them that are no news, whatever their number.
    """

    def __init__(self, known: int) -> None:
        self.known = known
        self.arrived: list[Uid] = []
        self.ours: set[Uid] = set()


class News:
    """Puts envelopes of one mailbox into the store, and tells of them once.

    Args:
        account: whose mailbox.
        mailbox: which.
        store: where to.
        emit: told what came.

    Attributes:
        known: UIDs above it are news, whoever finds them first; None before the mailbox was selected.
        heard: the highest UID that each session has heard of.
        highest: UID that was ever held here, as far as known; greater ones only are new.
    """

    def __init__(self, account: AccountName, mailbox: MailboxId, store: Store, emit: Callable[[Event], None]) -> None:
        self.known: int | None = None
        self.heard: WeakKeyDictionary[Session, int] = WeakKeyDictionary()
        self.highest = 0
        self._account = account
        self._mailbox = mailbox
        self._store = store
        self._emit = emit
        self._expected: set[str] = set()

    def begin_anew(self, known: int) -> None:
        """UIDs mean other messages now, of which those up to this one are no news."""
        self.known = known
        self.highest = 0

    def expect(self, message_ids: Iterable[str]) -> None:
        """Note that messages are put here by the user: they are no news when they come."""
        self._expected.update(message_id for message_id in message_ids if message_id)

    def begin(self) -> Arrivals:
        """Return what an errand notes down that begins now."""
        return Arrivals(self.known or 0)

    async def add(self, rows: Sequence[Envelope], came: Arrivals) -> None:
        """Store what has come.

        Raises:
            StoreError: when it cannot be written.
        """
        came.arrived += await self._store.envelopes.add(self._mailbox, rows)
        self.highest = max((self.highest, *(each.uid for each in rows)))
        came.ours |= {each.uid for each in rows if each.message_id in self._expected or DRAFT in each.flags}
        self._expected -= {envelope.message_id for envelope in rows}

    def tell(self, session: Session, came: Arrivals) -> None:
        """Tell of what an errand on a session has brought since it was last told of."""
        known, ours, arrived = came.known, came.ours, came.arrived
        came.arrived = []
        self._tell([uid for uid in arrived if uid <= known and uid not in ours], fresh=False)
        self._tell([uid for uid in arrived if uid in ours], fresh=False, ours=True)
        self._tell([uid for uid in arrived if uid > known and uid not in ours], fresh=True)
        self.heard[session] = max([*arrived, self.heard.get(session, 0)])

    def _tell(self, uids: list[Uid], *, fresh: bool, ours: bool = False) -> None:
        if uids:
            if fresh:
                self.known = max([*uids, self.known or 0])
            elif self.known == MOST_UID:
                self.known = max(uids)
            self._emit(MessagesArrived(self._account, self._mailbox, tuple(uids), fresh, ours=ours))
            self._emit(MailboxesChanged(self._account))
