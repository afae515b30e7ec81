"""``tidings part``: one part of a message, decoded."""

import argparse
import sys

from tui.cli.asking import perform
from tui.cli.options import given
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings part``."""
    parser.add_argument("id", metavar="ID", help="account/mailbox/uidvalidity/uid, as list and search say it")
    parser.add_argument("part", metavar="PART", help="its number, as show --json says it: 1, 2.1")


def run(arguments: argparse.Namespace) -> int:
    """Write the part to standard output, as it is: for a file or another program."""

    def show(row: Row) -> None:
        sys.stdout.buffer.write(row.data)
        sys.stdout.buffer.flush()

    return perform("part", given(arguments, "id", "part"), show)
