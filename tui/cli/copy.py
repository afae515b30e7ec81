"""``tidings copy``: messages are copied to another mailbox of their account."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_messages, messages, print_change, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings copy``."""
    parser.add_argument("--to", required=True, metavar="MAILBOX", help="by its name, or what it is for: archive, junk")
    add_messages(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done; tidings undo takes it back."""
    show = print_json if arguments.json else print_change
    return perform("copy", {**messages(arguments), "target": arguments.to}, lambda row: show(row.fields))
