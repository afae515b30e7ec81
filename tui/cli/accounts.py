"""``tidings accounts``: which accounts there are."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, print_json
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings accounts``."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the accounts."""
    return perform("accounts", {}, lambda row: print_json(row.fields) if arguments.json else _print(row))


def _print(row: Row) -> None:
    print("{account}  {address}  {protocol}".format_map(row.fields))
