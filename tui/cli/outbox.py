"""``tidings outbox``: what is on its way out, and what has left; sends it now, or cancels it."""

import argparse

from tui.cli.asking import perform
from tui.cli.options import add_json, print_json, print_sent
from tui.engine.desk import Row


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings outbox``."""
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument("--send-now", type=int, metavar="N", help="send this one now, or again; N as the list says it")
    acts.add_argument("--cancel", type=int, metavar="N", help="do not send this one: it is a draft again")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the outbox, the newest first; or send one, or cancel it, and say what became of it."""
    if arguments.send_now is None and arguments.cancel is None:
        return perform("outbox", {}, lambda row: print_json(row.fields) if arguments.json else _print(row))
    verb = "send-now" if arguments.cancel is None else "cancel"
    number = arguments.send_now if arguments.cancel is None else arguments.cancel
    show = print_json if arguments.json else print_sent
    return perform(verb, {"submission": number}, lambda row: show(row.fields))


def _print(row: Row) -> None:
    said = row.fields
    to = ", ".join(said["to"])
    words = f"{said['submission']:>4} {said['state']:<9} {said['changed']}  {to}  {said['subject']}  {said['reply']}"
    print(words.rstrip())
