"""``tidings`` without a subcommand: the mail screen."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.config.load import load
from tui.config.model import Config
from tui.config.paths import Paths
from tui.mail.errors import ConfigError
from tui.terminal.crash import Discreet, log_loop_error
from tui.terminal.depth import color_system, refusal
from tui.terminal.painted import Painted

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SWITCH_AFTER = 0.001
"""Seconds a thread of the store may hold the interpreter when the loop wants it: a fifth of Python's own choice."""
COLLECT_AFTER = 10_000
"""New objects after which the collector looks: more than a batch of envelopes, which is gone before that."""


EXAMPLE = """\
[accounts.work]
address = "ada@example.org"
name = "Ada Lovelace"
[accounts.work.receive]
host = "imap.example.org"
port = 993
security = "tls"
user = "ada@example.org"
password_command = ["pass", "show", "mail/work"]
[accounts.work.send]
host = "smtp.example.org"
port = 465
security = "tls"
"""
"""The least a config.toml needs."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the option that `tidings demo` has, too."""
    from argparse import SUPPRESS  # noqa: PLC0415 - late: start-up time

    parser.add_argument(
        "--linear",
        action="store_true",
        default=SUPPRESS,
        help="tell everything in whole lines, nothing redrawn: for screen readers",
    )


def run(
    arguments: Namespace,
    config: Config | None = None,
    paths: Paths | None = None,
    *,
    painted: Painted | None = None,
) -> int:
    """Open the mail screen and return the exit status when it is left.

    Args:
        arguments: ``linear`` may be among them.
        config: what to run with; None reads config.toml.
        paths: where files are; None for the user's own folders.
        painted: the first screen, where it stands on the terminal already.

    Raises:
        ConfigError: when the configuration is wrong, or there is no account yet.
        StoreError: when another instance runs, or the disk is full.
    """
    paths = paths or Paths.of_user()
    config = config or load(paths.config_file)
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not config.accounts and on_terminal and _only_in_lines(arguments, config):
        from tui.cli import setup  # noqa: PLC0415 - late: start-up time

        if painted is not None:
            painted.give_back()
            painted = None
        if status := setup.first(paths):
            return status
        config = load(paths.config_file)
    if not config.accounts and not on_terminal:
        cure = f"Run: tidings setup, or look around with: tidings demo. Or write {paths.config_file}, chmod 600:"
        raise ConfigError("No account is configured.", cure=cure, example=EXAMPLE)
    paths.make()
    log_to(paths)
    return asyncio.run(show(wanted(arguments, config), paths, painted))


def _only_in_lines(arguments: Namespace, config: Config) -> bool:
    """Whether the screen is not wanted, or this terminal cannot show it: then setup asks in lines."""
    return wanted(arguments, config).look.linear or bool(refusal(os.environ, reads_tty=True, writes_tty=True))


def wanted(arguments: Namespace, config: Config) -> Config:
    """Return the configuration with what the arguments say instead."""
    if getattr(arguments, "linear", False):
        return replace(config, look=replace(config.look, linear=True))
    return config


async def show(
    config: Config, paths: Paths, painted: Painted | None = None, *, resume: tuple[int, str] | None = None
) -> int:
    """Show the mail screen until it is left, in the running loop, and return the exit status.

    Args:
        config: what to run with; without accounts, setup comes first.
        paths: where files are; the folders exist.
        painted: the first screen, where it stands on the terminal already.
        resume: key of a draft that is taken up at once, and what the user should know of it.

    Raises:
        ConfigError: when the keys or the theme are configured wrongly, or this is no terminal.
        StoreError: when another instance runs, or the disk is full.
    """
    if config.look.linear:
        return await _show_lines(config, paths, resume)
    if reason := refusal(os.environ, reads_tty=sys.stdin.isatty(), writes_tty=sys.stdout.isatty()):
        raise ConfigError(reason)
    os.environ.setdefault("TEXTUAL_FPS", "120")  # a second change of the screen waits 8 to 16 ms, not 16 to 33
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", color_system(os.environ))  # read when Textual is loaded
    from tui.app import TidingsApp  # noqa: PLC0415 - late: start-up time
    from tui.store.database import Store  # noqa: PLC0415 - late: start-up time

    loop_first()
    asyncio.get_running_loop().set_exception_handler(log_loop_error)
    store = await Store.open(paths)
    try:
        app = TidingsApp(config, store, paths, painted=painted)
        app.resume = resume
    except BaseException as error:
        await store.close()
        raise _placed(error, config, paths) from None
    await app.run_async(mouse=config.look.mouse)
    return app.return_code or 0


async def _show_lines(config: Config, paths: Paths, resume: tuple[int, str] | None) -> int:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError("Standard input or output is not a terminal.", cure="`tidings watch` needs none.")
    from tui.linear.desk import LinearDesk  # noqa: PLC0415 - late: start-up time
    from tui.store.database import Store  # noqa: PLC0415 - late: start-up time

    loop_first()
    asyncio.get_running_loop().set_exception_handler(log_loop_error)
    store = await Store.open(paths)
    try:
        desk = LinearDesk(config, store, paths)
        desk.resume = resume
    except BaseException as error:
        await store.close()
        raise _placed(error, config, paths) from None
    return await desk.run()


def _placed(error: BaseException, config: Config, paths: Paths) -> BaseException:
    """Return what went wrong; a mistake in config.toml with the line it is in."""
    if not isinstance(error, ConfigError):
        return error
    from tui.cli.checking import placed  # noqa: PLC0415 - late: start-up time

    return placed(error, config, paths)


def loop_first() -> None:
    """Have the interpreter hold up the loop as little as it can; called when everything is loaded.

    What is there now stays: the collector need not go through it again and again, which takes 40 ms with Textual.
    """
    gc.enable()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    sys.setswitchinterval(SWITCH_AFTER)


def log_to(paths: Paths) -> None:
    """Send the log to its file, for the owner only. The screen is never written to."""
    descriptor = os.open(paths.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    handler = logging.StreamHandler(os.fdopen(descriptor, "a", encoding="utf-8"))
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
