"""An envelope: what a list row knows of a message without its body (RFC 9051, 7.5.2)."""

from tui.mail.address import Address
from tui.mail.flags import ANSWERED, FLAGGED, FORWARDED, NO_FLAGS, SEEN, Flags
from tui.mail.ids import Uid
from tui.mail.noun import noun
from tui.mail.part import Part


@noun
class Envelope:
    """A message's row. All strings are decoded and cleaned to one line.

    Attributes:
        uid: the UID in its mailbox.
        flags: system flags and keywords.
        received: INTERNALDATE in seconds since 1970 UTC; the list's order is (received, uid), newest first.
        sent: the Date field in seconds since 1970 UTC, or None when it is absent, damaged or absurd.
        size: RFC822.SIZE in octets.
        message_id, in_reply_to: as written, with angle brackets; "" when absent. ``in_reply_to`` may hold several.
        structure: the MIME tree, or None where the row was read for a list only, or not understood yet.
        outline: what `tui.imap.structure.read` makes the tree of: octets as the server sent them; b"" where it is here.
        has_file: some part is an attachment.
        snippet: the first words of the text, "" until known.
        server_thread: what the server calls the thread (RFC 8474, 5.2; X-GM-THRID), "" where it says nothing; known
            only while it is fetched.
    """

    uid: Uid
    flags: Flags = NO_FLAGS
    received: int = 0
    sent: int | None = None
    size: int = 0
    subject: str = ""
    from_: tuple[Address, ...] = ()
    sender: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    structure: Part | None = None
    has_file: bool = False
    snippet: str = ""
    outline: bytes = b""
    server_thread: str = ""

    @property
    def is_unread(self) -> bool:
        return SEEN not in self.flags

    @property
    def is_flagged(self) -> bool:
        return FLAGGED in self.flags

    @property
    def is_answered(self) -> bool:
        return ANSWERED in self.flags

    @property
    def is_forwarded(self) -> bool:
        return FORWARDED in self.flags

    @property
    def key(self) -> "RowKey":
        return (self.received, self.uid)


RowKey = tuple[int, ...]
"""Where a row stands in its mailbox: (received, uid). Newest first means descending. What is listed below a row has
its key, and behind that a place from 1."""
