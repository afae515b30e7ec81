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


TRIM_CHUNK: Final = 50
"""Messages whose texts are let go in one transaction: others want to write, too."""
TRIM_SPARE: Final = 20
"""A part of what may be kept that is made free beyond need, so that the next text does not begin it again."""


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

    async def trim(self, most: int, newest: int) -> int:
        """Let go what was kept first, until no more than ``most`` octets are here; return the octets that were freed.

        It can be fetched again. The rows of the list, their first words and what the search knows stay.

        Args:
            most: octets of all texts together.
            newest: so many of the newest messages of each mailbox are left alone, and may be more than ``most``.
        """
        over = await self._databases.read(_size) - most
        if over <= 0:
            return 0
        chosen = await self._databases.read(_oldest, over + most // TRIM_SPARE, newest)
        for place in range(0, len(chosen), TRIM_CHUNK):
            await self._databases.write(_let_go, chosen[place : place + TRIM_CHUNK])
        return sum(size for _, size in chosen)


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


def _size(at: Connections) -> int:
    size: int = query(at.cache, "SELECT coalesce(sum(length(data)), 0) FROM bodies")[0][0]
    return size


def _oldest(at: Connections, octets: int, newest: int) -> list[tuple[int, int]]:
    """Return (envelope, octets) of the texts that were kept first, as many as have so many octets together."""
    spared = {
        id
        for (mailbox,) in query(at.cache, "SELECT id FROM mailboxes WHERE held > 0")
        for (id,) in query(
            at.cache,
            "SELECT id FROM envelopes WHERE mailbox = ? AND hidden = 0 ORDER BY received DESC, id DESC LIMIT ?",
            (mailbox, newest),
        )
    }
    chosen: list[tuple[int, int]] = []
    for id, size in at.cache.execute(
        "SELECT envelope, sum(length(data)) FROM bodies GROUP BY envelope ORDER BY min(rowid)"
    ):
        if octets <= 0:
            break
        if id not in spared:
            chosen.append((id, size))
            octets -= size
    return chosen


def _let_go(at: Connections, chosen: Sequence[tuple[int, int]]) -> None:
    with transaction(at.cache):
        at.cache.executemany("DELETE FROM bodies WHERE envelope = ?", [(id,) for id, _ in chosen])


def _kept(at: Connections, mailbox: MailboxId, uids: list[Uid]) -> set[Uid]:
    rows = query(
        at.cache,
        "SELECT envelope FROM bodies WHERE envelope IN (SELECT value FROM json_each(?)) AND section = 'HEADER'",
        (json.dumps(row_ids(mailbox, uids)),),
    )
    return {row_uid(id) for (id,) in rows}
