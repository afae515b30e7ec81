"""``tidings list``: the newest messages of a mailbox."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, add_offline, add_place, given, print_json, print_message
from tui.engine.reading import MANY


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings list``."""
    add_place(parser, limit=MANY)
    add_offline(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the messages, the newest first."""
    wanted = given(arguments, "account", "mailbox", "limit", "offline")
    show = print_json if arguments.json else print_message
    return perform("list", wanted, lambda row: show(row.fields))
