"""The difference between two pictures, sent to a terminal, gives the second: checked with an emulator."""

import re
from typing import Any
from unicodedata import normalize

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.style import Style

from tests.emulator import Screen
from tui.terminal.encode import Encoder
from tui.terminal.grid import Grid
from tui.terminal.pens import Pens

WIDTH, HEIGHT = 24, 8
STYLES = [
    None,
    Style(bold=True),
    Style(color="#ff0000"),
    Style(color="red", bgcolor="#202020", underline=True),
    Style(reverse=True),
    Style(color="bright_yellow", bold=True),
]

PENS = Pens(ColorSystem.TRUECOLOR)
Runs = list[tuple[str, Style | None]]

texts = st.lists(st.sampled_from([*" abcXYZ.漢字é한👍☎", "e\u0301", "q\u0301"]), max_size=30).map("".join)
runs = st.lists(st.tuples(texts, st.sampled_from(STYLES)), max_size=4)
puts = st.lists(st.tuples(st.integers(-40, WIDTH + 9), st.integers(0, HEIGHT - 1), runs), max_size=12)


def emulator() -> tuple[Any, Any]:
    screen = Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[?7l")  # as our driver does; else a mark on the last column goes to the next row
    return screen, stream


def put(grid: Grid, x: int, y: int, runs: Runs) -> None:
    grid.put(x, y, [(text, *PENS.of(style)) for text, style in runs])


def paint(grid: Grid, changes: list[tuple[int, int, Runs]]) -> Grid:
    for x, y, styled in changes:
        put(grid, x, y, styled)
    return grid


def look(screen: Any) -> list[list[tuple[Any, ...]]]:
    """What can be seen: the text, and the style where it shows."""
    rows = []
    for y in range(HEIGHT):
        row = []
        for x in range(WIDTH):
            cell = screen.buffer[y][x]
            seen = cell.data != " " or cell.underscore or cell.reverse
            row.append((cell.data, cell.bg, *((cell.fg, cell.bold, cell.underscore, cell.reverse) if seen else ())))
        rows.append(row)
    return rows


def show(encoder: Encoder, stream: Any, shown: Grid, wanted: Grid) -> None:
    stream.feed(encoder.encode(shown, wanted, range(HEIGHT)))


@given(puts, puts, st.integers(-3, 3))
def test_difference_gives_the_same_picture_as_a_full_paint(first: Any, second: Any, scrolled: int) -> None:
    encoder = Encoder()
    shown, (screen, stream) = Grid(WIDTH, HEIGHT), emulator()
    wanted = paint(Grid(WIDTH, HEIGHT), first)
    show(encoder, stream, shown, wanted)
    if scrolled:
        wanted.scroll(1, HEIGHT - 1, scrolled)
    paint(wanted, second)
    show(encoder, stream, shown, wanted)
    assert not screen.cursor.attrs.reverse
    assert not screen.cursor.attrs.underscore
    assert screen.cursor.attrs.bg == "default"
    fresh, fresh_stream = emulator()
    show(Encoder(), fresh_stream, Grid(WIDTH, HEIGHT), wanted.copy())
    assert look(screen) == look(fresh)
    assert shown.rows == wanted.rows
    assert {len(row) for row in wanted.rows} == {WIDTH}
    text = [normalize("NFC", "".join(character for character, _ in row)) for row in wanted.rows]
    assert [line.rstrip() for line in screen.display] == [line.rstrip() for line in text]


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(STYLES)), max_size=5))
def test_no_control_character_of_a_cell_leaves(styled: Any) -> None:
    grid = Grid(WIDTH, HEIGHT)
    put(grid, 0, 0, styled)
    for row in grid.rows:
        for character, _ in row:
            for code in map(ord, character):
                assert code >= 0x20
                assert not 0x7F <= code <= 0x9F
                assert not 0x202A <= code <= 0x202E
                assert not 0x2066 <= code <= 0x2069


def test_scrolled_list_costs_a_scroll_and_one_row() -> None:
    encoder = Encoder()
    shown = Grid(80, 24)
    for y in range(24):
        put(shown, 0, y, [(f"{y:2}  a sender  some subject that is rather long {y * 7}", None)])
    wanted = shown.copy()
    wanted.scroll(1, 23, 1)
    put(wanted, 0, 22, [("99  a sender  a new subject", None)])
    assert len(encoder.encode(shown, wanted, range(24))) < 80


def test_blank_tail_is_erased_not_sent() -> None:
    encoder = Encoder()
    shown = Grid(80, 1)
    put(shown, 0, 0, [("x" * 80, None)])
    encoder.clear()
    assert encoder.encode(shown, Grid(80, 1), [0]) == "\x1b[K"


