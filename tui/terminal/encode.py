"""The fewest bytes that turn one picture of the terminal into another.

Only what VT102 and everything after it obeys: CUP, CHA, CUF, EL, DECSTBM with line feeds, SGR; and OSC 8 around links.
"""

from __future__ import annotations

from tui.terminal.grid import BLANK, Cell, Grid
from tui.terminal.pen import PLAIN, Pen, change, on_blanks

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_GAP = 4
"""Unchanged cells between two changed runs that are sent again rather than jumped over: a jump costs as much."""
LEAST_SCROLL = 3
"""Rows that must have moved together before a scroll region pays."""
LEAST_ERASE = 4
"""Blank cells at the end of a row that are worth an EL."""

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


class Encoder:
    """Turns differences between pictures into terminal output; it remembers where the terminal's cursor is."""

    def __init__(self) -> None:
        self._at: tuple[int, int] | None = None
        self._agreed: dict[str, bool] = {}
        self._blank_pens: dict[Pen, Pen] = {PLAIN: PLAIN}

    def clear(self) -> str:
        """Return what makes every cell blank."""
        self._at = (0, 0)
        return "\x1b[m\x1b[H\x1b[2J"

    def encode(self, shown: Grid, wanted: Grid, rows: Sequence[int], cursor: tuple[int, int] | None = None) -> str:
        """Return what turns ``shown`` into ``wanted``, and make ``shown`` the same.

        The attributes are left reset.

        Args:
            shown: what the terminal shows.
            wanted: what it shall show, of the same size.
            rows: the rows that may differ, ascending.
            cursor: column and row, from 0, where the cursor is left; None for anywhere.
        """
        out: list[str] = []
        rows = [y for y in rows if shown.rows[y] != wanted.rows[y]]
        move = _find_scroll(shown, wanted, rows)
        if move is not None:
            top, bottom, by = move
            # Line feeds and reverse line feeds at the margin: SU and SD are not known everywhere (the Linux console).
            steps = f"\x1b[{bottom}H" + "\n" * by if by > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -by
            out.append(f"\x1b[{top + 1};{bottom}r{steps}\x1b[r")
            self._at = None  # DECSTBM goes home, but not everywhere
            shown.scroll(top, bottom, by)
            rows = sorted({*rows, *range(top, bottom)})
        pen = PLAIN
        for y in rows:
            before, after = shown.rows[y], wanted.rows[y]
            if before != after:
                pen = self._row(out, y, before, after, pen)
                shown.rows[y] = after.copy()
        out.append(change(pen, PLAIN))
        if cursor is not None:
            self._go(out, *cursor)
        return "".join(out)

    def _row(self, out: list[str], y: int, before: list[Cell], after: list[Cell], pen: Pen) -> Pen:
        tail = _blank_tail(after)
        erase = len(after) - tail > LEAST_ERASE and before[tail:] != after[tail:]
        end = tail if erase else len(after)
        column, last = 0, -1
        while column < end:
            if before[column] == after[column]:
                column += 1
                continue
            start = column
            while after[start][0] == "":
                start -= 1
            if 0 <= start - last <= MOST_GAP and last >= 0 and self._is_cheap(after[last:start], pen, after[start][1]):
                start = last
            column += 1
            while column < end and (before[column] != after[column] or after[column][0] == ""):
                column += 1
            for x in range(start, column):
                text, wanted = after[x]
                if not text:
                    continue
                if pen != wanted and not (text == " " and self._blanks(pen) == wanted):
                    out.append(change(pen, wanted))
                    pen = wanted
                self._write(out, x, y, text, after)
            last = column
        if erase:
            out.append(change(pen, PLAIN))
            pen = PLAIN
            self._go(out, tail, y)
            out.append("\x1b[K")
        return pen

    def _write(self, out: list[str], x: int, y: int, text: str, row: list[Cell]) -> None:
        self._go(out, x, y)
        wide = 2 if x + 1 < len(row) and not row[x + 1][0] else 1
        if (len(text) == 1 and " " <= text < "\u0300") or self._is_agreed(text):
            out.append(text)
            # Behind the last column a cursor stands on it, or beyond: terminals differ.
            self._at = (x + wide if x + wide < len(row) else -1, y)
            return
        if wide == 2 or _is_spacing_mark(text[0]):
            # A terminal that draws it in one cell less shall not keep what was in the last one.
            out.append(f"{' ' * wide}\x1b[{x + 1}G")
        out.append(text)
        self._at = (-1, y)

    def _is_cheap(self, cells: Sequence[Cell], pen: Pen, following: Pen) -> bool:
        """Whether cells can be written again as they are, a byte each, with the pen in hand or the one that follows."""
        if not all(len(text) == 1 and text.isascii() for text, _ in cells):
            return False
        blank = self._blanks(pen)
        return all(of == (blank if text == " " else pen) for text, of in cells) or all(
            of == following for _, of in cells
        )

    def _blanks(self, pen: Pen) -> Pen:
        known = self._blank_pens.get(pen)
        if known is None:
            if len(self._blank_pens) > 4000:
                self._blank_pens.clear()
            known = self._blank_pens[pen] = on_blanks(pen)
        return known

    def _is_agreed(self, text: str) -> bool:
        known = self._agreed.get(text)
        if known is None:
            if len(self._agreed) > 4000:
                self._agreed.clear()
            base, marks = text[0], text[1:]
            known = self._agreed[text] = _is_in(_AGREED, base) and all(_is_in(_AGREED_MARKS, mark) for mark in marks)
        return known

    def _go(self, out: list[str], x: int, y: int) -> None:
        """Move the cursor, the shortest way."""
        if self._at == (x, y):
            return
        at_x, at_y = self._at if self._at is not None else (-1, -1)
        if at_y == y and x == 0:
            out.append("\r")
        elif at_y == y and 0 <= at_x < x:
            by = x - at_x
            out.append(min("\x1b[C" if by == 1 else f"\x1b[{by}C", f"\x1b[{x + 1}G", key=len))
        elif at_y == y:
            out.append(f"\x1b[{x + 1}G")
        elif at_y >= 0 and at_y + 1 == y and x == 0:
            out.append("\r\n")
        else:
            row = str(y + 1) if y else ""
            out.append(f"\x1b[{row};{x + 1}H" if x else f"\x1b[{row}H")
        self._at = (x, y)


