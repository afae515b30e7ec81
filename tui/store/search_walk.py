"""Walking through the index: the leaves of a query become streams of docs, and the tree says how they are combined.

Nobody ever holds all hits, and a word that is in every mail costs no more than one that is in a few. What is found in
one go takes a few milliseconds, whatever is looked for. Everything here runs in the reading thread.
"""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import apsw

from tui.mail.ids import AccountName, MailboxId
from tui.mail.mailbox import Mailbox, Role
from tui.mail.matching import COLUMNS, OF_FIELD, SHORT, head, head_has
from tui.mail.query import And, Field, Node, Not, Or, Text, Thread
from tui.mail.thread import key_of
from tui.store.codec import LIST_COLUMNS, unpack
from tui.store.search_facts import MOST_MAILBOXES, Conditions, bounds
from tui.store.search_streams import END, Batch, Both, Either, Listed, Read, Stream, Within
from tui.store.sqlite import query

FIRST_BATCH, MOST_BATCH = 64, 8192
"""Docs looked at in one go: few at first, for what is shown at once."""
QUICK, SLOW = 0.0015, 0.004
"""Seconds of work: what took less is done with more at once the next time, what took more with less."""
FACT_PEEK, BODY_PEEK = 512, 1024
"""Docs read at least: to begin with a condition is cheap, and with the beginning of a word of texts it is dear."""
MOST_OF_THREAD: Final = 10_000
"""Messages of one conversation that are found: the newest."""
WORD_ROW, FACT_ROW, INDEX_ROW = 1e-6, 0.1e-6, 0.5e-6
"""Seconds it takes to read a doc of a word, to look at one, and to look at one that an index leads to."""
WORD_TEST, FACT_TEST, BODY_TEST = 60e-6, 3e-6, 50e-6
"""Seconds it takes to ask about one doc that another stream found."""

