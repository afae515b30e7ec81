"""What is asked of messages beside words, as SQL on the narrow rows of their docs, see schema/cache-8.sql."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import apsw

from tui.mail.flags import ANSWERED, DRAFT, FLAGGED, FORWARDED, SEEN
from tui.mail.ids import MailboxId
from tui.mail.mailbox import Mailbox
from tui.mail.matching import is_in, is_of
from tui.mail.query import And, Flagged, HasFile, In, Node, Not, Of, Or, Received, Size
from tui.store.codec import BITS, UID_BITS
from tui.store.counters import renew_facts
from tui.store.databases import Connections
from tui.store.sqlite import query, transaction

SECOND_BITS: Final = 10
"""Docs of one second have this many bits to themselves."""
SLACK: Final = 86_400
"""Seconds by which a doc may lie behind its time: where very many messages are of one second."""
FILE, KEYWORDS, SIZE_SHIFT = 64, 128, 8
LARGE: Final = 1 << 20
"""Octets from which messages have an index of their own."""
MOST_MAILBOXES: Final = 12
"""Mailboxes whose docs are walked side by side; of more, all docs are looked at."""
_MOST_SIZE: Final = 1 << 54

OF_ENVELOPE: Final = (
    f"((e.flags & 63) | ((e.has_file != 0) << 6) | ((e.keywords != '') << 7)"
    f" | (min(e.size, {_MOST_SIZE}) << {SIZE_SHIFT}))"
)
"""The facts of an envelope, as SQL."""
_INDEXES: Final[Mapping[Node, tuple[str, str]]] = {
    Not(Flagged(SEEN)): ("doc_unread", "d.facts & 1 = 0"),
    Flagged(ANSWERED): ("doc_answered", "d.facts & 2 != 0"),
    Flagged(FLAGGED): ("doc_flagged", "d.facts & 4 != 0"),
    Flagged(DRAFT): ("doc_draft", "d.facts & 16 != 0"),
    Flagged(FORWARDED): ("doc_forwarded", "d.facts & 32 != 0"),
    HasFile(): ("doc_file", "d.facts & 64 != 0"),
}
"""What is asked → the index that leads there, and its condition word for word, as SQLite wants it."""


def fill(at: Connections, limit: int) -> int:
    """Bring facts to where they are late: of many flags that changed at once, and of what was in the index before there
    were any. Return for how many messages, 0 when there are no more.
    """
    with transaction(at.cache):
        renewed = renew_facts(at.cache, limit)
        if renewed:
            return renewed
        below = query(at.cache, "SELECT below FROM unfaceted")
        if not below:
            return 0
        docs = query(at.cache, "SELECT doc FROM docs WHERE doc < ? ORDER BY doc DESC LIMIT ?", (below[0][0], limit))
        if not docs:
            at.cache.execute("DELETE FROM unfaceted")
            return 0
        at.cache.execute(
            f"UPDATE docs SET facts = (SELECT {OF_ENVELOPE} FROM envelopes e WHERE e.id = envelope)"
            " WHERE doc BETWEEN ? AND ?",
            (docs[-1][0], docs[0][0]),
        )
        at.cache.execute("UPDATE unfaceted SET below = ?", docs[-1])
        return len(docs)


class Conditions:
    """Turns the parts of a query without words into SQL, about a row of ``docs d``.

    Args:
        cache: the reading connection.
        mailboxes: those there are.

    Attributes:
        known: whether the facts of all docs are known, so that the indexes hold all that they should.
    """

    def __init__(self, cache: apsw.Connection, mailboxes: Mapping[MailboxId, Mailbox]) -> None:
        self._mailboxes = mailboxes
        late = "SELECT (SELECT count(*) FROM unfaceted) OR EXISTS (SELECT 1 FROM refacts)"
        self.known = not query(cache, late)[0][0]
        self._facts = "d.facts" if self.known else f"(SELECT {OF_ENVELOPE} FROM envelopes e WHERE e.id = d.envelope)"

    def indexes(self, node: Node) -> Sequence[tuple[str, str]]:
        """Return (an index, what is in it) whose docs together hold every hit; none where no index leads to them."""
        if not self.known:
            return ()
        match node:
            case Size(octets, True) if octets >= LARGE - 1:
                return [("doc_large", f"d.facts >= {LARGE << SIZE_SHIFT}")]
            case Flagged(flag) if flag not in BITS:
                return [("doc_keyword", f"d.facts & {KEYWORDS} != 0")]
            case In() | Of():
                ids = self._ids(node)
                return [("doc_mailbox", f"d.envelope >> {UID_BITS} = {id}") for id in ids[: MOST_MAILBOXES + 1]]
        return [_INDEXES[node]] if node in _INDEXES else ()

    def sql(self, node: Node) -> str:
        """Return a condition; numbers and our own words only are written into it, and keywords in quotes."""
        match node:
            case And(nodes):
                return "(" + " AND ".join(self.sql(each) for each in nodes) + ")"
            case Or(nodes):
                return "(" + " OR ".join(self.sql(each) for each in nodes) + ")"
            case Not(inner):
                return f"NOT {self.sql(inner)}"
            case Flagged(flag) if flag in BITS:
                return f"({self._facts} & {BITS[flag]} != 0)"
            case Flagged(flag):
                quoted = flag.lower().replace("'", "''")
                has_it = f"instr(' ' || lower(keywords) || ' ', ' {quoted} ') > 0"
                return f"({self._facts} & {KEYWORDS} != 0 AND {_of_envelope(has_it)})"
            case HasFile():
                return f"({self._facts} & {FILE} != 0)"
            case Size(octets, larger):
                return f"({self._facts} >> {SIZE_SHIFT} {'>' if larger else '<'} {min(octets, _MOST_SIZE)})"
            case Received(low, high):
                ends = [f"NOT {_before(low)}"] if low is not None else []
                ends += [_before(high)] if high is not None else []
                return "(" + (" AND ".join(ends) or "1") + ")"
            case In() | Of():
                return f"(d.envelope >> {UID_BITS} IN ({','.join(map(str, self._ids(node) or [0]))}))"  # 0: none

        raise AssertionError(node)  # the others are streams

    def _ids(self, node: In | Of) -> list[int]:
        wanted: Callable[[Mailbox], bool] = (
            (lambda mailbox: is_in(node.name, mailbox)) if isinstance(node, In) else lambda m: is_of(node.account, m)
        )
        return [int(id) for id, mailbox in self._mailboxes.items() if wanted(mailbox)]


def _of_envelope(condition: str) -> str:
    return f"(SELECT {condition} FROM envelopes WHERE id = d.envelope)"


def _before(second: int) -> str:
    """Whether it came before a second. Nearly always the doc tells."""
    surely, hardly = second << SECOND_BITS, (max(0, second) + SLACK) << SECOND_BITS
    return f"(d.doc < {surely} OR (d.doc < {hardly} AND {_of_envelope(f'received < {second}')}))"


def bounds(node: Node) -> tuple[int, int | None]:
    """Return the docs between which every hit lies: the first one, and the first one behind them."""
    times = [node] if isinstance(node, Received) else []
    if isinstance(node, And):
        times = [each for each in node.nodes if isinstance(each, Received)]
    lows = [each.low for each in times if each.low is not None]
    highs = [each.high for each in times if each.high is not None]
    low = max([0, *lows]) << SECOND_BITS
    return low, (max(0, min(highs)) + SLACK) << SECOND_BITS if highs else None
