"""``tidings show``: one message."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, given, print_json, write_octets
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings show``."""
    parser.add_argument("id", metavar="ID", help="account/mailbox/uidvalidity/uid, as list and search say it")
    parser.add_argument("--raw", action="store_true", help="its source, as it came, for a file or another program")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the message."""
    wanted = given(arguments, "id", "raw")

    def show(row: Row) -> None:
        if arguments.raw:
            write_octets(row.data)
        elif arguments.json:
            print_json(row.fields)
        else:
            _print(row)

    return perform("show", wanted, show)


def _print(row: Row) -> None:
    for name, text in row.fields["headers"].items():
        print(f"{name.title()}: {text}")
    print(f"\n{row.fields['text']}")
