"""Reading envelopes: what runs in the reading thread. Windows are found by key, never by counting (no OFFSET)."""

import json
from collections.abc import Sequence
from typing import Any

from tui.mail.envelope import Envelope, RowKey
from tui.mail.flags import FLAGGED, Flags
from tui.mail.ids import MailboxId, Uid
from tui.store.codec import (
    ALL_COLUMNS,
    AWAY,
    BITS,
    LIST_COLUMNS,
    UID_MASK,
    row_id,
    row_ids,
    row_uid,
    unpack,
    unpack_flags,
)
from tui.store.databases import Connections
from tui.store.sqlite import query

MOST_FROM_ONE = 200
"""Messages from one address that are looked at; whoever sent that many sent some before."""
MOST_FOR_KEYWORDS = 20_000
"""Newest messages of a mailbox whose keywords are looked at."""
DATES_AHEAD = 2 * 24 * 3600
"""Seconds that a mail's date may be after its coming: clocks go wrong, and strangers write what they like."""


def window(
    at: Connections, mailbox: MailboxId, key: RowKey | None, limit: int, older: bool, unread: bool = False
) -> list[Envelope]:
    """Return rows strictly beyond a key, the nearest first; from the end when there is no key."""
    return [unpack(row) for row in rows_beyond(at, LIST_COLUMNS, mailbox, _whole(mailbox, key), limit, older, unread)]


def uids_beyond(at: Connections, mailbox: MailboxId, key: RowKey | None, limit: int, older: bool) -> list[Uid]:
    """Return the UIDs of the same rows: ten thousand take as long as a thousand rows."""
    return [row_uid(id) for (id,) in rows_beyond(at, "id", mailbox, _whole(mailbox, key), limit, older, False)]


def _whole(mailbox: MailboxId, key: RowKey | None) -> tuple[int, int] | None:
    return (key[0], row_id(mailbox, key[1])) if key is not None else None


def rows_beyond(
    at: Connections,
    columns: str,
    mailbox: MailboxId,
    key: tuple[int, int] | None,
    limit: int,
    older: bool,
    unread: bool,
) -> list[tuple[Any, ...]]:
    """Return these columns of rows strictly beyond a key, the nearest first; from the end when there is no key.

    Args:
        key: when a row was received and its key in the table, which may be that of a row in another mailbox.
    """
    if key is None:
        return query(at.cache, window_statement(older, unread, "", columns), (mailbox, limit))
    # Two searches: SQLite would walk through all rows of the key's second for "(received, id) < (?, ?)", and there may
    # be a mailbox full of them where mail was imported.
    received, id = key
    beyond = "<" if older else ">"
    same = window_statement(older, unread, f"AND received = ? AND id {beyond} ?", columns)
    found = query(at.cache, same, (mailbox, received, id, limit))
    if len(found) < limit:
        further = window_statement(older, unread, f"AND received {beyond} ?", columns)
        found += query(at.cache, further, (mailbox, received, limit - len(found)))
    return found


def window_statement(older: bool, unread: bool, condition: str, columns: str = LIST_COLUMNS) -> str:
    """Return the SELECT of a window; bound to it are the mailbox, what the condition asks for, and the limit."""
    seen = "AND flags & 1 = 0" if unread else ""
    order = "received DESC, id DESC" if older else "received, id"
    return (
        f"SELECT {columns} FROM envelopes WHERE mailbox = ? AND hidden = 0 {seen} {condition} ORDER BY {order} LIMIT ?"
    )


def get(at: Connections, mailbox: MailboxId, uid: Uid) -> Envelope | None:
    statement = f"SELECT {ALL_COLUMNS} FROM envelopes WHERE id = ? AND hidden != 1"
    rows = query(at.cache, statement, (row_id(mailbox, uid),))
    return unpack(rows[0]) if rows else None


def is_first_from(at: Connections, spec: str, id: int, message_id: str, received: int) -> bool:
    """Return whether no other message from this address came before; copies of the same message do not count."""
    rows = query(
        at.cache,
        "SELECT received FROM envelopes WHERE json_extract(addresses, '$[0][1]') = ? COLLATE NOCASE"
        " AND id != ? AND (message_id = '' OR message_id != ?) LIMIT ?",
        (spec, id, message_id, MOST_FROM_ONE),
    )
    return len(rows) < MOST_FROM_ONE and all(came > received for (came,) in rows)


def many(at: Connections, mailbox: MailboxId, uids: Sequence[Uid], columns: str = LIST_COLUMNS) -> list[Envelope]:
    statement = (
        f"SELECT {columns} FROM envelopes WHERE id IN (SELECT value FROM json_each(?)) AND hidden = 0"
        " ORDER BY received DESC, id DESC"
    )
    return [unpack(row) for row in query(at.cache, statement, (json.dumps(row_ids(mailbox, uids)),))]