_COLUMNS = ", ".join(f"e.{name}" for name in LIST_COLUMNS.split(", "))


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
        self._conditions = Conditions(cache, mailboxes)
        self._sign = -1 if older else 1
        self._ordered = ("<=", ">=", "DESC") if older else (">=", "<=", "ASC")
        self._top = self._bounded(node)
        if listed:
            self._top = Either([self._top, Listed(sorted(self._sign * each for each in listed))])
        if doc is None:
            doc = query(cache, f"SELECT {'max' if older else 'min'}(doc) FROM docs")[0][0] or 0
            self._at = self._sign * doc
        else:
            self._at = self._sign * doc + 1
        self._count = FIRST_BATCH
        self._ahead: list[int] = []
        self.done = False

    def slice(self, seconds: float, limit: int) -> list[int]:
        """Return the next docs, as many as are found in this time, at most ``limit``; `done` at the end."""
        until = time.monotonic() + seconds
        while len(self._ahead) < limit and self._at < END:
            began = time.thread_time()
            places, known = self._top.batch(self._at, self._count)
            self._ahead += places
            self._at = known + 1
            took = time.thread_time() - began
            if took < QUICK:
                self._count = min(MOST_BATCH, 2 * self._count)
            elif took > SLOW:
                self._count = max(FIRST_BATCH, self._count // 2)
            if time.monotonic() >= until:
                break
        found, self._ahead = self._ahead[:limit], self._ahead[limit:]
        self.done = self._at >= END and not self._ahead
        return [self._sign * place for place in found]

    # From the tree to streams

    def _bounded(self, node: Node) -> Stream:
        stream = self._stream(node)
        low, beyond = bounds(node)
        if low <= 0 and beyond is None:
            return stream
        high = END if beyond is None else beyond - 1
        return Within(stream, *((low, high) if self._sign > 0 else (-high, -low)))

    def _stream(self, node: Node) -> Stream:
        match node:
            case Text():
                return self._text(node)
            case Thread(name):
                return self._thread(name)
            case Or(nodes) if _is_stream(node) or all(self._conditions.indexes(each) for each in nodes):
                return Either([self._stream(each) for each in nodes])
            case And(nodes):
                return self._both(nodes)
        return self._both((node,))

    def _both(self, nodes: Sequence[Node]) -> Stream:
        streams: list[Stream] = []
        without: list[Stream] = []
        conditions: list[Node] = []
        for node in nodes:
            if not _is_stream(node):
                conditions.append(node)
            elif isinstance(node, Not):
                without.append(self._stream(node.node))
            else:
                streams.append(self._stream(node))
        rows = self._rows(conditions) if conditions or not streams else []
        return Both(streams, rows, without, WORD_TEST)

    def _rows(self, nodes: Sequence[Node]) -> list[Stream]:
        """Return the ways to the docs that meet all of some conditions; the first one looks at each doc."""
        condition = " AND ".join(self._conditions.sql(node) for node in nodes) or "1"
        ways: list[Stream] = [self._docs(condition, "", "")]
        for node in nodes:
            indexes = [self._docs(condition, name, holds) for name, holds in self._conditions.indexes(node)]
            if 0 < len(indexes) <= MOST_MAILBOXES:
                ways.append(indexes[0] if len(indexes) == 1 else Either(indexes))
        return ways

    def _docs(self, condition: str, index: str, holds: str) -> Stream:
        """Return the docs that meet a condition.

        Args:
            condition: SQL about ``docs d``.
            index, holds: leads there: its name, and the condition it was made with.
        """
        beyond, within, order = self._ordered
        source = f"docs d INDEXED BY {index} WHERE {holds} AND" if index else "docs d NOT INDEXED WHERE"
        last = f"SELECT d.doc FROM {source} d.doc {beyond} ? ORDER BY d.doc {order} LIMIT 1 OFFSET ?"
        some = (
            f"SELECT d.doc FROM {source} d.doc {beyond} ? AND d.doc {within} ? AND ({condition}) ORDER BY d.doc {order}"
        )
        each = f"SELECT d.doc FROM json_each(?) CROSS JOIN docs d ON d.doc = value WHERE {condition}"

        def read(at: int, count: int) -> Batch:
            end = query(self._cache, last, (self._sign * at, count - 1))
            known = self._sign * end[0][0] if end else END
            rows = query(self._cache, some, (self._sign * at, self._sign * known))
            return [self._sign * row[0] for row in rows], known

        def test(places: list[int]) -> list[int]:
            rows = query(self._cache, each, (json.dumps([self._sign * place for place in places]),))
            return [self._sign * row[0] for row in rows]

        return Read(read, test, INDEX_ROW if index else FACT_ROW, FACT_TEST, FACT_PEEK)

    def _text(self, node: Text) -> Stream:
        streams: list[Stream] = []
        columns = OF_FIELD[node.field]
        phrase = f'"{node.words}"'
        if columns:
            table = "head_parts" if len(node.words) >= SHORT and not node.whole else "head_words"
            ends = "" if node.whole or table == "head_parts" else " *"
            within = "" if columns == COLUMNS else f"{{{' '.join(columns)}}} : "
            streams.append(self._matching(table, f"{within}{phrase}{ends}", node))
        if node.field in (Field.ANY, Field.BODY):
            streams.append(self._matching("body_words", phrase if node.whole else f"{phrase} *", node))
        return streams[0] if len(streams) == 1 else Either(streams)

    def _thread(self, name: str) -> Stream:
        """Return what belongs together with a message, and the message itself where it has no thread yet."""
        rows = query(
            self._cache,
            "SELECT d.doc FROM (SELECT envelope FROM members WHERE thread = (SELECT thread FROM thread_keys WHERE"
            " key = ?) ORDER BY received DESC LIMIT ?) m CROSS JOIN docs d ON d.envelope = m.envelope UNION"
            " SELECT d.doc FROM envelopes e CROSS JOIN docs d ON d.envelope = e.id WHERE e.message_id = ?"
            " AND e.message_id != ''",
            (key_of(name), MOST_OF_THREAD, f"<{name}>"),
        )
        return Listed(sorted(self._sign * doc for (doc,) in rows))

    def _matching(self, table: str, expression: str, node: Text) -> Stream:
        beyond, _, order = self._ordered
        statement = (
            f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid {beyond} ? ORDER BY rowid {order} LIMIT ?"
        )
        one = f"SELECT 1 FROM {table} WHERE {table} MATCH ? AND rowid = ?"

        def read(at: int, count: int) -> Batch:
            rows = query(self._cache, statement, (expression, self._sign * at, count))
            places = [self._sign * row[0] for row in rows]
            return places, END if len(places) < count else places[-1]

        def probe(places: list[int]) -> list[int]:
            return [place for place in places if query(self._cache, one, (expression, self._sign * place))]

        def look(places: list[int]) -> list[int]:
            return [place for place, texts in self._heads(places) if head_has(node, texts)]

        if table == "body_words":
            return Read(read, probe, WORD_ROW, BODY_TEST, BODY_PEEK)
        return Read(read, look, WORD_ROW, WORD_TEST)

    def _heads(self, places: list[int]) -> list[tuple[int, Sequence[str]]]:
        """Return the texts of messages' heads: to read them is cheaper than to ask the index about one message."""
        rows = query(
            self._cache,
            f"SELECT d.doc, {_COLUMNS} FROM json_each(?) CROSS JOIN docs d ON d.doc = value"
            " CROSS JOIN envelopes e ON e.id = d.envelope",
            (json.dumps([self._sign * place for place in places]),),
        )
        return [(self._sign * row[0], head(unpack(row[1:]))) for row in rows]


def _is_stream(node: Node) -> bool:
    """Whether more than the facts of a message is asked for."""
    match node:
        case Text() | Thread():
            return True
        case And(nodes) | Or(nodes):
            return any(_is_stream(each) for each in nodes)
        case Not(inner):
            return _is_stream(inner)
    return False


def read_mailboxes(cache: apsw.Connection) -> dict[MailboxId, Mailbox]:
    """Return what is needed of the mailboxes to tell which are meant."""
    rows: list[tuple[Any, ...]] = query(cache, "SELECT id, account, wire, name, delimiter, role FROM mailboxes")
    return {
        MailboxId(id): Mailbox(AccountName(account), wire, name, delimiter, Role(role) if role is not None else None)
        for id, account, wire, name, delimiter, role in rows
    }
