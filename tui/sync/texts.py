"""The texts of many messages, brought into the store in one go: several in a FETCH, written together."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing

from tui.imap import fetch
from tui.imap.session import Session
from tui.imap.structure import of as structure_of
from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId, Uid
from tui.mail.message import Header, Message
from tui.mail.part import Part
from tui.render.message import wanted_sections
from tui.store.database import Store
from tui.sync.mailbox import Mirror
from tui.sync.reader import READ_LIMIT, first_words
from tui.sync.storing import Storing
from tui.sync.work import Rank, WorkLine

GROUP_SECONDS = 0.15
"""How long the line is taken for one group: a user who opens a message waits for it."""
GROUP_FIRST, GROUP_LEAST, GROUP_MOST = 256 * 1024, 128 * 1024, 4 * 1024 * 1024
"""Octets of one group."""


def wanted(structure: Part) -> tuple[list[str], int]:
    """Return the sections that are needed to read a message, and about how many octets they have."""
    sections = wanted_sections(structure)
    size = sum(part.size for part in structure.leaves() if part.section in sections)
    return ["HEADER", *sections], size


class Texts:
    """Fetches texts of one account.

    Args:
        store: where to.
        line: where from.
        mirror: gives the mirror of a mailbox.
    """

    def __init__(self, store: Store, line: WorkLine, mirror: Callable[[MailboxId], Mirror]) -> None:
        self._store = store
        self._line = line
        self._mirror = mirror
        self._group = GROUP_FIRST

    def group(self, rows: Sequence[tuple[Envelope, int]]) -> list[Envelope]:
        """Return as many of the first of these rows, with their octets, as are to be fetched in one go."""
        chosen: list[Envelope] = []
        left = self._group
        for row, size in rows:
            if chosen and size > left:
                break
            left -= size
            chosen.append(row)
        return chosen

    async def fetch(self, mailbox: MailboxId, rows: Sequence[Envelope], rank: Rank) -> list[Uid]:
        """Fetch what is needed to read these messages.

        Args:
            rows: with their structure.
            rank: its place in the queue of the line.

        Returns:
            Those that have their first words in the list now, and had none.

        Raises:
            MailError: when it is not to be had; what came before is in the store.
        """
        known = {row.uid: (row, structure) for row in rows if (structure := structure_of(row)) is not None}
        sections = {uid: wanted(structure)[0] for uid, (_, structure) in known.items()}
        told: list[Uid] = []

        async def read(session: Session) -> None:
            began = time.monotonic()
            octets = 0
            await self._mirror(mailbox).select(session)
            async with aclosing(fetch.bodies(session, sections, limit=READ_LIMIT)) as batches:
                async for found in batches:
                    octets += sum(len(data) for each in found.values() for data in each.values())
                    await storing.then(self._keep(mailbox, known, found, told))
            took = max(time.monotonic() - began, 0.001)
            if octets > self._group // 2:
                aim = int(octets * GROUP_SECONDS / took)
                self._group = min(GROUP_MOST, max(GROUP_LEAST, min(aim, 2 * self._group)))

        storing = Storing()
        try:
            await self._line.do(read, rank)
        finally:
            await storing.settled()  # the line is free for the next one meanwhile
        return told

    async def _keep(
        self,
        mailbox: MailboxId,
        known: Mapping[Uid, tuple[Envelope, Part]],
        found: Mapping[Uid, Mapping[str, bytes]],
        told: list[Uid],
    ) -> None:
        await self._store.bodies.put_many(mailbox, found)
        bare = {uid: (known[uid][1], each) for uid, each in found.items() if not known[uid][0].snippet}
        words = await asyncio.to_thread(_first_words, bare)
        if words:
            await self._store.envelopes.set_snippets(mailbox, words)
            told += words


def _first_words(bodies: Mapping[Uid, tuple[Part, Mapping[str, bytes]]]) -> dict[Uid, str]:
    found: dict[Uid, str] = {}
    for uid, (structure, sections) in bodies.items():
        words = first_words(Message(Header(), structure, dict(sections)))
        if words:
            found[uid] = words
    return found
