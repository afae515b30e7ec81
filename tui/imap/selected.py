"""What SELECT and STATUS say of a mailbox."""

from dataclasses import dataclass

from tui.mail.flags import NO_FLAGS, Flags
from tui.mail.ids import ModSeq, Uid, UidValidity


@dataclass(frozen=True, slots=True)
class Selected:
    """The selected mailbox, kept up to date by what the server says of it.

    Attributes:
        wire: its name.
        exists: messages in it.
        uidvalidity: None where the server has none or does not keep UIDs (UIDNOTSTICKY): nothing may be remembered.
        uidnext: None where it is not known (any more).
        highestmodseq: when it was selected; 0 without CONDSTORE.
        read_only: flags cannot be changed.
        permanent_flags: those that can be stored; ``\\*`` among them allows new keywords.
    """

    wire: bytes
    exists: int = 0
    uidvalidity: UidValidity | None = None
    uidnext: Uid | None = None
    highestmodseq: ModSeq = ModSeq(0)  # noqa: RUF009 - a number
    read_only: bool = False
    permanent_flags: Flags = NO_FLAGS


@dataclass(frozen=True, slots=True)
class Status:
    """What STATUS says (RFC 9051, 6.3.11); 0 or None for what it did not say."""

    messages: int = 0
    unseen: int = 0
    uidnext: Uid | None = None
    uidvalidity: UidValidity | None = None
    highestmodseq: ModSeq = ModSeq(0)  # noqa: RUF009 - a number
