"""What a status bar shows, read before anything else is loaded: without threads, without nouns, without writing."""

from __future__ import annotations

import apsw

TYPE_CHECKING = False  # typing takes longer to load than all the rest
if TYPE_CHECKING:
    from typing import Any

_INBOXES = (
    "SELECT account, complete, held, unread, server_total, server_unread FROM mailboxes"
    " WHERE role = 'inbox' AND listed = 1 AND uidvalidity IS NOT NULL ORDER BY id"
)
_WAITING = "SELECT account, count(*) FROM submissions WHERE state IN ('held', 'queued', 'sending') GROUP BY account"
_STUCK = "SELECT account, count(*) FROM submissions WHERE state IN ('failed', 'unknown') GROUP BY account"
_NAMES = {
    "accounts": "SELECT DISTINCT account FROM mailboxes ORDER BY account",
    "mailboxes": "SELECT DISTINCT name FROM mailboxes WHERE listed = 1 AND selectable = 1 ORDER BY name LIMIT 2000",
}
BUSY = 200
"""Milliseconds to wait for a writer."""


class Unreadable(Exception):
    """A database is missing, or is none of ours."""


class Glance:
    """One account.

    Attributes:
        total, unread: messages in INBOX.
        waiting: mails on their way out. stuck: those that wait for the user.
        is_known: INBOX was opened once; before that nothing can be said of what is in it.
    """

    def __init__(self, account: str, total: int, unread: int) -> None:
        self.account = account
        self.total = total
        self.unread = unread
        self.waiting = 0
        self.stuck = 0
        self.is_known = True


def read(cache: str, precious: str) -> list[Glance]:
    """Return what is known of every account.

    Args:
        cache, precious: paths of the databases.

    Raises:
        Unreadable: when one is missing, or is none of ours.
    """
    found: dict[str, Glance] = {}
    for account, complete, held, unread, server_total, server_unread in _all(cache, _INBOXES):
        total = held if complete or server_total is None else server_total
        new = unread if complete or server_unread is None else server_unread
        found[account] = Glance(account, total, new)
    for account, count in _all(precious, _WAITING):
        _at(found, account).waiting = count
    for account, count in _all(precious, _STUCK):
        _at(found, account).stuck = count
    return list(found.values())


def names(cache: str, what: str) -> list[str]:
    """Return how accounts or mailboxes are called, for a shell to complete.

    Args:
        cache: path of the database.
        what: ``accounts`` or ``mailboxes``.

    Raises:
        Unreadable: when it is missing, or is none of ours.
    """
    return [name for (name,) in _all(cache, _NAMES[what])]


def _at(found: dict[str, Glance], account: str) -> Glance:
    if account not in found:
        found[account] = Glance(account, 0, 0)
        found[account].is_known = False
    return found[account]


def _all(path: str, statement: str) -> list[tuple[Any, ...]]:
    try:
        connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
        try:
            connection.set_busy_timeout(BUSY)
            return connection.execute(statement).fetchall()
        finally:
            connection.close()
    except apsw.Error as error:
        raise Unreadable(str(error)) from error
