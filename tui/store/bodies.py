"""Bodies: sections of messages that were fetched once."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from tui.mail.ids import MailboxId, Uid
from tui.store.codec import row_id, row_ids, row_uid
from tui.store.databases import Connections, Databases
from tui.store.sqlite import query, transaction

SECTION_LIMIT: Final = 64 * 1024 * 1024
"""Octets above which a section is not kept; it can be fetched again."""


class Bodies:
    """The table of bodies. They go with their envelope."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def put(self, mailbox: MailboxId, uid: Uid, bodies: Mapping[str, bytes]) -> None:
        """Keep sections of a message, replacing those that are here; nothing is kept for an envelope that is gone.

        Args:
            bodies: section number ("HEADER", "1", "2.1", "" for the whole) → octets as transferred.
        """
        await self._databases.write(_put, mailbox, uid, dict(bodies))

    async def put_many(self, mailbox: MailboxId, bodies: Mapping[Uid, Mapping[str, bytes]]) -> None:
        """Keep sections of several messages in one go; see `put`."""
        await self._databases.write(_put_many, mailbox, {uid: dict(each) for uid, each in bodies.items()})

    async def get(self, mailbox: MailboxId, uid: Uid) -> dict[str, bytes]:
        """Return the sections that are here."""
        return await self._databases.read(_get, mailbox, uid)

    async def kept(self, mailbox: MailboxId, uids: Sequence[Uid]) -> set[Uid]:
        """Return those of the messages that were fetched for reading."""
        return await self._databases.read(_kept, mailbox, list(uids))


def _put(at: Connections, mailbox: MailboxId, uid: Uid, bodies: dict[str, bytes]) -> None:
    _put_many(at, mailbox, {uid: bodies})


def _put_many(at: Connections, mailbox: MailboxId, bodies: dict[Uid, dict[str, bytes]]) -> None:
    rows = [
        (row_id(mailbox, uid), section, data)
        for uid, sections in bodies.items()
        for section, data in sections.items()
        if len(data) <= SECTION_LIMIT
    ]
    with transaction(at.cache):
        at.cache.executemany(
            "INSERT OR REPLACE INTO bodies (envelope, section, data)"
            " SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM envelopes WHERE id = ?1)",
            rows,
        )


def _get(at: Connections, mailbox: MailboxId, uid: Uid) -> dict[str, bytes]:
    return dict(query(at.cache, "SELECT section, data FROM bodies WHERE envelope = ?", (row_id(mailbox, uid),)))


def _kept(at: Connections, mailbox: MailboxId, uids: list[Uid]) -> set[Uid]:
    rows = query(
        at.cache,
        "SELECT envelope FROM bodies WHERE envelope IN (SELECT value FROM json_each(?)) AND section = 'HEADER'",
        (json.dumps(row_ids(mailbox, uids)),),
    )
    return {row_uid(id) for (id,) in rows}
