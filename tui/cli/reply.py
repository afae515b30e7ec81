"""``tidings reply``: answers a message with the text on standard input."""

import argparse
import sys

from tui.cli.asking import perform
from tui.cli.options import add_dry_run, add_json, given, print_json, print_sent
from tui.engine.desk import Row

MAX_OCTETS = 16 * 1024 * 1024
"""Octets of a text that are read."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings reply``."""
    parser.add_argument("id", metavar="ID", help="account/mailbox/uidvalidity/uid, as list and search say it")
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--all", dest="everyone", action="store_true", help="to everybody who got it")
    whom.add_argument("--list", dest="to_list", action="store_true", help="to the mailing list that it came from")
    parser.add_argument("--quote", action="store_true", help="with the original's text below")
    add_dry_run(parser, "say to whom it would go, and send nothing")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send the answer; 0 the server has it, 1 it said no or could not be reached."""
    wanted = given(arguments, "id", "everyone", "to_list", "quote", "dry_run")
    show = (lambda row: print_json(row.fields)) if arguments.json else _show
    return perform("reply", wanted, show, sys.stdin.buffer.read(MAX_OCTETS))


def _show(row: Row) -> None:
    said = row.fields
    if said["state"] is None:
        print(f"would go to {', '.join(said['to'])}: {said['subject']}", flush=True)
    else:
        print_sent(said)
