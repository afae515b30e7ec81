"""Several mailboxes as one list: a window is read from each by key and merged, however many messages there are."""

import json
from collections.abc import Callable, Sequence

from tui.mail.envelope import Envelope, RowKey
from tui.mail.ids import MailboxId, Uid
from tui.store.codec import LIST_COLUMNS, UID_BITS, row_id, unpack
from tui.store.databases import Connections, Databases
from tui.store.envelope_reads import rows_beyond
from tui.store.search import Hit, HitRows
from tui.store.sqlite import query


class Inboxes(HitRows):
    """Mailboxes as the rows of one list, newest first.

    Each row's ``uid`` is its key in the table of envelopes (`doc_of`), for UIDs of several mailboxes are alike.

    Args:
        databases: open.
        mailboxes: returns which they are now.
    """

    def __init__(self, databases: Databases, mailboxes: Callable[[], Sequence[MailboxId]]) -> None:
        super().__init__()
        self._databases = databases
        self._mailboxes = mailboxes

    async def many(self, uids: Sequence[Uid]) -> list[Envelope]:
        return self._rows(await self._databases.read(_many, tuple(self._mailboxes()), uids))

    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None:
        rows = await self._beyond(key, 1, older=older, unread=True)
        return rows[0] if rows else None

    async def _beyond(self, key: RowKey | None, limit: int, *, older: bool, unread: bool = False) -> list[Envelope]:
        which = tuple(self._mailboxes())
        return self._rows(await self._databases.read(_window, which, key, limit, older, unread))


def doc_of(mailbox: MailboxId, uid: Uid) -> Uid:
    """Return the ``uid`` of a message's row in `Inboxes`."""
    return Uid(row_id(mailbox, uid))


def _window(
    at: Connections, mailboxes: Sequence[MailboxId], key: RowKey | None, limit: int, older: bool, unread: bool
) -> list[Hit]:
    """Return rows strictly beyond a key, the nearest first.

    Of every mailbox only as many keys are read as there could be in the window, found by index; then those rows.
    """
    beyond = (key[0], key[1]) if key is not None else None
    found: list[tuple[int, int]] = []
    for mailbox in mailboxes:
        found += rows_beyond(at, "received, id", mailbox, beyond, limit, older, unread)
    found.sort(reverse=older)
    return _hits(at, [id for _, id in found[:limit]])


def _many(at: Connections, mailboxes: Sequence[MailboxId], docs: Sequence[int]) -> list[Hit]:
    hits = _hits(at, [doc for doc in docs if doc >> UID_BITS in mailboxes])
    return sorted(hits, key=lambda hit: (hit.envelope.received, hit.doc), reverse=True)


def _hits(at: Connections, ids: Sequence[int]) -> list[Hit]:
    """Return those of the rows that are shown, in the order of their keys."""
    rows = query(
        at.cache,
        f"SELECT {LIST_COLUMNS} FROM envelopes WHERE id IN (SELECT value FROM json_each(?)) AND hidden = 0",
        (json.dumps(ids),),
    )
    found = {row[0]: row for row in rows}
    return [Hit(id, MailboxId(id >> UID_BITS), unpack(found[id])) for id in ids if id in found]
