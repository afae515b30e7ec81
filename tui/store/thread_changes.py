"""Changing threads: what comes gets one, at once or slice by slice. For the writing thread."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import apsw

from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.thread import key_of
from tui.store import conversations, thread_union
from tui.store.codec import row_id, row_uid
from tui.store.databases import Connections
from tui.store.sqlite import query, transaction
from tui.store.thread_union import Joining, join, keys_of, pack_keys, unpack_keys, wants_tracing

AT_ONCE: Final = 64
"""Messages stored together that get their threads at once; more wait for `gather`, so that they are stored sooner."""

_IN = "IN (SELECT value FROM json_each(?))"
_ROW = "e.id, e.received, e.flags, e.hidden, e.has_file, e.who, e.message_id, e.in_reply_to"

Stored = tuple[int, Envelope, int, bool]
"""A row that was just written: its key, what it holds, its flags as bits, whether it is hidden."""


def note(cache: apsw.Connection, mailbox: MailboxId, rows: Sequence[Stored]) -> None:
    """Take in rows that were just written; within the caller's transaction."""
    named = [(row[0], _server_keys(cache, mailbox, row[1])) for row in rows]
    if len(rows) <= AT_ONCE:
        join(
            cache,
            [
                Joining(
                    id,
                    envelope.received,
                    bits,
                    hidden,
                    envelope.has_file,
                    envelope.from_[0].listed if envelope.from_ else "",
                    keys_of(envelope.message_id, envelope.in_reply_to, keys),
                )
                for (id, envelope, bits, hidden), (_, keys) in zip(rows, named, strict=True)
            ],
        )
    else:
        cache.executemany(
            "INSERT OR REPLACE INTO unthreaded (envelope, keys) VALUES (?, ?)",
            [(id, pack_keys(keys)) for id, keys in named],
        )
    asked = [
        (id,)
        for id, envelope, _, _ in rows
        if wants_tracing(envelope.in_reply_to, envelope.subject, envelope.server_thread)
    ]
    if asked:
        cache.executemany("INSERT OR IGNORE INTO untraced (envelope) VALUES (?)", asked)


def _server_keys(cache: apsw.Connection, mailbox: MailboxId, envelope: Envelope) -> tuple[int, ...]:
    """Return the key of what the server calls the thread: a name of its own, which means nothing in other accounts."""
    if not envelope.server_thread:
        return ()
    account = query(cache, "SELECT account FROM mailboxes WHERE id = ?", (mailbox,))[0][0]
    return (key_of(f"{account} thread {envelope.server_thread}"),)


def gather(at: Connections, limit: int) -> tuple[int, set[MailboxId]]:
    """Give some messages that have none their thread: the newest of a mailbox first.

    Returns:
        (how many were looked at, 0 when there are no more; the mailboxes in which there are other conversations).
    """
    with transaction(at.cache):
        rows, looked = _next(at.cache, limit)
        batch = [
            Joining(
                id,
                received,
                bits,
                bool(hidden),
                bool(has_file),
                who,
                keys_of(message_id, in_reply_to, unpack_keys(keys)),
            )
            for id, received, bits, hidden, has_file, who, message_id, in_reply_to, keys in rows
        ]
        if batch:
            join(at.cache, batch)
        return looked, {each.mailbox for each in batch}


def _next(cache: apsw.Connection, limit: int) -> tuple[list[tuple[Any, ...]], int]:
    mailboxes = query(cache, "SELECT id FROM mailboxes ORDER BY id")
    for (mailbox,) in mailboxes:
        found = query(
            cache,
            "SELECT envelope, keys FROM unthreaded WHERE envelope >= ? AND envelope < ? ORDER BY envelope DESC LIMIT ?",
            (mailbox << 32, (mailbox + 1) << 32, limit),
        )
        if found:
            keys = dict(found)
            span = (found[-1][0], found[0][0])
            rows = query(
                cache,
                f"SELECT {_ROW}, u.keys FROM unthreaded u JOIN envelopes e ON e.id = u.envelope"
                " WHERE u.envelope BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM members m WHERE m.envelope = e.id)",
                span,
            )
            cache.execute("DELETE FROM unthreaded WHERE envelope BETWEEN ? AND ?", span)
            return rows, len(keys)
    cache.execute("DELETE FROM unthreaded")  # of mailboxes that are not known
    return _next_of_old(cache, limit)


