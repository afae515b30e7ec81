"""``tidings rules``: what the rules of config.toml did, or would do."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_dry_run, add_json, given, print_json
from tui.engine.desk import Row
from tui.engine.reading import MANY


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings rules``."""
    add_dry_run(parser, "say what they would do with the messages that are here, and do nothing")
    parser.add_argument("--limit", type=int, default=MANY, metavar="N", help=f"at most N messages ({MANY})")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the history, or what would be done, the newest first."""
    wanted = given(arguments, "limit", "dry_run")
    return perform("rules", wanted, lambda row: print_json(row.fields) if arguments.json else _print(row))


def _print(row: Row) -> None:
    said = row.fields
    when = "would " if said["state"] == "would" else f"{said['at']} {said['state']} "
    print(f"{when} {', '.join(said['rules'])}: {said['words']}  {said['subject']}  [{said['id']}]", flush=True)
