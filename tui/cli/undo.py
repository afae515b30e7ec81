"""``tidings undo``: takes back what was done last, here or on the screen."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, print_json
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings undo``."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Undo, and say what."""
    return perform("undo", {}, lambda row: print_json(row.fields) if arguments.json else _print(row))


def _print(row: Row) -> None:
    print(f"undone: {row.fields['undone']}")