def _next_of_old(cache: apsw.Connection, limit: int) -> tuple[list[tuple[Any, ...]], int]:
    """Return rows that were here before there were threads."""
    for mailbox, below in query(cache, "SELECT mailbox, below FROM thread_backlog ORDER BY mailbox"):
        ids = query(
            cache,
            "SELECT id FROM envelopes WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
            (mailbox << 32, below, limit),
        )
        if not ids:
            cache.execute("DELETE FROM thread_backlog WHERE mailbox = ?", (mailbox,))
            continue
        cache.execute("UPDATE thread_backlog SET below = ? WHERE mailbox = ?", (ids[-1][0], mailbox))
        rows = query(
            cache,
            f"SELECT {_ROW}, x'' FROM envelopes e WHERE e.id BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM members m WHERE m.envelope = e.id)",
            (ids[-1][0], ids[0][0]),
        )
        return rows, len(ids)
    return [], 0


def untraced(at: Connections, mailbox: MailboxId, limit: int) -> list[Uid]:
    """Return messages of which the server is to be asked what they name, the newest first.

    Those that answer a message that is here need not be asked about: what that one names leads further.
    """
    span = (mailbox << 32, (mailbox + 1) << 32, limit)
    with transaction(at.cache):
        while True:
            rows = query(
                at.cache,
                "SELECT e.id, e.in_reply_to FROM (SELECT envelope FROM untraced WHERE envelope >= ? AND envelope < ?"
                " ORDER BY envelope DESC LIMIT ?) JOIN envelopes e ON e.id = envelope",
                span,
            )
            settled = [(id,) for id, in_reply_to in rows if _is_here(at.cache, in_reply_to)]
            if not settled:
                return [row_uid(id) for id, _ in rows]
            at.cache.executemany("DELETE FROM untraced WHERE envelope = ?", settled)
            if len(settled) < len(rows):
                over = {id for (id,) in settled}
                return [row_uid(id) for id, _ in rows if id not in over]


def _is_here(cache: apsw.Connection, in_reply_to: str) -> bool:
    """Whether the one message that another answers is in some mailbox, with a name that is written alike."""
    statement = "SELECT 1 FROM envelopes WHERE message_id = ? AND message_id != '' LIMIT 1"
    return bool(in_reply_to) and bool(query(cache, statement, (in_reply_to,)))


def traced(at: Connections, mailbox: MailboxId, asked: Sequence[Uid], told: Mapping[Uid, Sequence[str]]) -> bool:
    """Take what the server said that messages name.

    Args:
        asked: the messages; they are not asked about again.
        told: Message-IDs without brackets.

    Returns:
        Whether conversations are other ones now.
    """
    with transaction(at.cache):
        ids = json.dumps([row_id(mailbox, uid) for uid in asked])
        at.cache.execute(f"DELETE FROM untraced WHERE envelope {_IN}", (ids,))
        here = dict(query(at.cache, f"SELECT envelope, keys FROM members WHERE envelope {_IN}", (ids,)))
        merged = False
        for uid, names in told.items():
            id = row_id(mailbox, uid)
            more = [key_of(name) for name in names]
            if id in here:
                merged |= _name(at.cache, id, unpack_keys(here[id]), more)
            else:
                row = query(at.cache, "SELECT keys FROM unthreaded WHERE envelope = ?", (id,))
                if row:
                    keys = pack_keys([*more, *unpack_keys(row[0][0])])
                    at.cache.execute("UPDATE unthreaded SET keys = ? WHERE envelope = ?", (keys, id))
        return merged


def _name(cache: apsw.Connection, id: int, before: Sequence[int], more: Sequence[int]) -> bool:
    """Note that a message names more than was known; return whether its thread grew by that."""
    own, *named = before
    rest = [key for key in more if key not in before]
    if not rest:
        return False
    keys = [own, *(key for key in more if key not in named and key != own), *named]
    cache.execute("UPDATE members SET keys = ? WHERE envelope = ?", (pack_keys(keys), id))
    thread = ThreadId(query(cache, "SELECT thread FROM members WHERE envelope = ?", (id,))[0][0])
    known = dict(query(cache, f"SELECT key, thread FROM thread_keys WHERE key {_IN}", (json.dumps(rest),)))
    threads = list(dict.fromkeys([thread, *known.values()]))
    shifts: thread_union.Shifts = {}
    into = thread_union.merge(cache, threads, shifts) if len(threads) > 1 else thread
    for mailbox, changed in shifts.items():
        conversations.shift(cache, mailbox, changed)
    cache.executemany(
        "INSERT INTO thread_keys (key, thread) VALUES (?, ?)",
        [(key, into) for key in dict.fromkeys(rest) if key not in known],
    )
    return len(threads) > 1
