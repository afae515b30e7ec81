"""The verbs that read: envelopes and flags as streams, parts of one message.

Responses are parsed while they come, in slices that leave the loop to others; a consumer slower than the line stops the
reading of the socket instead of filling memory.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence

from tui.imap.arguments import section, sequence_set, uid_set
from tui.imap.command import Command
from tui.imap.fetched import Fetch, FetchData, envelope, parse
from tui.imap.limits import FETCH, MIB, PARSE_SECONDS, Limits
from tui.imap.responses import FlagsChanged
from tui.imap.session import Session
from tui.imap.tokens import Malformed
from tui.mail.envelope import Envelope
from tui.mail.flags import Flags
from tui.mail.header import decode_bytes
from tui.mail.ids import ModSeq, Uid
from tui.mail.thread import message_ids

BATCH = 500
"""Messages of one batch at most."""
BATCH_SECONDS = 0.03
"""Seconds a batch is gathered before it is handed on, however few there are."""
MAX_REFERENCES = 32 * 1024
"""Octets of References that are looked at."""
MAX_QUEUED = 8 * MIB
"""Octets that wait to be parsed before the socket is left alone."""

ENVELOPE_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)"

REFERENCES = "HEADER.FIELDS (REFERENCES)"

FlagBatches = AsyncGenerator[list[tuple[Uid, Flags]], None]
ReferenceBatches = AsyncGenerator[list[tuple[Uid, tuple[str, ...]]], None]


class _Stream:
    """FETCH responses on their way from the socket to the parser."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._queue: deque[tuple[bytes, Sequence[bytes]]] = deque()
        self._queued = 0
        self._more = asyncio.Event()

    def take(self, line: bytes, literals: Sequence[bytes]) -> bool:
        if not Fetch.match(line):
            return False
        self._queue.append((line, literals))
        self._queued += len(line) + (sum(map(len, literals)) if literals else 0)
        if self._queued > MAX_QUEUED:
            self._session.pause(True)
        if len(self._queue) == 1:
            self._more.set()
        return True

    async def batches(self, command: Command) -> AsyncIterator[list[FetchData]]:
        """Yield what has been understood, until the command is done and everything is parsed."""
        command.done.add_done_callback(lambda done: self._more.set())
        while True:
            if not self._queue:
                if command.done.done():
                    return
                self._more.clear()
                await self._more.wait()
                continue
            yield await self._batch(command)

    async def _batch(self, command: Command) -> list[FetchData]:
        batch: list[FetchData] = []
        end = time.monotonic() + BATCH_SECONDS
        while len(batch) < BATCH:
            self._parse(batch)
            await asyncio.sleep(0)
            left = end - time.monotonic()
            if left <= 0 or (not self._queue and command.done.done()):
                break
            if not self._queue:
                self._more.clear()
                try:
                    async with asyncio.timeout(left):
                        await self._more.wait()
                except TimeoutError:
                    break
        return batch

    def _parse(self, batch: list[FetchData]) -> None:
        now, queue = time.monotonic, self._queue
        until = now() + PARSE_SECONDS
        while queue and len(batch) < BATCH:
            line, literals = queue.popleft()
            self._queued -= len(line) + (sum(map(len, literals)) if literals else 0)
            try:
                batch.append(parse(line, literals))
            except Malformed:
                pass
            if now() > until:
                break
        if self._queued < MAX_QUEUED // 2:
            self._session.pause(False)


def _unasked(session: Session, data: FetchData) -> None:
    if data.flags is not None:
        session.deliver(FlagsChanged(data.sequence, data.uid, data.flags, ModSeq(data.modseq)))


async def envelopes(session: Session, uid_set: str) -> AsyncGenerator[list[Envelope], None]:
    """Fetch rows of the selected mailbox and yield them in batches as they come, in the server's order.

    Args:
        session: with a mailbox selected.
        uid_set: ``5:9,12`` or ``7:*``. The last message is always in ``n:*`` (RFC 9051, 9, seq-range).

    Raises:
        MailError: as for any command; batches yielded before stay good.
    """
    stream = _Stream(session)
    arguments = (sequence_set(uid_set), _items(session))
    async with session.command("Reading the list", "UID FETCH", *arguments, take=stream.take, limits=FETCH) as command:
        async for batch in stream.batches(command):
            rows: list[Envelope] = []
            for data in batch:
                row = envelope(data)
                if row is not None:
                    rows.append(row)
                else:
                    _unasked(session, data)
            if rows:
                yield rows


def _items(session: Session) -> bytes:
    """Return what is asked of every message; where the server finds threads by itself, what it calls them too."""
    if "X-GM-EXT-1" in session.capability:
        return ENVELOPE_ITEMS[:-1] + b" X-GM-THRID)"
    if "OBJECTID" in session.capability:
        return ENVELOPE_ITEMS[:-1] + b" THREADID)"
    return ENVELOPE_ITEMS


