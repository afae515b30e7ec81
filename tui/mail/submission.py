"""A submission: one mail on its way out, as the outbox keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from tui.mail.ids import AccountName, SubmissionId


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


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient that the server did not take: its address, the reply code and the server's words, cleaned."""

    address: str
    code: int
    text: str


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
