"""Files of messages: mbox (RFC 4155, with the quoting of mboxrd, which can be undone) and the names in a Maildir."""

import re
import time
from calendar import timegm
from collections.abc import Iterable, Iterator

from tui.mail.flags import ANSWERED, DELETED, DRAFT, FLAGGED, FORWARDED, NO_FLAGS, SEEN, Flags
from tui.mail.noun import dataclass

MOST_MESSAGE = 256 * 1024 * 1024
"""Octets of one message that are read."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LETTERS = {"D": DRAFT, "F": FLAGGED, "P": FORWARDED, "R": ANSWERED, "S": SEEN, "T": DELETED}
"""Letters behind the name of a file in a Maildir, in the order in which they must stand."""

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_WHEN = re.compile(rb"([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}):(\d\d)(?::(\d\d))?(?: +[A-Z+-][A-Z0-9]*)? +(\d{4})")
_NOT_SENDER = re.compile(r"[^!-~]+")


@dataclass(frozen=True, slots=True)
class Filed:
    """A message as a file has it.

    Attributes:
        data: its octets, lines ended by CRLF.
        received: seconds since 1970 UTC, None where the file does not tell.
        flags: as far as the file tells.
    """

    data: bytes
    received: int | None = None
    flags: Flags = NO_FLAGS


def entry(data: bytes, sender: str, received: int) -> bytes:
    """Return a message as an mbox has it: its lines ended by LF.

    Args:
        data: the message.
        sender: its address; "" for nobody.
        received: seconds since 1970 UTC.
    """
    when = time.gmtime(min(max(received, 0), 253_402_300_799))
    stamp = (
        f"{DAYS[when.tm_wday]} {MONTHS[when.tm_mon - 1]} {when.tm_mday:2d} "
        f"{when.tm_hour:02d}:{when.tm_min:02d}:{when.tm_sec:02d} {when.tm_year:04d}"
    )
    first = f"From {_NOT_SENDER.sub('', sender) or 'MAILER-DAEMON'} {stamp}\n".encode("ascii")
    body = _FROM.sub(rb">\1", _LINE_END.sub(b"\n", data))
    return first + body + (b"\n" if body.endswith(b"\n") else b"\n\n")


def entries(lines: Iterable[bytes]) -> Iterator[Filed]:
    """Yield the messages of an mbox, as they come. What stands before the first is left out.

    Args:
        lines: of the file, with their ends.

    Raises:
        ValueError: one of them is larger than `MOST_MESSAGE`.
    """
    mail: list[bytes] | None = None
    received: int | None = None
    size, is_blank = 0, True
    for line in lines:
        if is_blank and line.startswith(b"From "):
            if mail is not None:
                yield _filed(mail, received)
            mail, received, size, is_blank = [], _received(line), 0, False
            continue
        is_blank = not line.strip(b"\r\n")
        if mail is not None:
            size += len(line)
            if size > MOST_MESSAGE:
                raise ValueError(f"A message is larger than {MOST_MESSAGE // 1024 // 1024} MB.")
            mail.append(line)
    if mail is not None:
        yield _filed(mail, received)


def _filed(lines: list[bytes], received: int | None) -> Filed:
    if lines and not lines[-1].strip(b"\r\n"):
        lines.pop()  # the blank line between two
    data = _QUOTED.sub(rb"\1", b"".join(lines))
    head = data[: max(data.find(b"\n\n"), data.find(b"\r\n\r\n"), 0)]
    letters = {
        letter
        for name in (b"status", b"x-status")
        for each in head.splitlines()
        if each.lower().startswith(name + b":")
        for letter in each.partition(b":")[2].decode("ascii", "replace").strip()
    }
    known = {"R": SEEN, "A": ANSWERED, "F": FLAGGED}
    return Filed(crlf(data), received, frozenset(known[letter] for letter in letters if letter in known))


def _received(line: bytes) -> int | None:
    match = _WHEN.search(line)
    if match is None or match[1].decode("ascii") not in MONTHS:
        return None
    month = MONTHS.index(match[1].decode("ascii")) + 1
    day, hour, minute, second, year = (int(match[place] or 0) for place in (2, 3, 4, 5, 6))
    if not (year >= 1970 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
        return None
    return timegm((year, month, day, hour, minute, second))


def crlf(data: bytes) -> bytes:
    """Return octets with every line ended by CRLF, as messages are on the wire."""
    return _LINE_END.sub(b"\r\n", data)


def maildir_letters(flags: Iterable[str]) -> str:
    """Return the letters for flags, in their order."""
    has = {flag.lower() for flag in flags}
    return "".join(letter for letter, flag in LETTERS.items() if flag.lower() in has)


def maildir_flags(name: str) -> Flags:
    """Return the flags that the name of a file tells."""
    return frozenset(LETTERS[letter] for letter in name.rpartition(":2,")[2] if letter in LETTERS and ":2," in name)
