"""What a terminal answers about pictures; the bytes that paint one, and what the display does around it."""

import fcntl
import os
import struct
import termios
from base64 import b64decode
from typing import Any

import pytest
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.terminal import raster
from tui.terminal.display import LeanDisplay
from tui.terminal.graphics import ID, USUAL_CELL, Graphics, Inquiry, Painting, Placed, Way, cell_by_window

KITTY = f"\x1b_Gi={ID};OK\x1b\\"
NO_KITTY = f"\x1b_Gi={ID};ENOTSUPPORTED:no\x1b\\"
CELL = "\x1b[6;20;10t"
SIXEL, PLAIN = "\x1b[?62;4;22c", "\x1b[?1;2c"


class Heard:
    def __init__(self, window: tuple[int, int] | None = None) -> None:
        self.told: list[Graphics | None] = []
        self.inquiry = Inquiry(self.told.append, window)

    def take(self, *texts: str) -> str:
        return "".join(map(self.inquiry.take, texts))


@pytest.mark.parametrize(
    ("answers", "graphics"),
    [
        (KITTY + CELL + PLAIN, Graphics(Way.KITTY, (10, 20))),
        (KITTY + CELL + SIXEL, Graphics(Way.KITTY, (10, 20))),
        (CELL + SIXEL, Graphics(Way.SIXEL, (10, 20))),
        (NO_KITTY + SIXEL, Graphics(Way.SIXEL, USUAL_CELL)),
        (CELL + PLAIN, None),
        (PLAIN, None),
        ("\x1b[?4c", None),  # the first number is what it is, not what it can
        ("\x1b[6;0;9999t" + SIXEL, Graphics(Way.SIXEL, USUAL_CELL)),
    ],
)
def test_answers_are_understood_in_any_pieces(answers: str, graphics: Graphics | None) -> None:
    for size in (1, 2, 5, 100):
        heard = Heard()
        pieces = [answers[at : at + size] for at in range(0, len(answers), size)]
        assert heard.take("j", *pieces, "k") == "jk"
        assert heard.told == [graphics]
    late = Heard()
    late.inquiry.give_up()
    assert late.take(f"j{answers}k") == "jk"
    assert late.told == [None]


@pytest.mark.parametrize("cut", [4, 8, 11])
def test_an_answer_that_comes_late_and_in_pieces_is_no_keys(cut: int) -> None:
    for early in (True, False):
        heard = Heard()
        before = heard.take(KITTY[:cut]) if early else ""
        gave_up = heard.inquiry.give_up()
        behind = "" if early else heard.take(KITTY[:cut])
        assert before + gave_up + behind + heard.take(KITTY[cut:], PLAIN[:4], PLAIN[4:], "\x1b", "j") == "\x1bj"
        assert heard.told == [None]


def test_the_kernel_may_know_a_cell() -> None:
    heard = Heard((9, 18))
    heard.take(SIXEL)
    assert heard.told == [Graphics(Way.SIXEL, (9, 18))]


@pytest.mark.parametrize(
    ("size", "cell"),
    [((24, 80, 800, 480), (10, 20)), ((24, 80, 0, 0), None), ((24, 80, 80, 24), None), ((24, 80, 65_000, 9), None)],
)
def test_what_the_kernel_says_of_a_cell_is_believed_only_where_it_can_be(
    size: tuple[int, int, int, int], cell: tuple[int, int] | None
) -> None:
    ours, theirs = os.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size))
        assert cell_by_window(theirs) == cell
    finally:
        os.close(ours)
        os.close(theirs)


def test_keys_stay_keys() -> None:
    heard = Heard()
    keys = "\x1b[A", "\x1bx", "\x1b[13;2u", "\x1b[?2026;2$y", "q"
    assert heard.take(*keys) == "".join(keys)
    assert heard.take("\x1b") + heard.inquiry.give_up() == "\x1b"
    assert heard.take("\x1b", "[A") == "\x1b[A"