def _is_spacing_mark(character: str) -> bool:
    import unicodedata  # noqa: PLC0415 - late: start-up time

    return unicodedata.category(character) == "Mc"


def _is_in(ranges: Sequence[tuple[int, int]], character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def _blank_tail(row: list[Cell]) -> int:
    """Return the column from which on the row is blank on the terminal's own background."""
    column = len(row)
    while column and row[column - 1] == BLANK:
        column -= 1
    return column


def _find_scroll(shown: Grid, wanted: Grid, changed: Sequence[int]) -> tuple[int, int, int] | None:
    """Return (top, bottom, by) when a block of rows has moved up or down, or None.

    Whole rows move, so this finds nothing where panes stand side by side.

    Args:
        shown, wanted: the pictures.
        changed: the rows that differ.
    """
    if len(changed) < LEAST_SCROLL:
        return None
    best: tuple[int, int, int, int] = (LEAST_SCROLL - 1, 0, 0, 0)
    for by in _candidates(shown, wanted, changed):
        for top, bottom in _blocks(shown, wanted, by):
            gained = sum(
                1 for y in range(top, bottom) if wanted.rows[y] != shown.rows[y] and _blank_tail(wanted.rows[y])
            )
            # The region also holds the rows that move out; those that were right there must be painted again.
            out = range(bottom, bottom + by) if by > 0 else range(top + by, top)
            lost = sum(1 for y in out if wanted.rows[y] == shown.rows[y])
            if gained - lost > best[0]:
                best = (gained - lost, min(top, out.start), max(bottom, out.stop), by)
    return best[1:] if best[3] else None


def _blocks(shown: Grid, wanted: Grid, by: int) -> list[tuple[int, int]]:
    """Return the stretches of rows that were ``by`` rows further down; a stray row between two is bridged."""
    blocks: list[tuple[int, int]] = []
    for y in range(max(0, -by), min(wanted.height, wanted.height - by)):
        if wanted.rows[y] != shown.rows[y + by]:
            continue
        if blocks and y - blocks[-1][1] <= 2:
            blocks[-1] = (blocks[-1][0], y + 1)
        else:
            blocks.append((y, y + 1))
    return blocks


def _candidates(shown: Grid, wanted: Grid, changed: Sequence[int]) -> set[int]:
    """Return distances by which some rows may have moved: where a few changed rows are found again."""
    found: set[int] = set()
    places = {0, len(changed) // 4, len(changed) // 2, 3 * len(changed) // 4, len(changed) - 1}
    for y in {changed[place] for place in places}:
        row = wanted.rows[y]
        if _blank_tail(row):
            found |= {old - y for old in range(shown.height) if old != y and shown.rows[old] == row}
    return found
