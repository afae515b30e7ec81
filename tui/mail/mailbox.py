"""A mailbox: what IMAP LIST says of it, and its part in the account."""

from enum import StrEnum

from tui.mail.ids import AccountName
from tui.mail.noun import dataclass


class Role(StrEnum):
    """What a mailbox is for (RFC 6154 special use, and INBOX)."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    FLAGGED = "flagged"
    IMPORTANT = "important"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of one account.

    Attributes:
        account: the account it belongs to.
        wire: the exact bytes of its name as the server sent them, without quoting; what SELECT must send back.
        name: the whole name, decoded from modified UTF-7 or UTF-8 and cleaned; for people.
        delimiter: the hierarchy separator (one character), or "" when the name space is flat.
        role: what it is for, or None.
        selectable: False for ``\\Noselect`` and ``\\NonExistent``.
        subscribed: as LIST … RETURN (SUBSCRIBED) or LSUB says; True for INBOX, and where the server cannot tell.
    """

    account: AccountName
    wire: bytes
    name: str
    delimiter: str = ""
    role: Role | None = None
    selectable: bool = True
    subscribed: bool = True

    @property
    def levels(self) -> tuple[str, ...]:
        """The name split at its delimiter, outermost first; never empty."""
        return tuple(self.name.split(self.delimiter)) if self.delimiter else (self.name,)

    @property
    def label(self) -> str:
        """The innermost level, ``Inbox`` for INBOX: what the tree and the status line show."""
        return "Inbox" if self.role is Role.INBOX else self.levels[-1] or self.name

    @property
    def full_name(self) -> str:
        """The account's name and its own: what a choice for it is remembered by."""
        return f"{self.account} {self.name}"
