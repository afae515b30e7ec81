"""Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1; RFC 2231), read without ever raising."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

from tui.mail.header import decode_bytes, decode_field
from tui.mail.text import clean_line

MAX_FIELD = 65_536
"""Characters of a field that are looked at."""
MAX_PAIRS = 1_000
MAX_VALUE = 1_000
"""Characters of a value that are kept."""

_PAIR = re.compile(
    r";\s*(?P<name>[^\s=;\"]{1,200})\s*=\s*"
    r"(?:\"(?P<quoted>[^\"\\]*+(?>(?:\\.[^\"\\]*+)*))(?:\"|\\?\Z)|(?P<token>[^;]*))",
    re.DOTALL,
)
_SECTIONED = re.compile(r"([^*]+)\*(?:(\d{1,4})(\*)?)?\Z")
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\s\([^()\"]*\)")


def split_field(field: str) -> tuple[str, list[tuple[str, str]]]:
    """Return a structured field's first word, lower case, and its raw (name, value) pairs, unquoted, undecoded.

    Args:
        field: the unfolded field body: ``text/plain; charset="utf-8"``.
    """
    field = field[:MAX_FIELD]
    first, _, _ = field.partition(";")
    pairs: list[tuple[str, str]] = []
    for match in _PAIR.finditer(field, len(first)):
        quoted, token = match.group("quoted", "token")
        value = _UNESCAPE.sub(r"\1", quoted) if quoted is not None else _COMMENT.sub("", token).strip()
        pairs.append((match.group("name"), value))
        if len(pairs) >= MAX_PAIRS:
            break
    return _COMMENT.sub("", first).strip().lower(), pairs


def parse_parameters(pairs: Iterable[tuple[str | bytes, str | bytes]]) -> dict[str, str]:
    """Return parameters with names in lower case and values decoded and cleaned to one line.

    Continuations are joined and their charset is honoured (RFC 2231); encoded words are decoded too, though they are
    forbidden there. The first of two with the same name counts.

    Args:
        pairs: raw names and values, unquoted, as written.
    """
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for raw_name, raw_value in pairs:
        name = clean_line(_text(raw_name)[:200], 100).lower()
        sectioned = _SECTIONED.match(name) if "*" in name else None
        if sectioned is None:
            if name:
                found.setdefault(name, decode_field(_text(raw_value), MAX_VALUE))
            continue
        base, index, star = sectioned.groups()
        octets = raw_value if isinstance(raw_value, bytes) else raw_value.encode("utf-8", "replace")
        pieces.setdefault(base, []).append((int(index or 0), index is None or bool(star), octets))
    for name, sections in pieces.items():
        found[name] = _join(sections)
    return found


def filename(disposition: Mapping[str, str], content_type: Mapping[str, str]) -> str:
    """Return the name a sender gave to a part, from decoded parameters; "" when there is none."""
    return disposition.get("filename", "") or content_type.get("name", "")


def _text(raw: str | bytes) -> str:
    return decode_bytes(raw[:MAX_FIELD]) if isinstance(raw, bytes) else raw


def _join(sections: list[tuple[int, bool, bytes]]) -> str:
    charset, octets = "", b""
    for number, (_, encoded, value) in enumerate(sorted(sections, key=lambda section: section[0])[:200]):
        if encoded and not number and value.count(b"'") >= 2:
            name, _, value = value.split(b"'", 2)
            charset = name.decode("ascii", "replace")
        octets += unquote_to_bytes(value) if encoded else value
    return clean_line(decode_bytes(octets, charset), MAX_VALUE)
