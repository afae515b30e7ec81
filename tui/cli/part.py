"""``tidings part``: one part of a message, decoded."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import given, write_octets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings part``."""
    parser.add_argument("id", metavar="ID", help="account/mailbox/uidvalidity/uid, as list and search say it")
    parser.add_argument("part", metavar="PART", help="its number, as show --json says it: 1, 2.1")


def run(arguments: argparse.Namespace) -> int:
    """Write the part to standard output, as it is: for a file or another program."""
    return perform("part", given(arguments, "id", "part"), lambda row: write_octets(row.data))