def test_kitty_gets_png_in_chunks() -> None:
    png = bytes(range(256)) * 40
    written = raster.paint(Placed(Painting(Graphics(Way.KITTY, (10, 20)), png, 7, 3), 2, 4))
    assert written.startswith("\x1b7\x1b[5;3H\x1b_Ga=T,f=100,")
    assert written.endswith("\x1b\\\x1b8")
    first, *rest = written.removeprefix("\x1b7\x1b[5;3H\x1b_G").removesuffix("\x1b\\\x1b8").split("\x1b\\\x1b_G")
    keys, _, body = first.partition(";")
    assert dict(each.split("=") for each in keys.split(",")) == {
        **{"a": "T", "f": "100", "i": str(raster.ID), "q": "2", "C": "1", "m": "1"},
        **{"c": "7", "r": "3"},
    }
    marks, bodies = zip(*(each.split(";") for each in rest), strict=True)
    assert marks == (*["m=1"] * (len(rest) - 1), "m=0")
    assert max(map(len, (body, *bodies))) <= raster.CHUNK
    assert b64decode("".join((body, *bodies))) == png


class Board:
    """A display whose frames are kept."""

    def __init__(self, rows: list[str]) -> None:
        self.frames: list[str] = []
        self.display = LeanDisplay(self.frames.append, lambda: True, None)
        self.rows = rows

    def draw(self, picture: Placed | None, *changed: int, whole: bool = False) -> str:
        self.frames.clear()
        size = len(self.rows[0]), len(self.rows)
        strips = [Strip([Segment(row)]) for row in self.rows]
        update: Any
        if whole:
            update = LayoutUpdate([[strip] for strip in strips], Region(0, 0, *size))
        else:
            spans = [(y, 0, size[0]) for y in changed]
            update = ChopsUpdate([{0: strip} for strip in strips], spans, [[size[0]]] * len(strips))
        assert self.display.draw(update, size, (0, 0), picture)
        return "".join(self.frames)


DCS = '\x1bP0;1q"1;1;1;1#0;2;0;0;0#0@\x1b\\'


def placed(way: Way, columns: int = 4, rows: int = 2) -> Placed:
    data = b"\x89PNG" if way is Way.KITTY else DCS.encode()
    return Placed(Painting(Graphics(way, (10, 20)), data, columns, rows), 1, 1)


@pytest.mark.parametrize("way", Way)
def test_a_picture_is_painted_once_and_again_where_it_was_written_over(way: Way) -> None:
    board = Board(["head      ", *[" " * 10] * 3, "foot      "])
    picture = placed(way)
    painted = raster.paint(picture)
    assert board.draw(picture, whole=True).count(painted) == 1
    assert board.draw(picture, 0, 4) == ""
    board.rows[4] = "other     "
    assert painted not in (frame := board.draw(picture, 4))
    assert "other" in frame
    board.rows[2] = "    over  "
    assert board.draw(picture, 2).endswith(painted)
    board.display.reset()
    assert board.draw(picture, whole=True).count(painted) == 1


@pytest.mark.parametrize("way", Way)
def test_a_picture_goes_when_nobody_wants_it(way: Way) -> None:
    board = Board(["head      ", *[" " * 10] * 3, "foot      "])
    board.draw(placed(way), whole=True)
    assert board.display.farewell == (raster.GONE if way is Way.KITTY else "")
    frame = board.draw(None)
    assert frame.startswith(raster.GONE) == (way is Way.KITTY)
    rest = frame.removeprefix(raster.GONE)
    assert rest.count("\x1b[K") == 2  # both rows of it are erased, though nothing but blanks was there
    assert board.draw(None, 1, 2) == ""
    assert board.display.farewell == ""


def test_another_picture_takes_its_place() -> None:
    board = Board([" " * 10] * 5)
    board.draw(placed(Way.KITTY), whole=True)
    other = placed(Way.KITTY, columns=6)
    frame = board.draw(other)
    assert frame.startswith(raster.GONE)
    assert frame.endswith(raster.paint(other))


def test_no_row_is_moved_under_a_picture() -> None:
    board = Board([f"row {number}     " for number in range(8)])
    board.draw(placed(Way.SIXEL), whole=True)
    board.rows = [*board.rows[1:], "new row   "]
    frame = board.draw(placed(Way.SIXEL), *range(8))
    assert "M" not in frame.replace(DCS, "")
    assert frame.endswith(raster.paint(placed(Way.SIXEL)))
