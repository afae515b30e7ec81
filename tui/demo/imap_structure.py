"""What the embedded IMAP server says of a message: ENVELOPE and BODYSTRUCTURE, as octets (RFC 9051, 7.5.2).

pymap's own words are replaced for two reasons: it writes a disposition as one string where the standard wants a list,
and it decodes fields that ought to be told as they were written.
"""

from collections.abc import Sequence
from email.utils import getaddresses
from functools import lru_cache

from pymap.mime import MessageContent

from tui.mail.message import Header
from tui.mail.parameters import split_field

ADDRESS_FIELDS = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")


def envelope(raw: bytes) -> bytes:
    """Return the ENVELOPE of a header block.

    Args:
        raw: the header block, wire bytes.
    """
    header = Header.parse(raw)
    addresses = {name: _addresses(header.raw_field(name)) for name in ADDRESS_FIELDS}
    for name in ("Sender", "Reply-To"):
        if addresses[name] == b"NIL":
            addresses[name] = addresses["From"]
    ids = [_string(header.raw_field(name)) for name in ("In-Reply-To", "Message-ID")]
    parts = [_string(header.raw_field("Date")), _string(header.raw_field("Subject")), *addresses.values(), *ids]
    return b"(" + b" ".join(parts) + b")"


def structure(part: MessageContent, *, extended: bool) -> bytes:
    """Return the BODYSTRUCTURE of a message or part, or its shorter form BODY.

    Args:
        part: as pymap has split it.
        extended: with disposition, language and location.
    """
    header = Header.parse(bytes(part.header))
    kind, parameters = part.body.content_type, split_field(header.raw_field("Content-Type"))[1]
    disposition = b" %b NIL NIL" % _disposition(header) if extended else b""
    if kind.maintype == "multipart":
        inner = b"".join(structure(nested, extended=extended) for nested in part.body.nested)
        more = b" %b%b" % (_list(parameters), disposition) if extended else b""
        return b"(%b %b%b)" % (inner, _string(kind.subtype), more)
    body = bytes(part.body)
    fields = [
        _string(kind.maintype),
        _string(kind.subtype),
        _list(parameters),
        _string(header.raw_field("Content-ID")),
        _string(header.raw_field("Content-Description")),
        _string(header.raw_field("Content-Transfer-Encoding") or "7bit"),
        b"%d" % len(body),
    ]
    if (kind.maintype, kind.subtype) == ("message", "rfc822") and part.body.nested:
        enclosed = part.body.nested[0]
        fields += [envelope(bytes(enclosed.header)), structure(enclosed, extended=extended)]
    if len(fields) > 7 or kind.maintype == "text":
        fields.append(b"%d" % body.count(b"\n"))
    return b"(%b%b)" % (b" ".join(fields), b" NIL" + disposition if extended else b"")


def _disposition(header: Header) -> bytes:
    written = header.raw_field("Content-Disposition")
    if not written:
        return b"NIL"
    word, parameters = split_field(written)
    return b"(%b %b)" % (_string(word), _list(parameters))


def _list(parameters: Sequence[tuple[str, str]]) -> bytes:
    if not parameters:
        return b"NIL"
    return b"(" + b" ".join(_string(word) for pair in parameters for word in pair) + b")"


@lru_cache(256)
def _addresses(field: str) -> bytes:
    if not field:
        return b"NIL"
    out = []
    for name, spec in getaddresses([field]):
        local, _, domain = spec.rpartition("@")
        out.append(b"(%b NIL %b %b)" % (_string(name), _string(local), _string(domain)))
    return b"(" + b"".join(out) + b")" if out else b"NIL"


def _string(text: str) -> bytes:
    if not text:
        return b"NIL"
    if text.isascii() and text.isprintable():
        return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode("ascii") + b'"'
    data = text.encode("utf-8", "replace")
    return b"{%d}\r\n%b" % (len(data), data)
