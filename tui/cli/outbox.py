"""``tidings outbox``: what is on its way out, and what has left."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, print_json
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings outbox``."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the outbox, the newest first."""
    return perform("outbox", {}, lambda row: print_json(row.fields) if arguments.json else _print(row))


def _print(row: Row) -> None:
    said = row.fields
    print(f"{said['state']:<9} {said['changed']}  {', '.join(said['to'])}  {said['subject']}  {said['reply']}".rstrip())
