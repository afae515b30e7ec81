"""The fewest bytes that turn one picture of the terminal into another.

Only what every terminal of today obeys: CUP, CHA, VPA, CUF, line feed and backspace; EL, ECH, IL and DL; SGR; and
OSC 8 around links. Where changes of colour cost more than jumps, all that one pen writes goes first, then the next pen.
"""

from __future__ import annotations

from tui.terminal.grid import Grid
from tui.terminal.moved import find_scroll
from tui.terminal.pen import PLAIN, Pen, change
from tui.terminal.strokes import TO_THE_END, Stroke, Strokes

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_STEPS = 4
"""Rows that a cursor is moved down by line feeds."""
MOST_BACK = 4
"""Columns that it is moved to the left by backspaces behind them."""

MOST_KNOWN = 4000
"""Characters, and changes of pens, whose bytes are remembered."""

_AGREED = (
    (0x20, 0x2FF),
    (0x370, 0x52F),  # Greek, Cyrillic
    (0x531, 0x587),
    (0x5D0, 0x5EA),
    (0x620, 0x64A),
    (0x660, 0x66D),
    (0xE01, 0xE30),  # Thai letters
    (0xE40, 0xE46),
    (0x1E00, 0x1FFF),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x20A0, 0x20BF),
    (0x2190, 0x21FF),
    (0x2500, 0x25FC),
    (0x2713, 0x2718),
    (0x3001, 0x303E),
    (0x3041, 0x3096),
    (0x30A1, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAD9),
    (0xFF01, 0xFF60),
    (0xFFFD, 0xFFFD),
    (0x20000, 0x2FFFD),
)
"""Characters whose width all terminals agree about. Behind any other the cursor is placed anew."""
_AGREED_MARKS = ((0x300, 0x36F), (0xE31, 0xE31), (0xE34, 0xE3A), (0xE47, 0xE4E))


Item = tuple[int, list[Stroke]]
"""A row, and strokes of it that have to follow each other."""


