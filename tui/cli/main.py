"""``tidings``: the parser, and what every subcommand has in common.

Exit status: 0 done, 1 the server or the network said no, 2 wrong usage or configuration.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from tui import __version__
from tui.config.paths import Paths
from tui.mail.errors import ConfigError, MailError, StoreError
from tui.terminal import crash

COMMANDS = {
    "demo": "try everything with servers of its own, on this machine",
    "watch": "print one line for every mail that arrives",
    "view": "print a message from a file as the reader shows it",
}


class _Command(Protocol):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Args:
        argv: the arguments without the program's name; None for those of the process.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    name = next((word for word in words if not word.startswith("-")), "")
    try:
        arguments = _parse(words, name)
        return _module(name if name in COMMANDS else "app").run(arguments)
    except ConfigError as error:
        print(f"tidings: {error}", file=sys.stderr)
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


def _parse(words: list[str], name: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tidings", description="A live, lean and careful mail client.")
    parser.add_argument("--version", action="version", version=f"tidings {__version__}")
    _module("app").add_arguments(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands, instead of the mail screen")
    for command, summary in COMMANDS.items():
        sub = commands.add_parser(command, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if command == name:  # the others' modules need not be loaded to parse this one's arguments
            _module(command).add_arguments(sub)
    return parser.parse_args(words)


def _module(name: str) -> _Command:
    return cast(_Command, importlib.import_module(f"tui.cli.{name}"))
