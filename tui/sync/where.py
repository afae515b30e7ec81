"""Where an account's mail is, an IMAP server or this machine: whatever knows how to get at it there."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from tui.mail.noun import dataclass
from tui.mail.query import Node
from tui.store.mailboxes import MailboxState
from tui.store.pending import Change
from tui.sync.carry import Carried
from tui.sync.drafts import Shelf
from tui.sync.follow_up import Copies
from tui.sync.reader import Source


class Search(Protocol):
    """Asks where the mail is for what is not known here."""

    async def ask(self, node: Node, mailboxes: Iterable[MailboxState], found: Callable[[Sequence[int]], None]) -> None:
        """See `tui.sync.search.ServerSearch.ask`."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where an account's mail is.

    Attributes:
        source: reads it.
        carry: carries a change of the user's there.
        sent: files copies of sent mail, and looks for them.
        shelf: keeps copies of drafts.
        search: finds more than is known here.
    """

    source: Source
    carry: Callable[[Change], Awaitable[Carried]]
    sent: Copies
    shelf: Shelf
    search: Search
