"""What the lists, the reader and the search have of local mail: cache.db made like mail.db, mailbox by mailbox.

It is done as with a server that has CONDSTORE: UIDs are compared as ranges, flags are asked for from where they are
known, missing rows are made newest first. Texts go into the cache too, so that the search finds every word.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from tui.imap import names
from tui.mail.envelope import Envelope
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid
from tui.mail.mailbox import Mailbox
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.mail.summary import summarize
from tui.render.message import wanted_sections
from tui.store.database import Store
from tui.store.local_boxes import DELIMITER, Box
from tui.store.local_mail import Held, LocalMail
from tui.sync.effects import flag_events
from tui.sync.events import (
    Event,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesVanished,
    SyncProgressed,
)
from tui.sync.ranges import Ranges
from tui.sync.reader import first_words

log = logging.getLogger(__name__)

SLICE = 100
"""Messages that are made rows at once."""
SLICE_OCTETS = 8 * 1024 * 1024
LARGE = 512 * 1024
"""Octets of a text above which it is not kept beside the message: it is found there when it is read."""
MOST_UID = 2**32 - 1


class Rows:
    """Keeps an account's part of cache.db like its local mail.

    Args:
        account: whose.
        store: both.
        emit: told what changed.
    """

    def __init__(self, account: AccountName, store: Store, emit: Callable[[Event], None]) -> None:
        self._account = account
        self._store = store
        self._local: LocalMail = store.local
        self._emit = emit
        self._one_at_a_time = asyncio.Lock()

    async def tree(self) -> None:
        """Make the mailboxes alike.

        Raises:
            StoreError: when that cannot be done.
        """
        boxes = await self._local.boxes(self._account)
        found = [Mailbox(self._account, box.wire, names.decode(box.wire), DELIMITER, box.role) for box in boxes]
        if await self._store.mailboxes.replace(self._account, found):
            self._emit(MailboxesChanged(self._account))

    async def settle_all(self) -> None:
        """Make everything alike, what is shown first first.

        Raises:
            StoreError: when that cannot be done.
        """
        await self.tree()
        for state in await self._store.mailboxes.all(self._account):
            await self.settle(state.id)

    async def settle(self, mailbox: MailboxId) -> None:
        """Make one mailbox alike; one that is gone is left to `tree`.

        Raises:
            StoreError: when that cannot be done.
        """
        async with self._one_at_a_time:
            state = await self._store.mailboxes.get(mailbox)
            box = await self._local.box(self._account, state.mailbox.wire) if state is not None else None
            if state is None or box is None:
                return
            known = state.highestmodseq
            if await self._store.mailboxes.selected(mailbox, box.uidvalidity, box.uidnext, box.count, known):
                self._emit(MailboxReset(self._account, mailbox))
                known = ModSeq(0)
            missing = await self._compare(mailbox, box)
            if box.modseq > known:
                await self._take_flags(mailbox, box, known)
            await self._fill(mailbox, box, missing)
            await self._store.mailboxes.completed(mailbox, True)
            await self._store.mailboxes.synced(mailbox, ModSeq(box.modseq))
        self._emit(MailboxesChanged(self._account))

    async def _compare(self, mailbox: MailboxId, box: Box) -> Ranges:
        bounds = await self._store.envelopes.bounds(mailbox)
        judged = bounds[1] if bounds is not None else Uid(0)
        there = await self._local.ranges(box.id)
        gone = await self._store.envelopes.keep_only(mailbox, there, Uid(1), Uid(MOST_UID), judged)
        if gone:
            self._emit(MessagesVanished(self._account, mailbox, tuple(gone)))
        here = Ranges.of_merged(await self._store.envelopes.ranges(mailbox))
        return await asyncio.to_thread(Ranges.of_merged(there).without, here)

    async def _take_flags(self, mailbox: MailboxId, box: Box, since: int) -> None:
        flags = await self._local.flags_since(box.id, since)
        taken = await self._store.envelopes.set_flags(mailbox, flags)
        for event in flag_events(self._account, mailbox, taken):
            self._emit(event)

    async def _fill(self, mailbox: MailboxId, box: Box, missing: Ranges) -> None:
        total = missing.count
        while missing:
            part, missing = missing.split(SLICE)
            uids = [Uid(uid) for low, high in part.pairs for uid in range(low, high + 1)]
            await self._make(mailbox, await self._local.held(box.id, uids), fresh=False)
            if total > SLICE:
                self._emit(SyncProgressed(self._account, mailbox, total - missing.count, total))

    async def add(self, mailbox: MailboxId, messages: Sequence[Held], *, fresh: bool) -> None:
        """Make rows of messages that were just filed.

        Args:
            fresh: they are new mail.

        Raises:
            StoreError: when that cannot be done.
        """
        async with self._one_at_a_time:
            await self._make(mailbox, messages, fresh=fresh)
        self._emit(MailboxesChanged(self._account))

    async def _make(self, mailbox: MailboxId, messages: Sequence[Held], *, fresh: bool) -> None:
        for part in _parts(messages):
            made = await asyncio.to_thread(_summaries, part)
            new = await self._store.envelopes.add(mailbox, [envelope for envelope, _ in made])
            await self._store.bodies.put_many(mailbox, {envelope.uid: texts for envelope, texts in made})
            if new:
                self._emit(MessagesArrived(self._account, mailbox, tuple(new), fresh))


def _parts(messages: Sequence[Held]) -> Iterable[Sequence[Held]]:
    """Cut into pieces that are neither many nor large."""
    part: list[Held] = []
    octets = 0
    for message in messages:
        if part and (len(part) >= SLICE or octets + len(message.data) > SLICE_OCTETS):
            yield part
            part, octets = [], 0
        part.append(message)
        octets += len(message.data)
    if part:
        yield part


def _summaries(messages: Sequence[Held]) -> list[tuple[Envelope, dict[str, bytes]]]:
    """Return row and texts of each message; for worker threads."""
    made = []
    for held in messages:
        message = parse_message(held.data)
        texts = {"HEADER": message.header.raw}
        for section in wanted_sections(message.structure):
            part = message.structure.find(section)
            if section in message.bodies and (part is None or part.size <= LARGE):
                texts[section] = message.bodies[section]
        words = first_words(Message(message.header, message.structure, texts))
        made.append((summarize(message, held.uid, len(held.data), held.received, held.flags, words), texts))
    return made
