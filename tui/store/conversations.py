"""The rows of conversations, kept right by what changes: nothing is ever counted anew. For the writing thread."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import apsw

from tui.mail.ids import MailboxId, ThreadId
from tui.store.sqlite import query

MOST_PEOPLE: Final = 5
NEWEST: Final = 12
"""Messages of a conversation that are looked at for its newest one and the people in it."""

_IN = "IN (SELECT value FROM json_each(?))"
_NEWEST = (
    "SELECT envelope, received, who FROM members WHERE thread = ? AND mailbox = ? AND hidden = 0"
    f" ORDER BY received DESC, envelope DESC LIMIT {NEWEST}"
)
_WRITE = (
    "INSERT INTO conversations (mailbox, thread, newest, head, count, unread, flagged, files, people)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (mailbox, thread) DO UPDATE SET newest = excluded.newest,"
    " head = excluded.head, count = excluded.count, unread = excluded.unread, flagged = excluded.flagged,"
    " files = excluded.files, people = excluded.people"
)


class Shift:
    """What changes in the counts of a conversation.

    Attributes:
        rows, unread, flagged, files: to be added.
        moved: messages came or went: who is the newest is to be looked at again.
        absorbed: rows of other conversations that went over to it.
        only: (envelope, received, who) of the message that came, where it is the first of its thread.
    """

    __slots__ = ("absorbed", "files", "flagged", "moved", "only", "rows", "unread")

    def __init__(self) -> None:
        self.rows = self.unread = self.flagged = self.files = self.absorbed = 0
        self.moved = False
        self.only: tuple[int, int, str] | None = None


def people_of(names: Iterable[str]) -> str:
    """Return the column of people: each name once, as it comes."""
    return "\n".join([name for name in dict.fromkeys(names) if name][:MOST_PEOPLE])


def shift(cache: apsw.Connection, mailbox: MailboxId, shifts: Mapping[ThreadId, Shift]) -> None:
    """Put changes into the rows of a mailbox's conversations; one without messages goes."""
    flags = [(each.unread, each.flagged, mailbox, thread) for thread, each in shifts.items() if not each.moved]
    if flags:
        cache.executemany(
            "UPDATE conversations SET unread = unread + ?, flagged = flagged + ? WHERE mailbox = ? AND thread = ?",
            flags,
        )
    moved = {thread: each for thread, each in shifts.items() if each.moved}
    if not moved:
        return
    known = {
        thread: counts
        for thread, *counts in query(
            cache,
            f"SELECT thread, count, unread, flagged, files FROM conversations WHERE mailbox = ? AND thread {_IN}",
            (mailbox, json.dumps(list(moved))),
        )
    }
    written: list[tuple[Any, ...]] = []
    over: list[tuple[int, int]] = []
    for thread, each in moved.items():
        count, unread, flagged, files = known.get(thread, (0, 0, 0, 0))
        count += each.rows
        if count <= 0:
            over.append((mailbox, thread))
            continue
        if each.only is not None and count == 1:
            head, newest, people = each.only
        else:
            rows = query(cache, _NEWEST, (thread, mailbox))
            if not rows:
                over.append((mailbox, thread))
                continue
            head, newest, people = rows[0][0], rows[0][1], people_of(row[2] for row in rows)
        counts = (count, unread + each.unread, flagged + each.flagged, files + each.files)
        written.append((mailbox, thread, newest, head, *counts, people))
    if over:
        cache.executemany("DELETE FROM conversations WHERE mailbox = ? AND thread = ?", over)
    if written:
        cache.executemany(_WRITE, written)
    more = sum(row[1] not in known for row in written) - sum(thread in known for _, thread in over)
    more -= sum(each.absorbed for each in moved.values())
    if more:
        cache.execute("UPDATE mailboxes SET conversations = conversations + ? WHERE id = ?", (more, mailbox))


def apply(
    cache: apsw.Connection, mailbox: MailboxId, changed: Mapping[int, tuple[int, int, int]], gone: Collection[int] = ()
) -> None:
    """Follow what was done to messages of one mailbox; those that have no thread yet are left alone.

    Args:
        changed: key of an envelope → what was added to (shown rows, unread, flagged).
        gone: keys of those that were deleted.
    """
    ids = json.dumps([*changed, *(id for id in gone if id not in changed)])
    rows = query(cache, f"SELECT envelope, thread, has_file FROM members WHERE envelope {_IN}", (ids,))
    if gone:
        keys = json.dumps(list(gone))
        for table in ("members", "unthreaded", "untraced"):
            cache.execute(f"DELETE FROM {table} WHERE envelope {_IN}", (keys,))
    shifts: dict[ThreadId, Shift] = {}
    hidden: list[tuple[int, int]] = []
    left = set(gone)
    for id, thread, has_file in rows:
        if id not in changed:
            continue
        more, unread, flagged = changed[id]
        each = shifts.get(thread)
        if each is None:
            each = shifts[thread] = Shift()
        each.unread += unread
        each.flagged += flagged
        if more:
            each.rows += more
            each.files += more * has_file
            each.moved = True
            if id not in left:
                hidden.append((more < 0, id))
    if hidden:
        cache.executemany("UPDATE members SET hidden = ? WHERE envelope = ?", hidden)
    if shifts:
        shift(cache, mailbox, shifts)
    if left:
        forget_empty(cache, {thread for id, thread, _ in rows if id in left})


def forget_empty(cache: apsw.Connection, threads: Collection[ThreadId]) -> None:
    """Forget the names in threads that have no message any more, in no mailbox."""
    cache.execute(
        "DELETE FROM thread_keys WHERE thread IN (SELECT value FROM json_each(?) WHERE NOT EXISTS"
        " (SELECT 1 FROM members WHERE members.thread = value))",
        (json.dumps(list(threads)),),
    )


def absorb(cache: apsw.Connection, mailbox: MailboxId, other: ThreadId, each: Shift) -> None:
    """Take the row of a conversation away, whose messages are those of another thread now, and add it to that one."""
    rows = query(
        cache,
        "DELETE FROM conversations WHERE mailbox = ? AND thread = ? RETURNING count, unread, flagged, files",
        (mailbox, other),
    )
    for count, unread, flagged, files in rows:  # there is none where all of them are hidden
        each.rows += count
        each.unread += unread
        each.flagged += flagged
        each.files += files
        each.absorbed += 1
        each.moved = True
