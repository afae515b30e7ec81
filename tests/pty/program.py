"""The real program with what tests want to know: ``python -m tests.pty.program FOLDER``.

F9 raises an exception in a handler, F8 in a callback; F7 writes what stock Textual would show to ``--picture``. F6
begins to look how long the loop is held, and that goes to ``--stalls`` at the end. ``--foreign`` misses a name in
Textual, ``--deaf`` ignores SIGHUP.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.strip import Strip

from tests.bench.stall import Stalls
from tui.app import TidingsApp
from tui.cli import app as cli
from tui.config.load import load
from tui.config.model import Config
from tui.config.paths import Paths
from tui.store.database import Store
from tui.terminal import display, driver


class Watched(TidingsApp):
    """Breaks on demand."""

    wish: argparse.Namespace
    stalls: Stalls

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            act: Callable[[], None] | None = {
                "f9": self._break,
                "f8": self._break_task,
                "f7": self._tell,
                "f6": self._count,
            }.get(event.key)
            if act is not None:
                act()
                return
        await super().on_event(event)

    def _break(self) -> None:
        words = " of a ".join(("words", "mail"))
        raise ValueError(words)

    def _break_task(self) -> None:
        self.call_later(self._break)

    def _count(self) -> None:
        """Forget how long the loop was held so far: starting is another matter."""
        self.stalls.gaps.clear()
        self.stalls.busy.clear()

    def _tell(self) -> None:
        """Write what the screen should look like: for each line its pieces, in stock Textual's own bytes."""
        compositor = self.screen._compositor
        lines = [
            [(x, _begun(strip).render(self.console)) for x, strip in chops.items() if strip is not None]
            for chops in compositor._render_chops(compositor.size.region, lambda y: True)
        ]
        fresh = self.wish.picture.with_suffix(".new")
        fresh.write_text(json.dumps(lines), encoding="utf-8")
        fresh.replace(self.wish.picture)


def _begun(strip: Strip) -> Strip:
    """Return a piece without marks whose base was cut away; stock Textual puts them on what stands before."""
    segments = list(strip)
    while segments and segments[0].text and not cell_len(segments[0].text[0]):
        segments[0] = Segment(segments[0].text[1:], segments[0].style)
    return Strip(segments)


async def run(wish: argparse.Namespace, config: Config, paths: Paths) -> int:
    store = await Store.open(paths)
    app: Any = Watched(config, store, paths)
    app.wish = wish
    async with Stalls() as stalls:
        app.stalls = stalls
        await app.run_async(mouse=False)
    if wish.stalls:
        wish.told = {
            "longest_ms": stalls.longest * 1000,
            "busy_ms": stalls.longest_busy * 1000,
            "skipped": app._lean.skipped if app._lean is not None else 0,
        }
    return app.return_code or 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deaf", action="store_true")
    parser.add_argument("--foreign", action="store_true")
    parser.add_argument("--stalls", type=Path)
    parser.add_argument("--picture", type=Path)
    wish = parser.parse_args()
    if wish.foreign:
        display.PRIVATE_NAMES = (*display.PRIVATE_NAMES, (TidingsApp, "_no_such_name"))
    if wish.deaf:
        driver.ENDING = (signal.SIGTERM, signal.SIGTERM, signal.SIGTERM)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    paths = Paths.under(wish.folder)
    paths.make()
    cli.log_to(paths)
    status = asyncio.run(run(wish, load(paths.config_file), paths))
    if wish.stalls:
        wish.stalls.write_text(json.dumps(wish.told), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
