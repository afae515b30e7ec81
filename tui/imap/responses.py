"""The door: untagged responses and results as wire bytes → nouns, cleaned.

`tui.imap.fetched` and `tui.imap.listed` belong to the same door: nothing from the wire becomes a noun elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tui.imap.fetched import parse
from tui.imap.selected import Status
from tui.imap.tokens import Malformed
from tui.mail.flags import Flags
from tui.mail.header import decode_bytes
from tui.mail.ids import ModSeq, Uid
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

MAX_NUMBER = 2**32 - 1

_NUMBERED = re.compile(rb"\* (\d{1,30}) ([A-Za-z]+)")
_RESULT = re.compile(rb"\S+ (OK|NO|BAD|BYE|PREAUTH)(?: |\Z)", re.IGNORECASE)
_CODE = re.compile(rb'\[([^\s\]"]+)(?: ((?>(?:[^"\]]++|"(?>(?:[^"\\]++|\\.)*)")*)))?\] ?')
_VANISHED = re.compile(rb"\* VANISHED (\(EARLIER\) )?([0-9:,]+)\Z", re.IGNORECASE)
_RANGE = re.compile(rb"(\d+)(?::(\d+))?")


@dataclass(frozen=True, slots=True)
class Exists:
    """The selected mailbox holds this many messages now."""

    count: int


@dataclass(frozen=True, slots=True)
class Expunged:
    """The message with this sequence number is gone; all behind it move up."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Vanished:
    """These UIDs are gone (RFC 7162, 3.2.10): (low, high), both included. ``earlier``: in answer to a question."""

    uids: tuple[tuple[int, int], ...]
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class FlagsChanged:
    """A message has these flags now. ``uid`` is None where the server did not say it; ``modseq`` 0 likewise."""

    sequence: int
    uid: Uid | None
    flags: Flags
    modseq: ModSeq = ModSeq(0)


@dataclass(frozen=True, slots=True)
class Alert:
    """Words that the server wants the user to see (RFC 9051, 7.1), cleaned."""

    text: str


@dataclass(frozen=True, slots=True)
class Bye:
    """The server closes the line; its words, cleaned."""

    text: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A mailbox that is not selected has these counts now (RFC 5465, 5)."""

    wire: bytes
    status: Status


@dataclass(frozen=True, slots=True)
class NamesChanged:
    """A mailbox was created, renamed or deleted (RFC 5465, 5.4)."""


@dataclass(frozen=True, slots=True)
class Overflowed:
    """The server tells of other mailboxes no longer (RFC 5465, 5.8)."""


Untagged = Exists | Expunged | Vanished | FlagsChanged | Alert | Bye | Counted | NamesChanged | Overflowed


@dataclass(frozen=True, slots=True)
class Result:
    """A status response (RFC 9051, 7.1), tagged or not.

    Attributes:
        kind: ``OK``, ``NO``, ``BAD``, ``BYE`` or ``PREAUTH``.
        code: the response code's name, upper case; "" without one.
        argument: what follows the name in the brackets, wire bytes.
        text: the words, cleaned.
    """

    kind: str
    code: str
    argument: bytes
    text: str

    @property
    def number(self) -> int | None:
        """The code's argument, where it is one number that IMAP allows."""
        return number(self.argument)


def number(raw: bytes, most: int = MAX_NUMBER) -> int | None:
    """Return a number, or None when it is none or out of bounds."""
    return int(raw) if raw.isdigit() and len(raw) <= 20 and int(raw) <= most else None


def result(line: bytes) -> Result | None:
    """Return a status response, or None when the line is something else.

    Args:
        line: beginning with ``*`` or a tag.
    """
    match = _RESULT.match(line)
    if match is None:
        return None
    code, argument, position = "", b"", match.end()
    bracket = _CODE.match(line, position)
    if bracket is not None:
        code = clean_line(bracket.group(1).decode("ascii", "replace"), 100).upper()
        argument = bracket.group(2) or b""
        position = bracket.end()
    text = clean_line(decode_bytes(line[position : position + 4000]))
    return Result(match.group(1).decode("ascii").upper(), code, argument, text)


def capabilities(line: bytes) -> tuple[str, ...] | None:
    """Return the names of ``* CAPABILITY …``, or None when the line is something else."""
    if line[:13].upper() != b"* CAPABILITY ":
        return None
    return capability_names(line[13:])


def enabled(line: bytes) -> tuple[str, ...] | None:
    """Return the names of ``* ENABLED …`` (RFC 9051, 7.2.1), or None when the line is something else."""
    if line[:9].upper() != b"* ENABLED" or line[9:10].strip():
        return None
    return capability_names(line[9:])


def capability_names(raw: bytes) -> tuple[str, ...]:
    """Return the names of a list of capabilities."""
    return tuple(name.decode("ascii", "replace") for name in raw.split(None, 1_000)[:1_000])


def untagged(line: bytes, literals: Sequence[bytes]) -> Untagged | None:
    """Return what a server says by itself of the selected mailbox, or None when it is nothing we know.

    Args:
        line, literals: a response as `tui.imap.wire` gives it.
    """
    match = _NUMBERED.match(line)
    if match is not None:
        return _numbered(int(match.group(1)), match.group(2).upper(), line, literals)
    gone = _VANISHED.match(line)
    if gone is not None:
        return Vanished(tuple(ranges(gone.group(2))), bool(gone.group(1)))
    said = result(line)
    if said is None:
        return None
    if said.kind == "BYE":
        return Bye(said.text)
    if said.code == "NOTIFICATIONOVERFLOW":
        return Overflowed()
    return Alert(said.text) if said.code == "ALERT" and said.text else None


def _numbered(count: int, name: bytes, line: bytes, literals: Sequence[bytes]) -> Untagged | None:
    if name == b"EXISTS":
        return Exists(count)
    if name == b"EXPUNGE" and 0 < count <= MAX_NUMBER:
        return Expunged(count)
    if name == b"FETCH" and 0 < count <= MAX_NUMBER:
        try:
            data = parse(line, literals)
        except Malformed:
            return None
        if data.flags is not None:
            return FlagsChanged(count, data.uid, data.flags, ModSeq(data.modseq))
    return None


def ranges(raw: bytes, most: int = 1_000_000) -> Iterator[tuple[int, int]]:
    """Yield (low, high) of a sequence set as a server wrote it; what is no 32-bit number is left out."""
    for match in islice(_RANGE.finditer(raw), most):
        low = int(match.group(1)[:20])
        high = int(match.group(2)[:20]) if match.group(2) else low
        low, high = min(low, high), max(low, high)
        if low > 0 and high <= MAX_NUMBER:
            yield low, high
