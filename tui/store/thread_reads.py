"""Reading threads and the rows of conversations: what runs in the reading thread. Found by key, never by counting."""

import json
from collections.abc import Sequence
from typing import Any, Final

from tui.mail.envelope import RowKey
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.mailbox import Role
from tui.mail.thread import Conversation, Member, row_name
from tui.store.codec import LIST_COLUMNS, row_id, row_ids, row_uid, unpack
from tui.store.databases import Connections
from tui.store.sqlite import query
from tui.store.thread_union import unpack_keys

MOST_MEMBERS: Final = 500
"""Messages of one thread that are shown in its tree: the newest."""

_IN = "IN (SELECT value FROM json_each(?))"
_ENVELOPE = ", ".join(f"e.{name}" for name in LIST_COLUMNS.split(", "))
_WIDTH = len(LIST_COLUMNS.split(", "))
_OF = "c.thread, c.head, c.count, c.unread, c.flagged, c.files, c.people"
_FROM = f"SELECT {_ENVELOPE}, {_OF} FROM conversations c JOIN envelopes e ON e.id = c.head WHERE c.mailbox = ?"
_ELSEWHERE = (Role.TRASH.value, Role.JUNK.value)


def window(
    at: Connections, mailbox: MailboxId, key: RowKey | None, limit: int, older: bool, unread: bool = False
) -> list[Conversation]:
    """Return rows strictly beyond a key, the nearest first; from the end when there is no key."""
    if key is None:
        return _window(at, mailbox, older, unread, "", (), limit)
    newest, head = key[0], row_id(mailbox, key[1])  # two searches, as for envelopes
    beyond = "<" if older else ">"
    found = _window(at, mailbox, older, unread, f"AND c.newest = ? AND c.head {beyond} ?", (newest, head), limit)
    if len(found) < limit:
        found += _window(at, mailbox, older, unread, f"AND c.newest {beyond} ?", (newest,), limit - len(found))
    return found


def _window(
    at: Connections,
    mailbox: MailboxId,
    older: bool,
    unread: bool,
    condition: str,
    bindings: tuple[int, ...],
    limit: int,
) -> list[Conversation]:
    some = "AND c.unread > 0" if unread else ""
    order = "c.newest DESC, c.head DESC" if older else "c.newest, c.head"
    statement = f"{_FROM} {some} {condition} ORDER BY {order} LIMIT ?"
    return [conversation(row) for row in query(at.cache, statement, (mailbox, *bindings, limit))]


def conversation(row: tuple[Any, ...]) -> Conversation:
    """Return the conversation in a row: the columns of its newest envelope, then its own."""
    head = unpack(row[:_WIDTH])
    thread, _, count, unread, flagged, files, people = row[_WIDTH:]
    return Conversation(
        row_name(thread),
        head.flags,
        head.received,
        head.sent,
        head.size,
        head.subject,
        head.from_,
        head.sender,
        head.reply_to,
        head.to,
        head.cc,
        head.bcc,
        head.message_id,
        head.in_reply_to,
        None,
        files > 0,
        head.snippet,
        head=head.uid,
        thread=thread,
        count=count,
        unread=unread,
        flagged=flagged,
        files=files,
        people=tuple(people.split("\n")) if people else (),
    )


def many(at: Connections, mailbox: MailboxId, threads: Sequence[ThreadId]) -> list[Conversation]:
    statement = f"{_FROM} AND c.thread {_IN} ORDER BY c.newest DESC, c.head DESC"
    return [conversation(row) for row in query(at.cache, statement, (mailbox, json.dumps(list(threads))))]


def uids(at: Connections, mailbox: MailboxId, threads: Sequence[ThreadId]) -> list[Uid]:
    statement = f"SELECT envelope FROM members WHERE thread {_IN} AND mailbox = ? AND hidden = 0 ORDER BY envelope"
    return [row_uid(id) for (id,) in query(at.cache, statement, (json.dumps(list(threads)), mailbox))]


def of(at: Connections, mailbox: MailboxId, uids: Sequence[Uid]) -> dict[Uid, ThreadId]:
    statement = f"SELECT envelope, thread FROM members WHERE envelope {_IN}"
    return {row_uid(id): thread for id, thread in query(at.cache, statement, (json.dumps(row_ids(mailbox, uids)),))}


def members(at: Connections, mailbox: MailboxId, thread: ThreadId, only_here: bool) -> list[Member]:
    """Return the newest messages of a thread; of copies of one message that in the given mailbox."""
    here = (
        "m.mailbox = ?1"
        if only_here
        else (
            "m.mailbox IN (SELECT id FROM mailboxes WHERE id = ?1 OR (account = (SELECT account FROM mailboxes WHERE"
            f" id = ?1) AND listed AND coalesce(role, '') NOT IN {_ELSEWHERE!r}))"
        )
    )
    statement = (
        f"SELECT {_ENVELOPE}, m.keys FROM (SELECT envelope, keys, received FROM members m WHERE thread = ?2"
        f" AND hidden = 0 AND {here} ORDER BY mailbox = ?1 DESC, received DESC, envelope DESC LIMIT ?3) m"
        " JOIN envelopes e ON e.id = m.envelope ORDER BY e.mailbox = ?1 DESC, e.received, e.id"
    )
    found: list[Member] = []
    known: set[int] = set()
    for row in query(at.cache, statement, (mailbox, thread, MOST_MEMBERS)):
        own, *named = unpack_keys(row[_WIDTH])
        member = Member(MailboxId(row[0] >> 32), unpack(row[:_WIDTH]), own, tuple(named))
        if member.mailbox == mailbox or own not in known:
            found.append(member)
            known.add(own or -row[0])
    return found
