"""A submission: one mail on its way out, as the outbox keeps it."""

from enum import StrEnum

from tui.mail.ids import AccountName, SubmissionId
from tui.mail.noun import dataclass


class SubmissionState(StrEnum):
    """Where a submission stands. Only `UNKNOWN` and `FAILED` wait for the user."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    COPIED = "copied"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """How far an SMTP dialogue got (RFC 5321, 3). From `DOT` on the server may have taken the mail."""

    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    DONE = "done"


class Copy(StrEnum):
    """What became of the copy in Sent."""

    FILED = "filed"
    FOUND = "found"
    SERVER = "server"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient that the server did not take.

    Attributes:
        address: addr-spec.
        code: of the reply.
        text: the reply, cleaned.
        settled: nothing is to be done about it any more: another submission is for it, or the user gave it up.
    """

    address: str
    code: int
    text: str
    settled: bool = False

    @property
    def words(self) -> str:
        """The reply with its code, once."""
        return self.text if self.text.startswith(str(self.code)) else f"{self.code} {self.text}".rstrip()

    @property
    def is_temporary(self) -> bool:
        """Whether the same may succeed later (RFC 5321, 4.2.1)."""
        return 400 <= self.code < 500


@dataclass(frozen=True, slots=True)
class Submission:
    """A row of the outbox, without its bytes.

    Attributes:
        subject, to: for showing; cleaned.
        state, phase: as above.
        due: when it may be tried, seconds since 1970 UTC.
        attempts: dialogues begun.
        words: the server's last words, or our own sentence; cleaned.
        refused: recipients the server did not take.
        changed: when the state was entered, seconds since 1970 UTC.
        size: octets.
        looked: times it was looked for on the server since it is unknown.
        looked_at: when last, seconds since 1970 UTC.
        copy: a `Copy`, or why the copy in Sent waits, cleaned; "" before anything is known.
        planned: the user chose when it leaves.
        remind: when the user is to be reminded of it unless somebody answers, seconds since 1970 UTC; None: never, or
            its copy in Sent says so.
        rest_of: the submission that did not reach these recipients, None for a mail of its own.
    """

    id: SubmissionId
    account: AccountName
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    to: str
    state: SubmissionState
    phase: Phase
    due: float
    attempts: int
    words: str
    refused: tuple[Refusal, ...]
    changed: float
    size: int
    looked: int = 0
    looked_at: float = 0.0
    copy: str = ""
    rest_of: SubmissionId | None = None
    planned: bool = False
    remind: float | None = None

    @property
    def open_refusals(self) -> tuple[Refusal, ...]:
        """Those who did not get it and about whom nothing is done."""
        return tuple(each for each in self.refused if not each.settled)

    @property
    def reached(self) -> tuple[str, ...]:
        """Those who have it, once it is accepted."""
        refused = {each.address for each in self.refused}
        return tuple(each for each in self.recipients if each not in refused)

    @property
    def needs_user(self) -> bool:
        """Whether it waits for the user."""
        if self.state in (SubmissionState.FAILED, SubmissionState.UNKNOWN):
            return True
        return self.state in (SubmissionState.ACCEPTED, SubmissionState.COPIED) and bool(self.open_refusals)
