"""Flags and keywords of a message (RFC 9051, 2.3.2)."""

from collections.abc import Collection, Iterable
from typing import Final

Flags = frozenset[str]
"""System flags in canonical case (``\\Seen``) and keywords as the server wrote them, cleaned."""

SEEN: Final = "\\Seen"
ANSWERED: Final = "\\Answered"
FLAGGED: Final = "\\Flagged"
DELETED: Final = "\\Deleted"
DRAFT: Final = "\\Draft"
FORWARDED: Final = "$Forwarded"

_CANONICAL = {flag.lower(): flag for flag in (SEEN, ANSWERED, FLAGGED, DELETED, DRAFT, FORWARDED)}

_OF_PROGRAMS: Final = frozenset({"junk", "nonjunk", "notjunk", "forwarded", "redirected", "unknown-0"})
"""Keywords that programs keep for themselves."""
OURS: Final = "tidings-"
"""What keywords of this program begin with: see `tui.mail.snooze`."""

NO_FLAGS: Final[Flags] = frozenset()


def canonical(flags: Iterable[str]) -> Flags:
    """Return the flags with system flags in one spelling; ``\\Recent`` is dropped (it is never acted on)."""
    return frozenset(_CANONICAL.get(flag.lower(), flag) for flag in flags if flag.lower() != "\\recent")


def labels_of(flags: Flags, named: Collection[str] = ()) -> list[str]:
    """Return the labels among flags, by the alphabet: keywords that were given by a person, not by a program.

    Args:
        flags: system flags and keywords.
        named: keywords that the user calls labels, whatever they look like.
    """
    own = {name.casefold() for name in named}
    found = [
        each
        for each in flags
        if each[:1] not in "\\$" and each.casefold() not in _OF_PROGRAMS and not each.casefold().startswith(OURS)
    ]
    found += [each for each in flags if each.casefold() in own and each not in found]
    return sorted(found, key=str.casefold)
