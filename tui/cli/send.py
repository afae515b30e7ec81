"""``tidings send``: a message from another program goes out through the outbox."""

import argparse
import sys

from tui.cli.asking import perform
from tui.cli.options import add_json, given, print_json, print_sent
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
    show = print_json if arguments.json else print_sent
    return perform("send", given(arguments, "account"), lambda row: show(row.fields), data)
