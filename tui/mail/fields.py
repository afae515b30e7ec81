"""Header fields written so that nothing can be smuggled in: our own folding and encoding (RFC 5322, 2047, 2231).

The standard library's folding can turn a display name into a recipient, encode message ids and take line ends in
names; so every field goes out through here.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from tui.mail.address import Address
from tui.mail.domain import wire_spec
from tui.mail.text import clean_line

LINE = 76
MAX_WORD = 900
"""Characters of one unbreakable ASCII word; a longer one is encoded (lines end at 998)."""
MAX_SUBJECT = 4_000

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\- ]+\Z")
_QUOTABLE = re.compile(r"[ -~]+\Z")
_ID = re.compile(r"<[!#-'*+\-./0-9:=?A-Z^-~]{1,180}@(?:[!#-'*+\-./0-9:=?A-Z^-~]{1,180}|\[[!-Z^-~]{1,180}\])>\Z")
_ID_ANYWHERE = re.compile(r"<[^<>\s]{1,400}>")
_TOKEN = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+\Z")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def field(name: str, words: Iterable[str]) -> bytes:
    """Return a field, folded between its words.

    Args:
        name: ours, never a stranger's.
        words: unbreakable pieces between which there is one space; no control characters.

    Raises:
        ValueError: when a piece holds a control character. The callers' encoding prevents it; this is the last guard.
    """
    lines: list[str] = []
    line = f"{name}:"
    for word in words:
        if any(character < " " or character == "\x7f" for character in word) or not word:
            raise ValueError(f"{name} holds a control character")
        if len(line) + 1 + len(word) > LINE and line.strip() and line != f"{name}:":
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    lines.append(line)
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n"


def text_field(name: str, text: str) -> bytes:
    """Return an unstructured field: Subject, Content-Description."""
    text = clean_line(text, MAX_SUBJECT)
    words = text.split(" ")
    if not text:
        return f"{name}:\r\n".encode("ascii")
    if text.isascii() and "=?" not in text and max(map(len, words)) <= MAX_WORD:
        return field(name, words)
    return field(name, encoded_words(text))


def encoded_words(text: str) -> list[str]:
    """Return a text as encoded words (RFC 2047) of at most 75 characters, none of which cuts a character."""
    octets = text.encode("utf-8", "replace")
    dense = sum(octet in _Q_SAFE or octet == 0x20 for octet in octets) * 3 < len(octets) * 2
    words: list[str] = []
    held = b""
    for character in text:
        piece = character.encode("utf-8", "replace")
        if held and _encoded_size(held + piece, dense) > 62:
            words.append(_encode_word(held, dense))
            held = b""
        held += piece
    words.append(_encode_word(held, dense))
    return words


def _encoded_size(octets: bytes, dense: bool) -> int:
    if dense:
        return (len(octets) + 2) // 3 * 4
    return sum(1 if octet in _Q_SAFE or octet == 0x20 else 3 for octet in octets)


def _encode_word(octets: bytes, dense: bool) -> str:
    if dense:
        return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="
    coded = "".join("_" if octet == 0x20 else chr(octet) if octet in _Q_SAFE else f"={octet:02X}" for octet in octets)
    return f"=?utf-8?q?{coded}?="


def address_field(name: str, addresses: Sequence[Address]) -> bytes:
    """Return an address field.

    Raises:
        MailError: naming an address that is none.
    """
    words: list[str] = []
    for number, address in enumerate(addresses):
        comma = "," if number + 1 < len(addresses) else ""
        spec = wire_spec(address)
        phrase = _phrase(clean_line(address.name, 300))
        words.extend(phrase)
        bare = not phrase and not spec.startswith('"')
        words.append(f"{spec}{comma}" if bare else f"<{spec}>{comma}")
    return field(name, words)


def _phrase(name: str) -> list[str]:
    if not name:
        return []
    if "=?" not in name and _ATOMS.match(name) and max(map(len, name.split(" "))) < LINE:
        return name.split(" ")
    if "=?" not in name and _QUOTABLE.match(name) and len(name) <= 60:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return [f'"{escaped}"']
    return encoded_words(name)


def is_message_id(text: str) -> bool:
    """Whether this is one message id with its angle brackets (RFC 5322, 3.6.4) that can be written into a field."""
    return bool(_ID.match(text))


def find_message_ids(text: str, limit: int = 1_000) -> tuple[str, ...]:
    """Return the valid ids in a References, In-Reply-To or Message-ID field body, each once, in order."""
    found: dict[str, None] = {}
    for match in _ID_ANYWHERE.finditer(text[:65_536]):
        if is_message_id(match.group()):
            found[match.group()] = None
            if len(found) >= limit:
                break
    return tuple(found)


def ids_field(name: str, ids: Iterable[str]) -> bytes:
    """Return a field of message ids, one a line where it is long; what is no valid id is left out, "" when none is."""
    valid = [id for id in ids if is_message_id(id)]
    return field(name, valid) if valid else b""


def parameter(name: str, value: str) -> list[str]:
    """Return a parameter as words for a field, each ended by ``;`` (RFC 2045, 5.1; RFC 2231 where it must be).

    Args:
        name: ours.
        value: decoded.
    """
    value = clean_line(value, 255)
    if not value:
        return [f'{name}="";']
    if _QUOTABLE.match(value) and len(value) <= 60 and "=?" not in value:
        if _TOKEN.match(value):
            return [f"{name}={value};"]
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return [f'{name}="{escaped}";']
    coded = quote(value.encode("utf-8", "replace"), safe="!#$&+-.^_`|~")
    pieces: list[str] = []
    while coded:
        end = min(len(coded), 50)
        while end < len(coded) and "%" in coded[end - 2 : end]:  # a %XX stays whole
            end -= 1
        pieces.append(coded[:end])
        coded = coded[end:]
    if len(pieces) == 1:
        return [f"{name}*=utf-8''{pieces[0]};"]
    pieces[0] = "utf-8''" + pieces[0]
    return [f"{name}*{place}*={piece};" for place, piece in enumerate(pieces)]


def base64_lines(data: bytes) -> bytes:
    """Return octets as base64 in lines of 76 characters, CRLF between and at the end; quick for large files."""
    out: list[bytes] = []
    step = 57 * 1024
    for start in range(0, len(data), step):
        coded = binascii.b2a_base64(data[start : start + step], newline=False)
        out.extend(coded[at : at + 76] for at in range(0, len(coded), 76))
    out.append(b"")
    return b"\r\n".join(out)
