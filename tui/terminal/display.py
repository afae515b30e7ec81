"""Output to the terminal: only the cells that changed, and never so much that the loop waits for a slow line.

Stock Textual sends every dirty cell again. `LeanDisplay` stands between it and the driver: it keeps a picture of what
the terminal shows, applies Textual's update to a second picture, and sends the difference. It is a filter too: no
control character of a cell ever leaves. It rests on private names of the pinned Textual (`PRIVATE_NAMES`, held by a
contract test); when one is missing, `LeanDisplay.fits` is False and the app keeps the stock output.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.style import Style
from textual import _compositor
from textual.app import App

from tui.terminal.encode import Encoder
from tui.terminal.grid import Cell, Grid
from tui.terminal.pen import PLAIN
from tui.terminal.pens import Pens

if TYPE_CHECKING:
    from tui.terminal.graphics import Placed

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
_UNKNOWN: Cell = ("\0", PLAIN)
"""A cell of which nobody knows what it shows: none that is wanted is the same."""
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
        self._picture: Placed | None = None
        self._painted: Placed | None = None
        self.brackets = False
        """Whether the terminal knows mode 2026."""
        self.skipped = 0
        """Frames that were not sent because the terminal did not read."""

    def reset(self) -> None:
        """Forget what the terminal shows: after a resize, a resume, or anything else that wrote to it."""
        self._shown = Grid(0, 0)

    @property
    def farewell(self) -> str:
        """What takes a picture away when the screen is left."""
        if self._painted is None:
            return ""
        from tui.terminal.raster import take_away  # noqa: PLC0415 - late: few look at pictures

        return take_away(self._painted)

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

    def draw(
        self, update: object, size: tuple[int, int], cursor: tuple[int, int], picture: "Placed | None" = None
    ) -> bool:
        """Send an update of the compositor.

        Args:
            update: a LayoutUpdate or ChopsUpdate.
            size: of the terminal, columns and rows.
            cursor: where the terminal's cursor shall stand, column and row from 0.
            picture: what shall be painted over the cells.

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
        self._picture = picture
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
            out, rows = self._gone() + self._encoder.clear(), list(range(wanted.height))
        self._stale.clear()
        if self._picture is None and self._painted is None:
            out += self._encoder.encode(self._shown, wanted, rows, self._cursor)
        else:
            out += self._encode_around(rows)
        if self.brackets and len(out) > BRACKETED:
            out = f"{SYNC_START}{out}{SYNC_END}"
        if out:
            self._write(out)

    def _encode_around(self, rows: list[int]) -> str:
        """Return what draws the cells where a picture stands, shall stand, or stood over them."""
        from tui.terminal.raster import paint, take_away  # noqa: PLC0415 - late: few look at pictures

        out, wanted, picture, before = "", self._wanted, self._picture, self._painted
        if before is not None and before != picture:
            out += take_away(before)
            rows = sorted({*rows, *self._forget(before)})
        is_whole = picture is not None and picture == before and not self._differs(picture, rows)
        out += self._encoder.encode(self._shown, wanted, rows, self._cursor, scrolls=False)
        if picture is not None and not is_whole:
            out += paint(picture)
        self._painted = picture
        return out

    def _forget(self, placed: "Placed") -> range:
        """Take it that nobody knows what the cells under a picture show; return their rows."""
        rows = range(placed.y, min(placed.y + placed.painting.rows, self._shown.height))
        for y in rows:
            end = min(placed.x + placed.painting.columns, self._shown.width)
            self._shown.rows[y][placed.x : end] = [_UNKNOWN] * (end - placed.x)
        return rows

    def _differs(self, placed: "Placed", rows: list[int]) -> bool:
        """Whether something in a row of a picture is going to be written, or erased to the end of the row."""
        end = placed.y + placed.painting.rows
        return any(self._shown.rows[y] != self._wanted.rows[y] for y in rows if placed.y <= y < end)

    def _gone(self) -> str:
        """Return what takes the picture away before everything is drawn anew."""
        gone, self._painted = self.farewell, None
        return gone
