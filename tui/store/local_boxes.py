"""The mailboxes of local mail: what runs in the threads of `tui.store.local_mail`."""

import time
from collections.abc import Sequence
from typing import Any, Final

import apsw

from tui.mail.ids import AccountName, Uid, UidValidity
from tui.mail.mailbox import Role
from tui.mail.noun import dataclass
from tui.store.sqlite import query, transaction

DELIMITER: Final = "/"
INBOX: Final = b"INBOX"

_COLUMNS = "id, wire, role, uidvalidity, uidnext, modseq, (SELECT count(*) FROM messages WHERE box = boxes.id)"


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox.

    Attributes:
        id: its key here; `tui.mail.ids.MailboxId` is another.
        wire: its name as an IMAP server would send it.
        role: what it is for.
        uidvalidity, uidnext, modseq: as with IMAP (RFC 9051, 2.3.1; RFC 7162).
        count: messages in it.
    """

    id: int
    wire: bytes
    role: Role | None
    uidvalidity: UidValidity
    uidnext: Uid
    modseq: int
    count: int


def _box(row: tuple[Any, ...]) -> Box:
    id, wire, role, *numbers = row
    return Box(id, wire, Role(role) if role is not None else None, *numbers)


def all_of(at: apsw.Connection, account: AccountName) -> list[Box]:
    return [_box(row) for row in query(at, f"SELECT {_COLUMNS} FROM boxes WHERE account = ? ORDER BY id", (account,))]


def get(at: apsw.Connection, account: AccountName, wire: bytes) -> Box | None:
    rows = query(at, f"SELECT {_COLUMNS} FROM boxes WHERE account = ? AND wire = ?", (account, wire))
    return _box(rows[0]) if rows else None


def key(at: apsw.Connection, account: AccountName, wire: bytes) -> int | None:
    """Return a mailbox's key, None when there is none of this name."""
    rows = query(at, "SELECT id FROM boxes WHERE account = ? AND wire = ?", (account, wire))
    return int(rows[0][0]) if rows else None


def prepare(at: apsw.Connection, account: AccountName, wanted: Sequence[tuple[bytes, Role]]) -> None:
    """Make the first mailboxes of an account; see `LocalMail.prepare`."""
    with transaction(at):
        at.execute("INSERT OR IGNORE INTO accounts (account) VALUES (?)", (account,))
        is_new = bool(at.changes())
        roles = {role: wire for wire, role in query(at, "SELECT wire, role FROM boxes WHERE account = ?", (account,))}
        for wire, role in wanted:
            if is_new or role is Role.INBOX or (wire != roles.get(role.value) and role.value in roles):
                _insert(at, account, wire)
                at.execute("UPDATE boxes SET role = NULL WHERE account = ? AND role = ?", (account, role.value))
                at.execute("UPDATE boxes SET role = ? WHERE account = ? AND wire = ?", (role.value, account, wire))


def make(at: apsw.Connection, account: AccountName, wire: bytes, role: Role | None) -> bool:
    """Make a mailbox and those above it; return False when it is there already."""
    with transaction(at):
        levels = wire.split(DELIMITER.encode())
        for depth in range(1, len(levels)):
            _insert(at, account, DELIMITER.encode().join(levels[:depth]))
        is_new = _insert(at, account, wire)
        if role is not None:
            at.execute("UPDATE boxes SET role = ? WHERE account = ? AND wire = ?", (role.value, account, wire))
        return is_new


def _insert(at: apsw.Connection, account: AccountName, wire: bytes) -> bool:
    newest = query(at, "SELECT coalesce(max(uidvalidity), 0) FROM boxes")[0][0]
    at.execute(
        "INSERT OR IGNORE INTO boxes (account, wire, uidvalidity) VALUES (?, ?, ?)",
        (account, wire, max(int(time.time()), newest + 1)),
    )
    return bool(at.changes())


def rename(at: apsw.Connection, account: AccountName, wire: bytes, target: bytes) -> bool:
    """Rename a mailbox and those below it; return whether that could be done."""
    below = wire + DELIMITER.encode()
    with transaction(at):
        if key(at, account, wire) is None or key(at, account, target) is not None:
            return False
        for id, name in query(at, "SELECT id, wire FROM boxes WHERE account = ?", (account,)):
            if name == wire or name.startswith(below):
                at.execute("UPDATE boxes SET wire = ? WHERE id = ?", (target + name[len(wire) :], id))
        return True


def drop(at: apsw.Connection, account: AccountName, wire: bytes, only_empty: bool) -> bool:
    """Delete a mailbox with what is in it; return False when it holds mail and is not to."""
    with transaction(at):
        box = key(at, account, wire)
        if box is None:
            return True
        contents = [row[0] for row in query(at, "SELECT content FROM messages WHERE box = ?", (box,))]
        if contents and only_empty:
            return False
        at.execute("DELETE FROM messages WHERE box = ?", (box,))
        at.executemany("DELETE FROM contents WHERE id = ?", [(content,) for content in contents])
        at.execute("DELETE FROM boxes WHERE id = ?", (box,))
        return True


def reserve(at: apsw.Connection, account: AccountName, count: int) -> Uid:
    """Keep UIDs of INBOX free; return the first."""
    with transaction(at):
        row = query(at, "SELECT id, uidnext FROM boxes WHERE account = ? AND wire = ?", (account, INBOX))[0]
        at.execute("UPDATE boxes SET uidnext = uidnext + ? WHERE id = ?", (count, row[0]))
        return Uid(row[1])
