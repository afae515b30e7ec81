"""Drafts: mails being written, and which of them are in the server's Drafts."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tui.mail import draft as drafts
from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.ids import AccountName, Uid, UidValidity
from tui.mail.noun import dataclass
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query, transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft on disk.

    Attributes:
        id: its key.
        draft: as it was saved last.
        changed: when, seconds since 1970 UTC.
        version: another one every time it is written.
    """

    id: int
    draft: Draft
    changed: float
    version: int = 1


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """A draft without its text.

    Attributes:
        id, changed, version: as with `SavedDraft`.
        is_open: it is being written, or was when the program ended.
    """

    id: int
    changed: float
    version: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class DraftCopy:
    """What is in the server's Drafts for a draft, or may be there: an answer may have been lost.

    Attributes:
        id: its key.
        draft: whose copy; that draft may be gone.
        version: of the draft, that was stored.
        wire: the mailbox.
        mark: in a header field of its own; "" for one that another program made.
        uidvalidity, uid: what it is called there; `SOMEWHERE` where the server does not say, None where it is not
            sure that it is there, `GONE` where it is not.
    """

    id: int
    draft: int
    version: int
    wire: bytes
    mark: str
    uidvalidity: UidValidity | None = None
    uid: Uid | None = None


SOMEWHERE: Final = Uid(0)
"""Of a copy that is surely there, though the server did not tell its UID."""

GONE: Final = Uid(-1)
"""Of a copy that the server has thrown away, so that the draft is here alone; it is not put there again unchanged."""

_FILE = "filename, type, data"
_SAVED = "id, draft, changed, version"
_COPY = "id, draft, version, wire, mark, uidvalidity, uid"


Files = tuple[tuple[Attachment, int], ...]
"""Files that are written for a draft, in their order, each with its row."""


class Drafts:
    """The tables of drafts and of their copies."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._files: dict[int, Files] = {}  # of drafts that are open

    async def keep(self, key: int | None, draft: Draft) -> int:
        """Write a draft over the one with this key, a new one for None; return its key. It counts as being written.

        When this returns, it survives a power cut.

        Raises:
            StoreError: when it cannot be written; the one before it is then still there.
        """
        known = self._files.get(key) if key is not None else None
        id, files = await self._databases.write_precious(_keep, key, draft, known)
        self._files[id] = files
        return id

    async def open(self, key: int) -> None:
        """Note that a draft is open for writing."""
        await self._databases.write_precious(_run, "UPDATE drafts SET writing = 1 WHERE id = ?", key)

    async def close(self, key: int) -> None:
        """Note that a draft is no longer open. One that was adopted and not changed is no longer kept here."""
        self._files.pop(key, None)
        await self._databases.write_precious(_close, key)

    async def close_all(self) -> int:
        """Note that nothing is open, as at the start; return how many drafts the last end cut short."""
        return await self._databases.write_precious(_close_all)

    async def drop(self, key: int) -> None:
        """Delete a draft; nothing happens when it is gone."""
        self._files.pop(key, None)
        await self._databases.write_precious(_run, "DELETE FROM drafts WHERE id = ?", key)

    async def drop_unchanged(self, key: int, version: int) -> bool:
        """Delete a draft that is not open and still this version; return whether it was."""
        return await self._databases.write_precious(_drop_unchanged, key, version)

    async def get(self, key: int) -> SavedDraft | None:
        """Return a draft, None when it is gone or cannot be read."""
        found = await self._databases.read_precious(_read, "id = ?", key)
        return found[0] if found else None

    async def all(self) -> list[SavedDraft]:
        """Return every draft, the one changed last first."""
        return await self._databases.read_precious(_read, "true ORDER BY changed DESC, id DESC")

    async def versions(self, account: AccountName) -> list[DraftVersion]:
        """Return the drafts from an account, oldest change first."""
        return await self._databases.read_precious(_versions, account)

    async def adopt(
        self, draft: Draft, account: AccountName, wire: bytes, uidvalidity: UidValidity | None, uid: Uid
    ) -> int:
        """Take up a draft that is in a server's Drafts; return the key of its row here, an old one where it has one.

        Raises:
            StoreError: when it cannot be written.
        """
        return await self._databases.write_precious(_adopt, draft, account, wire, uidvalidity, uid)

    async def copies(self, account: AccountName) -> list[DraftCopy]:
        """Return the copies on an account's server, oldest first."""
        return await self._databases.read_precious(_copies, "account = ? ORDER BY id", account)

    async def written_to(
        self, account: AccountName, wire: bytes, uidvalidity: UidValidity | None, uids: Sequence[Uid]
    ) -> dict[Uid, tuple[Address, ...]]:
        """Return whom those messages of a mailbox that are copies of drafts go to, as far as it is typed.

        A server cannot tell it: what is no list of addresses yet stands in no To of the copy.
        """
        return await self._databases.read_precious(_written_to, account, wire, uidvalidity, uids)

    async def add_copy(self, draft: int, version: int, account: AccountName, wire: bytes, mark: str) -> int:
        """Note that a copy is going to be stored; return its key."""
        return await self._databases.write_precious(_add_copy, (draft, version, account, wire, mark, None, None))

    async def place_copy(self, id: int, uidvalidity: UidValidity | None, uid: Uid | None) -> None:
        """Note what a copy is called."""
        statement = "UPDATE draft_copies SET uidvalidity = ?, uid = ? WHERE id = ?"
        await self._databases.write_precious(_run, statement, uidvalidity, uid, id)

    async def drop_copies(self, ids: Sequence[int]) -> None:
        """Forget copies that are no longer on the server."""
        await self._databases.write_precious(_drop_copies, tuple(ids))


