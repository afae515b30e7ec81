"""Output to the terminal: only the cells that changed, and never so much that the loop waits for a slow line.

Stock Textual sends every dirty cell again. `LeanDisplay` stands between it and the driver: it keeps a picture of what
the terminal shows, applies Textual's update to a second picture, and sends the difference. It is a filter too: no
control character of a cell ever leaves. It rests on private names of the pinned Textual (`PRIVATE_NAMES`, held by a
contract test); when one is missing, `LeanDisplay.fits` is False and the app keeps the stock output.
"""

import logging
from collections.abc import Callable
from typing import Any

from rich.color import ColorSystem
from rich.style import Style
from textual import _compositor
from textual.app import App

from tui.terminal.encode import Encoder
from tui.terminal.grid import Grid
from tui.terminal.pens import Pens

log = logging.getLogger(__name__)

PRIVATE_NAMES: tuple[tuple[object, str], ...] = (
    (App, "_display"),
    (App, "_begin_batch"),
    (_compositor, "LayoutUpdate"),
    (_compositor, "ChopsUpdate"),
)
"""What of Textual is used here though it is not promised."""

BRACKETED = 400
"""Bytes of a frame from which on it is bracketed (mode 2026), where the terminal can: small ones do not tear."""
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


def fits() -> bool:
    """Whether this Textual has what we rely on; what is missing is said in the log."""
    missing = [name for owner, name in PRIVATE_NAMES if not hasattr(owner, name)]
    if missing:
        log.warning("stock terminal output is used: this Textual has no %s", ", ".join(missing))
    return not missing


class LeanDisplay:
    """Draws a Textual app's updates as differences.

    Args:
        write: takes a frame.
        is_clear: whether the terminal has taken everything so far; while it has not, frames are skipped, and the
            newest is drawn by `catch_up`.
        colors: what the terminal knows, None for no colour at all.
        ascii_only: the terminal does not take UTF-8.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        is_clear: Callable[[], bool],
        colors: ColorSystem | None,
        *,
        ascii_only: bool = False,
    ) -> None:
        self._write = write
        self._is_clear = is_clear
        self._pens = Pens(colors)
        self._encoder = Encoder()
        self._ascii_only = ascii_only
        self._shown = Grid(0, 0)
        self._wanted = Grid(0, 0)
        self._stale: set[int] = set()
        self._cursor = (0, 0)
        self._is_owed = False
        self._is_held = False
        self.brackets = False
        """Whether the terminal knows mode 2026."""
        self.skipped = 0
        """Frames that were not sent because the terminal did not read."""

    def reset(self) -> None:
        """Forget what the terminal shows: after a resize, a resume, or anything else that wrote to it."""
        self._shown = Grid(0, 0)

    def go_on_from(self, shown: Grid) -> None:
        """Take it that the terminal shows this, and send nothing before `release`.

        Args:
            shown: what was painted before there was an application; its size is the terminal's.
        """
        self._shown = shown
        self._wanted = Grid(shown.width, shown.height, ascii_only=self._ascii_only)
        self._is_held = True

    def release(self) -> None:
        """Send what differs by now from what was painted before."""
        self._is_held = False
        self.catch_up()

    def draw(self, update: object, size: tuple[int, int], cursor: tuple[int, int]) -> bool:
        """Send an update of the compositor.

        Args:
            update: a LayoutUpdate or ChopsUpdate.
            size: of the terminal, columns and rows.
            cursor: where the terminal's cursor shall stand, column and row from 0.

        Returns:
            False for anything else: the caller draws it as ever, and calls `reset`.
        """
        if isinstance(update, _compositor.LayoutUpdate):
            self._fit(size)
            self._take_layout(update)
        elif isinstance(update, _compositor.ChopsUpdate):
            self._fit(size)
            self._take_chops(update)
        else:
            return False
        self._cursor = cursor
        self._send()
        return True

    def catch_up(self) -> None:
        """Draw the newest picture, if one was skipped: the terminal reads again."""
        if self._is_owed:
            self._send()

    def _fit(self, size: tuple[int, int]) -> None:
        if (self._wanted.width, self._wanted.height) != size:
            self._wanted = Grid(*size, ascii_only=self._ascii_only)
            self.reset()

    def _take_layout(self, update: "_compositor.LayoutUpdate") -> None:
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                self._put(x, y, strip)
                x += strip.cell_length

    def _take_chops(self, update: "_compositor.ChopsUpdate") -> None:
        for y, left, right in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= right and end > left:
                    self._put(x, y, strip)

    def _put(self, x: int, y: int, strip: Any) -> None:
        of = self._pens.of
        self._wanted.put(x, y, ((text, *of(style)) for text, style, control in strip if not control))
        self._stale.add(y)

    def pens_of(self, style: Style) -> tuple[str, ...]:
        """Return the SGR parameters a style is written with."""
        return self._pens.of(style)[0].sgr

    def _send(self) -> None:
        if self._is_held:
            self._is_owed = True
            return
        if not self._is_clear():
            self._is_owed = True
            self.skipped += 1
            return
        self._is_owed = False
        wanted, out = self._wanted, ""
        rows = sorted(y for y in self._stale if 0 <= y < wanted.height)
        if (self._shown.width, self._shown.height) != (wanted.width, wanted.height):
            self._shown = Grid(wanted.width, wanted.height)
            out, rows = self._encoder.clear(), list(range(wanted.height))
        self._stale.clear()
        out += self._encoder.encode(self._shown, wanted, rows, self._cursor)
        if self.brackets and len(out) > BRACKETED:
            out = f"{SYNC_START}{out}{SYNC_END}"
        if out:
            self._write(out)
