"""Finding what belongs together: messages that share a name become one thread. For the writing thread.

The names of a batch are looked up at once; where they lead to several threads, the smaller ones go over to the largest,
so that a message changes its thread at most as often as threads can double.
"""

import json
import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

import apsw

from tui.mail.ids import MailboxId, ThreadId
from tui.mail.thread import is_reply, named_keys, own_key
from tui.store import conversations
from tui.store.codec import BITS, SEEN_BIT
from tui.store.conversations import Shift
from tui.store.sqlite import query

_FLAGGED: Final = BITS["\\Flagged"]
_FIRST_LOOK: Final = 64

Shifts = dict[MailboxId, dict[ThreadId, Shift]]

_IN = "IN (SELECT value FROM json_each(?))"


class Joining:
    """A message that gets its thread.

    Args:
        id: the key of its row.
        received: as there.
        bits: its flags.
        hidden: it is not shown.
        has_file: some part is an attachment.
        who: the name of its writer.
        keys: its own, or 0, then those it names.
    """

    __slots__ = ("bits", "has_file", "hidden", "id", "keys", "mailbox", "received", "who")

    def __init__(
        self, id: int, received: int, bits: int, hidden: bool, has_file: bool, who: str, keys: Sequence[int]
    ) -> None:
        self.id = id
        self.mailbox = MailboxId(id >> 32)
        self.received = received
        self.bits = bits
        self.hidden = hidden
        self.has_file = has_file
        self.who = who
        self.keys = keys


def pack_keys(keys: Sequence[int]) -> bytes:
    """Return keys as they lie in a row."""
    return struct.pack(f">{len(keys)}q", *keys)


