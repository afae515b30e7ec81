"""What the doctor says: one check of one half, and the changes that would put it right."""

from enum import StrEnum

from tui.mail.noun import dataclass


class Half(StrEnum):
    """One of the two services of an account."""

    RECEIVING = "receiving"
    SENDING = "sending"

    @property
    def other(self) -> "Half":
        return Half.SENDING if self is Half.RECEIVING else Half.RECEIVING

    @property
    def table(self) -> str:
        """The table below the account's in config.toml."""
        return "receive" if self is Half.RECEIVING else "send"


class Status(StrEnum):
    """What came of a check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Change:
    """One setting and its new value.

    Attributes:
        half: whose table it is in.
        field: its name there: ``host``, ``port``, ``security``, ``user``, ``protocol``, ``pin``; or, of the account
            itself, ``address`` or ``mailboxes.ROLE``.
        value: as config.toml wants it.
    """

    half: Half
    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Repair:
    """What one key would change.

    Attributes:
        words: what the key does, a clause: ``use port 993 with tls``.
        changes: all of them, or none.
        trusts: whether something is trusted by it that was not before, so that it must be asked for in so many words.
    """

    words: str
    changes: tuple[Change, ...]
    trusts: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A check is under way."""

    half: Half
    id: str


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one check.

    Attributes:
        half: of which service.
        id: the step, the same for ever: scripts ask for it.
        status: good, doubtful, bad, or not tried because of what failed before it.
        fact: a sentence.
        advice: a sentence, "" where nothing is to be done.
        detail: what the server said or showed, cleaned, without secrets; for a report.
        repairs: the best first.
        brief: a few words for a lamp: ``1.3, name fits, 71 days``.
        seconds: how long it took.
    """

    half: Half
    id: str
    status: Status
    fact: str
    advice: str = ""
    detail: str = ""
    repairs: tuple[Repair, ...] = ()
    brief: str = ""
    seconds: float = 0.0


Event = Begun | Check


RECEIVING_STEPS = (
    "config",
    "secret",
    "dns",
    "tcp",
    "service",
    "tls",
    "greeting",
    "capabilities",
    "login",
    "mailboxes",
    "inbox",
    "idle",
    "clock",
)
POP3_STEPS = (*RECEIVING_STEPS[:9], "inbox")
SENDING_STEPS = ("secret", "dns", "tcp", "service", "tls", "ehlo", "login", "envelope", "domain", "sent_copy")

LABELS = {
    "config": "configuration",
    "secret": "secret",
    "dns": "name found",
    "tcp": "port answers",
    "service": "right service",
    "tls": "encrypted",
    "greeting": "greeting",
    "capabilities": "offers",
    "ehlo": "offers",
    "login": "signed in",
    "mailboxes": "Sent, Drafts, Trash",
    "inbox": "Inbox",
    "idle": "push",
    "clock": "clock",
    "envelope": "From allowed",
    "domain": "domain",
    "sent_copy": "copy filed by",
}
"""What a lamp is called, for people."""


def steps(half: Half, protocol: str) -> tuple[str, ...]:
    """Return the ids of a half's checks in their order, of an account with both halves.

    Args:
        half: which.
        protocol: ``imap`` or ``pop3``.
    """
    if half is Half.SENDING:
        return SENDING_STEPS
    return POP3_STEPS if protocol == "pop3" else RECEIVING_STEPS