def flags(at: Connections, mailbox: MailboxId, low: int, high: int, limit: int) -> dict[Uid, Flags]:
    rows = query(
        at.cache,
        "SELECT id, flags, keywords FROM envelopes WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
        (row_id(mailbox, max(low, 0)), row_id(mailbox, min(high, UID_MASK)), limit),
    )
    return {row_uid(id): unpack_flags(bits, others) for id, bits, others in rows}


def uids(at: Connections, mailbox: MailboxId, above: int, limit: int) -> list[Uid]:
    rows = query(
        at.cache,
        "SELECT id & ? FROM envelopes WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
        (UID_MASK, row_id(mailbox, above), row_id(mailbox, UID_MASK), limit),
    )
    return [uid for (uid,) in rows]


def unread(at: Connections, mailbox: MailboxId) -> list[Uid]:
    where = "mailbox = ? AND hidden = 0 AND flags & 1 = 0"
    return [row_uid(id) for (id,) in query(at.cache, f"SELECT id FROM envelopes WHERE {where} ORDER BY id", (mailbox,))]


def months(at: Connections, mailbox: MailboxId, uids: Sequence[Uid]) -> dict[str, list[Uid]]:
    """Return the messages that are not on their way elsewhere, by the month of their date, the oldest first.

    It is that of this machine's calendar. A date well after the mail came is none: it counts when it came.
    """
    groups = query(
        at.cache,
        f"SELECT strftime('%Y-%m', iif(sent <= received + {DATES_AHEAD}, sent, received), 'unixepoch', 'localtime')"
        f" AS month, json_group_array(id & {UID_MASK}) FROM envelopes"
        f" WHERE id IN (SELECT value FROM json_each(?)) AND hidden != {AWAY} GROUP BY month ORDER BY month",
        (json.dumps(row_ids(mailbox, uids)),),
    )
    return {month: [Uid(uid) for uid in json.loads(found)] for month, found in groups}


def aside(at: Connections, mailbox: MailboxId) -> int:
    statement = "SELECT count(*) FROM envelopes INDEXED BY envelope_aside WHERE mailbox = ? AND hidden = 2"
    count: int = query(at.cache, statement, (mailbox,))[0][0]
    return count


def snoozed(at: Connections) -> int:
    count: int = query(
        at.cache,
        "SELECT (SELECT count(*) FROM envelopes INDEXED BY envelope_aside WHERE hidden = 2)"
        " + (SELECT count(*) FROM envelopes INDEXED BY envelope_remind"
        " WHERE instr(lower(keywords), 'tidings-remind-') > 0 AND hidden = 0)",
    )[0][0]
    return count


def keywords(at: Connections, mailbox: MailboxId) -> Flags:
    rows = query(
        at.cache,
        "SELECT DISTINCT keywords FROM"
        " (SELECT keywords FROM envelopes WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?)",
        (row_id(mailbox, 0), row_id(mailbox, UID_MASK), MOST_FOR_KEYWORDS),
    )
    return frozenset(keyword for (text,) in rows for keyword in text.split())


def all_flagged(at: Connections, mailbox: MailboxId, uids: Sequence[Uid]) -> bool:
    rows = query(
        at.cache,
        "SELECT 1 FROM envelopes WHERE id IN (SELECT value FROM json_each(?)) AND hidden = 0 AND flags & ? = 0 LIMIT 1",
        (json.dumps(row_ids(mailbox, uids)), BITS[FLAGGED]),
    )
    return not rows


def ranges(at: Connections, mailbox: MailboxId, above: int, limit: int) -> list[tuple[int, int]]:
    """Return the next ``limit`` UIDs as (low, high) pairs, ascending."""
    rows = query(
        at.cache,
        "SELECT min(uid), max(uid) FROM (SELECT uid, uid - row_number() OVER (ORDER BY uid) AS island FROM"
        " (SELECT id & ? AS uid FROM envelopes WHERE id > ? AND id <= ? ORDER BY id LIMIT ?))"
        " GROUP BY island ORDER BY 1",
        (UID_MASK, row_id(mailbox, above), row_id(mailbox, UID_MASK), limit),
    )
    return [(low, high) for low, high in rows]


def bounds(at: Connections, mailbox: MailboxId) -> tuple[Uid, Uid] | None:
    row = query(
        at.cache,
        "SELECT (SELECT id FROM envelopes WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1),"
        " (SELECT id FROM envelopes WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1)",
        (row_id(mailbox, 0), row_id(mailbox, UID_MASK)),
    )[0]
    return None if row[0] is None else (row_uid(row[0]), row_uid(row[1]))