async def references(session: Session, uid_set: str) -> ReferenceBatches:
    """Fetch what messages name in their References, as Message-IDs without brackets, and yield them in batches.

    It is asked for apart from the envelopes, and of few messages: beside every envelope it would make the list a third
    slower to read, and most answers name what is here.

    Args:
        session: with a mailbox selected.
        uid_set: as for `envelopes`.

    Raises:
        MailError: as for any command.
    """
    stream = _Stream(session)
    items = b"(UID BODY.PEEK[" + REFERENCES.encode("ascii") + b"])"
    async with session.command(
        "Reading what answers what", "UID FETCH", sequence_set(uid_set), items, take=stream.take, limits=FETCH
    ) as command:
        async for batch in stream.batches(command):
            told = []
            for data in batch:
                if data.uid is not None and data.bodies:
                    field = b"".join(data.bodies.values())[:MAX_REFERENCES]
                    told.append((data.uid, message_ids(decode_bytes(field))))
                else:
                    _unasked(session, data)
            if told:
                yield told


async def flags(session: Session, uid_set: str, changed_since: ModSeq | None = None) -> FlagBatches:
    """Fetch flags of the selected mailbox and yield them in batches.

    Args:
        session: with a mailbox selected.
        uid_set: as for `envelopes`.
        changed_since: only those changed after this point (RFC 7162, 3.1.4.1); ignored where CONDSTORE is not offered.

    Raises:
        MailError: as for any command.
    """
    stream = _Stream(session)
    arguments = [sequence_set(uid_set), b"(UID FLAGS)"]
    if changed_since and ("CONDSTORE" in session.capability or "QRESYNC" in session.capability):
        arguments.append(b"(CHANGEDSINCE %d)" % changed_since)
    async with session.command("Reading flags", "UID FETCH", *arguments, take=stream.take, limits=FETCH) as command:
        async for batch in stream.batches(command):
            told = [(data.uid, data.flags) for data in batch if data.uid is not None and data.flags is not None]
            if told:
                yield told


async def flags_by_sequence(session: Session, sequences: Sequence[int]) -> list[tuple[Uid, Flags]]:
    """Fetch UIDs and flags of messages that the server named by sequence number only.

    Args:
        session: with a mailbox selected; no EXPUNGE may have come since the numbers did.
        sequences: message sequence numbers.

    Raises:
        MailError: as for any command.
    """
    if not sequences:
        return []
    stream = _Stream(session)
    arguments = (uid_set(sequences).encode("ascii"), b"(UID FLAGS)")
    found: list[tuple[Uid, Flags]] = []
    async with session.command("Reading flags", "FETCH", *arguments, take=stream.take, limits=FETCH) as command:
        async for batch in stream.batches(command):
            found += [(data.uid, data.flags) for data in batch if data.uid is not None and data.flags is not None]
    return found


async def parts(
    session: Session,
    uid: Uid,
    sections: Sequence[str],
    *,
    limit: int,
    on_progress: Callable[[int], None] | None = None,
) -> dict[str, bytes]:
    """Fetch sections of one message, never marking it read.

    Args:
        session: with a mailbox selected.
        uid: the message. What is said of other UIDs goes elsewhere.
        sections: ``HEADER``, ``1``, ``2.1``, or "" for the whole message.
        limit: octets of one section; a larger one is absent from the result.
        on_progress: called with the octets received so far.

    Returns:
        Section → octets as transferred. Sections that the server does not have are absent.

    Raises:
        MailError: as for any command; `ProtocolViolation` when the server sends more than was asked for.
    """
    wanted = list(dict.fromkeys(sections))
    items = b" ".join(b"BODY.PEEK[%s]<0.%d>" % (section(name), limit + 1) for name in wanted)
    found: dict[str, bytes] = {}

    def take(line: bytes, literals: Sequence[bytes]) -> bool:
        if not Fetch.match(line):
            return False
        try:
            data = parse(line, literals)
        except Malformed:
            return True
        if data.uid == uid and data.bodies:
            found.update(data.bodies)
            if on_progress is not None:
                on_progress(sum(map(len, found.values())))
        else:
            _unasked(session, data)
        return True

    limits = Limits(line=2 * MIB, literal=limit + 1, literals=(limit + 1) * len(wanted) + MIB)
    await session.run(
        "Reading the message", "UID FETCH", b"%d" % uid, b"(UID " + items + b")", take=take, limits=limits
    )
    return {
        name: found[name.upper()] for name in wanted if len(found.get(name.upper(), b"")) <= limit and name in found
    }
