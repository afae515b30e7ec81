"""Painting the last view, if everything is as it was: a matter of milliseconds, with next to nothing loaded."""

from __future__ import annotations

import os

from tui.config import last_view
from tui.terminal.painted import Painted

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from types import FrameType

IN, OUT = 0, 1
MOST_CELLS = 100_000
"""A terminal of more is not painted first."""


def paint() -> Painted | None:
    """Paint the first screen on the terminal and make it raw; None when nothing was painted.

    Never raises: what goes wrong here is told by the start that follows, if it goes wrong there too.
    """
    try:
        return _paint()
    except Exception:
        return None


def _paint() -> Painted | None:
    folder = last_view.state_folder(os.environ)
    if not folder or not (os.isatty(IN) and os.isatty(OUT)):
        return None
    view = last_view.read(os.path.join(folder, last_view.FILE))
    width, height = os.get_terminal_size(OUT)
    if not view.is_valid or not 0 < width * height <= MOST_CELLS:
        return None
    from tui.start.picture import Picture, rows_seen  # noqa: PLC0415 - late: start-up time
    from tui.store import first_rows  # noqa: PLC0415 - late: start-up time
    from tui.terminal.encode import Encoder  # noqa: PLC0415 - late: start-up time
    from tui.terminal.grid import Grid  # noqa: PLC0415 - late: start-up time
    from tui.terminal.modes import ENTER, MOUSE_ON, QUESTIONS  # noqa: PLC0415 - late: start-up time
    from tui.terminal.tty import make_raw, settings  # noqa: PLC0415 - late: start-up time

    if first_rows.is_in_use(view.lock):
        return None
    found = first_rows.read(
        view.cache,
        view.version,
        view.mailbox,
        rows_seen(width, height),
        outgoing=view.outgoing,
        conversations=view.conversations,
    )
    if found is None or not found.rows:
        return None
    picture = Picture(view, width, height)
    picture.paint(found)
    encoder, blank = Encoder(), Grid(width, height, ascii_only=not view.utf8)
    frame = encoder.clear() + encoder.encode(blank, picture.cells, range(height), picture.cursor)
    asks = view.asks
    before = settings(IN)
    make_raw(IN)
    painted = Painted(picture.cells, before, asked=asks, ascii_marks=view.ascii_marks, reads=IN, writes=OUT)
    try:
        out = ENTER + (MOUSE_ON if view.mouse else "") + (QUESTIONS if asks else "") + frame
        _write(out.encode("utf-8" if view.utf8 else "ascii", "replace"))
        _guard(painted)
    except BaseException:
        painted.give_back()
        raise
    return painted


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(OUT, data) :]


def _guard(painted: Painted) -> None:
    """Have the terminal given back, whatever ends the process before the application has it."""
    import signal  # noqa: PLC0415 - late: the screen is painted by now

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    def doubt(number: int, frame: FrameType | None) -> None:
        painted.is_stale = True

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    for number in (signal.SIGWINCH, signal.SIGCONT):
        signal.signal(number, doubt)
