"""Search: the hits of a query in order of time, as much of them as is asked for, and the index they come from."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.mail.envelope import Envelope, RowKey
from tui.mail.ids import MailboxId, Uid
from tui.mail.noun import dataclass
from tui.mail.query import Node, finds_aside
from tui.store import search_facts, search_index, search_merge
from tui.store.codec import ASIDE, LIST_COLUMNS, SHOWN, row_ids, row_uid, unpack
from tui.store.databases import Connections, Databases
from tui.store.search_index import Unindexed
from tui.store.search_walk import Walk, read_mailboxes
from tui.store.sqlite import query

SLICE_SECONDS: Final = 0.008
"""Seconds the reading thread is kept at once: a list's window waits no longer."""
SLICE_ROWS: Final = 200
INDEX_ROWS: Final = 100
"""Envelopes indexed in one transaction: some 10 ms, so that a key's change waits no longer."""
FACTS: Final = 1_000
"""Docs of an older version given their facts in one transaction: some 10 ms."""
REMEMBERED: Final = 4_000
"""Rows whose place is known without asking: far more than a list holds."""

_COLUMNS = ", ".join(f"e.{name}" for name in LIST_COLUMNS.split(", "))
_SHOWN = (
    "json_each(?) CROSS JOIN docs d ON d.doc = value CROSS JOIN envelopes e ON e.id = d.envelope"
    " WHERE e.hidden IN (?, ?)"
)
"""Those of some docs that are shown, see `_bindings`."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found.

    Attributes:
        doc: its place among all hits: a greater one came later.
        mailbox: where it is.
        envelope: its row, without structure.
    """

    doc: int
    mailbox: MailboxId
    envelope: Envelope

    @property
    def row(self) -> Envelope:
        """The envelope as a list of hits holds it: its ``uid`` is the doc, for UIDs of several mailboxes are alike."""
        return replace(self.envelope, uid=Uid(self.doc))


