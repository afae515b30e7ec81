"""Options that several subcommands share, and how they print what they found."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui.mail.errors import ConfigError
from tui.mail.width import cut, pad

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

WHO = 24
"""Cells of a sender in a list."""


_TIME = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(s|m|h|d)?", re.ASCII)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(text: str) -> float:
    """Return how long ``90``, ``90s``, ``10m``, ``2h`` or ``1d`` is.

    Raises:
        ArgumentTypeError: it is no such time, or none at all.
    """
    match = _TIME.fullmatch(text)
    found = float(match[1]) * _SECONDS[match[2] or ""] if match else 0.0
    if not 0 < found < 1e9:
        from argparse import ArgumentTypeError  # noqa: PLC0415 - late: start-up time

        raise ArgumentTypeError(f"{text} is no time: 90s, 10m, 2h")
    return found


def seconds_or_name(text: str) -> float | str:
    """Return how long a time is; what is none is a name."""
    return seconds(text) if _TIME.fullmatch(text) else text


def add_json(parser: ArgumentParser) -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def add_place(parser: ArgumentParser, *, limit: int | None = None) -> None:
    """Declare which account and mailbox is meant, and how many messages."""
    parser.add_argument("--account", metavar="NAME", help="of this account")
    parser.add_argument("--mailbox", metavar="NAME", help="in this mailbox, by its name or what it is for: inbox, sent")
    if limit is not None:
        parser.add_argument("--limit", type=int, default=limit, metavar="N", help=f"at most N messages ({limit})")


def add_offline(parser: ArgumentParser) -> None:
    """Declare ``--offline``."""
    parser.add_argument("--offline", action="store_true", help="what is known here, without asking the server")


def add_messages(parser: ArgumentParser) -> None:
    """Declare which messages are meant, and ``--dry-run``."""
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="account/mailbox/uidvalidity/uid, as list and search say it"
    )
    parser.add_argument("--query", metavar="QUERY", help="every message that this finds")
    add_place(parser)
    add_dry_run(parser)
    add_json(parser)


def add_dry_run(parser: ArgumentParser, what: str = "say what would be changed, and change nothing") -> None:
    """Declare ``--dry-run``."""
    parser.add_argument("--dry-run", action="store_true", help=what)


def given(arguments: Namespace, *names: str) -> dict[str, Any]:
    """Return those of the arguments that were given, as a verb takes them."""
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value not in (None, False, [])}


def messages(arguments: Namespace) -> dict[str, Any]:
    """Return which messages are meant, as a verb takes it."""
    return given(arguments, "ids", "query", "account", "mailbox", "dry_run")


def write_octets(data: bytes) -> None:
    """Write what a stranger sent to standard output, as it is.

    Raises:
        ConfigError: when that is a terminal, which might obey it.
    """
    if sys.stdout.isatty():
        raise ConfigError(
            "Standard output is a terminal, which might obey what is written.",
            cure="Send it to a file or a program: > FILE",
        )
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def print_json(fields: Mapping[str, Any]) -> None:
    """Print one object as a line."""
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def print_message(fields: Mapping[str, Any]) -> None:
    """Print a message of a list as one line: its name last, for the next command."""
    mark = " " if "\\Seen" in fields["flags"] else "*"
    who = pad(cut(fields["from"] or "(no sender)", WHO), WHO)
    print(f"{mark} {fields['date'][:10]}  {who}  {fields['subject'] or '(no subject)'}  [{fields['id']}]", flush=True)


def print_change(fields: Mapping[str, Any]) -> None:
    """Print what was changed as one line."""
    would = f"would change {fields['count']:,} in {fields['mailbox']} of {fields['account']}"
    print(fields["done"] or would, flush=True)


def print_sent(fields: Mapping[str, Any]) -> None:
    """Print what became of a mail that was to be sent, as one line; who did not get it goes to standard error."""
    words = {"queued": "queued: it will be tried again when Tidings runs", "unknown": "unknown: it may have been sent"}
    print(f"{words.get(fields['state'], fields['state'])}. {fields['reply']}".strip(), flush=True)
    for each in fields["refused"]:
        print(f"tidings: {each['address']} was refused: {each['reply']}", file=sys.stderr)
