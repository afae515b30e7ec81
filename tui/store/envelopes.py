"""Envelopes: the rows of the lists."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar

from tui.mail.envelope import Envelope, RowKey
from tui.mail.flags import Flags
from tui.mail.ids import MailboxId, Uid
from tui.mail.text import clean_line
from tui.store import envelope_changes, envelope_reads
from tui.store.codec import ALL_COLUMNS, UID_MASK, row_id
from tui.store.databases import Databases
from tui.store.envelope_changes import Taken

T = TypeVar("T")

ADD_CHUNK: Final = 250
"""Envelopes written in one transaction: some 10 ms, so that a key's change waits no longer."""
CHANGE_CHUNK: Final = 1000
READ_CHUNK: Final = 10_000
"""Rows read at once where all of a mailbox are wanted, so that a list's window waits no longer than a few ms."""
SNIPPET_LIMIT: Final = 300


class Envelopes:
    """The table of envelopes.

    Rows show what the user has done: pending changes of flags lie over what the server says, and rows that are being
    moved away are hidden. Hidden rows are in no list and no count; they are here for `bounds`, `uids` and `flags`,
    which serve the comparison with the server.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, mailbox: MailboxId, envelopes: Sequence[Envelope]) -> list[Uid]:
        """Store envelopes. Those that are here already get the flags given.

        Returns:
            The UIDs that were not here before; a hidden row was, and stays hidden.
        """
        new: list[Uid] = []
        for chunk in _chunks(envelopes, ADD_CHUNK):
            new += await self._databases.write(envelope_changes.add, mailbox, chunk)
        return new

    async def older(self, mailbox: MailboxId, key: RowKey | None, limit: int) -> list[Envelope]:
        """Return rows strictly older than ``key``, newest first, without structure; None: from the newest."""
        return await self._databases.read(envelope_reads.window, mailbox, key, limit, True)

    async def older_uids(self, mailbox: MailboxId, key: RowKey | None, limit: int) -> list[Uid]:
        """Return the UIDs of what `older` returns."""
        return await self._databases.read(envelope_reads.uids_beyond, mailbox, key, limit, True)

    async def newer(self, mailbox: MailboxId, key: RowKey | None, limit: int) -> list[Envelope]:
        """Return rows strictly newer than ``key``, oldest first, without structure; None: from the oldest."""
        return await self._databases.read(envelope_reads.window, mailbox, key, limit, False)

    async def next_unread(self, mailbox: MailboxId, key: RowKey | None, older: bool = True) -> Envelope | None:
        """Return the nearest unread row beyond ``key``; None when there is none."""
        found = await self._databases.read(envelope_reads.window, mailbox, key, 1, older, True)
        return found[0] if found else None

    async def get(self, mailbox: MailboxId, uid: Uid) -> Envelope | None:
        """Return one row with its structure, or None when it is gone or hidden."""
        return await self._databases.read(envelope_reads.get, mailbox, uid)

    async def is_first_from(self, mailbox: MailboxId, envelope: Envelope) -> bool:
        """Return whether nothing older is here, in any mailbox, from the address that a message is from."""
        if not envelope.from_:
            return False
        spec, id = envelope.from_[0].spec, row_id(mailbox, envelope.uid)
        read = envelope_reads.is_first_from
        return await self._databases.read(read, spec, id, envelope.message_id, envelope.received)

    async def many(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Envelope]:
        """Return those of the rows that are here and shown, newest first, without structure."""
        found: list[Envelope] = []
        for chunk in _chunks(uids, CHANGE_CHUNK):
            found += await self._databases.read(envelope_reads.many, mailbox, chunk)
        if len(uids) > CHANGE_CHUNK:
            found.sort(key=lambda envelope: envelope.key, reverse=True)
        return found

    async def whole(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Envelope]:
        """Return those of the rows that are here and shown, newest first, with their structure.

        Args:
            uids: no more than some hundred.
        """
        return await self._databases.read(envelope_reads.many, mailbox, list(uids), ALL_COLUMNS)

    async def flags(self, mailbox: MailboxId, low: Uid, high: Uid) -> dict[Uid, Flags]:
        """Return the flags of every row from ``low`` to ``high``, both included, hidden ones too."""
        found: dict[Uid, Flags] = {}
        first = int(low)
        while first <= high:
            chunk = await self._databases.read(envelope_reads.flags, mailbox, first, high, READ_CHUNK)
            found.update(chunk)
            if len(chunk) < READ_CHUNK:
                break
            first = max(chunk) + 1
        return found

    async def uids(self, mailbox: MailboxId) -> list[Uid]:
        """Return every UID that is here, ascending, hidden ones too. A million take a while: see `ranges`."""
        found: list[Uid] = []
        above = 0
        while True:
            chunk = await self._databases.read(envelope_reads.uids, mailbox, above, READ_CHUNK)
            found += chunk
            if len(chunk) < READ_CHUNK:
                return found
            above = chunk[-1]

    async def unread(self, mailbox: MailboxId) -> list[Uid]:
        """Return the UIDs of unread rows that are shown, ascending."""
        return await self._databases.read(envelope_reads.unread, mailbox)

    async def all_flagged(self, mailbox: MailboxId, uids: Sequence[Uid]) -> bool:
        """Whether none of the rows that are here and shown lacks \\Flagged."""
        return await self._databases.read(envelope_reads.all_flagged, mailbox, uids)

    async def months(self, mailbox: MailboxId, uids: Sequence[Uid]) -> dict[str, list[Uid]]:
        """Return rows that are not on their way elsewhere by the month of their date, ``2025-11``, the oldest first."""
        return await self._databases.read(envelope_reads.months, mailbox, uids)

    async def aside(self, mailbox: MailboxId) -> int:
        """Return how many rows of a mailbox are put aside: the server has them, the lists have not."""
        return await self._databases.read(envelope_reads.aside, mailbox)

    async def snoozed(self) -> int:
        """Return how many messages of all accounts wait for a time or an answer: see `tui.store.snoozed`."""
        return await self._databases.read(envelope_reads.snoozed)

    async def keywords(self, mailbox: MailboxId) -> Flags:
        """Return the keywords that the newest messages of a mailbox carry."""
        return await self._databases.read(envelope_reads.keywords, mailbox)

    async def ranges(self, mailbox: MailboxId) -> list[tuple[int, int]]:
        """Return every UID that is here as (low, high) pairs, ascending and apart, hidden ones too."""
        found: list[tuple[int, int]] = []
        above = 0
        while chunk := await self._databases.read(envelope_reads.ranges, mailbox, above, READ_CHUNK):
            if found and found[-1][1] + 1 == chunk[0][0]:
                chunk[0] = (found.pop()[0], chunk[0][1])
            found += chunk
            above = found[-1][1]
        return found

    async def bounds(self, mailbox: MailboxId) -> tuple[Uid, Uid] | None:
        """Return the lowest and the highest UID that are here, hidden ones too; None when there is none."""
        return await self._databases.read(envelope_reads.bounds, mailbox)

    async def set_flags(self, mailbox: MailboxId, flags: Mapping[Uid, Flags]) -> Taken:
        """Take flags as the server says they are; pending changes stay on top. UIDs that are not here are left out.

        Returns:
            The UIDs whose row is shown otherwise, or no longer, or again.
        """
        taken = Taken()
        for chunk in _chunks(list(flags), CHANGE_CHUNK):
            part = {uid: flags[uid] for uid in chunk}
            taken.merge(await self._databases.write(envelope_changes.set_flags, mailbox, part))
        return taken

    async def change_flags(self, mailbox: MailboxId, uids: Sequence[Uid], add: Flags, remove: Flags) -> list[Uid]:
        """Add and remove flags here.

        Returns:
            The UIDs whose row changed.
        """
        changed: list[Uid] = []
        for chunk in _chunks(uids, CHANGE_CHUNK):
            changed += await self._databases.write(envelope_changes.change_flags, mailbox, chunk, add, remove)
        return changed

    async def hide(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Uid]:
        """Take rows out of the lists and counts without deleting them; return those that were shown."""
        return await self._set_hidden(mailbox, uids, True)

    async def unhide(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Uid]:
        """Show hidden rows again; return those that were hidden."""
        return await self._set_hidden(mailbox, uids, False)

    async def _set_hidden(self, mailbox: MailboxId, uids: Sequence[Uid], hidden: bool) -> list[Uid]:
        turned: list[Uid] = []
        for chunk in _chunks(uids, CHANGE_CHUNK):
            turned += await self._databases.write(envelope_changes.set_hidden, mailbox, chunk, hidden)
        return turned

    async def remove(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Uid]:
        """Delete rows with their bodies; return those that were here."""
        removed: list[Uid] = []
        for chunk in _chunks(uids, CHANGE_CHUNK):
            removed += await self._databases.write(envelope_changes.remove, mailbox, chunk)
        return removed

    async def keep_only(
        self, mailbox: MailboxId, ranges: Sequence[tuple[int, int]], low: Uid, high: Uid, judged: Uid | None = None
    ) -> list[Uid]:
        """Delete the rows from ``low`` to ``high``, both included, that are in none of the ranges.

        Args:
            ranges: (first, last) pairs, both included, ascending and apart.
            judged: the highest UID that was here when the ranges were asked for: a row above it came later, and says
                nothing by not being among them. None: there is none such.

        Returns:
            The UIDs deleted.
        """
        removed: list[Uid] = []
        first, most = int(low), int(high) if judged is None else min(high, judged)
        while first <= most:
            gone, last = await self._databases.write(
                envelope_changes.keep_only, mailbox, ranges, first, most, READ_CHUNK
            )
            removed += gone
            first = last + 1
        if low <= 1 and high >= UID_MASK:  # the ranges are all that the server has: it need not be asked for a count
            total = sum(last - first + 1 for first, last in ranges)
            await self._databases.write(envelope_changes.count_on_server, mailbox, total)
        return removed

    async def set_snippet(self, mailbox: MailboxId, uid: Uid, text: str) -> None:
        """Store the first words of the text; cleaned to one line here."""
        await self.set_snippets(mailbox, {uid: text})

    async def set_snippets(self, mailbox: MailboxId, texts: Mapping[Uid, str]) -> None:
        """Store the first words of several texts; cleaned to one line each here."""
        cleaned = {uid: clean_line(text, SNIPPET_LIMIT) for uid, text in texts.items()}
        await self._databases.write(envelope_changes.set_snippets, mailbox, cleaned)


def _chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
