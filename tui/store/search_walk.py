"""Walking through the index: each leaf of a query is a stream of docs in order of time, and the tree combines them.

A stream is asked for its first place at or beyond another one, and reads a few hundred at once: nobody ever holds all
hits, and a word that is in every mail costs no more than one that is in a few. Places count onwards in the direction
of the walk: a doc, or its negative when the walk goes from new to old. Everything here runs in the reading thread.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import apsw

from tui.mail.ids import AccountName, MailboxId
from tui.mail.mailbox import Mailbox, Role
from tui.mail.matching import COLUMNS, OF_FIELD, SHORT, is_in, is_of
from tui.mail.query import And, Field, Flagged, HasFile, In, Node, Not, Of, Or, Received, Size, Text
from tui.store.codec import BITS
from tui.store.search_index import SECOND_BITS
from tui.store.sqlite import query

END: Final = 1 << 62
"""Beyond every place."""
FIRST_BATCH, MOST_BATCH = 64, 2048
"""Docs read at once by a stream: few at first, for what is shown at once."""
SCANNED: Final = 1000
"""Rows looked at in one go where no index leads to what is looked for."""
SLACK: Final = 86_400
"""Seconds by which a doc may lie behind its time, see schema/cache-3.sql."""


class OutOfTime(Exception):
    """The slice is over; the walk goes on where it was."""


class Stream(Protocol):
    """Docs in the direction of the walk."""

    def next(self, at: int) -> int:
        """Return the first place that is not before ``at``; `END` when there is none."""


class _Batched:
    """A stream that reads ahead."""

    def __init__(self, reads: Callable[[int, int], tuple[list[int], int]], pause: Callable[[], None]) -> None:
        self._reads = reads  # (place, count) → (places from there on, up to which place all of them are known)
        self._pause = pause
        self._batch: list[int] = []
        self._from = self._to = END
        self._size = FIRST_BATCH

    def next(self, at: int) -> int:
        while at < END:
            if self._from <= at <= self._to:
                index = bisect_left(self._batch, at)
                if index < len(self._batch):
                    return self._batch[index]
                if self._to >= END:
                    return END
                at = self._to + 1
            self._pause()
            self._from = at
            self._batch, self._to = self._reads(at, self._size)
            self._size = min(MOST_BATCH, 2 * self._size)
        return END


class _Either:
    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = streams

    def next(self, at: int) -> int:
        return min(stream.next(at) for stream in self._streams)


class _Both:
    """What is in all of some streams, in none of others, and passes a test."""

    def __init__(
        self,
        streams: Sequence[Stream],
        without: Sequence[Stream],
        passes: Callable[[int], bool] | None,
        pause: Callable[[], None],
    ) -> None:
        self._streams, self._without, self._passes, self._pause = streams, without, passes, pause
        self._asked = self._known = END  # between the two there is nothing

    def next(self, at: int) -> int:
        if self._asked <= at <= self._known:
            at = self._known
        else:
            self._asked = at
        while at < END:
            self._known = at
            self._pause()
            place = at
            for stream in self._streams:
                place = stream.next(place)
            if place == END:
                break
            if any(stream.next(place) != place for stream in self._streams[:-1]):
                at = place
                continue
            if not any(stream.next(place) == place for stream in self._without) and (
                self._passes is None or self._passes(place)
            ):
                self._known = place
                return place
            at = place + 1
        self._known = END
        return END


class _Listed:
    """Docs that are known by number."""

    def __init__(self, places: list[int]) -> None:
        self._places = places

    def next(self, at: int) -> int:
        index = bisect_left(self._places, at)
        return self._places[index] if index < len(self._places) else END


class Walk:
    """One walk through the hits of a query.

    Args:
        cache: the reading connection.
        node: what is looked for.
        mailboxes: those there are.
        listed: docs that are hits whatever the query says of them: the server's.
        doc: begin strictly behind this one; None: at the end it comes from.
        older: from new to old.
    """

    def __init__(
        self,
        cache: apsw.Connection,
        node: Node,
        mailboxes: Mapping[MailboxId, Mailbox],
        listed: Sequence[int],
        doc: int | None,
        older: bool,
    ) -> None:
        self._cache = cache
        self._mailboxes = mailboxes
        self._sign = -1 if older else 1
        self._until = 0.0
        self._low, self._high = _bounds(node)
        stream = self._stream(node)
        if listed:
            stream = _Either([stream, _Listed(sorted(self._sign * each for each in listed))])
            self._low, self._high = 0, END
        self._top = stream
        self._at = -END if doc is None else self._sign * doc + 1
        self.done = False

    def slice(self, seconds: float, limit: int) -> list[int]:
        """Return the next docs, as many as are found in this time, at most ``limit``; `done` at the end."""
        self._until = time.monotonic() + seconds
        found: list[int] = []
        try:
            while len(found) < limit:
                place = self._top.next(self._at)
                if place >= END:
                    self.done = True
                    break
                found.append(self._sign * place)
                self._at = place + 1
        except OutOfTime:
            pass
        return found

    def _pause(self) -> None:
        if time.monotonic() > self._until:
            raise OutOfTime

    # From the tree to streams

    def _stream(self, node: Node) -> Stream:
        match node:
            case Text():
                return self._text(node)
            case Or(nodes) if _has_text(node):
                return _Either([self._stream(each) for each in nodes])
            case And(nodes) if _has_text(node):
                return self._both(nodes)
            case Not() if _has_text(node):
                return self._both((node,))
        return self._scan(self._condition(node))

    def _both(self, nodes: Sequence[Node]) -> Stream:
        streams: list[Stream] = []
        without: list[Stream] = []
        conditions: list[str] = []
        for node in nodes:
            if not _has_text(node):
                conditions.append(self._condition(node))
            elif isinstance(node, Not):
                without.append(self._stream(node.node))
            else:
                streams.append(self._stream(node))
        condition = " AND ".join(conditions)
        if not streams:
            return _Both([self._scan(condition or "1")], without, None, self._pause)
        return _Both(streams, without, self._test(condition) if condition else None, self._pause)

    def _text(self, node: Text) -> Stream:
        streams: list[Stream] = []
        columns = OF_FIELD[node.field]
        phrase = f'"{node.words}"'
        if columns:
            table = "head_parts" if len(node.words) >= SHORT and not node.whole else "head_words"
            ends = "" if node.whole or table == "head_parts" else " *"
            within = "" if columns == COLUMNS else f"{{{' '.join(columns)}}} : "
            streams.append(self._matching(table, f"{within}{phrase}{ends}"))
        if node.field in (Field.ANY, Field.BODY):
            streams.append(self._matching("body_words", phrase if node.whole else f"{phrase} *"))
        return streams[0] if len(streams) == 1 else _Either(streams)

    def _matching(self, table: str, expression: str) -> Stream:
        beyond, order = ("<=", "DESC") if self._sign < 0 else (">=", "ASC")
        statement = (
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid {beyond} ? ORDER BY rowid {order} LIMIT ?"
        )

        def read(at: int, count: int) -> tuple[list[int], int]:
            rows = query(self._cache, statement, (expression, self._sign * at, count))
            places = [self._sign * row[0] for row in rows]
            return places, END if len(places) < count else places[-1]

        return _Batched(read, self._pause)

    def _scan(self, condition: str) -> Stream:
        beyond, ends, order = ("<=", ">=", "DESC") if self._sign < 0 else (">=", "<=", "ASC")
        first, last = (self._high, self._low) if self._sign < 0 else (self._low, self._high)
        statement = (
            f"SELECT s.doc, ({condition}) FROM"
            f" (SELECT doc, envelope FROM docs WHERE doc {beyond} ? AND doc {ends} {last}"
            f" ORDER BY doc {order} LIMIT {SCANNED}) s JOIN envelopes e ON e.id = s.envelope ORDER BY s.doc {order}"
        )

        def read(at: int, count: int) -> tuple[list[int], int]:
            rows = query(self._cache, statement, (self._sign * max(at, self._sign * first),))
            known = self._sign * rows[-1][0] if len(rows) == SCANNED else END
            return [self._sign * doc for doc, passes in rows if passes], known

        return _Batched(read, self._pause)

    def _test(self, condition: str) -> Callable[[int], bool]:
        statement = f"SELECT 1 FROM docs JOIN envelopes e ON e.id = docs.envelope WHERE doc = ? AND ({condition})"
        return lambda place: bool(query(self._cache, statement, (self._sign * place,)))

    def _condition(self, node: Node) -> str:
        """Return a part of the tree without texts as SQL; numbers and our own words only are written into it."""
        match node:
            case And(nodes):
                return "(" + " AND ".join(self._condition(each) for each in nodes) + ")"
            case Or(nodes):
                return "(" + " OR ".join(self._condition(each) for each in nodes) + ")"
            case Not(inner):
                return f"NOT {self._condition(inner)}"
            case Flagged(flag) if flag in BITS:
                return f"(e.flags & {BITS[flag]} != 0)"
            case Flagged(flag):
                quoted = flag.lower().replace("'", "''")
                return f"(instr(' ' || lower(e.keywords) || ' ', ' {quoted} ') > 0)"
            case HasFile():
                return "(e.has_file != 0)"
            case Received(low, high):
                bounds = [f"e.received >= {low}"] if low is not None else []
                bounds += [f"e.received < {high}"] if high is not None else []
                return "(" + (" AND ".join(bounds) or "1") + ")"
            case Size(octets, larger):
                return f"(e.size {'>' if larger else '<'} {octets})"
            case In(name):
                return self._of_mailboxes(lambda mailbox: is_in(name, mailbox))
            case Of(account):
                return self._of_mailboxes(lambda mailbox: is_of(account, mailbox))
        raise AssertionError(node)  # a Text: those are streams

    def _of_mailboxes(self, wanted: Callable[[Mailbox], bool]) -> str:
        ids = [str(int(id)) for id, mailbox in self._mailboxes.items() if wanted(mailbox)]
        return f"(e.mailbox IN ({','.join(ids)}))"


def _has_text(node: Node) -> bool:
    match node:
        case Text():
            return True
        case And(nodes) | Or(nodes):
            return any(_has_text(each) for each in nodes)
        case Not(inner):
            return _has_text(inner)
    return False


def _bounds(node: Node) -> tuple[int, int]:
    """Return the docs between which every hit lies."""
    times = [node] if isinstance(node, Received) else []
    if isinstance(node, And):
        times = [each for each in node.nodes if isinstance(each, Received)]
    lows = [each.low for each in times if each.low is not None]
    highs = [each.high for each in times if each.high is not None]
    low = max([0, *lows]) << SECOND_BITS
    return low, (min(highs) + SLACK) << SECOND_BITS if highs else END


def read_mailboxes(cache: apsw.Connection) -> dict[MailboxId, Mailbox]:
    """Return what is needed of the mailboxes to tell which are meant."""
    rows: list[tuple[Any, ...]] = query(cache, "SELECT id, account, wire, name, delimiter, role FROM mailboxes")
    return {
        MailboxId(id): Mailbox(AccountName(account), wire, name, delimiter, Role(role) if role is not None else None)
        for id, account, wire, name, delimiter, role in rows
    }
