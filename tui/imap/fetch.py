"""The verbs that read: envelopes and flags as streams, parts of one message.

Responses are parsed while they come, in slices that leave the loop to others; a consumer slower than the line stops the
reading of the socket instead of filling memory.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from tui.imap.arguments import section, sequence_set, uid_set, uid_sets
from tui.imap.command import Order
from tui.imap.fetched import parse
from tui.imap.limits import FETCH, MIB, Limits
from tui.imap.responses import Result
from tui.imap.session import Session
from tui.imap.stream import Stream
from tui.imap.usual import row_or_data
from tui.imap.wanted import Wanted, pass_on
from tui.mail.envelope import Envelope
from tui.mail.flags import Flags
from tui.mail.header import decode_bytes
from tui.mail.ids import ModSeq, Uid
from tui.mail.thread import message_ids

AHEAD = 3
"""Ranges that are asked for before the first of them is here: the line is never idle between two."""
MAX_REFERENCES = 32 * 1024
"""Octets of References that are looked at."""

ENVELOPE_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)"

REFERENCES = "HEADER.FIELDS (REFERENCES)"

FlagBatches = AsyncGenerator[list[tuple[Uid, Flags]], None]
EnvelopeRanges = AsyncGenerator[tuple[list[Envelope], list[str]], None]
BodyBatches = AsyncGenerator[dict[Uid, dict[str, bytes]], None]
ReferenceBatches = AsyncGenerator[list[tuple[Uid, tuple[str, ...]]], None]


async def envelopes(session: Session, uid_set: str) -> AsyncGenerator[list[Envelope], None]:
    """Fetch rows of the selected mailbox and yield them in batches as they come, in the server's order.

    Args:
        session: with a mailbox selected.
        uid_set: ``5:9,12`` or ``7:*``. The last message is always in ``n:*`` (RFC 9051, 9, seq-range).

    Raises:
        MailError: as for any command; batches yielded before stay good.
    """
    sets = iter((uid_set,))
    async with aclosing(envelope_ranges(session, lambda: next(sets, None))) as batches:
        async for rows, _ in batches:
            if rows:
                yield rows


async def envelope_ranges(session: Session, more: Callable[[], str | None]) -> EnvelopeRanges:
    """Fetch rows of the selected mailbox range after range, the next ones asked for while one is coming.

    Args:
        session: with a mailbox selected.
        more: gives the next set of UIDs when there is room for one, None when no more is to be asked for.

    Yields:
        Rows as they come, in the server's order, and the sets that are complete with them.

    Raises:
        MailError: as for any command; what was yielded before stays good.
    """
    stream = Stream(session, row_or_data)
    items = _items(session)
    async with session.pipeline(is_open=True) as send:

        async def ask() -> None:
            while stream.in_the_air < AHEAD and (uid_set := more()) is not None:
                arguments = (sequence_set(uid_set), items)
                order = Order("Reading the list", "UID FETCH", arguments, stream.take, FETCH, take_run=stream.take_run)
                stream.follow(await send(order), uid_set)

        await ask()
        async for batch in stream.batches():
            rows: list[Envelope] = []
            for told in batch.data:
                if isinstance(told, Envelope):
                    rows.append(told)
                else:
                    pass_on(session, told)
            await ask()
            yield rows, batch.finished


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
    stream = Stream(session, parse)
    items = b"(UID BODY.PEEK[" + REFERENCES.encode("ascii") + b"])"
    async with session.command(
        "Reading what answers what", "UID FETCH", sequence_set(uid_set), items, take=stream.take, limits=FETCH
    ) as command:
        stream.follow(command)
        async for batch in stream.batches():
            told = []
            for data in batch.data:
                if data.uid is not None and data.bodies:
                    field = b"".join(data.bodies.values())[:MAX_REFERENCES]
                    told.append((data.uid, message_ids(decode_bytes(field))))
                else:
                    pass_on(session, data)
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
    stream = Stream(session, parse)
    arguments = [sequence_set(uid_set), b"(UID FLAGS)"]
    if changed_since and ("CONDSTORE" in session.capability or "QRESYNC" in session.capability):
        arguments.append(b"(CHANGEDSINCE %d)" % changed_since)
    async with session.command("Reading flags", "UID FETCH", *arguments, take=stream.take, limits=FETCH) as command:
        stream.follow(command)
        async for batch in stream.batches():
            told = [(data.uid, data.flags) for data in batch.data if data.uid is not None and data.flags is not None]
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
    stream = Stream(session, parse)
    arguments = (uid_set(sequences).encode("ascii"), b"(UID FLAGS)")
    found: list[tuple[Uid, Flags]] = []
    async with session.command("Reading flags", "FETCH", *arguments, take=stream.take, limits=FETCH) as command:
        stream.follow(command)
        async for batch in stream.batches():
            found += [(data.uid, data.flags) for data in batch.data if data.uid is not None and data.flags is not None]
    return found


async def parts(
    session: Session,
    uid: Uid,
    sections: Sequence[str],
    *,
    limit: int,
    is_cut: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> dict[str, bytes]:
    """Fetch sections of one message, never marking it read.

    Args:
        session: with a mailbox selected.
        uid: the message. What is said of other UIDs goes elsewhere.
        sections: ``HEADER``, ``1``, ``2.1``, or "" for the whole message.
        limit: octets of one section; a larger one is absent from the result.
        is_cut: its beginning is there instead.
        on_progress: called with the octets received so far.

    Returns:
        Section → octets as transferred. Sections that the server does not have are absent.

    Raises:
        MailError: as for any command; `ProtocolViolation` when the server sends more than was asked for.
    """
    wanted = Wanted(session, uid, sections, limit, on_progress, is_cut=is_cut)
    order = wanted.order
    await session.run(order.doing, order.name, *order.arguments, take=order.take, limits=order.limits)
    return wanted.found


async def parts_beside(
    session: Session, uid: Uid, sections: Sequence[str], *, limit: int, is_cut: bool = False
) -> dict[str, bytes] | None:
    """Do the same beside what is being asked now, without waiting for it: `Connection.join`.

    Returns:
        As `parts`; None where nothing is being asked that it could go beside.

    Raises:
        MailError: as for any command.
    """
    wanted = Wanted(session, uid, sections, limit, is_alone=False, is_cut=is_cut)
    return wanted.found if await session.join(wanted.order) else None


async def parts_behind(
    session: Session,
    uid: Uid,
    sections: Sequence[str],
    select: Callable[[], Awaitable[object]],
    *,
    limit: int,
    is_cut: bool = False,
) -> dict[str, bytes]:
    """Do the same where the mailbox is not open yet, or not told of the message, in one go with what opens it.

    Args:
        select: opens it on this session, or lets the session hear what is new in it.

    Raises:
        MailError: as for any command, or as ``select`` does.
    """
    wanted = Wanted(session, uid, sections, limit, is_alone=False, is_cut=is_cut)
    answers: list[Result] = []
    session.behind = replace(wanted.order, answered=answers.append)
    try:
        await select()
    finally:
        session.behind = None
    if answers and answers[0].kind == "OK" and wanted.found:
        return wanted.found
    return await parts(
        session, uid, sections, limit=limit, is_cut=is_cut
    )  # nothing was to be said before, or it came too early


async def bodies(session: Session, wanted: Mapping[Uid, Sequence[str]], *, limit: int) -> BodyBatches:
    """Fetch sections of many messages, never marking them read; one command for all that want the same.

    Args:
        session: with a mailbox selected.
        wanted: sections of each, as for `parts`.
        limit: octets of one section; a larger one is absent.

    Yields:
        Sections of messages as they come. Messages that are gone are absent.

    Raises:
        MailError: as for any command; what was yielded before stays good.
    """
    alike: dict[tuple[str, ...], list[int]] = {}
    for uid, sections in wanted.items():
        alike.setdefault(tuple(dict.fromkeys(sections)), []).append(uid)
    commands = ((sections, part) for sections, uids in alike.items() for part in uid_sets(uids))
    stream = Stream(session, parse)
    limits = Limits(line=2 * MIB, literal=limit + 1, literals=64 * MIB, responses=FETCH.responses)
    async with session.pipeline(is_open=True) as send:

        async def ask() -> None:
            while stream.in_the_air < AHEAD and (command := next(commands, None)) is not None:
                sections, uids = command
                items = b" ".join(b"BODY.PEEK[%s]<0.%d>" % (section(name), limit + 1) for name in sections)
                arguments = (uids.encode("ascii"), b"(UID " + items + b")")
                stream.follow(await send(Order("Reading messages", "UID FETCH", arguments, stream.take, limits)))

        await ask()
        async for batch in stream.batches():
            found: dict[Uid, dict[str, bytes]] = {}
            for data in batch.data:
                if data.uid is None or data.uid not in wanted or not data.bodies:
                    pass_on(session, data)
                    continue
                asked = {name.upper(): name for name in wanted[data.uid]}
                kept = {asked[name]: each for name, each in data.bodies.items() if name in asked and len(each) <= limit}
                found.setdefault(data.uid, {}).update(kept)
            await ask()
            if found:
                yield found
