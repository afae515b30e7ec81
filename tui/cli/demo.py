"""``tidings demo``: the mail screen on servers of its own, in one process and one loop; nothing leaves the machine."""

import argparse
import asyncio
import gc
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.app import add_arguments as add_linear
from tui.cli.app import log_to, show, wanted
from tui.config.paths import Paths
from tui.mail.errors import ConfigError

if TYPE_CHECKING:
    from tui.demo.demo import Demo

MAX_MESSAGES = 500_000
EXTRA = frozenset(("pymap", "aiosmtpd", "pysasl", "proxyprotocol"))
"""Packages that come with ``tidings[demo]`` only."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings demo``."""
    parser.add_argument(
        "--messages", type=_count, default=0, metavar="N", help="fill the inbox up to N messages (try 50000)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another number, another demonstration")
    add_linear(parser)


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= MAX_MESSAGES:
        raise argparse.ArgumentTypeError(f"must be 0 to {MAX_MESSAGES}")
    return count


def run(arguments: argparse.Namespace) -> int:
    """Start the servers and open the mail screen; everything is gone when it is left.

    Raises:
        ConfigError: when the servers are not installed.
    """
    demo = _demo(arguments.messages, arguments.seed)
    with tempfile.TemporaryDirectory(prefix="tidings-demo-", ignore_cleanup_errors=True) as folder:
        paths = Paths.under(Path(folder))
        paths.make()
        log_to(paths)
        try:
            return asyncio.run(_run(demo, paths, arguments))
        except asyncio.CancelledError:
            return 128 + signal.SIGTERM


def _demo(messages: int, seed: int) -> "Demo":
    try:
        from tui.demo.demo import Demo  # noqa: PLC0415 - late: the extra may not be installed
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise ConfigError(
            f"The demonstration needs {error.name}, which is not installed.",
            cure="In the folder of the source: pip install '.[demo]', or scripts/demo.",
        ) from None
    return Demo(messages=messages, seed=seed)


async def _run(demo: "Demo", paths: Paths, arguments: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):  # until the mail screen has taken them over
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with demo:
        gc.collect()
        gc.freeze()  # else looking through 50,000 messages for garbage stops the loop for a quarter of a second
        return await show(wanted(arguments, demo.config), paths)
