"""What happened, told upwards: frozen, past tense, ids only. Whoever hears one reads the store for the rest."""

from enum import StrEnum

from tui.mail.ids import AccountName, MailboxId, SubmissionId, Uid
from tui.mail.noun import dataclass


class Link(StrEnum):
    """The state of an account's line to its receiving server."""

    CONNECTING = "connecting"
    LIVE = "live"
    ASKING = "asking"
    POLLING = "polling"
    OFFLINE = "offline"
    REFUSED = "refused"

    @property
    def is_up(self) -> bool:
        """Whether the line is there, and the server owes nothing."""
        return self in (Link.LIVE, Link.POLLING)


@dataclass(frozen=True, slots=True)
class Return:
    """What was found when a line that had been lost was up again.

    Attributes:
        at: when everything was caught up with, seconds since 1970 UTC.
        new: mails that had arrived in INBOX meanwhile.
        done: changes made here meanwhile that the server knows now.
    """

    at: float
    new: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class LinkState:
    """What the trust meter shows.

    Attributes:
        link: the state; asking: the server owes an answer.
        since: when it began, seconds since 1970 UTC; while asking, since when an answer is owed.
        heard: when the last byte came from the server, seconds since 1970 UTC; 0.0 for never.
        next_try: when the next attempt is due, seconds since 1970 UTC; 0.0 for none.
        reason: why it is not live or, when it is, what cannot be done all the same; one cleaned sentence, or "".
        refused: while it is refused: what was, in two words: ``sign-in refused``.
        every: seconds between two looks while it is polled.
        back: what its last return brought; None when it was not away.
    """

    link: Link
    since: float
    heard: float = 0.0
    next_try: float = 0.0
    reason: str = ""
    refused: str = ""
    every: float = 0.0
    back: Return | None = None


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The account's line came up, went down, or failed in another way than before."""

    account: AccountName
    state: LinkState


@dataclass(frozen=True, slots=True)
class MailboxesChanged:
    """The account's mailboxes, or their counts, are not what they were."""

    account: AccountName


@dataclass(frozen=True, slots=True)
class MessagesArrived:
    """New rows are in the store.

    Attributes:
        fresh: they are new mail (arrived on the server since we last looked), not the backfill of old mail.
        again: they were put aside, and their time has come.
        ours: a change made here brought them, such as an undo.
    """

    account: AccountName
    mailbox: MailboxId
    uids: tuple[Uid, ...]
    fresh: bool
    again: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Flags or snippets of these rows changed."""

    account: AccountName
    mailbox: MailboxId
    uids: tuple[Uid, ...]


@dataclass(frozen=True, slots=True)
class MessagesVanished:
    """These rows are gone from the store."""

    account: AccountName
    mailbox: MailboxId
    uids: tuple[Uid, ...]


@dataclass(frozen=True, slots=True)
class MailboxReset:
    """The mailbox's UIDVALIDITY changed: all its rows were dropped and are being read anew."""

    account: AccountName
    mailbox: MailboxId


@dataclass(frozen=True, slots=True)
class ThreadsChanged:
    """What belongs together was found: there are other conversations in these mailboxes, of whatever account."""

    mailboxes: tuple[MailboxId, ...]


@dataclass(frozen=True, slots=True)
class MessagesIndexed:
    """The search finds more messages than before, of whatever account."""


@dataclass(frozen=True, slots=True)
class SyncProgressed:
    """The backfill of a mailbox went on: ``done`` of ``total`` envelopes are here."""

    account: AccountName
    mailbox: MailboxId
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ChangeRefused:
    """The server refused a change made here; it has been put back.

    Attributes:
        sentence: what was refused and the server's words, cleaned.
    """

    account: AccountName
    mailbox: MailboxId
    sentence: str


@dataclass(frozen=True, slots=True)
class WordsKeptHere:
    """The server keeps no such keywords: what is snoozed is known on this machine only. Told once."""

    account: AccountName
    mailbox: MailboxId

    @property
    def sentence(self) -> str:
        """What that means to the user."""
        return f"{self.account} keeps no keywords: what is snoozed is known on this machine only"


@dataclass(frozen=True, slots=True)
class ChangesParked:
    """A mailbox was made anew on the server (another UIDVALIDITY): what waited for it waits for the user now.

    Attributes:
        count: acts of the account that are parked.
    """

    account: AccountName
    mailbox: MailboxId
    count: int


@dataclass(frozen=True, slots=True)
class SubmissionChanged:
    """A row of the outbox has a new state, or more of it is sent.

    Attributes:
        sent: octets that have left; None for a new state.
    """

    account: AccountName
    submission: SubmissionId
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class DraftCopied:
    """A draft is in the server's Drafts.

    Attributes:
        draft: its key.
        written: when the text that is there was saved here, seconds since 1970 UTC.
        is_elsewhere: the copy before it was changed or deleted by another program: that is kept beside this one.
    """

    account: AccountName
    draft: int
    written: float
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class AlertReceived:
    """The server sent an ALERT (RFC 9051, 7.1) over an authenticated line: the user must see it."""

    account: AccountName
    text: str


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """There are other accounts now, or the same ones in another order (`tui.sync.roster`)."""


Event = (
    AccountsChanged
    | LinkChanged
    | MailboxesChanged
    | MessagesArrived
    | MessagesChanged
    | MessagesVanished
    | MailboxReset
    | ThreadsChanged
    | MessagesIndexed
    | SyncProgressed
    | ChangeRefused
    | WordsKeptHere
    | ChangesParked
    | SubmissionChanged
    | DraftCopied
    | AlertReceived
)
