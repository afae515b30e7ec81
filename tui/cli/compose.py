"""``tidings compose``: begin a mail, from a link in the browser for one."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli.options import given
from tui.config.load import load
from tui.config.paths import Paths
from tui.mail.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from tui.config.model import Config


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of ``tidings compose``."""
    parser.add_argument("links", nargs="*", metavar="mailto:… | ADDRESS", help="whom to; a link may say more")
    parser.add_argument("--account", metavar="NAME", help="from this account")


def run(arguments: Namespace) -> int:
    """Open a new mail; where Tidings runs already, it waits there among the drafts.

    Raises:
        ConfigError: when there is no account.
        StoreError: when the disk is full.
    """
    paths = Paths.of_user()
    config = load(paths.config_file)
    if not config.accounts:
        raise ConfigError("No account is configured.", cure="Run: tidings setup")
    if getattr(arguments, "linear", False):
        config = replace(config, look=replace(config.look, linear=True))
    paths.make()
    return asyncio.run(_run(given(arguments, "account", "links"), config, paths))


async def _run(asked: dict[str, object], config: Config, paths: Paths) -> int:
    from tui.engine.alone import Alone  # noqa: PLC0415 - late: start-up time
    from tui.engine.client import ask  # noqa: PLC0415 - late: start-up time
    from tui.engine.desk import Wish  # noqa: PLC0415 - late: start-up time
    from tui.engine.writing import compose  # noqa: PLC0415 - late: start-up time

    running = await ask(paths.socket_file)
    if running is not None:
        async for _ in running.rows("compose", asked, b""):
            pass
        return _say_where(running.note)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError("Standard input or output is not a terminal.", cure="Mail is written on one.")
    from tui.cli.app import log_to, show  # noqa: PLC0415 - late: start-up time

    desk = await Alone.open(config, paths)
    wish = Wish(asked)
    try:
        keys = [int(row.fields["draft"]) async for row in compose(desk, wish)]
    finally:
        await desk.close()
    log_to(paths)
    return await show(config, paths, resume=(keys[0], wish.note))


def _say_where(note: str) -> int:
    print(" ".join(filter(None, ["It waits among the drafts of the Tidings that runs: p takes it up.", note])))
    if sys.stdin.isatty():  # a window of its own would be gone before anybody has read that
        input("Enter closes this. ")
    return 0
