"""The index of the search: filled slice by slice in the writing thread, newest first; what goes, triggers take out."""

from collections.abc import Sequence
from typing import Any, Final

from tui.mail.fold import fold
from tui.mail.ids import MailboxId
from tui.mail.matching import head
from tui.mail.noun import dataclass
from tui.mail.part import Part
from tui.store import search_merge
from tui.store.codec import LIST_COLUMNS, UID_BITS, unpack, unpack_structure
from tui.store.databases import Connections
from tui.store.people import meet
from tui.store.search_facts import OF_ENVELOPE, SECOND_BITS
from tui.store.sqlite import query, transaction

MOST_OF_BODY: Final = 200_000
"""Characters of a text that are indexed."""

_COLUMNS = ", ".join(f"e.{name}" for name in LIST_COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Unindexed:
    """A message whose text is to be indexed.

    Attributes:
        envelope: its key.
        structure: its parts, None where they are not known, or not understood yet.
        outline: as for `tui.mail.envelope.Envelope`.
        bodies: its sections that are here.
    """

    envelope: int
    structure: Part | None
    outline: bytes
    bodies: dict[str, bytes]


def index_heads(at: Connections, limit: int, ids: Sequence[int] = ()) -> int:
    """Index some envelopes; return how many were.

    Args:
        limit: how many at most.
        ids: these, and no others; those that are indexed already are left alone.
    """
    with transaction(at.cache):
        rows = _these(at, ids) if ids else _next(at, limit)
        if not rows:
            return 0
        rows.sort(key=lambda row: (row[3], row[0]))
        docs = _give_docs(at, [row[3] for row in rows])
        envelopes = [unpack(row) for row in rows]
        texts = [(doc, *head(envelope)) for doc, envelope in zip(docs, envelopes, strict=True)]
        for table in ("head_words", "head_parts"):
            at.cache.executemany(
                f"INSERT INTO {table} (rowid, subject, sender, target, copy, other) VALUES (?, ?, ?, ?, ?, ?)", texts
            )
            search_merge.note(at.cache, table, len(texts))
        pairs = [(doc, row[0]) for doc, row in zip(docs, rows, strict=True)]
        at.cache.executemany(
            f"INSERT INTO docs (doc, envelope, facts) SELECT ?, e.id, {OF_ENVELOPE} FROM envelopes e WHERE e.id = ?",
            pairs,
        )
        at.cache.executemany("DELETE FROM unindexed WHERE envelope = ?", [(row[0],) for row in rows])
        meet(at, [(MailboxId(row[0] >> UID_BITS), each) for row, each in zip(rows, envelopes, strict=True)])
        return len(rows)


def _these(at: Connections, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    statement = f"SELECT {_COLUMNS} FROM unindexed JOIN envelopes e ON e.id = envelope WHERE envelope = ?"
    return [row for id in ids for row in query(at.cache, statement, (id,))]


def _next(at: Connections, limit: int) -> list[tuple[Any, ...]]:
    """Return rows to index: the mailboxes that were known first before the others, the newest of each first."""
    for (mailbox,) in query(at.cache, "SELECT id FROM mailboxes ORDER BY id"):
        rows = query(
            at.cache,
            f"SELECT {_COLUMNS} FROM (SELECT envelope FROM unindexed WHERE envelope >= ? AND envelope < ?"
            " ORDER BY envelope DESC LIMIT ?) JOIN envelopes e ON e.id = envelope",
            (mailbox << 32, (mailbox + 1) << 32, limit),
        )
        if rows:
            return rows
    at.cache.execute("DELETE FROM unindexed")  # of mailboxes that are not known
    return []


def _give_docs(at: Connections, received: Sequence[int]) -> list[int]:
    """Return a free doc for each of these times, which are ascending."""
    docs: list[int] = []
    last = -1
    for second in received:
        last = _free(at, max(max(0, second) << SECOND_BITS, last + 1))
        docs.append(last)
    return docs


def _free(at: Connections, doc: int) -> int:
    """Return this doc, else the first one behind those that its second holds; a second that is full is passed by."""
    while True:
        end = doc | ((1 << SECOND_BITS) - 1)
        top = query(at.cache, "SELECT max(doc) FROM docs WHERE doc BETWEEN ? AND ?", (doc, end))[0][0]
        if top is None or top < end:
            return doc if top is None else int(top) + 1
        doc = end + 1


def waiting(at: Connections) -> int:
    """Return how many envelopes are not in the index yet."""
    return int(query(at.cache, "SELECT count(*) FROM unindexed")[0][0])


def next_bodies(at: Connections, limit: int) -> list[Unindexed]:
    """Return messages whose text is here and not in the index; only such as are in it with their head."""
    found = query(
        at.cache,
        "SELECT u.envelope, e.structure FROM unindexed_bodies u JOIN docs ON docs.envelope = u.envelope"
        " JOIN envelopes e ON e.id = u.envelope ORDER BY u.envelope DESC LIMIT ?",
        (limit,),
    )
    return [
        Unindexed(
            id,
            unpack_structure(structure) if isinstance(structure, str) else None,
            structure if isinstance(structure, bytes) else b"",
            dict(query(at.cache, "SELECT section, data FROM bodies WHERE envelope = ?", (id,))),
        )
        for id, structure in found
    ]


def index_bodies(at: Connections, texts: Sequence[tuple[int, str]]) -> None:
    """Put texts into the index: (key of the envelope, text, folded here); one that is there already is replaced."""
    with transaction(at.cache):
        for envelope, text in texts:
            doc = query(at.cache, "SELECT doc FROM docs WHERE envelope = ?", (envelope,))
            if doc:
                at.cache.execute("DELETE FROM body_words WHERE rowid = ?", doc[0])
                at.cache.execute(
                    "INSERT INTO body_words (rowid, body) VALUES (?, ?)", (doc[0][0], fold(text[:MOST_OF_BODY]))
                )
            at.cache.execute("DELETE FROM unindexed_bodies WHERE envelope = ?", (envelope,))
        search_merge.note(at.cache, "body_words", len(texts))


def docs_of(at: Connections, mailbox: MailboxId, ids: Sequence[int]) -> list[int]:
    """Return the docs of envelopes that are in the index."""
    found = (query(at.cache, "SELECT doc FROM docs WHERE envelope = ?", (id,)) for id in ids)
    return [rows[0][0] for rows in found if rows]
