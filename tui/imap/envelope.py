"""ENVELOPE (RFC 9051, 7.5.2) → the fields of `tui.mail.envelope.Envelope`: one expression, else the tokenizer."""

import re
from collections.abc import Iterable
from functools import lru_cache

from tui.imap.dates import seconds
from tui.imap.tokens import Value, unescape
from tui.mail.address import Address
from tui.mail.header import decode_bytes, decode_field
from tui.mail.text import clean_line

MAX_ADDRESSES = 500
"""Addresses of one field that a row keeps; the reader has the header itself."""
_CACHEABLE = 300
_MAX_CACHED = 4_000

_INSIDE = rb'[^"\\]*+(?>(?:\\.[^"\\]*+)*)'
_NSTRING = rb'(?:NIL|"(' + _INSIDE + rb')")'
_LIST = rb'(NIL|\((?>(?:\([^()"{]*+(?>(?:"' + _INSIDE + rb'"[^()"{]*+)*)\) ?+)+)\))'
_LIKE_FROM = rb"(?:\3|" + _LIST + rb")"
"""Sender and Reply-To: mostly servers repeat From there, and to compare is quicker than to read."""
_COMMON = re.compile(
    rb"\(" + rb" ".join([_NSTRING] * 2 + [_LIST] + [_LIKE_FROM] * 2 + [_LIST] * 3 + [_NSTRING] * 2) + rb"\)", re.DOTALL
)
_ADDRESS = re.compile(rb"\(" + rb" ".join([_NSTRING] * 4) + rb"\)", re.DOTALL)
_ONE_ADDRESS = re.compile(
    rb'\(\((?:NIL|"([^"\\]*+)") NIL "([A-Za-z0-9!#$%&\'*+/=?^_`{|}~.\-]++)" "([A-Za-z0-9.\-]++)"\)\)'
)
_DOT_ATOM = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+\Z")
# What some servers write where a part of an address is missing; nobody's mailbox or domain.
_FILLERS = frozenset(
    (b"MISSING_MAILBOX", b"MISSING_DOMAIN", b"MISSING-MAILBOX", b".MISSING-HOST-NAME.", b"unspecified-domain")
)

Addresses = tuple[Address, ...]
Fields = tuple[int | None, str, Addresses, Addresses, Addresses, Addresses, Addresses, Addresses, str, str]
"""sent, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id."""


def fast(line: bytes, position: int) -> tuple[Fields, int] | None:
    """Read an envelope of quoted strings and NIL; None when it is something else.

    Args:
        line: the response.
        position: of its opening parenthesis.

    Returns:
        The fields, and the position behind it.
    """
    match = _COMMON.match(line, position)
    if match is None:
        return None
    date, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = match.groups()
    writers = addresses(from_)
    return (
        (
            None if date is None else seconds(date),
            "" if not subject else words(subject),
            writers,
            writers if sender is None else addresses(sender),
            writers if reply_to is None else addresses(reply_to),
            addresses(to),
            () if cc == b"NIL" else addresses(cc),
            () if bcc == b"NIL" else addresses(bcc),
            "" if not in_reply_to else words(in_reply_to, encoded=False),
            "" if not message_id else words(message_id, encoded=False),
        ),
        match.end(),
    )


def from_value(value: Value) -> Fields:
    """Return the fields of a tokenized envelope; what makes no sense is empty.

    Args:
        value: as `tui.imap.tokens.Cursor.value` gives it.
    """
    values = value if isinstance(value, list) else []
    date, subject, from_, sender, reply_to, to, cc, bcc, in_reply_to, message_id = [*values, *[None] * 10][:10]
    return (
        seconds(date) if isinstance(date, bytes) else None,
        decode_field(subject) if isinstance(subject, bytes) else "",
        _address_list(from_),
        _address_list(sender),
        _address_list(reply_to),
        _address_list(to),
        _address_list(cc),
        _address_list(bcc),
        _line(in_reply_to) if isinstance(in_reply_to, bytes) else "",
        _line(message_id) if isinstance(message_id, bytes) else "",
    )


def words(quoted: bytes, *, encoded: bool = True) -> str:
    """Return the inside of a quoted string as text, cleaned to one line.

    Args:
        quoted: wire bytes between the quotes, backslashes still there.
        encoded: whether encoded words are to be decoded.
    """
    if quoted.find(b"\\") >= 0:  # `in` takes three times as long: it tries to make a number of it first
        quoted = unescape(quoted)
    if len(quoted) < 1000 and quoted.isascii() and not (encoded and quoted.find(b"=?") >= 0):
        text = quoted.decode("ascii")
        # Printable ASCII is clean as it is; asking here spares most messages three calls.
        is_clean = text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " "
        return text if is_clean else clean_line(text)
    return decode_field(quoted) if encoded else _line(quoted)


def _line(raw: bytes) -> str:
    return clean_line(decode_bytes(raw[:8000]))


def addresses(raw: bytes) -> Addresses:
    """Return the addresses of a list of quoted strings, wire bytes; none for NIL."""
    if raw == b"NIL":
        return ()
    return _cached(raw) if len(raw) < _CACHEABLE else _read(raw)


def _read(raw: bytes) -> Addresses:
    one = _ONE_ADDRESS.fullmatch(raw)
    if one is not None:
        name, mailbox, host = one.groups()
        if mailbox not in _FILLERS and host not in _FILLERS and len(raw) < 500:
            spec = f"{mailbox.decode('ascii')}@{host.decode('ascii')}"
            return (Address(words(name) if name else "", spec),)
    return _nouns(
        [None if part is None else unescape(part) for part in match.groups()] for match in _ADDRESS.finditer(raw)
    )


_cached = lru_cache(_MAX_CACHED)(_read)


def _address_list(value: Value) -> Addresses:
    if not isinstance(value, list):
        return ()
    return _nouns(
        [part if isinstance(part, bytes) else None for part in (*address, None, None, None, None)[:4]]
        for address in value
        if isinstance(address, list)
    )


def _nouns(addresses: Iterable[list[bytes | None]]) -> Addresses:
    found: list[Address] = []
    for name, _, mailbox, host in addresses:
        if len(found) >= MAX_ADDRESSES:
            break
        if host is None and name is None:
            continue  # the beginning or the end of a group
        address = Address(decode_field(name, 500) if name else "", _spec(mailbox or b"", host or b""))
        if address.name or address.spec:
            found.append(address)
    return tuple(found)


def _spec(mailbox: bytes, host: bytes) -> str:
    local = "" if mailbox in _FILLERS else clean_line(decode_bytes(mailbox[:2000]), 300)
    domain = "" if host in _FILLERS else clean_line(decode_bytes(host[:2000]), 300)
    if local and not _DOT_ATOM.match(local) and not (local.startswith('"') and local.endswith('"')):
        # Unquoted on the wire: `a@bank.example` as a local part must not pass for an address of its own.
        local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{local}@{domain}" if domain else local
