"""``tidings mailboxes``: which mailboxes there are, and what is unread in them."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, add_offline, given, print_json
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings mailboxes``."""
    parser.add_argument("--account", metavar="NAME", help="of this account only")
    add_offline(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the mailboxes."""
    wanted = given(arguments, "account", "offline")
    return perform("mailboxes", wanted, lambda row: print_json(row.fields) if arguments.json else _print(row))


def _print(row: Row) -> None:
    said = row.fields
    role = f"  ({said['role']})" if said["role"] else ""
    print(f"{said['account']}  {said['mailbox']}{role}  {said['unread']:,} unread of {said['total']:,}")
