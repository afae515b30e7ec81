"""The newest rows of a mailbox, read before anything else is loaded: without threads, without nouns, without writing.

Only a statement or two; what it finds is shown until the store is open. The cache is as its last user left it: whoever
runs holds the lock, which is looked at before.
"""

from __future__ import annotations

import fcntl
import os

import apsw

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from typing import Any

_COUNTS = (
    "SELECT listed, complete, held, unread, server_total, server_unread, conversations FROM mailboxes WHERE id = ?"
)
_ROWS = (
    "SELECT id & 0xffffffff, flags, received, has_file, who, subject, snippet, addresses FROM envelopes"
    " WHERE mailbox = ? AND hidden = 0 ORDER BY received DESC, id DESC LIMIT ?"
)
_CONVERSATIONS = (
    "SELECT e.id & 0xffffffff, e.flags, e.received, c.files > 0, e.who, e.subject, e.snippet, e.addresses, c.thread,"
    " c.count, c.unread, c.flagged, c.people FROM conversations c JOIN envelopes e ON e.id = c.head"
    " WHERE c.mailbox = ? ORDER BY c.newest DESC, c.head DESC LIMIT ?"
)
_SEEN, _ANSWERED, _FLAGGED, _FORWARDED = 1, 2, 4, 32
"""Bits of flags, see `tui.store.codec`."""


class FirstRow:
    """A row as `tui.widgets.row_words` shows it.

    Attributes:
        uid: in its mailbox.
        received: seconds since 1970 UTC.
        sender: whom it is from; "" for nobody.
        count: messages it stands for.
        people: who speaks, where it stands for several.
    """

    def __init__(self, row: tuple[Any, ...], outgoing: bool) -> None:
        uid, flags, received, has_file, sender, subject, snippet, addresses, *conversation = row
        self.uid: int = uid
        self.received: int = received
        self.is_unread = not flags & _SEEN
        self.is_answered = bool(flags & _ANSWERED)
        self.is_flagged = bool(flags & _FLAGGED)
        self.is_forwarded = bool(flags & _FORWARDED)
        self.has_file = bool(has_file)
        self.sender: str = sender if not outgoing else _recipients(addresses)
        self.subject: str = subject
        self.snippet: str = snippet
        self.count = 1
        self.people: tuple[str, ...] = ()
        if conversation:
            thread, self.count, unread, flagged, people = conversation
            self.uid = -thread
            self.is_unread, self.is_flagged = unread > 0, flagged > 0
            self.people = tuple(people.split("\n")) if people and not outgoing else ()


class FirstRows:
    """What a mailbox has.

    Attributes:
        total, unread: as `tui.store.mailboxes.MailboxState` has them.
        conversations: how many rows there are, where there is one for each; 0 where there is one for each message.
        rows: the newest, newest first.
    """

    def __init__(self, total: int, unread: int, rows: list[FirstRow], conversations: int = 0) -> None:
        self.total = total
        self.unread = unread
        self.conversations = conversations
        self.rows = rows


def read(
    path: str, version: int, mailbox: int, limit: int, *, outgoing: bool, conversations: bool = False
) -> FirstRows | None:
    """Return a mailbox's newest rows; None when the cache is of another version, or does not list the mailbox.

    Args:
        path: of cache.db.
        version: of its tables.
        mailbox: its key.
        limit: rows at most.
        outgoing: whom mail went to is wanted.
        conversations: a row for each of those is wanted.

    Raises:
        apsw.Error: when the file cannot be read now.
    """
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        if connection.execute("PRAGMA user_version").fetchall() != [(version,)]:
            return None
        with connection:  # one moment for both
            counts = connection.execute(_COUNTS, (mailbox,)).fetchall()
            rows = connection.execute(_CONVERSATIONS if conversations else _ROWS, (mailbox, limit)).fetchall()
    finally:
        connection.close()
    if not counts or not counts[0][0]:
        return None
    known: tuple[Any, ...] = counts[0]
    _, complete, held, unread, server_total, server_unread, rows_of_all = known
    total = held if complete or server_total is None else server_total
    unread = unread if complete or server_unread is None else server_unread
    found = [FirstRow(row, outgoing) for row in rows]
    return FirstRows(total, unread, found, rows_of_all if conversations else 0)


def is_in_use(lock: str) -> bool:
    """Return whether an instance runs that holds the lock, see `tui.store.lock`.

    Args:
        lock: path of its file.

    Raises:
        OSError: when there is none.
    """
    descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _recipients(addresses: str) -> str:
    """Return whom a row's mail went to, the first of them."""
    from tui.mail.address import short_label  # noqa: PLC0415 - late: start-up time; few begin in Sent
    from tui.store.codec import recipients  # noqa: PLC0415 - late: start-up time

    return short_label(recipients(addresses))
