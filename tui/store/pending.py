"""Changes made here that the server does not know yet: on disk before the screen shows them."""

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tui.mail.ids import AccountName
from tui.store.databases import Connections, Databases
from tui.store.overlay import Change, ChangeKind
from tui.store.sqlite import query, transaction

__all__ = ["Change", "ChangeKind", "Pending", "read_changes"]

_COLUMNS = "account, mailbox, wire, uidvalidity, kind, uids, added, removed, target, id, made"


class Pending:
    """The journal of changes, in the order they were made.

    While a row is here, `tui.store.envelopes` lays it over what the server says; `done` ends that.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, change: Change) -> int:
        """Write a change and return its id; when this returns, it survives a power cut."""
        return await self._databases.write_precious(_add, change)

    async def next(self, account: AccountName) -> Change | None:
        """Return the account's oldest change, or None."""
        changes = await self._databases.read_precious(_read, account, 1)
        return changes[0] if changes else None

    async def all(self, account: AccountName | None = None) -> list[Change]:
        """Return the changes of one account or of all, oldest first."""
        return await self._databases.read_precious(_read, account, -1)

    async def done(self, id: int) -> None:
        """Drop a change: the server has it, or has refused it and its effect has been put back."""
        await self._databases.write_precious(_done, id)


def read_changes(at: Connections) -> list[Change]:
    """Return every change, oldest first."""
    return _read(at, None, -1)


def _add(at: Connections, change: Change) -> int:
    change = replace(change, made=time.time())
    at.precious.execute(
        "INSERT INTO pending (account, mailbox, wire, uidvalidity, kind, uids, added, removed, target, made)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            change.account,
            change.mailbox,
            change.wire,
            change.uidvalidity,
            change.kind.value,
            json.dumps(change.uids),
            _flags(change.add),
            _flags(change.remove),
            change.target,
            change.made,
        ),
    )
    id = at.precious.last_insert_rowid()
    at.overlay.add(replace(change, id=id))
    return id


def _flags(flags: Iterable[str]) -> str:
    return json.dumps(sorted(flags))


def _read(at: Connections, account: AccountName | None, limit: int) -> list[Change]:
    where, bindings = ("true", ()) if account is None else ("account = ?", (account,))
    rows = query(at.precious, f"SELECT {_COLUMNS} FROM pending WHERE {where} ORDER BY id LIMIT ?", (*bindings, limit))
    return [_change(row) for row in rows]


def _change(row: tuple[Any, ...]) -> Change:
    account, mailbox, wire, uidvalidity, kind, uids, added, removed, target, id, made = row
    return Change(
        account,
        mailbox,
        wire,
        uidvalidity,
        ChangeKind(kind),
        tuple(json.loads(uids)),
        frozenset(json.loads(added)),
        frozenset(json.loads(removed)),
        target,
        id,
        made,
    )


def _done(at: Connections, id: int) -> None:
    with transaction(at.precious):
        at.precious.execute("DELETE FROM pending WHERE id = ?", (id,))
    at.overlay.drop(id)