def unpack_keys(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(packed) // 8}q", packed)


def keys_of(message_id: str, in_reply_to: str, more: Iterable[int] = ()) -> list[int]:
    """Return the keys of a message: its own first, the one it answers last.

    Args:
        message_id, in_reply_to: as written.
        more: keys that it names beside that.
    """
    named = dict.fromkeys(more)
    for key in named_keys(in_reply_to):
        named.pop(key, None)
        named[key] = None
    own = own_key(message_id)
    named.pop(own, None)
    return [own, *named]


def join(cache: apsw.Connection, batch: Sequence[Joining]) -> None:
    """Give messages that have none their thread, and their conversations a row; within the caller's transaction."""
    names = {key for each in batch for key in each.keys if key}
    known: dict[int, int] = dict(
        query(cache, f"SELECT key, thread FROM thread_keys WHERE key {_IN}", (json.dumps(sorted(names)),))
    )
    groups = _Groups()
    place = dict(known)
    placed: list[tuple[Joining, int]] = []
    for each in batch:
        found = {groups.root(place[key]) for key in each.keys if key in place}
        group = groups.joined(found) if found else groups.new()
        for key in each.keys:
            if key:
                place[key] = group
        placed.append((each, group))
    shifts: Shifts = {}
    threads = _settle(cache, groups, shifts)
    fresh = sorted((key, threads[groups.root(place[key])]) for key in names if key not in known)
    cache.executemany("INSERT INTO thread_keys (key, thread) VALUES (?, ?)", fresh)
    rows: list[tuple[Any, ...]] = []
    for each, group in placed:
        thread = threads[groups.root(group)]
        packed = pack_keys(each.keys)
        rows.append((each.id, thread, each.mailbox, each.received, each.hidden, each.has_file, each.who, packed))
        if not each.hidden:
            _count(shifts.setdefault(each.mailbox, {}), thread, each)
    cache.executemany(
        "INSERT INTO members (envelope, thread, mailbox, received, hidden, has_file, who, keys)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        sorted(rows),
    )
    for mailbox, changed in shifts.items():
        conversations.shift(cache, mailbox, changed)


def _count(shifts: dict[ThreadId, Shift], thread: ThreadId, each: Joining) -> None:
    shift = shifts.get(thread)
    if shift is None:
        shift = shifts[thread] = Shift()
        shift.only = (each.id, each.received, each.who)
    shift.moved = True
    shift.rows += 1
    shift.unread += not each.bits & SEEN_BIT
    shift.flagged += bool(each.bits & _FLAGGED)
    shift.files += each.has_file


class _Groups:
    """Threads that a batch finds to be one: those that are stored by their number, new ones below 0."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}
        self._count = 0

    def new(self) -> int:
        self._count += 1
        return -self._count

    def root(self, group: int) -> int:
        above = self._above
        while group in above:
            group = above[group]
        return group

    def joined(self, roots: set[int]) -> int:
        """Make groups one; of several a stored one stands for all."""
        first = max(roots)
        for other in roots:
            if other != first:
                self._above[other] = first
        return first

    @property
    def new_roots(self) -> list[int]:
        return [-each for each in range(1, self._count + 1) if -each not in self._above]

    def stored(self) -> dict[int, list[int]]:
        """Return the stored threads that became one with others, by their root; the root itself is among them."""
        found: dict[int, list[int]] = {}
        for group in self._above:
            if group > 0:
                found.setdefault(self.root(group), []).append(group)
        for root, groups in found.items():
            groups.append(root)
        return found


class _Threads(dict[int, ThreadId]):
    """Root → thread; a stored thread that nothing happened to is its own."""

    def __missing__(self, root: int) -> ThreadId:
        return ThreadId(root)


def _settle(cache: apsw.Connection, groups: _Groups, shifts: Shifts) -> _Threads:
    """Give new groups numbers, and merge stored threads that became one; return the thread of each root."""
    threads = _Threads()
    new = groups.new_roots
    if new:
        (number,) = query(cache, "SELECT next FROM thread_numbers")[0]
        cache.execute("UPDATE thread_numbers SET next = ?", (number + len(new),))
        threads.update((root, ThreadId(number + place)) for place, root in enumerate(new))
    for root, stored in groups.stored().items():
        threads[root] = merge(cache, [ThreadId(each) for each in stored], shifts)
    return threads


def merge(cache: apsw.Connection, threads: Sequence[ThreadId], shifts: Shifts) -> ThreadId:
    """Make stored threads one; return which of them it is, the largest.

    Args:
        shifts: takes what changes in the conversations: `conversations.shift` must follow, for each mailbox.
    """
    into = _largest(cache, threads)
    for other in threads:
        if other == into:
            continue
        mailboxes = query(cache, "SELECT DISTINCT mailbox FROM members WHERE thread = ?", (other,))
        cache.execute("UPDATE members SET thread = ? WHERE thread = ?", (into, other))
        cache.execute("UPDATE thread_keys SET thread = ? WHERE thread = ?", (into, other))
        for (mailbox,) in mailboxes:
            shift = shifts.setdefault(mailbox, {}).setdefault(into, Shift())
            conversations.absorb(cache, mailbox, other, shift)
    return into


def _largest(cache: apsw.Connection, threads: Sequence[ThreadId]) -> ThreadId:
    """Return the thread with the most messages; of the others no more is looked at than twice what they have."""
    left, limit = list(threads), _FIRST_LOOK
    while True:
        sizes = {}
        for thread in left:
            statement = "SELECT count(*) FROM (SELECT 1 FROM members WHERE thread = ? LIMIT ?)"
            sizes[thread] = query(cache, statement, (thread, limit))[0][0]
        full = [thread for thread in left if sizes[thread] == limit]
        if len(full) < 2:
            return full[0] if full else max(left, key=lambda thread: (sizes[thread], -thread))
        left, limit = full, 4 * limit


def wants_tracing(in_reply_to: str, subject: str, server_thread: str) -> bool:
    """Whether the server is to be asked what else a message names."""
    return not server_thread and is_reply(in_reply_to, subject)
