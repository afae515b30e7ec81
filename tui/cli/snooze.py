"""``tidings snooze``: messages leave the lists until a time or an answer."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_messages, given, messages, print_change, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings snooze``."""
    parser.add_argument("--until", metavar="TIME", help='such as "mon 8:00", 3d, 2026-12-01')
    parser.add_argument("--until-answered", action="store_true", help="until somebody answers, or until the time")
    parser.add_argument(
        "--remind", metavar="TIME", help="of what you sent: a copy comes to the inbox then, unless somebody answers"
    )
    parser.add_argument("--back", action="store_true", help="bring them back at once")
    add_messages(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done; tidings undo takes it back."""
    show = print_json if arguments.json else print_change
    wanted = {**messages(arguments), **given(arguments, "until", "until_answered", "remind", "back")}
    return perform("snooze", wanted, lambda row: show(row.fields))
