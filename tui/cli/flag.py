"""``tidings flag``: messages get flags and keywords, or lose them."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_messages, given, messages, print_change, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings flag``."""
    parser.add_argument(
        "--add", action="append", metavar="FLAG", help="read, flagged, answered, or a keyword; may be repeated"
    )
    parser.add_argument("--remove", action="append", metavar="FLAG", help="the same; may be repeated")
    add_messages(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done; tidings undo takes it back."""
    show = print_json if arguments.json else print_change
    wanted = {**messages(arguments), **given(arguments, "add", "remove")}
    return perform("flag", wanted, lambda row: show(row.fields))
