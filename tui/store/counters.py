"""The counts of a mailbox, changed in the same transaction as its rows."""

import apsw

from tui.mail.ids import MailboxId, UidValidity
from tui.mail.noun import dataclass
from tui.store.codec import SEEN_BIT
from tui.store.sqlite import query


@dataclass(slots=True)
class Tally:
    """What a transaction changes in the counts of one mailbox.

    ``held`` and ``unread`` count our rows. ``server_total`` and ``server_unread`` carry on what the server said last:
    a row that the server had counted already, and that only now comes here, changes nothing in them.
    """

    held: int = 0
    unread: int = 0
    server_total: int = 0
    server_unread: int = 0

    def count(self, rows: int, bits: int, *, server: bool = True) -> None:
        """Add (1) or take away (-1) a row with these flag bits."""
        unread = 0 if bits & SEEN_BIT else rows
        self.held += rows
        self.unread += unread
        if server:
            self.server_total += rows
            self.server_unread += unread

    def write(self, cache: apsw.Connection, mailbox: MailboxId) -> None:
        """Put it into the mailbox's row."""
        if self.held or self.unread or self.server_total or self.server_unread:
            cache.execute(
                "UPDATE mailboxes SET held = held + ?, unread = unread + ?,"
                " server_total = max(0, server_total + ?), server_unread = max(0, server_unread + ?) WHERE id = ?",
                (self.held, self.unread, self.server_total, self.server_unread, mailbox),
            )


def generation(cache: apsw.Connection, mailbox: MailboxId) -> tuple[UidValidity | None, int | None] | None:
    """Return the mailbox's (UIDVALIDITY, UIDNEXT), or None when the mailbox is gone."""
    rows = query(cache, "SELECT uidvalidity, uidnext FROM mailboxes WHERE id = ?", (mailbox,))
    return (rows[0][0], rows[0][1]) if rows else None


def hidden_counts(cache: apsw.Connection, mailbox: MailboxId) -> tuple[int, int]:
    """Return how many rows are hidden, and how many of them are unread: the server still counts them."""
    counts = query(
        cache,
        "SELECT count(*), coalesce(sum(flags & 1 = 0), 0) FROM envelopes WHERE mailbox = ? AND hidden = 1",
        (mailbox,),
    )[0]
    return counts[0], counts[1]