class Encoder:
    """Turns differences between pictures into terminal output; it remembers the terminal's cursor and pen."""

    def __init__(self) -> None:
        self._at: tuple[int, int] | None = None
        self._pen: Pen | None = None
        self._agreed: dict[str, bool] = {}
        self._strokes = Strokes()
        self._changes: dict[tuple[Pen, Pen], str] = {}

    def clear(self) -> str:
        """Return what makes every cell blank."""
        self._at, self._pen = (0, 0), PLAIN
        return "\x1b[m\x1b[H\x1b[2J"

    def encode(
        self,
        shown: Grid,
        wanted: Grid,
        rows: Sequence[int],
        cursor: tuple[int, int] | None = None,
        *,
        scrolls: bool = True,
    ) -> str:
        """Return what turns ``shown`` into ``wanted``, and make ``shown`` the same.

        The pen is left as it is where it shows nothing on blanks: the next picture often begins with it.

        Args:
            shown: what the terminal shows.
            wanted: what it shall show, of the same size.
            rows: the rows that may differ, ascending.
            cursor: column and row, from 0, where the cursor is left; None for anywhere.
            scrolls: whether rows may be moved, and what stands over them with them.
        """
        out: list[str] = []
        rows = [y for y in rows if shown.rows[y] != wanted.rows[y]]
        move = find_scroll(shown, wanted, rows) if scrolls else None
        if move is not None:
            self._scroll(out, shown, *move)
            rows = sorted({*rows, *range(move[0], move[1])})
        items: list[Item] = []
        for y in rows:
            before, after = shown.rows[y], wanted.rows[y]
            if before != after:
                items += _bound(y, self._strokes.of(before, after))
                shown.rows[y] = after.copy()
        if items:
            self._write_all(out, items, shown.width)
        if self._pen is not None and self._strokes.blanks(self._pen) != PLAIN:
            self._take(out, PLAIN)
        if cursor is not None:
            self._go(out, *cursor)
        return "".join(out)

    def _scroll(self, out: list[str], shown: Grid, top: int, bottom: int, by: int) -> None:
        """Move rows up or down, by deleting lines at one end and inserting them at the other."""
        # A blank line gets the pen's background on most terminals.
        if self._pen is None or self._strokes.blanks(self._pen) != PLAIN:
            self._take(out, PLAIN)
        count = str(abs(by)) if abs(by) > 1 else ""
        deleted, inserted = (top, bottom - by) if by > 0 else (bottom + by, top)
        self._go(out, 0, deleted)
        out.append(f"\x1b[{count}M")
        if by < 0 or bottom < shown.height:
            self._go(out, 0, inserted)
            out.append(f"\x1b[{count}L")
        shown.scroll(top, bottom, by)

    def _write_all(self, out: list[str], items: list[Item], width: int) -> None:
        """Write strokes in the order that takes the fewest bytes: row by row, or pen by pen."""
        began = self._at, self._pen
        by_row: list[str] = []
        self._write_in_order(by_row, items, width)
        by_pen: list[str] = []
        ended = self._at, self._pen
        self._at, self._pen = began
        self._write_in_order(by_pen, self._by_pen(items), width)
        if sum(map(len, by_pen)) < sum(map(len, by_row)):
            out += by_pen
        else:
            out += by_row
            self._at, self._pen = ended

    def _by_pen(self, items: list[Item]) -> list[Item]:
        """Return the strokes in groups of one pen, the next one always that to which the change is shortest."""
        groups: dict[Pen, list[Item]] = {}
        for item in items:
            groups.setdefault(item[1][0].pen, []).append(item)
        for group in groups.values():
            group.sort(key=lambda item: item[1][-1].pen != item[1][0].pen)  # those that end with another pen go last
        ordered: list[Item] = []
        pen = self._pen or PLAIN
        while groups:
            least = min(groups, key=lambda other: len(self._change(pen, other)))
            group = groups.pop(least)
            ordered += group
            pen = group[-1][1][-1].pen
        return ordered

    def _write_in_order(self, out: list[str], items: list[Item], width: int) -> None:
        for y, strokes in items:
            for stroke in strokes:
                self._take(out, stroke.pen)
                self._go(out, stroke.x, y)
                self._write(out, y, stroke, width)

    def _write(self, out: list[str], y: int, stroke: Stroke, width: int) -> None:
        x, cells = stroke.x, stroke.cells
        text = "".join(cells)
        end = x + len(cells)
        if text.isascii() or all(not cell or self._is_agreed(cell) for cell in cells):
            out.append(text)
            # Behind the last column a cursor stands on it, or beyond: terminals differ.
            self._at = (end if end < width else -1, y)
        else:
            for place, cell in enumerate(cells):
                if cell:
                    wide = 2 if place + 1 < len(cells) and not cells[place + 1] else 1
                    self._write_cell(out, x + place, y, cell, wide, width)
        if stroke.erase:
            self._go(out, end, y)
            out.append("\x1b[K" if stroke.erase == TO_THE_END else f"\x1b[{stroke.erase}X")

    def _write_cell(self, out: list[str], x: int, y: int, text: str, wide: int, width: int) -> None:
        self._go(out, x, y)
        if self._is_agreed(text):
            out.append(text)
            self._at = (x + wide if x + wide < width else -1, y)
            return
        if wide == 2 or _is_spacing_mark(text[0]):
            # A terminal that draws it in one cell less shall not keep what was in the last one.
            out.append(f"{' ' * wide}\x1b[{x + 1}G")
        out.append(text)
        self._at = (-1, y)

    def _is_agreed(self, text: str) -> bool:
        if len(text) == 1 and " " <= text < "\u0300":
            return True
        known = self._agreed.get(text)
        if known is None:
            if len(self._agreed) > MOST_KNOWN:
                self._agreed.clear()
            base, marks = text[0], text[1:]
            known = self._agreed[text] = _is_in(_AGREED, base) and all(_is_in(_AGREED_MARKS, mark) for mark in marks)
        return known

    def _take(self, out: list[str], pen: Pen) -> None:
        """Take another pen in hand."""
        if self._pen is None:
            out.append("\x1b[m")
            self._pen = PLAIN
        if self._pen != pen:
            out.append(self._change(self._pen, pen))
            self._pen = pen

    def _change(self, before: Pen, after: Pen) -> str:
        known = self._changes.get((before, after))
        if known is None:
            if len(self._changes) > MOST_KNOWN:
                self._changes.clear()
            known = self._changes[before, after] = change(before, after)
        return known

    def _go(self, out: list[str], x: int, y: int) -> None:
        """Move the cursor, the shortest way."""
        if self._at == (x, y):
            return
        at_x, at_y = self._at if self._at is not None else (-1, -1)
        self._at = (x, y)
        if at_y == y:
            out.append(_along(at_x, x))
            return
        row = str(y + 1) if y else ""
        best = f"\x1b[{row};{x + 1}H" if x else f"\x1b[{row}H"
        if 0 <= at_y < y <= at_y + MOST_STEPS:
            back = 0 < at_x - x <= MOST_BACK and x > 0
            best = min(best, "\n" * (y - at_y) + ("\b" * (at_x - x) if back else _along(at_x, x)), key=len)
        if at_x == x and at_y >= 0:
            best = min(best, f"\x1b[{y + 1}d", key=len)
        out.append(best)


def _along(at: int, x: int) -> str:
    """Return what moves the cursor along a row, from a column, -1 for an unknown one."""
    if at == x:
        return ""
    if x == 0:
        return "\r"
    column = f"\x1b[{x + 1}G"
    if 0 <= at < x:
        return min("\x1b[C" if x == at + 1 else f"\x1b[{x - at}C", column, key=len)
    return column


def _bound(y: int, strokes: list[Stroke]) -> list[Item]:
    """Put together what has to follow each other."""
    items: list[Item] = []
    follows = False
    for stroke in strokes:
        if follows:
            items[-1][1].append(stroke)
        else:
            items.append((y, [stroke]))
        follows = stroke.is_bound
    return items


def _is_spacing_mark(character: str) -> bool:
    import unicodedata  # noqa: PLC0415 - late: start-up time

    return unicodedata.category(character) == "Mc"


def _is_in(ranges: Sequence[tuple[int, int]], character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)
