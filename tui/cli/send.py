"""``tidings send``: a message from another program goes out through the outbox."""

import argparse
import sys

from tui.cli.asking import perform
from tui.cli.options import add_json, given, print_json
from tui.engine.desk import Row
from tui.mail.errors import ConfigError

MAX_OCTETS = 256 * 1024 * 1024
"""Octets of a message that are read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings send``."""
    add_json(parser)
    parser.add_argument("--account", metavar="NAME", help="send through this account, whoever it is from")


def run(arguments: argparse.Namespace) -> int:
    """Send the message on standard input; 0 the server has it, 1 it said no or could not be reached.

    Raises:
        ConfigError: when there is no message, or it cannot be sent.
    """
    data = sys.stdin.buffer.read(MAX_OCTETS + 1)
    if len(data) > MAX_OCTETS:
        raise ConfigError(f"This message is larger than {MAX_OCTETS // 1024 // 1024} MB.")
    if not data.strip():
        raise ConfigError("There is no message on standard input.", cure="tidings send < message.eml")
    show = (lambda row: print_json(row.fields)) if arguments.json else _show
    return perform("send", given(arguments, "account"), show, data)


def _show(row: Row) -> None:
    said = row.fields
    words = {"queued": "queued: it will be tried again when Tidings runs", "unknown": "unknown: it may have been sent"}
    print(f"{words.get(said['state'], said['state'])}. {said['reply']}".strip(), flush=True)
    for each in said["refused"]:
        print(f"tidings: {each['address']} was refused: {each['reply']}", file=sys.stderr)
