"""``tidings search``: the newest messages that a query finds."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, add_place, given, print_json, print_message
from tui.engine.reading import MANY


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings search``."""
    parser.add_argument("query", metavar="QUERY", help='for instance "from:ada is:unread has:file after:3w"')
    add_place(parser, limit=MANY)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what is found here, the newest first."""
    wanted = given(arguments, "query", "account", "mailbox", "limit")
    show = print_json if arguments.json else print_message
    return perform("search", wanted, lambda row: show(row.fields))
