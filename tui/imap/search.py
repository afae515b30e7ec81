"""The verbs that find: SEARCH and ESEARCH, by UID always."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tui.imap.arguments import Argument, astring
from tui.imap.criteria import Criteria
from tui.imap.limits import PARSE_SECONDS
from tui.imap.limits import SEARCH as LIMITS
from tui.imap.listed import Esearch, Search, esearch_all
from tui.imap.quirks import Switch
from tui.imap.responses import MAX_NUMBER, ranges
from tui.imap.session import Session
from tui.mail.ids import Uid

SLICE = 4_000
"""Numbers that are read before looking at the clock."""
MAX_NUMBERS = 5_000_000


async def all_uids(session: Session) -> list[tuple[int, int]]:
    """Return every UID of the selected mailbox as ascending ranges, both ends included.

    Raises:
        MailError: as for any command.
    """
    return await _ranges(session, b"ALL")


async def search(session: Session, *criteria: Argument) -> list[Uid]:
    """Return the UIDs of messages that match, ascending.

    Args:
        session: with a mailbox selected.
        criteria: search keys (RFC 9051, 6.4.4), encoded; ASCII, for no CHARSET is sent.

    Raises:
        MailError: as for any command.
    """
    found: list[Uid] = []
    for low, high in await _ranges(session, *criteria):
        found += [Uid(uid) for uid in range(low, min(high, low + MAX_NUMBERS - len(found)) + 1)]
    return found


async def find(session: Session, wanted: Criteria) -> list[tuple[int, int]]:
    """Return the UIDs of messages that match a query, as ascending ranges, both ends included.

    Where UTF8=ACCEPT is enabled all strings are UTF-8, and CHARSET is an error (RFC 9755, 3).

    Args:
        session: with a mailbox selected.
        wanted: from `tui.imap.criteria.criteria`.

    Raises:
        MailError: as for any command; `ServerRefused` when the server does not know UTF-8.
    """
    charset = (b"CHARSET UTF-8",) if not (wanted.is_ascii or session.utf8) else ()
    return await _ranges(session, *charset, *wanted.keys)


async def find_message_id(session: Session, message_id: str, *criteria: Argument) -> list[Uid]:
    """Return the UIDs of messages with this Message-ID.

    Args:
        session: with a mailbox selected.
        message_id: with angle brackets.
        criteria: what else must be true of them, such as ``UNDRAFT``.

    Raises:
        MailError: as for any command.
    """
    return await find_field(session, "Message-ID", message_id, *criteria)


async def find_field(session: Session, name: str, value: str, *criteria: Argument) -> list[Uid]:
    """Return the UIDs of messages that have a header field with this in it.

    Args:
        session: with a mailbox selected.
        name: of the field, ASCII.
        value: a part of it, ASCII.
        criteria: what else must be true of them.

    Raises:
        MailError: as for any command.
    """
    wanted = astring(value.encode("ascii", "replace"))
    return await search(session, *criteria, b"HEADER", name.encode("ascii", "replace"), wanted)


async def _ranges(session: Session, *criteria: Argument) -> list[tuple[int, int]]:
    plain: list[bytes] = []
    compact: list[bytes] = []

    def take(line: bytes, literals: Sequence[bytes]) -> bool:
        if Search.match(line):
            plain.append(line[9:])
        elif Esearch.match(line):
            compact.append(esearch_all(line))
        else:
            return False
        return True

    offered = "ESEARCH" in session.capability or "IMAP4REV2" in session.capability
    options: tuple[Argument, ...] = ()
    if offered and Switch.NO_SEARCH_RETURN not in session.switches:
        options = (b"RETURN (ALL)",)
    await session.run("Searching", "UID SEARCH", *options, *criteria, take=take, limits=LIMITS)
    found = [pair for text in compact for pair in await asyncio.to_thread(list, ranges(text))]
    for text in plain:
        found += await _runs(text)
    return await asyncio.to_thread(_merged, found)


def _merged(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if all(before[1] + 1 < after[0] for before, after in pairwise(found)):
        return found  # as servers send it
    merged: list[tuple[int, int]] = []
    for low, high in sorted(found):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


async def _runs(text: bytes) -> list[tuple[int, int]]:
    """Read numbers with spaces between into ranges, giving way to others on the loop."""
    found: list[tuple[int, int]] = []
    until = time.monotonic() + PARSE_SECONDS
    for numbers in _slices(text):
        low = high = 0
        for number in numbers:
            if number == high + 1 and high:
                high = number
                continue
            if high:
                found.append((low, high))
            low = high = number
        if high:
            found.append((low, high))
        if time.monotonic() > until:
            await asyncio.sleep(0)
            until = time.monotonic() + PARSE_SECONDS
    return found


def _slices(text: bytes) -> Iterator[list[int]]:
    position, end = 0, len(text)
    while position < end:
        stop = text.find(b" ", position + SLICE * 8)
        stop = end if stop < 0 else stop
        words = text[position:stop].split()
        position = stop
        yield [
            value for value in (int(word) for word in words if word.isdigit() and len(word) < 11) if value <= MAX_NUMBER
        ]
