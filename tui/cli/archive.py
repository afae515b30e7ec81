"""``tidings archive``: messages go to the archive."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_messages, messages, print_change, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings archive``."""
    add_messages(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done; tidings undo takes it back."""
    show = print_json if arguments.json else print_change
    return perform("archive", messages(arguments), lambda row: show(row.fields))
