"""Whether the terminal paints pictures, and how: it is asked when the first one is to be shown, and never guessed.

What stands between (tmux, screen, a console) passes the question on or not: only the terminal's own answer counts. The
last question is one that every terminal answers (DA1), so that nobody waits for what does not come.
"""

import fcntl
import re
import struct
import termios
from collections.abc import Callable
from enum import StrEnum

from tui.mail.noun import dataclass

PATIENCE = 1.0
"""Seconds for the answers."""
ID = 31
"""Of the picture by which kitty's protocol is asked for."""
QUESTIONS = f"\x1b_Gi={ID},s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c"
"""Is a picture of one pixel taken; how large is a cell; what are you."""
USUAL_CELL = (8, 16)
"""Pixels of a cell where the terminal does not say."""

_TAKEN = re.compile(rf"\x1b_Gi={ID}[^\x1b]{{0,20}};(OK|[^\x1b]{{0,200}})\x1b\\")
_CELL = re.compile(r"\x1b\[6;(\d{1,4});(\d{1,4})t")
_WHAT = re.compile(r"\x1b\[\?([\d;]{1,60})c")
_UNFINISHED = re.compile(r"\x1b(?:_(?:G[^\x1b]{0,200}\x1b?)?|\[(?:6;?[\d;]{0,10}|\?[\d;]{0,60})?)?\Z")

_BEGUN = re.compile(r"\x1b(?:_G[^\x1b]{0,200}\x1b?|\[\?[\d;]{0,60})\Z")
"""Of these surely an answer: no key begins so."""


class Way(StrEnum):
    """How pictures are painted."""

    KITTY = "kitty"
    SIXEL = "sixel"


@dataclass(frozen=True, slots=True)
class Graphics:
    """What a terminal can do.

    Attributes:
        way: how it paints pictures.
        cell: pixels of a cell, width and height.
    """

    way: Way
    cell: tuple[int, int]


class Inquiry:
    """Takes the answers out of what is read.

    Args:
        told: called once, when the last answer is there, with what the terminal can do; None for no pictures.
        window: pixels of a cell as the kernel knows them, None where it does not.
    """

    def __init__(self, told: Callable[[Graphics | None], None], window: tuple[int, int] | None = None) -> None:
        self._told = told
        self._takes_kitty = False
        self._cell = window
        self._rest = ""
        self._is_answered = False
        self.is_over = False

    def take(self, text: str) -> str:
        """Return what was read without the answers in it; those that come late are taken out, too."""
        if not self._rest and "\x1b" not in text:
            return text
        text, self._rest = self._rest + text, ""
        if found := _TAKEN.search(text):
            self._takes_kitty = found[1] == "OK"
            text = text[: found.start()] + text[found.end() :]
        if found := _CELL.search(text):
            height, width = int(found[1]), int(found[2])
            self._cell = _believed(width, height) or self._cell
            text = text[: found.start()] + text[found.end() :]
        if found := _WHAT.search(text):
            text = text[: found.start()] + text[found.end() :]
            self._is_answered = True
            self._conclude(found[1].split(";"))
        if not self._is_answered and (found := (_BEGUN if self.is_over else _UNFINISHED).search(text)):
            text, self._rest = text[: found.start()], found[0]
        return text

    def give_up(self) -> str:
        """Wait no longer; return what was read of an answer that has not ended: it may be keys."""
        rest = ""
        if not _BEGUN.match(self._rest):
            rest, self._rest = self._rest, ""
        if not self.is_over:
            self._conclude([])
        return rest

    def _conclude(self, attributes: list[str]) -> None:
        if self.is_over:
            return
        self.is_over = True
        way = Way.KITTY if self._takes_kitty else Way.SIXEL if "4" in attributes[1:] else None
        self._told(Graphics(way, self._cell or USUAL_CELL) if way is not None else None)


def cell_by_window(tty: int) -> tuple[int, int] | None:
    """Return the pixels of a cell as the kernel knows them; None where it does not."""
    try:
        packed = fcntl.ioctl(tty, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", packed)
    return _believed(width // columns, height // rows) if rows and columns else None


def _believed(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if 2 <= width <= 200 and 2 <= height <= 400 else None


@dataclass(frozen=True, slots=True)
class Painting:
    """A picture to be painted over cells.

    Attributes:
        graphics: how.
        data: PNG for kitty, DCS to ST for sixel.
        columns, rows: the cells that it takes.
    """

    graphics: Graphics
    data: bytes
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture and its upper left cell, from 0."""

    painting: Painting
    x: int
    y: int
