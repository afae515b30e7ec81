"""What differs between two rows of cells, as strokes of one pen each."""

from __future__ import annotations

from tui.terminal.grid import Cell
from tui.terminal.moved import blank_tail
from tui.terminal.pen import PLAIN, Pen, on_blanks

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_GAP = 4
"""Unchanged cells between two strokes of a pen that are sent again rather than jumped over: a jump costs as much."""
LEAST_TAIL = 4
"""Blank cells at the end of a row that are worth an EL."""
LEAST_ERASE, LEAST_HOLE = 6, 11
"""Blank cells that are worth an ECH: at the end of a stroke, and before more of it, with a jump over them."""
TO_THE_END = -1
MOST_PENS = 4000


class Stroke:
    """Cells side by side, written with one pen.

    Attributes:
        x: column of the first.
        cells: their characters, each with what combines with it; "" for the right half of a wide one.
        pen: of all of them.
        erase: so many cells behind them are made blank; `TO_THE_END` of the row.
        is_bound: the next stroke of the row has to follow at once: what is written here may reach into it.
    """

    __slots__ = ("cells", "erase", "is_bound", "pen", "x")

    def __init__(self, x: int, pen: Pen, cells: list[str], erase: int = 0) -> None:
        self.x = x
        self.pen = pen
        self.cells = cells
        self.erase = erase
        self.is_bound = False


class Strokes:
    """Finds them; it remembers what pens make of blanks."""

    def __init__(self) -> None:
        self._blanks: dict[Pen, Pen] = {PLAIN: PLAIN}

    def blanks(self, pen: Pen) -> Pen:
        """Return the least pen with which a space looks the same."""
        known = self._blanks.get(pen)
        if known is None:
            if len(self._blanks) > MOST_PENS:
                self._blanks.clear()
            known = self._blanks[pen] = on_blanks(pen)
        return known

    def of(self, before: list[Cell], after: list[Cell]) -> list[Stroke]:
        """Return what makes one row another, from left to right."""
        tail = blank_tail(after)
        erases = len(after) - tail >= LEAST_TAIL and before[tail:] != after[tail:]
        strokes: list[Stroke] = []
        for start, end in _changed(before, after, tail if erases else len(after)):
            self._stretch(strokes, start, end, before, after)
        strokes = [piece for stroke in strokes for piece in self._with_holes(stroke)]
        if erases:
            strokes.append(Stroke(tail, PLAIN, [], TO_THE_END))
        self._lend_pens(strokes)
        return strokes

    def _stretch(self, strokes: list[Stroke], start: int, end: int, before: list[Cell], after: list[Cell]) -> None:
        """Add the strokes of cells that all differ."""
        odd = any(len(after[x][0]) != 1 or len(before[x][0]) != 1 or after[x][0] > "\u02ff" for x in range(start, end))
        first = len(strokes)
        stroke = strokes[-1] if strokes else None
        if stroke is not None and not self._bridge(stroke, start, after):
            stroke = None
        for x in range(start, end):
            text, pen = after[x]
            if stroke is not None and (
                not text or stroke.pen == pen or (text == " " and self.blanks(stroke.pen) == pen)
            ):
                stroke.cells.append(text)
            elif stroke is not None and self.blanks(pen) == stroke.pen and set(stroke.cells) <= {" "}:
                stroke.pen = pen  # until now it was blanks, and they look the same
                stroke.cells.append(text)
            else:
                stroke = Stroke(x, pen, [text])
                strokes.append(stroke)
        if odd:
            for each in strokes[first:-1]:
                each.is_bound = True

    def _bridge(self, stroke: Stroke, start: int, after: list[Cell]) -> bool:
        """Let a stroke go on over unchanged cells, if that is as cheap as a jump; return whether it now ends here."""
        end = stroke.x + len(stroke.cells)
        if end == start:
            return True
        blank = self.blanks(stroke.pen)
        if start - end > MOST_GAP or after[start][1] != (blank if after[start][0] == " " else stroke.pen):
            return False
        between = after[end:start]
        if not all(
            len(text) == 1 and text.isascii() and pen == (blank if text == " " else stroke.pen) for text, pen in between
        ):
            return False
        stroke.cells += [text for text, _ in between]
        return True

    def _with_holes(self, stroke: Stroke) -> Iterable[Stroke]:
        """Split a stroke where erasing is shorter than writing blanks."""
        cells = stroke.cells
        if len(cells) < LEAST_ERASE or self.blanks(stroke.pen) != PLAIN or stroke.is_bound:
            yield stroke
            return
        x, start, at, size = stroke.x, 0, 0, len(cells)
        while at < size:
            if cells[at] != " ":
                at += 1
                continue
            end = at
            while end < size and cells[end] == " ":
                end += 1
            if end - at >= (LEAST_ERASE if end == size else LEAST_HOLE):
                yield Stroke(x + start, stroke.pen, cells[start:at], end - at)
                start = end
            at = end
        if start < size:
            yield Stroke(x + start, stroke.pen, cells[start:])

    def _lend_pens(self, strokes: list[Stroke]) -> None:
        """Let what only makes cells blank be written with the pen of its neighbour."""
        for place, stroke in enumerate(strokes):
            if stroke.pen != PLAIN or not set(stroke.cells) <= {" "}:
                continue
            for neighbour in (place - 1, place + 1):
                if 0 <= neighbour < len(strokes):
                    pen = strokes[neighbour].pen
                    if pen != PLAIN and self.blanks(pen) == PLAIN:
                        stroke.pen = pen
                        break


def _changed(before: list[Cell], after: list[Cell], end: int) -> Iterable[tuple[int, int]]:
    """Yield the stretches of cells that differ, wide characters whole."""
    column = 0
    while column < end:
        if before[column] == after[column]:
            column += 1
            continue
        start = column
        while after[start][0] == "":
            start -= 1
        column += 1
        while column < end and (before[column] != after[column] or after[column][0] == ""):
            column += 1
        yield start, column
