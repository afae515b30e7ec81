"""``tidings delete``: messages go to the trash."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_messages, messages, print_change, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings delete``."""
    add_messages(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done; tidings undo takes it back."""
    show = print_json if arguments.json else print_change
    return perform("delete", messages(arguments), lambda row: show(row.fields))