def _keep(at: Connections, key: int | None, draft: Draft, known: Files | None) -> tuple[int, Files]:
    with transaction(at.precious):
        text = drafts.to_json(draft, files=False)
        key = _write(at, key, text, draft.identity.account, time.time_ns())
        return key, _write_files(at, key, draft.attachments, known)


def _write_files(at: Connections, draft: int, files: Sequence[Attachment], known: Files | None) -> Files:
    """Make the files of a draft these; those that are written already are left alone.

    Args:
        known: what is written for this draft; None: that is not known.
    """
    there = {row for (row,) in query(at.precious, "SELECT id FROM draft_files WHERE draft = ?", (draft,))}
    if known is None or there != {row for _, row in known}:  # it was sent and came back, say
        at.precious.execute("DELETE FROM draft_files WHERE draft = ?", (draft,))
        known = ()
    rows: dict[int, list[int]] = {}
    for file, row in known:
        rows.setdefault(id(file), []).append(row)  # the very same: comparing their octets would take long
    written: list[tuple[Attachment, int]] = []
    for place, file in enumerate(files):
        if not rows.get(id(file)):
            at.precious.execute(
                "INSERT INTO draft_files (draft, place, filename, type, data) VALUES (?, ?, ?, ?, ?)",
                (draft, place, file.filename, file.type, file.data),
            )
            row = at.precious.last_insert_rowid()
        else:
            row = rows[id(file)].pop(0)
            if place >= len(known) or known[place][1] != row:
                at.precious.execute("UPDATE draft_files SET place = ? WHERE id = ?", (place, row))
        written.append((file, row))
    over = [(row,) for left in rows.values() for row in left]
    at.precious.executemany("DELETE FROM draft_files WHERE id = ?", over)
    return tuple(written)


def _write(at: Connections, key: int | None, text: str, account: AccountName, version: int) -> int:
    at.precious.execute(
        "INSERT INTO drafts (id, draft, account, changed, version, writing) VALUES (?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (id) DO UPDATE SET draft = excluded.draft, account = excluded.account,"
        " changed = excluded.changed, version = excluded.version, writing = 1",
        (key, text, account, time.time(), version),
    )
    return key if key is not None else at.precious.last_insert_rowid()


def _run(at: Connections, statement: str, *bindings: Any) -> None:
    with transaction(at.precious):
        at.precious.execute(statement, bindings)


def _close(at: Connections, key: int) -> None:
    with transaction(at.precious):
        at.precious.execute("UPDATE drafts SET writing = 0 WHERE id = ?", (key,))
        as_adopted = "SELECT draft, version FROM draft_copies WHERE mark = ''"
        at.precious.execute(f"DELETE FROM drafts WHERE id = ? AND (id, version) IN ({as_adopted})", (key,))
        if at.precious.changes():
            at.precious.execute("DELETE FROM draft_copies WHERE draft = ?", (key,))  # else it would be deleted there


