"""``tidings completion``: the script that has a shell complete what is typed behind ``tidings``."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing takes longer to load than a name to be completed
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SHELLS = ("bash", "zsh", "fish")
NAMES = ("accounts", "mailboxes")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of ``tidings completion``."""
    from argparse import SUPPRESS  # noqa: PLC0415 - late: start-up time

    parser.add_argument("shell", nargs="?", choices=SHELLS, help="whose script is printed")
    parser.add_argument("--names", choices=NAMES, help=SUPPRESS)


def run(arguments: Namespace) -> int:
    """Print the script.

    Raises:
        ConfigError: no shell is named.
    """
    if arguments.names:
        return names(arguments.names)
    if arguments.shell is None:
        from tui.mail.errors import ConfigError  # noqa: PLC0415 - late: start-up time

        raise ConfigError("Which shell?", cure="For instance: tidings completion bash")
    from tui.cli import grammar, shells  # noqa: PLC0415 - late: start-up time
    from tui.cli.parse import whole  # noqa: PLC0415 - late: start-up time

    sys.stdout.write(shells.SHELLS[arguments.shell](grammar.read(whole())))
    return 0


def names(what: str) -> int:
    """Print the accounts or mailboxes that are known here, a line each; nothing where nothing is known.

    A key waits for this: it reads the store without loading the program, and names that hold line ends are left out.
    """
    from tui.cli.status import folder  # noqa: PLC0415 - late: start-up time
    from tui.store import glance  # noqa: PLC0415 - late: start-up time

    if what not in NAMES:
        return 2
    try:
        found = glance.names(os.path.join(folder(os.environ, "XDG_CACHE_HOME", "~/.cache"), "cache.db"), what)
    except glance.Unreadable:
        return 0
    sys.stdout.write("".join(f"{name}\n" for name in found if name.isprintable()))
    return 0
