"""LIST, LSUB, STATUS, NAMESPACE and SEARCH responses → nouns; the same door as `tui.imap.responses`."""

import re
from collections.abc import Sequence

from tui.imap.responses import number
from tui.imap.selected import Status
from tui.imap.tokens import Cursor, Malformed, unescape
from tui.mail.ids import ModSeq, Uid, UidValidity
from tui.mail.noun import dataclass

_LISTED = re.compile(rb'\* (?:LIST|LSUB) \(([^()"]*+)\) (?:NIL|"((?:[^"\\]|\\.)?)") ', re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(rb'"((?>(?:[^"\\]++|\\.)*))"', re.DOTALL)
_NUMBERS = re.compile(rb"\(([^()]*)\)\s*\Z")

List = re.compile(rb"\* (?:LIST|LSUB) ", re.IGNORECASE)
StatusLine = re.compile(rb"\* STATUS ", re.IGNORECASE)
Namespace = re.compile(rb"\* NAMESPACE ", re.IGNORECASE)
Search = re.compile(rb"\* SEARCH(?: |\Z)", re.IGNORECASE)
Esearch = re.compile(rb"\* ESEARCH(?: |\Z)", re.IGNORECASE)
_ALL = re.compile(rb" ALL ([0-9:,]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of LIST or LSUB: name as wire bytes without quoting, delimiter or "", attributes in lower case."""

    wire: bytes
    delimiter: str
    attributes: frozenset[bytes]


def listed(line: bytes, literals: Sequence[bytes]) -> Listed | None:
    """Return a row of LIST or LSUB (RFC 9051, 7.3.1), or None when it cannot be understood."""
    match = _LISTED.match(line)
    if match is None:
        return None
    attributes, delimiter = match.groups()
    name = line[match.end() :]
    quoted = _QUOTED.match(name)
    if quoted is not None:
        wire = unescape(quoted.group(1))
    elif name.startswith((b"{", b"~{")):
        try:
            value = Cursor(line, literals, match.end()).value()
        except Malformed:
            return None
        wire = value if isinstance(value, bytes) else b""
    else:
        wire = name.partition(b" (")[0]
    between = unescape(delimiter).decode("ascii", "replace") if delimiter else ""
    return Listed(
        wire, between if between.isprintable() and between.isascii() else "", frozenset(attributes.lower().split())
    )


def status_name(line: bytes, literals: Sequence[bytes]) -> bytes:
    """Return whose counts ``* STATUS name (…)`` tells, b"" when it cannot be understood."""
    name = line[9:]
    quoted = _QUOTED.match(name)
    if quoted is not None:
        return unescape(quoted.group(1))
    if name.startswith((b"{", b"~{")):
        try:
            value = Cursor(line, literals, 9).value()
        except Malformed:
            return b""
        return value if isinstance(value, bytes) else b""
    return name.partition(b" (")[0] if not name.startswith(b"(") else b""


def status(line: bytes) -> Status | None:
    """Return what ``* STATUS name (…)`` says, or None when it cannot be understood."""
    match = _NUMBERS.search(line[-2000:])
    if match is None:
        return None
    words = match.group(1).upper().split()
    said = {name: number(value, 2**63) for name, value in zip(words[::2], words[1::2], strict=False)}

    def small(name: bytes) -> int | None:
        value = said.get(name)
        return value if value is not None and value < 2**32 else None

    uidnext, validity = small(b"UIDNEXT"), small(b"UIDVALIDITY")
    return Status(
        messages=small(b"MESSAGES"),
        unseen=small(b"UNSEEN"),
        uidnext=Uid(uidnext) if uidnext else None,
        uidvalidity=UidValidity(validity) if validity else None,
        highestmodseq=ModSeq(said.get(b"HIGHESTMODSEQ") or 0),
    )


def prefixes(line: bytes, literals: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """Return the prefix of the first personal namespace ("" for none), and those of other people's and shared ones.

    (RFC 2342, 5)
    """
    cursor = Cursor(line, literals, len(b"* NAMESPACE "))
    told: list[list[bytes]] = []
    try:
        for _ in range(3):
            told.append(_prefixes(cursor.value()))
    except Malformed:
        pass
    own = told[0] if told else []
    return own[0] if own else b"", [prefix for kind in told[1:] for prefix in kind if prefix]


def _prefixes(kind: object) -> list[bytes]:
    rows = kind if isinstance(kind, list) else []
    return [row[0] for row in rows if isinstance(row, list) and row and isinstance(row[0], bytes)]


def esearch_all(line: bytes) -> bytes:
    """Return the set behind ALL in an ESEARCH response (RFC 4731), b"" when nothing was found."""
    match = _ALL.search(line)
    return match.group(1) if match else b""