def test_pen_left_by_somebody_else_is_never_trusted() -> None:
    wanted = Grid(4, 1)
    put(wanted, 0, 0, [("x", None)])
    assert Encoder().encode(Grid(4, 1), wanted, [0]) == "\x1b[m\x1b[Hx"


def test_pen_is_kept_from_picture_to_picture_where_it_shows_nothing_on_blanks() -> None:
    encoder = Encoder()
    encoder.clear()
    shown, wanted = Grid(8, 2), Grid(8, 2)
    put(wanted, 0, 0, [("ab", Style(color="red"))])
    assert encoder.encode(shown, wanted, [0, 1], (0, 0)) == "\x1b[31mab\r"
    put(wanted, 0, 1, [("cd", Style(color="red")), ("ef", Style(bgcolor="red"))])
    assert encoder.encode(shown, wanted, [0, 1], (0, 0)) == "\ncd\x1b[0;41mef\x1b[m\x1b[H"


def test_what_one_pen_writes_goes_together() -> None:
    encoder = Encoder()
    encoder.clear()
    shown, wanted = Grid(20, 6), Grid(20, 6)
    for y in range(6):
        put(wanted, 0, y, [("name", Style(color="#aabbcc")), ("   ", None), ("date", Style(color="#112233"))])
    assert encoder.encode(shown, wanted, range(6)).count("38;2;") == 2


def test_blanks_in_the_middle_are_erased_not_sent() -> None:
    encoder = Encoder()
    encoder.clear()
    shown, wanted = Grid(60, 1), Grid(60, 1)
    put(shown, 0, 0, [("x" * 60, None)])
    put(wanted, 0, 0, [("a" + " " * 30 + "b" + " " * 8 + "x" * 20, None)])
    assert encoder.encode(shown, wanted, [0]) == "a\x1b[30X\x1b[30Cb\x1b[8X"


def test_no_colour_at_all() -> None:
    pen, blank = Pens(None).of(Style(color="red", bgcolor="blue", bold=True))
    assert pen.sgr == ("1",)
    assert blank.sgr == ()


def test_wide_character_is_never_left_in_half() -> None:
    grid = Grid(6, 1)
    put(grid, 0, 0, [("漢字漢", None)])
    put(grid, 1, 0, [("x", None)])
    assert "".join(character for character, _ in grid.rows[0]) == " x字漢"


def test_flags_are_one_sign() -> None:
    grid = Grid(8, 1)
    put(grid, 0, 0, [("\U0001f1e8\U0001f1ed\U0001f1ef\U0001f1f5\U0001f1e8x", None)])
    assert [text for text, _ in grid.rows[0]] == [
        "\U0001f1e8\U0001f1ed", "", "\U0001f1ef\U0001f1f5", "", "\U0001f1e8", "x", " ", " "
    ]  # fmt: skip
    put(grid, 1, 0, [("y", None)])
    assert [text for text, _ in grid.rows[0]][:3] == [" ", "y", "\U0001f1ef\U0001f1f5"]


def test_a_mark_whose_base_was_cut_away_marks_nothing_else() -> None:
    grid = Grid(4, 1)
    put(grid, 0, 0, [("ab", None)])
    put(grid, 2, 0, [("\u0301c", None), ("\u0301", Style(bold=True))])
    assert [text for text, _ in grid.rows[0]] == ["a", "b", "\u0107", " "]


def test_ascii_only() -> None:
    grid = Grid(12, 1, ascii_only=True)
    put(grid, 0, 0, [("a\u00e9\u6f22e\u0301\u2713\u2014\u00a0b", None)])
    assert "".join(text for text, _ in grid.rows[0]) == "ae??e?? b   "


def test_links_are_opened_and_closed() -> None:
    wanted = Grid(20, 1)
    put(wanted, 0, 0, [("see ", None), ("here", Style(link="https://x.example/")), (" end", None)])
    encoder = Encoder()
    encoder.clear()
    out = encoder.encode(Grid(20, 1), wanted, [0], (0, 0))
    assert out.count("\x1b]8;;https://x.example/\x1b\\") == out.count("\x1b]8;;\x1b\\") == 1
    assert re.search(r"x\.example/\x1b\\(\x1b\[\d*[CG])?here\x1b\]8;;\x1b", out)
    assert out.index("\x1b]8;;h") < out.index("\x1b]8;;\x1b")


def test_only_plain_links_leave() -> None:
    for url in (
        "javascript:x",
        "https://x.example/\x1b\\",
        "https://x.example/a b",
        "file:///etc",
        "https://" + "x" * 300,
    ):
        assert PENS.of(Style(link=url))[0].link == ""
