"""Flags and keywords of a message (RFC 9051, 2.3.2)."""

from collections.abc import Iterable
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

NO_FLAGS: Final[Flags] = frozenset()


def canonical(flags: Iterable[str]) -> Flags:
    """Return the flags with system flags in one spelling; ``\\Recent`` is dropped (it is never acted on)."""
    return frozenset(_CANONICAL.get(flag.lower(), flag) for flag in flags if flag.lower() != "\\recent")
