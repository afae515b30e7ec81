"""``tidings status``: one line for a status bar, from the store, in the time a status bar has."""

from __future__ import annotations

import os
import sys

from tui.store import glance

TYPE_CHECKING = False  # typing takes longer to load than all the rest
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

FIELDS = ("unread", "total", "waiting", "stuck")
"""What ``--format`` may name, in braces: in INBOX unread and all, on their way out, waiting for the user."""


def folder(environment: Mapping[str, str], variable: str, default: str) -> str:
    """Return one of the user's folders as `tui.config.paths.Paths.of_user` finds it on Linux."""
    root = environment.get(variable, "")
    return os.path.join(root if root.strip() else os.path.expanduser(default), "tidings")


def line(accounts: list[glance.Glance], form: str) -> str:
    """Return what is to be shown.

    Args:
        accounts: those that are wanted.
        form: the line with `FIELDS` in braces; "" for the one that says what there is to say.
    """
    sums = {name: sum(getattr(account, name) for account in accounts) for name in FIELDS}
    if form:
        for name, value in sums.items():
            form = form.replace(f"{{{name}}}", str(value))
        return form
    words = [f"{sums['unread']:,} unread"]
    if sums["waiting"]:
        words.append(f"{sums['waiting']:,} to be sent")
    if sums["stuck"]:
        words.append(f"{sums['stuck']:,} not sent")
    return " · ".join(words)


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of ``tidings status``."""
    names = ", ".join(f"{{{name}}}" for name in FIELDS)
    parser.add_argument("--format", default="", metavar="TEXT", help=f"the line, with {names} in it")
    parser.add_argument("--account", default="", metavar="NAME", help="count this account only")


def run(arguments: Namespace) -> int:
    """Print the line; 0 done, 2 when nothing is known yet."""
    return show(arguments.format, arguments.account)


def show(form: str = "", account: str = "") -> int:
    """Print the line; 0 done, 2 when nothing is known yet, or nothing of the account.

    Args:
        form: as for `line`.
        account: the only one that counts; "" for all.
    """
    cache = os.path.join(folder(os.environ, "XDG_CACHE_HOME", "~/.cache"), "cache.db")
    precious = os.path.join(folder(os.environ, "XDG_DATA_HOME", "~/.local/share"), "precious.db")
    try:
        found = glance.read(cache, precious)
    except glance.Unreadable:
        found = []
    chosen = [each for each in found if account in ("", each.account)]
    if account and found and not chosen:
        print(f'tidings: nothing is known of an account "{account}".', file=sys.stderr)
        return 2
    if not any(each.is_known for each in chosen):
        print("tidings: nothing is known yet: no server was reached. Run tidings, or tidings doctor.", file=sys.stderr)
        return 2
    print(line(chosen, form))
    return 0
