"""A message's content as pymap asks for it, describing itself in the words of `tui.demo.imap_structure`."""

from pymap.backend.dict.mailbox import LoadedMessage, Message
from pymap.bytes import Writeable, WriteStream
from pymap.mime import MessageContent
from pymap.parsing.primitives import List
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure
from pymap.parsing.specials import FetchRequirement

from tui.demo.imap_structure import envelope, structure
from tui.mail.message import Header


class KeptContent(LoadedMessage):
    """A message's content; its ENVELOPE holds the fields as they were written, encoded words and all."""

    @classmethod
    def _get_envelope_structure(cls, msg: MessageContent) -> EnvelopeStructure:
        return _Envelope(bytes(msg.header))

    @classmethod
    def _get_body_structure(cls, msg: MessageContent) -> BodyStructure:
        return _Structure(structure(msg, extended=False), structure(msg, extended=True))


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

    def get_size(self, section: object = None) -> int:
        return len(self._raw)

    def get_envelope_structure(self) -> EnvelopeStructure:
        return _Envelope(self._raw.partition(b"\r\n\r\n")[0])

    def get_body_structure(self) -> BodyStructure:
        body = self._raw.partition(b"\r\n\r\n")[2]
        brief = b'("text" "plain" ("charset" "utf-8") NIL NIL "8bit" %d %d' % (len(body), body.count(b"\n"))
        return _Structure(brief + b")", brief + b" NIL NIL NIL NIL)")


class _Octets(List):
    """A list that is octets already, parentheses and all."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        super().__init__(())
        self._data = data

    def write(self, writer: WriteStream) -> None:
        writer.write(self._data)

    def __bytes__(self) -> bytes:
        return self._data


class _Envelope(EnvelopeStructure):
    """An ENVELOPE that is written as octets at once; a SEARCH asks for single fields of it.

    Args:
        header: the header block.
    """

    def __init__(self, header: bytes) -> None:
        self._header = header

    @property
    def _value(self) -> Writeable:
        return Writeable.wrap(envelope(self._header))

    def __getattr__(self, name: str) -> object:
        """Return what pymap looks for words in: the subject, and addresses by the names of the fields."""
        if name == "subject":
            return Header.parse(self._header).text("Subject")
        if name in ("from_", "to", "cc", "bcc"):
            return Header.parse(self._header).addresses(name.rstrip("_"))
        raise AttributeError(name)


class _Structure(BodyStructure):
    """A BODY and a BODYSTRUCTURE that are octets already."""

    def __init__(self, brief: bytes, extended: bytes) -> None:
        self._brief = brief
        self._extended = extended

    @property
    def _value(self) -> List:
        return _Octets(self._brief)

    @property
    def extended(self) -> List:
        return _Octets(self._extended)