def _close_all(at: Connections) -> int:
    with transaction(at.precious):
        at.precious.execute("UPDATE drafts SET writing = 0 WHERE writing = 1")
        return at.precious.changes()


def _drop_unchanged(at: Connections, key: int, version: int) -> bool:
    with transaction(at.precious):
        at.precious.execute("DELETE FROM drafts WHERE id = ? AND version = ? AND writing = 0", (key, version))
        return at.precious.changes() > 0


def _read(at: Connections, where: str, *bindings: Any) -> list[SavedDraft]:
    found = []
    for id, text, changed, version in query(at.precious, f"SELECT {_SAVED} FROM drafts WHERE {where}", bindings):
        try:
            draft = drafts.from_json(text)
            files = query(at.precious, f"SELECT {_FILE} FROM draft_files WHERE draft = ? ORDER BY place", (id,))
            if files:  # those of drafts that an older version wrote, or the outbox gave back, are in the text
                draft = replace(draft, attachments=(*draft.attachments, *(Attachment(*file) for file in files)))
            found.append(SavedDraft(id, draft, changed, version))
        except (ValueError, KeyError, TypeError):  # left where it is: a later version may read it
            log.warning("draft %d cannot be read", id)
    return found


def _versions(at: Connections, account: AccountName) -> list[DraftVersion]:
    statement = "SELECT id, changed, version, writing FROM drafts WHERE account = ? ORDER BY changed, id"
    rows = query(at.precious, statement, (account,))
    return [DraftVersion(id, changed, version, bool(writing)) for id, changed, version, writing in rows]


def _copies(at: Connections, where: str, *bindings: Any) -> list[DraftCopy]:
    return [DraftCopy(*row) for row in query(at.precious, f"SELECT {_COPY} FROM draft_copies WHERE {where}", bindings)]


def _written_to(
    at: Connections, account: AccountName, wire: bytes, uidvalidity: UidValidity | None, uids: Sequence[Uid]
) -> dict[Uid, tuple[Address, ...]]:
    rows = query(
        at.precious,
        "SELECT c.uid, d.draft FROM draft_copies c JOIN drafts d ON d.id = c.draft WHERE c.account = ? AND c.wire = ?"
        " AND c.uidvalidity IS ? AND c.uid IN (SELECT value FROM json_each(?))",
        (account, wire, uidvalidity, json.dumps(list(uids))),
    )
    found = {}
    for uid, text in rows:
        try:
            draft = drafts.from_json(text)  # without its files: they may be large
        except (ValueError, KeyError, TypeError):
            continue
        if people := draft.to or draft.cc or draft.bcc:
            found[Uid(uid)] = people
    return found


def _add_copy(at: Connections, row: tuple[Any, ...]) -> int:
    with transaction(at.precious):
        at.precious.execute(
            "INSERT INTO draft_copies (draft, version, account, wire, mark, uidvalidity, uid) VALUES (?,?,?,?,?,?,?)",
            row,
        )
        return at.precious.last_insert_rowid()


def _drop_copies(at: Connections, ids: tuple[int, ...]) -> None:
    with transaction(at.precious):
        at.precious.executemany("DELETE FROM draft_copies WHERE id = ?", [(id,) for id in ids])


def _adopt(
    at: Connections, draft: Draft, account: AccountName, wire: bytes, uidvalidity: UidValidity | None, uid: Uid
) -> int:
    where = "account = ? AND wire = ? AND uidvalidity IS ? AND uid = ? ORDER BY id"
    for copy in _copies(at, where, account, wire, uidvalidity, uid):
        if _read(at, "id = ?", copy.draft):
            return copy.draft
    with transaction(at.precious):
        version = time.time_ns()
        key = _write(at, None, drafts.to_json(draft, files=False), account, version)
        _write_files(at, key, draft.attachments, None)
        at.precious.execute(
            "INSERT INTO draft_copies (draft, version, account, wire, mark, uidvalidity, uid)"
            " VALUES (?, ?, ?, ?, '', ?, ?)",
            (key, version, account, wire, uidvalidity, uid),
        )
    return key
