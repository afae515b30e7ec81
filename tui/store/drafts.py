"""Drafts: mails being written."""

import logging
import time
from dataclasses import dataclass

from tui.mail import draft as drafts
from tui.mail.draft import Draft
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
    """

    id: int
    draft: Draft
    changed: float


class Drafts:
    """The table of drafts."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def keep(self, key: int | None, draft: Draft) -> int:
        """Write a draft over the one with this key, a new one for None; return its key.

        When this returns, it survives a power cut.

        Raises:
            StoreError: when it cannot be written; the one before it is then still there.
        """
        return await self._databases.write_precious(_keep, key, draft)

    async def drop(self, key: int) -> None:
        """Delete a draft; nothing happens when it is gone."""
        await self._databases.write_precious(_drop, key)

    async def get(self, key: int) -> SavedDraft | None:
        """Return a draft, None when it is gone."""
        return next((each for each in await self._databases.read_precious(_all) if each.id == key), None)

    async def all(self) -> list[SavedDraft]:
        """Return every draft, the one changed last first."""
        return await self._databases.read_precious(_all)


def _keep(at: Connections, key: int | None, draft: Draft) -> int:
    text = drafts.to_json(draft)  # in this thread: attachments make it long
    with transaction(at.precious):
        at.precious.execute(
            "INSERT INTO drafts (id, draft, changed) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET draft = excluded.draft, changed = excluded.changed",
            (key, text, time.time()),
        )
        return key if key is not None else at.precious.last_insert_rowid()


def _drop(at: Connections, key: int) -> None:
    with transaction(at.precious):
        at.precious.execute("DELETE FROM drafts WHERE id = ?", (key,))


def _all(at: Connections) -> list[SavedDraft]:
    found = []
    for id, text, changed in query(at.precious, "SELECT id, draft, changed FROM drafts ORDER BY changed DESC, id DESC"):
        try:
            found.append(SavedDraft(id, drafts.from_json(text), changed))
        except (ValueError, KeyError, TypeError):  # left where it is: a later version may read it
            log.warning("draft %d cannot be read", id)
    return found
