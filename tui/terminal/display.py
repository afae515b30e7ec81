"""Output to the terminal: only the cells that changed, and never so much that the loop waits for a slow line.

Stock Textual sends every dirty cell again. `LeanDisplay` stands between it and the driver: it keeps a picture of what
the terminal shows, applies Textual's update to a second picture, and sends the difference. It is a filter too: no
control character of a cell ever leaves. It rests on private names of the pinned Textual (`PRIVATE_NAMES`, held by a
contract test); when one is missing, `LeanDisplay.fits` is False and the app keeps the stock output.
"""

import logging
from typing import Any

from rich.color import ColorSystem
from rich.segment import Segment
from textual import _compositor
from textual.app import App
from textual.drivers import _writer_thread

from tui.terminal.grid import Encoder, Grid

log = logging.getLogger(__name__)

PRIVATE_NAMES = (
    (App, "_display"),
    (App, "_begin_update"),
    (App, "_end_update"),
    (_compositor, "LayoutUpdate"),
    (_compositor, "ChopsUpdate"),
    (_writer_thread, "WriterThread"),
)
"""What of Textual is used here though it is not promised."""

MOST_QUEUED = 4
"""Frames that may wait for the terminal; beyond, frames are skipped and the newest is drawn when it reads again."""
RETRY = 0.05
"""Seconds after which a skipped frame is tried again."""


class LeanDisplay:
    """Draws a Textual app's updates as differences.

    Args:
        app: the app; its driver must be in application mode when `draw` is called.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._shown = Grid(0, 0)
        self._wanted = Grid(0, 0)
        self._encoder = Encoder(_color_system(app))
        self._stale: set[int] = set()
        self._cursor = (-1, -1)
        self._waiting = False
        self.skipped = 0
        """Frames that were not sent because the terminal did not read."""

    @staticmethod
    def fits() -> bool:
        """Whether this Textual has what we rely on."""
        missing = [name for owner, name in PRIVATE_NAMES if not hasattr(owner, name)]
        if missing:
            log.warning("stock terminal output is used: this Textual has no %s", ", ".join(missing))
        return not missing

    def reset(self) -> None:
        """Forget what the terminal shows: after a resize, a resume, or anything else that wrote to it."""
        self._shown = Grid(0, 0)

    def draw(self, update: object, cursor: tuple[int, int]) -> bool:
        """Send an update of the compositor.

        Args:
            update: a LayoutUpdate or ChopsUpdate.
            cursor: where the terminal's cursor shall stand, column and row from 0.

        Returns:
            False for anything else: the caller draws it as ever, and calls `reset`.
        """
        if isinstance(update, _compositor.LayoutUpdate):
            self._take_layout(update)
        elif isinstance(update, _compositor.ChopsUpdate):
            self._take_chops(update)
        else:
            return False
        self._flush(cursor)
        return True

    def _fit(self) -> None:
        width, height = self._app.size
        if (self._wanted.width, self._wanted.height) != (width, height):
            self._wanted = Grid(width, height)
            self._shown = Grid(0, 0)

    def _take_layout(self, update: "_compositor.LayoutUpdate") -> None:
        self._fit()
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                self._put(x, y, strip)
                x += strip.cell_length
            self._stale.add(y)

    def _take_chops(self, update: "_compositor.ChopsUpdate") -> None:
        self._fit()
        for y, left, right in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is None or x > right or end <= left:
                    continue
                self._put(x, y, strip)
            self._stale.add(y)

    def _put(self, x: int, y: int, strip: Any) -> None:
        segments: list[Segment] = list(strip)
        self._wanted.put(x, y, ((segment.text, segment.style) for segment in segments if not segment.control))

    def _flush(self, cursor: tuple[int, int]) -> None:
        driver = self._app._driver
        if driver is None:
            return
        if self._is_behind(driver):
            self.skipped += 1
            self._try_later(cursor)
            return
        wanted, out = self._wanted, ""
        rows = sorted(y for y in self._stale if 0 <= y < wanted.height)
        if (self._shown.width, self._shown.height) != (wanted.width, wanted.height):
            self._shown = Grid(wanted.width, wanted.height)
            out, rows = "\x1b[m\x1b[H\x1b[2J", list(range(wanted.height))
        self._stale.clear()
        out += self._encoder.encode(self._shown, wanted, rows)
        if out or cursor != self._cursor:
            out += f"\x1b[{cursor[1] + 1};{cursor[0] + 1}H"
            self._cursor = cursor
            driver.write(out)
            driver.flush()

    def _is_behind(self, driver: Any) -> bool:
        writer = getattr(driver, "_writer_thread", None)
        queue = getattr(writer, "_queue", None)
        return queue is not None and queue.qsize() > MOST_QUEUED

    def _try_later(self, cursor: tuple[int, int]) -> None:
        if self._waiting:
            return
        self._waiting = True

        def again() -> None:
            self._waiting = False
            self._flush(cursor)

        self._app.set_timer(RETRY, again)


def _color_system(app: App[Any]) -> ColorSystem | None:
    name = app.console.color_system
    return ColorSystem[name.upper()] if name else None
