"""``tidings sieve``: the scripts that a server runs over mail as it arrives."""

import argparse
import sys
from typing import Any

from tui.cli.asking import Show, perform
from tui.cli.options import add_json, given, print_json
from tui.engine.desk import Row
from tui.mail.errors import ConfigError
from tui.mail.text import clean, clean_line
from tui.sync.sieve import MAX_SCRIPT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings sieve``."""
    acts = parser.add_mutually_exclusive_group()
    acts.add_argument("--show", metavar="SCRIPT", help="print this one")
    acts.add_argument("--check", action="store_true", help="have the server look through standard input")
    acts.add_argument("--put", metavar="SCRIPT", help="keep standard input under this name")
    acts.add_argument("--activate", metavar="SCRIPT", help="run this one over what arrives, and no other")
    acts.add_argument("--deactivate", action="store_true", help="run none")
    acts.add_argument("--delete", metavar="SCRIPT", help="delete this one, which is not active")
    parser.add_argument("--active", action="store_true", help="with --put: run it from now on")
    parser.add_argument("--account", metavar="NAME", help="of this account; the first, and to list them: all")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """List the scripts, or do one thing with one of them.

    Raises:
        ConfigError: when standard input is no script.
    """
    if arguments.active and arguments.put is None:
        raise ConfigError("--active goes with --put.", cure="For one that is there: --activate SCRIPT.")
    verb, wanted, show = _wish(arguments)
    data = _read() if verb in ("sieve-check", "sieve-put") else b""
    return perform(verb, given(arguments, "account") | wanted, _json if arguments.json else show, data)


def _wish(arguments: argparse.Namespace) -> tuple[str, dict[str, Any], Show]:
    """Return the verb, its arguments but the account, and what prints its rows."""
    if arguments.show is not None:
        return "sieve-show", {"name": arguments.show}, _write
    if arguments.check:
        return "sieve-check", {}, _print_done
    if arguments.put is not None:
        return "sieve-put", {"name": arguments.put, "activate": arguments.active}, _print_done
    if arguments.activate is not None or arguments.deactivate:
        return "sieve-activate", {"name": arguments.activate or ""}, _print_done
    if arguments.delete is not None:
        return "sieve-delete", {"name": arguments.delete}, _print_done
    return "sieve", {}, _print


def _json(row: Row) -> None:
    print_json(row.fields)


def _read() -> bytes:
    data = sys.stdin.buffer.read(MAX_SCRIPT + 1)
    if len(data) > MAX_SCRIPT:
        raise ConfigError(f"A script of more than {MAX_SCRIPT // 1024} kB is too large.")
    return data


def _write(row: Row) -> None:
    """A script is the user's own text, but somebody else may have put it there: a terminal gets it cleaned."""
    if sys.stdout.isatty():
        print(clean(row.fields["text"]), end="", flush=True)
    else:
        sys.stdout.buffer.write(row.data)
        sys.stdout.buffer.flush()


def _print(row: Row) -> None:
    said = row.fields
    mark = "*" if said["active"] else " "
    print(f"{mark} {said['account']}  {clean_line(said['name'])}", flush=True)


def _print_done(row: Row) -> None:
    said = row.fields
    for line in (*said["complaints"], *said["warnings"]):
        print(line, file=sys.stderr)
    if said["done"]:
        print(f"{said['done']} {clean_line(said['name'])}".rstrip(), flush=True)
