"""The messages of local mail: what runs in the threads of `tui.store.local_mail`. Each change is one transaction."""

import json
import time
from collections.abc import Collection, Sequence
from typing import Final

import apsw

from tui.mail.flags import DRAFT, NO_FLAGS, Flags
from tui.mail.ids import AccountName, Uid
from tui.mail.noun import dataclass
from tui.store.local_boxes import key
from tui.store.sqlite import query, transaction

REMEMBERED: Final = 90 * 86_400.0
"""Seconds for which it is remembered where a message went; a change that waits is carried long before."""

_IN = "box = ? AND uid IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Held:
    """A message that is here.

    Attributes:
        uid, flags: in its mailbox.
        received: seconds since 1970 UTC.
        data: its octets.
    """

    uid: Uid
    flags: Flags
    received: int
    data: bytes


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be filed.

    Attributes:
        data: its octets.
        received: seconds since 1970 UTC.
        flags: to give it.
        message_id: as written, "" for none.
        mark: of a draft's copy, "" for none.
    """

    data: bytes
    received: int
    flags: Flags = NO_FLAGS
    message_id: str = ""
    mark: str = ""


def _listed(uids: Collection[Uid]) -> str:
    return json.dumps(list(uids))


def ranges(at: apsw.Connection, box: int) -> list[tuple[int, int]]:
    rows = query(
        at,
        "SELECT min(uid), max(uid) FROM (SELECT uid, uid - row_number() OVER (ORDER BY uid) AS island FROM messages"
        " WHERE box = ?) GROUP BY island ORDER BY 1",
        (box,),
    )
    return [(low, high) for low, high in rows]


def held(at: apsw.Connection, box: int, uids: Sequence[Uid]) -> list[Held]:
    statement = (
        "SELECT uid, flags, received, data FROM messages JOIN contents ON contents.id = content"
        f" WHERE {_IN} ORDER BY uid DESC"
    )
    return [
        Held(uid, frozenset(flags.split()), received, data)
        for uid, flags, received, data in query(at, statement, (box, _listed(uids)))
    ]


def flags_since(at: apsw.Connection, box: int, modseq: int) -> dict[Uid, Flags]:
    rows = query(at, "SELECT uid, flags FROM messages WHERE box = ? AND modseq > ?", (box, modseq))
    return {uid: frozenset(flags.split()) for uid, flags in rows}


def content(at: apsw.Connection, box: int, uid: Uid) -> bytes | None:
    statement = "SELECT data FROM messages JOIN contents ON contents.id = content WHERE box = ? AND uid = ?"
    rows = query(at, statement, (box, uid))
    return bytes(rows[0][0]) if rows else None


def append(at: apsw.Connection, account: AccountName, wire: bytes, message: NewMessage) -> Uid | None:
    with transaction(at):
        box = key(at, account, wire)
        if box is None:
            return None
        uid = Uid(query(at, "SELECT uidnext FROM boxes WHERE id = ?", (box,))[0][0])
        at.execute("UPDATE boxes SET uidnext = uidnext + 1 WHERE id = ?", (box,))
        insert(at, box, uid, message)
        return uid


def insert(at: apsw.Connection, box: int, uid: Uid, message: NewMessage) -> None:
    """Write a message under a UID; inside a transaction."""
    at.execute("INSERT INTO contents (data) VALUES (?)", (message.data,))
    at.execute(
        "INSERT INTO messages (box, uid, content, received, flags, message_id, mark) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            box,
            uid,
            at.last_insert_rowid(),
            message.received,
            _written(message.flags),
            message.message_id,
            message.mark,
        ),
    )


def is_here(at: apsw.Connection, account: AccountName, message: NewMessage) -> bool:
    """Return whether a message of these octets is in a mailbox of the account."""
    known = query(
        at,
        "SELECT 1 FROM messages m JOIN boxes b ON b.id = m.box JOIN contents c ON c.id = m.content"
        " WHERE b.account = ? AND m.message_id = ? AND c.data = ? LIMIT 1",
        (account, message.message_id, message.data),
    )
    return bool(known)


def _written(flags: Flags) -> str:
    return " ".join(sorted(flags))


def change_flags(at: apsw.Connection, box: int, uids: Collection[Uid], add: Flags, remove: Flags) -> None:
    with transaction(at):
        rows = query(at, f"SELECT uid, flags FROM messages WHERE {_IN}", (box, _listed(uids)))
        wanted = {uid: _written((frozenset(flags.split()) | add) - remove) for uid, flags in rows}
        changed = [uid for uid, flags in rows if flags != wanted[uid]]
        if changed:
            modseq = _next_modseq(at, box)
            at.executemany(
                "UPDATE messages SET flags = ?, modseq = ? WHERE box = ? AND uid = ?",
                [(wanted[uid], modseq, box, uid) for uid in changed],
            )


def _next_modseq(at: apsw.Connection, box: int) -> int:
    at.execute("UPDATE boxes SET modseq = modseq + 1 WHERE id = ?", (box,))
    return int(query(at, "SELECT modseq FROM boxes WHERE id = ?", (box,))[0][0])


def move(at: apsw.Connection, box: int, uids: Sequence[Uid], target: int) -> dict[Uid, Uid]:
    """Move messages in one step; return old and new UIDs."""
    columns = "content, received, flags, message_id, mark"
    with transaction(at):
        rows = query(at, f"SELECT uid, {columns} FROM messages WHERE {_IN} ORDER BY uid", (box, _listed(uids)))
        first = int(query(at, "SELECT uidnext FROM boxes WHERE id = ?", (target,))[0][0])
        at.execute("UPDATE boxes SET uidnext = uidnext + ? WHERE id = ?", (len(rows), target))
        went = {Uid(row[0]): Uid(first + place) for place, row in enumerate(rows)}
        at.execute(f"DELETE FROM messages WHERE {_IN}", (box, _listed(uids)))
        at.executemany(
            f"INSERT INTO messages (box, uid, {columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(target, went[Uid(row[0])], *row[1:]) for row in rows],
        )
        now = time.time()
        at.executemany(
            "INSERT OR REPLACE INTO moved (box, uid, to_box, to_uid, made) VALUES (?, ?, ?, ?, ?)",
            [(box, old, target, new, now) for old, new in went.items()],
        )
        at.execute("DELETE FROM moved WHERE made < ?", (now - REMEMBERED,))
        return went


def went(at: apsw.Connection, box: int, uids: Collection[Uid]) -> dict[Uid, tuple[int, Uid]]:
    rows = query(at, f"SELECT uid, to_box, to_uid FROM moved WHERE {_IN}", (box, _listed(uids)))
    return {uid: (to_box, to_uid) for uid, to_box, to_uid in rows}


def there(at: apsw.Connection, box: int, uids: Collection[Uid]) -> set[Uid]:
    return {row[0] for row in query(at, f"SELECT uid FROM messages WHERE {_IN}", (box, _listed(uids)))}


def erase(at: apsw.Connection, box: int, uids: Collection[Uid]) -> None:
    with transaction(at):
        rows = query(at, f"SELECT content FROM messages WHERE {_IN}", (box, _listed(uids)))
        at.execute(f"DELETE FROM messages WHERE {_IN}", (box, _listed(uids)))
        at.executemany("DELETE FROM contents WHERE id = ?", rows)


def with_message_id(at: apsw.Connection, box: int, message_id: str) -> Uid | None:
    rows = query(at, "SELECT uid, flags FROM messages WHERE message_id = ? AND box = ?", (message_id, box))
    return next((Uid(uid) for uid, flags in rows if message_id and DRAFT not in flags.split()), None)


def with_mark(at: apsw.Connection, box: int, mark: str) -> Uid | None:
    rows = query(at, "SELECT max(uid) FROM messages WHERE box = ? AND mark = ? AND mark != ''", (box, mark))
    return None if rows[0][0] is None else Uid(rows[0][0])
