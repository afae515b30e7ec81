"""What single servers do differently: one row each. Nothing else asks which server it is.

A row holds how the server is recognised, the fact, and the switches it turns. What every client must bear (capitals,
missing codes, DONE that may not be sent before ``+``) is no quirk: it is done for all.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from tui.imap.capability import Capability
from tui.mail.noun import dataclass


class Switch(Enum):
    """What a quirk changes."""

    FILES_SENT_COPY = auto()
    """The submission server files the copy in Sent by itself."""
    MAY_FILE_SENT_COPY = auto()
    """It does so unless somebody has switched that off: look before filing one."""
    WANTS_ID = auto()
    """SELECT is refused until the client has said who it is (RFC 2971)."""
    NO_SEARCH_RETURN = auto()
    """SEARCH RETURN is offered but not to be trusted."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a server shows of itself: the words of its greeting, and what it offers after login."""

    greeting: str
    capability: Capability


@dataclass(frozen=True, slots=True)
class Quirk:
    """One row."""

    server: str
    recognised: Callable[[Known], bool]
    fact: str
    switches: frozenset[Switch]


QUIRKS = (
    Quirk(
        "Gmail",
        lambda known: "X-GM-EXT-1" in known.capability,
        "Mail submitted to smtp.gmail.com appears in Sent by itself; a copy of ours would be a second one.",
        frozenset({Switch.FILES_SENT_COPY}),
    ),
    Quirk(
        "Exchange Online",
        lambda known: "microsoft exchange imap4 service is ready. [" in known.greeting.lower(),
        "Mail submitted to smtp.office365.com appears in Sent by itself after a moment, unless that is switched off.",
        frozenset({Switch.MAY_FILE_SENT_COPY}),
    ),
    Quirk(
        "Coremail",
        lambda known: "coremail" in known.greeting.lower(),
        "SELECT is refused as unsafe login until ID has been sent.",
        frozenset({Switch.WANTS_ID}),
    ),
    Quirk(
        "Courier with UTF8=ACCEPT",
        lambda known: "UTF8=ACCEPT" in known.capability and "ESEARCH" not in known.capability,
        "Once UTF8=ACCEPT is enabled, SEARCH refuses a CHARSET; we send none.",
        frozenset(),
    ),
)


class _HasSwitches(Protocol):
    @property
    def switches(self) -> frozenset[Switch]: ...


def switches(greeting: str, capability: Capability) -> frozenset[Switch]:
    """Return the switches for a server.

    Args:
        greeting: its first words, cleaned.
        capability: as after login.
    """
    known = Known(greeting, capability)
    return frozenset(switch for quirk in QUIRKS if quirk.recognised(known) for switch in quirk.switches)


def files_sent_copy(session: _HasSwitches) -> bool:
    """Whether the server files sent mail by itself, so that we must not."""
    return Switch.FILES_SENT_COPY in session.switches


def may_file_sent_copy(session: _HasSwitches) -> bool:
    """Whether the server files sent mail by itself for some."""
    return Switch.MAY_FILE_SENT_COPY in session.switches
