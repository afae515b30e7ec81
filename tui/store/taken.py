"""What was taken from a POP3 server, by the names it has there: what makes a message come once and never twice.

A name stays here as long as the server may list it. What it was told to delete, and does not list any more, is
forgotten; what is missing for another reason is remembered for long: a server that lists nothing on a bad day must not
make everything come again on the next.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import apsw

from tui.mail.ids import AccountName, Uid
from tui.mail.noun import dataclass
from tui.store import local_messages
from tui.store.local_boxes import INBOX, key
from tui.store.local_messages import NewMessage
from tui.store.sqlite import query, transaction

HERE: Final = 0
DELETED: Final = 1
PASSED: Final = 2

REMEMBERED: Final = 180 * 86_400.0
"""Seconds after which what the server has not listed is forgotten."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that was taken.

    Attributes:
        name: its name on the server.
        uid: reserved for it.
        message: it.
    """

    name: bytes
    uid: Uid
    message: NewMessage


@dataclass(frozen=True, slots=True)
class Compared:
    """What the server lists, beside what was taken.

    Attributes:
        new: places in the list of names that are to be taken.
        deleted: places of what it had been told to delete, and still lists.
        is_first: the first look at this account has not come to its end yet.
    """

    new: list[int]
    deleted: list[int]
    is_first: bool


class Ledger:
    """The names of one account, in memory beside the table; owned by the writing thread.

    Args:
        account: whose.
        states: name → state.
        absent: names that the server did not list last time.
        is_first: the first look has not come to its end.

    Attributes:
        is_first: the same, now.
    """

    def __init__(self, account: AccountName, states: dict[bytes, int], absent: set[bytes], is_first: bool) -> None:
        self._account = account
        self._states = states
        self._absent = absent
        self.is_first = is_first

    @classmethod
    def read(cls, at: apsw.Connection, account: AccountName) -> "Ledger":
        """Return what is on disk."""
        rows = query(at, "SELECT name, state, absent IS NOT NULL FROM taken WHERE account = ?", (account,))
        caught_up = query(at, "SELECT caught_up FROM accounts WHERE account = ?", (account,))
        states = {name: state for name, state, _ in rows}
        absent = {name for name, _, is_absent in rows if is_absent}
        return cls(account, states, absent, not (caught_up and caught_up[0][0]))

    def compare(self, at: apsw.Connection, names: Sequence[bytes]) -> Compared:
        """Compare with what the server lists; only what is otherwise than last time is written."""
        states = self._states
        absent = states.keys() - set(names)
        self._note_absent(at, absent)
        new = [place for place, name in enumerate(names) if states.get(name, DELETED) == DELETED]
        deleted = [place for place, name in enumerate(names) if states.get(name) == DELETED]
        return Compared(new, deleted, self.is_first)

    def _note_absent(self, at: apsw.Connection, absent: set[bytes]) -> None:
        now = time.time()
        over = {name for name in absent if self._states[name] == DELETED}
        gone, back = (absent - over) - self._absent, self._absent - absent
        old = query(at, "SELECT name FROM taken WHERE account = ? AND absent < ?", (self._account, now - REMEMBERED))
        over |= {name for (name,) in old if name in absent}
        if not (over or gone or back):
            return
        where = "account = ? AND name = ?"
        with transaction(at):
            at.executemany(f"DELETE FROM taken WHERE {where}", self._keys(over))
            at.executemany(
                "UPDATE taken SET absent = ? WHERE account = ? AND name = ?", [(now, *k) for k in self._keys(gone)]
            )
            at.executemany(f"UPDATE taken SET absent = NULL WHERE {where}", self._keys(back - over))
        for name in over:
            del self._states[name]
        self._absent = absent - over

    def _keys(self, names: Iterable[bytes]) -> list[tuple[AccountName, bytes]]:
        return [(self._account, name) for name in names]

    def take_in(self, at: apsw.Connection, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """File messages in INBOX and note their names in one transaction; return those that were new.

        A name under which a message was deleted there may be another's by now (some servers count): only what is here,
        octet by octet, is the one that was to go.
        """
        new = {each.name: each for each in arrivals if self._is_new(at, each)}
        box = key(at, self._account, INBOX)
        assert box is not None, "every account has an INBOX"
        with transaction(at):
            for each in new.values():
                local_messages.insert(at, box, each.uid, each.message)
            self._insert(at, new, HERE)
        self._states.update(dict.fromkeys(new, HERE))
        return list(new.values())

    def _is_new(self, at: apsw.Connection, arrival: Arrival) -> bool:
        state = self._states.get(arrival.name)
        return state is None or (state == DELETED and not local_messages.is_here(at, self._account, arrival.message))

    def undeleted(self, names: Iterable[bytes]) -> set[bytes]:
        """Return those of the names whose message was deleted there, as far as was told, and is no other's since."""
        return {name for name in names if self._states.get(name) == DELETED}

    def note(self, at: apsw.Connection, names: Collection[bytes], state: int) -> None:
        """Give names a state."""
        with transaction(at):
            self._insert(at, names, state)
        self._states.update(dict.fromkeys(names, state))

    def _insert(self, at: apsw.Connection, names: Iterable[bytes], state: int) -> None:
        now = time.time()
        at.executemany(
            "INSERT INTO taken (account, name, state, made) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (account, name) DO UPDATE SET state = excluded.state",
            [(self._account, name, state, now) for name in names],
        )

    def catch_up(self, at: apsw.Connection) -> None:
        """Note that the first look has come to its end."""
        if self.is_first:
            at.execute("UPDATE accounts SET caught_up = 1 WHERE account = ?", (self._account,))
            self.is_first = False


def due(at: apsw.Connection, account: AccountName, before: float) -> set[bytes]:
    where = "account = ? AND state = ? AND made <= ? AND absent IS NULL"
    return {row[0] for row in query(at, f"SELECT name FROM taken WHERE {where}", (account, HERE, before))}
