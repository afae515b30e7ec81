"""What SELECT and STATUS say of a mailbox."""

from dataclasses import field

from tui.mail.flags import NO_FLAGS, Flags
from tui.mail.ids import ModSeq, Uid, UidValidity
from tui.mail.noun import dataclass


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
    highestmodseq: ModSeq = ModSeq(0)
    read_only: bool = False
    permanent_flags: Flags = NO_FLAGS

    def keeps(self, flag: str) -> bool:
        """Return whether the server keeps a flag; one that does not say which, keeps all (RFC 9051, 7.1)."""
        known = {each.casefold() for each in self.permanent_flags}
        return not known or "\\*" in known or flag.casefold() in known


@dataclass(frozen=True, slots=True)
class Known:
    """What is held of a mailbox from an earlier session, for a quick resynchronisation (RFC 7162, 3.2.5).

    Attributes:
        uidvalidity: the generation of the UIDs.
        highestmodseq: up to where everything is known; more than 0.
        low, high: the lowest and the highest UID held.
    """

    uidvalidity: UidValidity
    highestmodseq: ModSeq
    low: Uid
    high: Uid


@dataclass(slots=True)
class Missed:
    """What happened to the UIDs that are known, as SELECT tells it.

    Attributes:
        vanished: (low, high), both included; they may hold UIDs that never were.
        flags: of the messages that were changed.
        told: the server knew from where to tell; else everything must be compared.
    """

    vanished: list[tuple[int, int]] = field(default_factory=list)
    flags: dict[Uid, Flags] = field(default_factory=dict)
    told: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What STATUS says (RFC 9051, 6.3.11); None, or modification sequence 0, for what it did not say."""

    messages: int | None = None
    unseen: int | None = None
    uidnext: Uid | None = None
    uidvalidity: UidValidity | None = None
    highestmodseq: ModSeq = ModSeq(0)
