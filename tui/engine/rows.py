"""What scripts are told of a message in a list; the same fields wherever it was found."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tui.mail.address import format_addresses
from tui.mail.envelope import Envelope
from tui.mail.text import clean_line

LAST = 253_402_300_799.0
"""The last second of the year 9999."""
MOST_VALUE = 4_000
"""Characters of a field in the environment of a program."""


def row_of(account: str, mailbox: str, uidvalidity: int | None, envelope: Envelope) -> dict[str, Any]:
    """Return what scripts are told of a message.

    Args:
        account: its name.
        mailbox: the whole name of the mailbox, decoded.
        uidvalidity: of the mailbox; None where its UIDs are good for nothing later.
        envelope: the message.
    """
    return {
        "id": f"{account}/{mailbox}/{uidvalidity or 0}/{envelope.uid}",
        "account": account,
        "mailbox": mailbox,
        "uidvalidity": uidvalidity,
        "uid": envelope.uid,
        "from": format_addresses(envelope.from_),
        "to": format_addresses(envelope.to),
        "subject": envelope.subject,
        "date": time_text(envelope.received),
        "message_id": envelope.message_id,
        "size": envelope.size,
        "flags": sorted(envelope.flags),
        "has_file": envelope.has_file,
    }


def environment_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return a row as variables for a program: ``TIDINGS_SUBJECT`` and so on; cleaned once more, one line each."""
    return {
        f"TIDINGS_{name.upper()}": clean_line(_written(value), MOST_VALUE).encode("utf-8", "replace").decode()
        for name, value in row.items()
    }


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return " ".join(map(str, value))
    return str(value)


def time_text(seconds: float) -> str:
    """Return a time as scripts are told it: RFC 3339, in UTC.

    Args:
        seconds: since 1970 UTC; an absurd one is the nearest that can be written.
    """
    seconds = min(max(seconds, 0.0), LAST)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", datetime.fromtimestamp(int(seconds), UTC).timetuple())