class Search:
    """The index in cache.db. What goes from the store goes from it in the same transaction; what comes is put into it
    soon, by whoever calls `index`.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    # Filling the index

    async def index(self) -> int:
        """Index some envelopes; return how many were, 0 when there was nothing left."""
        return await self._databases.write(search_index.index_heads, INDEX_ROWS)

    async def index_these(self, mailbox: MailboxId, uids: Sequence[Uid]) -> None:
        """Index these envelopes now, whatever else is waiting."""
        ids = row_ids(mailbox, uids)
        for start in range(0, len(ids), INDEX_ROWS):
            part = ids[start : start + INDEX_ROWS]
            await self._databases.write(search_index.index_heads, INDEX_ROWS, part)

    async def waiting(self) -> int:
        """Return how many envelopes are not in the index yet."""
        return await self._databases.read(search_index.waiting)

    async def next_bodies(self, limit: int) -> list[Unindexed]:
        """Return messages whose text came and is not in the index yet."""
        return await self._databases.read(search_index.next_bodies, limit)

    async def index_bodies(self, texts: Sequence[tuple[int, str]]) -> None:
        """Put texts into the index: (key of the envelope as in `Unindexed`, its text)."""
        await self._databases.write(search_index.index_bodies, texts)

    async def tend(self) -> bool:
        """Do a little for what is in the index already, so that it is searched faster; return whether there is more."""
        return bool(await self._databases.write(search_facts.fill, FACTS)) or await self._databases.write(
            search_merge.merge
        )

    # Finding

    async def docs(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[int]:
        """Return the docs of those messages that are in the index."""
        return await self._databases.read(search_index.docs_of, mailbox, row_ids(mailbox, uids))

    async def missing(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Uid]:
        """Return those of the messages that are not in the store."""
        return await self._databases.read(_missing, mailbox, uids)

    async def get(self, docs: Sequence[int]) -> list[Hit]:
        """Return those of the hits that are still here, the newest first."""
        return await self._databases.read(_rows, docs, True)

    async def hits(
        self, node: Node, doc: int | None, limit: int, *, older: bool = True, listed: Sequence[int] = ()
    ) -> list[Hit]:
        """Return hits strictly older (or newer) than a doc, the nearest first; fewer than asked for at the end only.

        Args:
            node: what is looked for.
            doc: None: from the newest (or oldest) hit on.
            limit: how many.
            listed: docs of messages that are hits all the same: the server said so.
        """
        aside = finds_aside(node)
        walk: Walk = await self._databases.read(_begin, node, listed, doc, older)
        found: list[Hit] = []
        while not walk.done and len(found) < limit:
            found += await self._databases.read(_go_on, walk, min(SLICE_ROWS, limit - len(found)), older, aside)
        return found

    async def count(self, node: Node, most: int, *, listed: Sequence[int] = ()) -> int:
        """Return how many hits there are, at most ``most``."""
        aside = finds_aside(node)
        walk: Walk = await self._databases.read(_begin, node, listed, None, True)
        count = 0
        while not walk.done and count < most:
            count += await self._databases.read(_count, walk, most - count, aside)
        return count


class HitRows(ABC):
    """Messages of several mailboxes as the rows of one list: see `tui.widgets.rows.RowSource`, and `Hit.row`."""

    def __init__(self) -> None:
        self._read: dict[int, Hit] = {}

    def hit(self, row: Envelope) -> Hit | None:
        """Return the message of a row that was read not long ago, and where it is."""
        return self._read.get(row.uid)

    async def older(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return await self._beyond(key, limit, older=True)

    async def newer(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return await self._beyond(key, limit, older=False)

    @abstractmethod
    async def _beyond(self, key: RowKey | None, limit: int, *, older: bool) -> list[Envelope]:
        """Return the rows strictly beyond a key, the nearest first."""

    def _rows(self, hits: Sequence[Hit]) -> list[Envelope]:
        for hit in hits:
            self._read.pop(hit.doc, None)
            self._read[hit.doc] = hit
        for doc in list(self._read)[: max(0, len(self._read) - REMEMBERED)]:
            del self._read[doc]
        return [hit.row for hit in hits]


class Hits(HitRows):
    """The hits of one query as the rows of a list. Each row's ``uid`` is its doc.

    Args:
        search: where.
        node: what is looked for.

    Attributes:
        listed: docs of what the server found; may grow.
    """

    def __init__(self, search: Search, node: Node) -> None:
        super().__init__()
        self._search = search
        self._node = node
        self.listed: set[int] = set()

    async def _beyond(self, key: RowKey | None, limit: int, *, older: bool) -> list[Envelope]:
        doc = None if key is None else key[1]
        hits = await self._search.hits(self._node, doc, limit, older=older, listed=tuple(self.listed))
        return self._rows(hits)

    async def many(self, uids: Sequence[Uid]) -> list[Envelope]:
        return self._rows(await self._search.get(uids))

    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None:
        doc = None if key is None else key[1]
        while True:
            hits = await self._search.hits(self._node, doc, SLICE_ROWS, older=older, listed=tuple(self.listed))
            for hit in hits:
                if hit.envelope.is_unread:
                    return self._rows([hit])[0]
            if len(hits) < SLICE_ROWS:
                return None
            doc = hits[-1].doc


def _begin(at: Connections, node: Node, listed: Sequence[int], doc: int | None, older: bool) -> Walk:
    return Walk(at.cache, node, read_mailboxes(at.cache), listed, doc, older)


def _go_on(at: Connections, walk: Walk, limit: int, older: bool, aside: bool) -> list[Hit]:
    return _rows(at, walk.slice(SLICE_SECONDS, limit), older, aside)


def _bindings(docs: Sequence[int], aside: bool) -> tuple[str, int, int]:
    return json.dumps(list(docs)), SHOWN, ASIDE if aside else SHOWN


def _count(at: Connections, walk: Walk, limit: int, aside: bool) -> int:
    docs = walk.slice(SLICE_SECONDS, min(limit, SLICE_ROWS))
    return int(query(at.cache, f"SELECT count(*) FROM {_SHOWN}", _bindings(docs, aside))[0][0])


def _rows(at: Connections, docs: Sequence[int], older: bool, aside: bool = True) -> list[Hit]:
    found = query(at.cache, f"SELECT d.doc, e.mailbox, {_COLUMNS} FROM {_SHOWN}", _bindings(docs, aside))
    found.sort(key=lambda row: row[0], reverse=older)
    return [Hit(row[0], MailboxId(row[1]), unpack(row[2:])) for row in found]


def _missing(at: Connections, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Uid]:
    ids = row_ids(mailbox, uids)
    return [row_uid(id) for id in ids if not query(at.cache, "SELECT 1 FROM envelopes WHERE id = ?", (id,))]
