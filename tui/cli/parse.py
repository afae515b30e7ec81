"""``tidings`` and its subcommands: the parser, and what becomes of errors.

Exit status: 0 done, 1 the server or the network said no, 2 wrong usage or configuration.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Container, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Protocol, cast

from tui import __version__
from tui.config.paths import Paths
from tui.mail.errors import ConfigError, MailError, StoreError
from tui.terminal import crash
from tui.terminal.painted import Painted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

COMMANDS = {
    "demo": "try everything with servers of its own, on this machine",
    "setup": "set up an account: find its servers, test both halves, write config.toml",
    "doctor": "walk both halves of every account and say which step fails, why, and what to change",
    "sign-in": "sign in at a provider with OAuth; works over SSH, too",
    "watch": "print one line for every mail that arrives",
    "accounts": "which accounts there are",
    "mailboxes": "which mailboxes there are, and what is unread in them",
    "list": "the newest messages of a mailbox",
    "search": "the newest messages that a query finds",
    "show": "one message",
    "part": "one part of a message, decoded",
    "flag": "give messages flags, or take them off",
    "move": "move messages to another mailbox",
    "copy": "copy messages to another mailbox",
    "archive": "move messages to the archive",
    "delete": "move messages to the trash",
    "snooze": "put messages aside until a time or an answer",
    "undo": "take back what was done last",
    "compose": "begin a mail on the screen, from a mailto link or an address",
    "register": "tell the desktop of Tidings, and have mailto links open in it",
    "send": "send a message from standard input through the outbox",
    "reply": "answer a message with the text on standard input",
    "outbox": "what is on its way out, and what has left",
    "export": "write messages to an mbox, a Maildir or .eml files",
    "import": "put messages of an mbox, a Maildir or .eml files into a mailbox",
    "rules": "what the rules of config.toml did, or would do",
    "sieve": "the scripts that a server runs over mail as it arrives",
    "status": "one line for a status bar",
    "view": "print a message from a file as the reader shows it",
    "completion": "print the script that completes commands in bash, zsh or fish",
    "man": "print the manual page",
}


class _Command(Protocol):
    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, arguments: Namespace) -> int: ...


def run(words: Sequence[str], painted: Painted | None = None) -> int:
    """Run the command line and return the exit status.

    Args:
        words: the arguments without the program's name.
        painted: the first screen, where it stands on the terminal already.
    """
    name = next((word for word in words if not word.startswith("-")), "")
    if logging.lastResort is not None:  # what is said where no log is kept
        logging.lastResort.setFormatter(crash.Discreet())
    try:
        return _run(words, name, painted)
    except ConfigError as error:
        print(f"tidings: {error}", file=sys.stderr)
        if error.example:
            print(f"\n{error.example}", file=sys.stderr)
        return 2
    except StoreError as error:
        print(f"tidings: {error}", file=sys.stderr)
        return 2
    except MailError as error:
        print(f"tidings: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # a mistake of ours: its words may hold mail, so they are not shown
        crash.tell(error, Paths.of_user().state)
        return 1


def _run(words: Sequence[str], name: str, painted: Painted | None) -> int:
    try:
        arguments = _parse(words, name) if words else cast("Namespace", SimpleNamespace())
        if name in COMMANDS:
            return _module(name).run(arguments)
        from tui.cli import app  # noqa: PLC0415 - late: start-up time

        return app.run(arguments, painted=painted)
    except BaseException:
        if painted is not None:
            painted.give_back()  # what went wrong is told on the user's own screen
        raise


def _parse(words: Sequence[str], name: str) -> Namespace:
    return _parser((name,)).parse_args(words)


def whole() -> ArgumentParser:
    """Return the parser with the options of every subcommand."""
    return _parser(COMMANDS)


def _parser(wanted: Container[str]) -> ArgumentParser:
    import argparse  # noqa: PLC0415 - late: start-up time

    parser = argparse.ArgumentParser(prog="tidings", description="A live, lean and careful mail client.")
    parser.add_argument("--version", action="version", version=f"tidings {__version__}")
    _module("app").add_arguments(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands, instead of the mail screen")
    for command, summary in COMMANDS.items():
        sub = commands.add_parser(command, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if command in wanted:  # the others' modules need not be loaded to parse this one's arguments
            _module(command).add_arguments(sub)
    return parser


def _module(name: str) -> _Command:
    return cast(_Command, importlib.import_module(f"tui.cli.{name.replace('-', '_')}"))
