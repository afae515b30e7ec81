"""What the embedded IMAP server says of a message: ENVELOPE and BODYSTRUCTURE (RFC 9051, 7.5.2)."""

from email.utils import getaddresses

from pymap.backend.dict.mailbox import LoadedMessage, Message
from pymap.bytes import Writeable
from pymap.mime import MessageContent
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.parsing.specials import FetchRequirement

from tui.mail.message import Header

ADDRESS_FIELDS = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")


class KeptContent(LoadedMessage):
    """A message's content; its ENVELOPE holds the fields as they were written, encoded words and all."""

    @classmethod
    def _get_envelope_structure(cls, msg: MessageContent) -> EnvelopeStructure:
        return _Written(envelope(bytes(msg.header)))

    @classmethod
    def _get_size_with_lines(cls, msg: MessageContent) -> tuple[int, int]:
        return len(msg.body), bytes(msg.body).count(b"\n")


class GeneratedContent(KeptContent):
    """A generated message: one text/plain part, so that nothing need be parsed to describe it.

    Args:
        message: whose content.
        requirement: what of it is wanted.
        raw: its octets.
    """

    __slots__ = ("_raw",)

    def __init__(self, message: Message, requirement: FetchRequirement, raw: bytes) -> None:
        super().__init__(message, requirement, None)
        self._raw = raw

    @property
    def content(self) -> MessageContent:
        if self._content is None:
            self._content = MessageContent.parse(self._raw)
        return self._content

    def _get_subpart(self, section: object) -> MessageContent:
        return self.content

    def get_size(self, section: object = None) -> int:
        return len(self._raw)

    def get_envelope_structure(self) -> EnvelopeStructure:
        return _Written(envelope(self._raw.partition(b"\r\n\r\n")[0]))

    def get_body_structure(self) -> BodyStructure:
        body = self._raw.partition(b"\r\n\r\n")[2]
        return _WrittenText(len(body), body.count(b"\n"))


class _Written(EnvelopeStructure):
    """An ENVELOPE that is octets already."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def _value(self) -> Writeable:
        return Writeable.wrap(self._data)


class _WrittenText(BodyStructure):
    """The BODYSTRUCTURE of a message that is one 8-bit text."""

    def __init__(self, size: int, lines: int) -> None:
        self._data = b'("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "8BIT" %d %d NIL NIL NIL NIL)' % (size, lines)

    @property
    def extended(self) -> Writeable:
        return Writeable.wrap(self._data)

    @property
    def _value(self) -> Writeable:
        return Writeable.wrap(self._data.removesuffix(b" NIL NIL NIL NIL)") + b")")

    def __bytes__(self) -> bytes:
        return bytes(self._value)


def envelope(raw: bytes) -> bytes:
    """Return the ENVELOPE of a header block, as it goes over the line.

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
