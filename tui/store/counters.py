"""What is told of rows beside them, the counts above all, changed in the same transaction as they are."""

import json
from collections.abc import Sequence
from dataclasses import field

import apsw

from tui.mail.ids import MailboxId, UidValidity
from tui.mail.noun import dataclass
from tui.store import conversations
from tui.store.codec import BITS, SEEN_BIT
from tui.store.sqlite import query

FEW = 64
"""Messages whose flags go to the search at once; those of more follow soon, so that the lists wait no longer."""

_FLAGGED = BITS["\\Flagged"]
_RENEW = (
    "UPDATE docs SET facts = (SELECT (facts & ~191) | (flags & 63) | ((keywords != '') << 7) FROM envelopes"
    " WHERE id = envelope) WHERE envelope = ?"  # schema/cache-8.sql says what the bits are
)


@dataclass(slots=True)
class Tally:
    """What a transaction changes in the counts of one mailbox.

    ``held`` and ``unread`` count our rows. ``server_total`` and ``server_unread`` carry on what the server said last:
    a row that the server had counted already, and that only now comes here, changes nothing in them. ``changed`` and
    ``gone`` are for `conversations.apply`.
    """

    held: int = 0
    unread: int = 0
    server_total: int = 0
    server_unread: int = 0
    changed: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)

    def count(self, rows: int, bits: int, *, server: bool = True, id: int | None = None) -> None:
        """Add (1) or take away (-1) a row with these flag bits.

        Args:
            server: the server counts it as well.
            id: its key; None for one that has no conversation yet.
        """
        unread = 0 if bits & SEEN_BIT else rows
        self.held += rows
        self.unread += unread
        if server:
            self.server_total += rows
            self.server_unread += unread
        if id is not None:
            known = self.changed.get(id, (0, 0, 0))
            self.changed[id] = (known[0] + rows, known[1] + unread, known[2] + (rows if bits & _FLAGGED else 0))

    def unlist(self, bits: int) -> None:
        """Note a row that comes, and that the server had counted, but that the lists do not show."""
        self.server_total -= 1
        self.server_unread -= not bits & SEEN_BIT

    def turn(self, id: int, before: int, after: int) -> None:
        """Give a row that is shown other flag bits; what the server counts goes with it."""
        unread = (before & SEEN_BIT) - (after & SEEN_BIT)  # its bit is 1
        flagged = bool(after & _FLAGGED) - bool(before & _FLAGGED)
        self.unread += unread
        self.server_unread += unread
        known = self.changed.get(id)
        self.changed[id] = (0, unread, flagged) if known is None else (known[0], known[1] + unread, known[2] + flagged)

    def write(self, cache: apsw.Connection, mailbox: MailboxId) -> None:
        """Put it into the rows of the mailbox and of its conversations."""
        if self.changed or self.gone:
            conversations.apply(cache, mailbox, self.changed, self.gone)
        if self.held or self.unread or self.server_total or self.server_unread:
            cache.execute(
                "UPDATE mailboxes SET held = held + ?, unread = unread + ?,"
                " server_total = max(0, server_total + ?), server_unread = max(0, server_unread + ?) WHERE id = ?",
                (self.held, self.unread, self.server_total, self.server_unread, mailbox),
            )


def note_facts(cache: apsw.Connection, ids: Sequence[int]) -> None:
    """Bring changed flags to the facts of the search, those of many later."""
    if len(ids) <= FEW:
        cache.executemany(_RENEW, [(id,) for id in ids])
    else:
        cache.execute("INSERT OR IGNORE INTO refacts SELECT value FROM json_each(?)", (json.dumps(ids),))


def renew_facts(cache: apsw.Connection, limit: int) -> int:
    """Bring flags to the facts of the search that were left for later; return for how many messages."""
    ids = query(cache, "SELECT envelope FROM refacts LIMIT ?", (limit,))
    if ids:
        cache.executemany(_RENEW, ids)
        cache.executemany("DELETE FROM refacts WHERE envelope = ?", ids)
    return len(ids)


def generation(cache: apsw.Connection, mailbox: MailboxId) -> tuple[UidValidity | None, int | None] | None:
    """Return the mailbox's (UIDVALIDITY, UIDNEXT), or None when the mailbox is gone."""
    rows = query(cache, "SELECT uidvalidity, uidnext FROM mailboxes WHERE id = ?", (mailbox,))
    return (rows[0][0], rows[0][1]) if rows else None


def hidden_counts(cache: apsw.Connection, mailbox: MailboxId) -> tuple[int, int]:
    """Return how many rows are hidden, and how many of them are unread: the server still counts them."""
    counts = query(
        cache,
        "SELECT count(*), coalesce(sum(flags & 1 = 0), 0) FROM"
        " (SELECT flags FROM envelopes WHERE mailbox = ?1 AND hidden = 1"
        " UNION ALL SELECT flags FROM envelopes WHERE mailbox = ?1 AND hidden = 2)",
        (mailbox,),
    )[0]
    return counts[0], counts[1]
