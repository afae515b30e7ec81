"""Our values → wire bytes. Nothing that came from elsewhere can end a line or begin a command here."""

import re
from collections.abc import Iterable, Iterator

from tui.mail.errors import MailError, NotSupported
from tui.mail.ids import Uid
from tui.mail.noun import dataclass

MAX_SET = 7_000
"""Characters of one UID set: servers need not read lines of more than 8,000 (RFC 7162, 4)."""

_QUOTABLE = re.compile(rb"[\x20-\x7e]*\Z")
_KEYWORD = re.compile(r"[^\x00-\x20(){%*\"\\\]\x7f-\U0010ffff]+\Z")
_SYSTEM_FLAG = re.compile(r"\\[A-Za-z]+\Z")
_SECTION = re.compile(r"(?:[1-9]\d*(?:\.[1-9]\d*)*(?:\.(?:HEADER|TEXT|MIME))?|HEADER|TEXT|)\Z")
_SET = re.compile(r"(?:\d+|\*)(?::(?:\d+|\*))?(?:,(?:\d+|\*)(?::(?:\d+|\*))?)*\Z")


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets sent as a literal (RFC 9051, 4.3)."""

    data: bytes


Argument = bytes | Literal


def astring(data: bytes) -> Argument:
    """Return a string argument: quoted where that is possible, else as a literal.

    Raises:
        NotSupported: when it holds NUL, which nothing but a message may.
    """
    if b"\0" in data:
        raise NotSupported("A name with a NUL in it cannot be sent.")
    if len(data) > 1000 or not _QUOTABLE.match(data):
        return Literal(data)
    return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def sequence_set(text: str) -> bytes:
    """Return a set written by our own code, ``5:9,12`` or ``7:*``, checked.

    Raises:
        ValueError: when it is none.
    """
    if not _SET.match(text):
        raise ValueError(f"not a sequence set: {text[:60]!r}")
    return text.encode("ascii")


def section(name: str) -> bytes:
    """Return a section (RFC 9051, section-spec) checked: ``2.1``, ``HEADER``, ``1.MIME``, or "" for the whole message.

    Raises:
        ValueError: when it is none.
    """
    if not _SECTION.match(name):
        raise ValueError(f"not a section: {name[:60]!r}")
    return name.encode("ascii")


def flag_list(flags: Iterable[str]) -> bytes:
    """Return flags in parentheses.

    Raises:
        MailError: when one cannot be written as a flag.
    """
    names = sorted(set(flags))
    for name in names:
        if not (_KEYWORD.match(name) or _SYSTEM_FLAG.match(name)):
            raise MailError(f"“{name}” cannot be a flag.", cure="Use letters, digits, $ and -.")
    return b"(" + " ".join(names).encode("ascii") + b")"


def _runs(uids: Iterable[int]) -> Iterator[str]:
    low = high = 0
    for uid in sorted(set(uids)):
        if uid == high + 1 and high:
            high = uid
            continue
        if high:
            yield f"{low}:{high}" if high > low else f"{low}"
        low = high = uid
    if high:
        yield f"{low}:{high}" if high > low else f"{low}"


def uid_set(uids: Iterable[Uid] | Iterable[int]) -> str:
    """Return numbers as IMAP writes them: ``5:9,12``; "" for none."""
    return ",".join(_runs(uids))


def uid_sets(uids: Iterable[Uid] | Iterable[int]) -> list[str]:
    """Return the same in as many pieces as short lines need."""
    pieces: list[str] = []
    held: list[str] = []
    size = 0
    for run in _runs(uids):
        if size + len(run) > MAX_SET:
            pieces.append(",".join(held))
            held, size = [], 0
        held.append(run)
        size += len(run) + 1
    if held:
        pieces.append(",".join(held))
    return pieces
