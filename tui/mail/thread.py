"""Threads: which messages belong together, and who answers whom.

A message names itself (Message-ID) and those it answers (In-Reply-To, References). Names are kept as keys, hashes of
63 bits and a sign, so that a million of them are a small table. The tree of one thread is made from them the way Jamie
Zawinski wrote down (https://www.jwz.org/doc/threading.html), when somebody opens it.
"""

import re
from _blake2 import blake2b  # hashlib loads all of OpenSSL beside it: start-up time
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Final

from tui.mail.envelope import Envelope, RowKey
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.noun import noun

MOST_NAMED: Final = 30
"""Ancestors of one message that are kept: the first and the last ones."""
MOST_DEPTH: Final = 50
"""Levels of a tree; who answers below that stands beside what he answers."""

_ID = re.compile(r"<([^<>\s]{1,500})>")
_REPLY = re.compile(r"(?:re|aw|sv|vs|antw|odp|res)(?:\[\d+\])?\s*:", re.IGNORECASE)


def message_ids(text: str) -> tuple[str, ...]:
    """Return the Message-IDs in a field such as References, without brackets, each once; words around them are not."""
    found = tuple(dict.fromkeys(_ID.findall(text)))
    return found if len(found) <= MOST_NAMED else (found[0], *found[1 - MOST_NAMED :])


def key_of(name: str) -> int:
    """Return the key of a Message-ID without brackets, or of another name; never 0, which stands for none."""
    return int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True) or 1


def own_key(message_id: str) -> int:
    """Return the key of a message by its Message-ID as written; 0 for one that has none."""
    found = _ID.search(message_id)
    return key_of(found.group(1)) if found is not None else 0


def named_keys(text: str) -> tuple[int, ...]:
    """Return the keys of the messages that a field such as References names, in its order."""
    return tuple(map(key_of, message_ids(text))) if text else ()


def is_reply(in_reply_to: str, subject: str) -> bool:
    """Whether a message looks as if it answered another one."""
    return bool(in_reply_to) or _REPLY.match(subject) is not None


def row_name(thread: ThreadId) -> Uid:
    """Return what the row of a conversation is called in a list, where other rows have UIDs: a number below 0."""
    return Uid(-thread)


def thread_named(name: Uid) -> ThreadId | None:
    """Return the thread whose row is called so; None for a message's UID."""
    return ThreadId(-name) if name < 0 else None


def values_of(envelope: Envelope) -> dict[str, Any]:
    """Return what an envelope holds, for a row that is made of it."""
    return {each.name: getattr(envelope, each.name) for each in fields(Envelope)}


@noun
class Conversation(Envelope):
    """The row of a conversation: its messages in one mailbox, shown as the newest of them.

    Attributes:
        uid: `row_name`: it stays the same when a newer message comes.
        head: the newest message.
        thread: the store's key.
        count, unread, flagged, files: messages, and how many of them are so.
        people: who wrote them, those of the newest first; not all where there are many.
        is_open: its messages are listed below it.
    """

    head: Uid = Uid(0)
    thread: ThreadId = ThreadId(0)
    count: int = 1
    unread: int = 0
    flagged: int = 0
    files: int = 0
    people: tuple[str, ...] = ()
    is_open: bool = False

    @property
    def is_unread(self) -> bool:
        return self.unread > 0

    @property
    def is_flagged(self) -> bool:
        return self.flagged > 0

    @property
    def key(self) -> RowKey:
        return (self.received, self.head)

    @property
    def newest(self) -> Envelope:
        """Its newest message, as far as the row tells of it."""
        return Envelope(**{**values_of(self), "uid": self.head})


@noun
class Leaf(Envelope):
    """The row of one message below that of its conversation.

    Attributes:
        thread: its conversation.
        depth: how many messages it answers, one the other, are listed above it.
        above: the key of the conversation's row.
        place: which of its leaves it is, from 1.
    """

    thread: ThreadId = ThreadId(0)
    depth: int = 0
    above: RowKey = (0, 0)
    place: int = 1

    @property
    def key(self) -> RowKey:
        return (*self.above, self.place)


@noun
class Member:
    """A message of a thread.

    Attributes:
        mailbox: where it is.
        envelope: the message, without its structure.
        own: its key, 0 where it has no Message-ID.
        named: the keys of those it answers, the nearest last.
    """

    mailbox: MailboxId
    envelope: Envelope
    own: int = 0
    named: tuple[int, ...] = ()


@noun
class Branch:
    """A message in the tree of its thread; ``depth`` is 0 for one that answers none of the others."""

    member: Member
    depth: int = 0


class _Container:
    """A place in the tree, for a message that is here or one that is only named."""

    __slots__ = ("children", "members", "parent")

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.parent: _Container | None = None
        self.children: list[_Container] = []

    def is_below(self, other: "_Container") -> bool:
        """Whether the other one is this one or above it."""
        above: _Container | None = self
        while above is not None:
            if above is other:
                return True
            above = above.parent
        return False

    def hang(self, parent: "_Container") -> None:
        if parent.is_below(self):
            return  # a loop, which only a forger or a broken program writes
        if self.parent is not None:
            self.parent.children.remove(self)
        self.parent = parent
        parent.children.append(self)


def tree(members: Iterable[Member]) -> list[Branch]:
    """Return the messages of a thread in the order of the conversation: each is followed by its answers, oldest first.

    Copies of one message, in two mailboxes say, stand one below the other at the same depth. Never recurses.
    """
    known: dict[int, _Container] = {}
    everything: list[_Container] = []

    def container(key: int) -> _Container:
        found = known.get(key) if key else None
        if found is None:
            found = _Container()
            everything.append(found)
            if key:
                known[key] = found
        return found

    placed = [(member, container(member.own)) for member in members]
    for member, own in placed:
        own.members.append(member)
    for member, own in placed:
        above: _Container | None = None
        for key in member.named[-MOST_NAMED:]:
            here = container(key)
            if here is own:
                continue
            if above is not None and here.parent is None:
                here.hang(above)
            above = here
        if above is not None and own.members[0] is member:
            own.hang(above)
    return _flatten(everything)


def _flatten(everything: Sequence[_Container]) -> list[Branch]:
    dates: dict[int, tuple[int, int]] = {}

    def date(place: _Container) -> tuple[int, int]:
        """Return when it was written; what is not here is as old as the first answer to it that is."""
        found = dates.get(id(place))
        if found is None:
            pending = [place]
            while pending and not found:
                each = pending.pop(0)
                found = min((when(member.envelope) for member in each.members), default=None)
                pending += each.children
            dates[id(place)] = found = found or (0, 0)
        return found

    def newest_first(places: Iterable[_Container]) -> list[_Container]:
        return sorted(places, key=date, reverse=True)

    branches: list[Branch] = []
    pending = [(place, 0) for place in newest_first(place for place in everything if place.parent is None)]
    while pending:
        place, depth = pending.pop()
        branches += [Branch(member, min(depth, MOST_DEPTH)) for member in place.members]
        pending += [(child, depth + bool(place.members)) for child in newest_first(place.children)]
    return branches


def when(envelope: Envelope) -> tuple[int, int]:
    """Return what messages of one thread are ordered by, whatever mailbox they are in."""
    return (envelope.received, envelope.uid)
