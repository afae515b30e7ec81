"""What the terminal shows, cell by cell, and the fewest bytes that turn one such picture into another.

No Textual and no tty here: a `Grid` is filled from styled runs, `encode` compares two of them.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.color import Color, ColorSystem, ColorType
from rich.style import Style

from tui.mail.text import clean_line

Cell = tuple[str, Style | None]
"""One cell: its character with what combines with it, "" for the right half of a wide one; and its style."""

BLANK: Cell = (" ", None)
GAP = 5
"""Unchanged cells between two changed runs that are sent again rather than jumped over: a jump costs as much."""
LEAST_SCROLL = 3
"""Rows that must have moved together before a scroll region pays."""


class Grid:
    """Rows of cells.

    Args:
        width, height: in cells.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.rows: list[list[Cell]] = [[BLANK] * width for _ in range(height)]

    def put(self, x: int, y: int, runs: Iterable[tuple[str, Style | None]]) -> None:
        """Write styled text into a row from a column on; what falls outside is left out.

        Args:
            x, y: column and row, from 0.
            runs: text without line breaks, and its style.
        """
        if not 0 <= y < self.height:
            return
        row = self.rows[y]
        for text, style in runs:
            if text.isascii():
                x = self._put_ascii(row, x, text, style)
            else:
                x = self._put_wide(row, x, text, style)
            if x >= self.width:
                return

    def _put_ascii(self, row: list[Cell], x: int, text: str, style: Style | None) -> int:
        if not text.isprintable():
            text = "".join(character if character.isprintable() else " " for character in text)
        if x < 0:
            text, x = text[-x:], 0
        fits = text[: self.width - x]
        if fits:
            self._unpair(row, x, x + len(fits))
            row[x : x + len(fits)] = [(character, style) for character in fits]
        return x + len(text)

    def _put_wide(self, row: list[Cell], x: int, text: str, style: Style | None) -> int:
        for character in text:
            wide = cell_len(character)
            if not wide:
                if 0 < x <= self.width:
                    self._combine(row, x, character)
                continue
            if x >= self.width:
                return x + wide
            if not character.isprintable() and not character.isspace():
                character = " " * wide
            if x >= 0 and x + wide <= self.width:
                self._unpair(row, x, x + wide)
                row[x] = (character if not character.isspace() else " ", style)
                if wide == 2:
                    row[x + 1] = ("", style)
            elif 0 <= x < self.width:
                self._unpair(row, x, self.width)
                row[x] = (" ", style)
            x += wide
        return x

    def _combine(self, row: list[Cell], x: int, character: str) -> None:
        """Add a combining character to the cell before, unless it is one that terminals obey or hide."""
        if not clean_line(f"a{character}b", 10).startswith(f"a{character}"):
            return
        at = x - 1
        while at > 0 and row[at][0] == "":
            at -= 1
        if at >= 0 and len(row[at][0]) < 8:
            row[at] = (row[at][0] + character, row[at][1])

    def _unpair(self, row: list[Cell], start: int, end: int) -> None:
        """Blank the other half of a wide character that is about to be cut in two."""
        if 0 < start < self.width and row[start][0] == "":
            row[start - 1] = (" ", row[start - 1][1])
        if end < self.width and row[end][0] == "":
            row[end] = (" ", row[end][1])

    def copy(self) -> "Grid":
        """Return an independent picture."""
        grid = Grid(0, 0)
        grid.width, grid.height = self.width, self.height
        grid.rows = [row.copy() for row in self.rows]
        return grid

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """Move rows ``top`` to ``bottom`` (not included) up by ``by`` rows, down when negative, as SU and SD do."""
        region = self.rows[top:bottom]
        blank = [[BLANK] * self.width for _ in range(abs(by))]
        self.rows[top:bottom] = region[by:] + blank if by > 0 else blank + region[:by]


class Encoder:
    """Turns differences between pictures into terminal output.

    Args:
        colors: what the terminal knows, None for no colour at all.
    """

    def __init__(self, colors: ColorSystem | None) -> None:
        self._colors = colors
        self._sgr: dict[Style | None, tuple[str, ...]] = {None: ()}

    def encode(self, shown: Grid, wanted: Grid, rows: Sequence[int]) -> str:
        """Return the bytes that turn ``shown`` into ``wanted``, and make ``shown`` the same.

        The cursor is left anywhere and the attributes are left reset.

        Args:
            shown: what the terminal shows.
            wanted: what it shall show, of the same size.
            rows: the rows that may differ.
        """
        out: list[str] = []
        move = _find_scroll(shown, wanted, rows)
        if move is not None:
            top, bottom, by = move
            # Line feeds and reverse line feeds at the margin: SU and SD are not known everywhere (the Linux console).
            steps = f"\x1b[{bottom}H" + "\n" * by if by > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -by
            out.append(f"\x1b[{top + 1};{bottom}r{steps}\x1b[r")
            shown.scroll(top, bottom, by)
        pen: tuple[str, ...] = ()
        for y in rows:
            before, after = shown.rows[y], wanted.rows[y]
            if before == after:
                continue
            pen = self._row(out, y, before, after, pen)
            shown.rows[y] = after.copy()
        if pen:
            out.append("\x1b[m")
        return "".join(out)

    def _row(
        self, out: list[str], y: int, before: list[Cell], after: list[Cell], pen: tuple[str, ...]
    ) -> tuple[str, ...]:
        tail = self._blank_tail(after)
        erase = tail < len(after) and before[tail:] != after[tail:] and len(after) - tail > 4
        end = tail if erase else len(after)
        for start, stop in _runs(before, after, end):
            out.append(f"\x1b[{y + 1}H" if start == 0 else f"\x1b[{y + 1};{start + 1}H")
            for text, style in after[start:stop]:
                if not text:
                    continue
                wanted = self.sgr(style)
                if wanted != pen:
                    out.append(_change(pen, wanted))
                    pen = wanted
                out.append(text)
        if erase:
            if pen:
                out.append("\x1b[m")
                pen = ()
            out.append(f"\x1b[{y + 1};{tail + 1}H\x1b[K" if tail else f"\x1b[{y + 1}H\x1b[K")
        return pen

    def _blank_tail(self, row: list[Cell]) -> int:
        """Return the column from which on the row is blank on the terminal's own background."""
        column = len(row)
        while column and row[column - 1][0] == " " and self.is_plain_blank(row[column - 1][1]):
            column -= 1
        return column

    def is_plain_blank(self, style: Style | None) -> bool:
        """Whether a space in this style looks like an erased cell."""
        return not any(code[0] in "479" or code.startswith("10") for code in self.sgr(style))

    def sgr(self, style: Style | None) -> tuple[str, ...]:
        """Return the SGR parameters (ECMA-48, 8.3.117) of a style on this terminal, in a fixed order."""
        known = self._sgr.get(style)
        if known is None:
            assert style is not None
            known = self._sgr[style] = tuple(_parameters(style, self._colors))
        return known


def _parameters(style: Style, colors: ColorSystem | None) -> Iterable[str]:
    for number, on in ((1, style.bold), (2, style.dim), (3, style.italic), (4, style.underline), (7, style.reverse)):
        if on:
            yield str(number)
    if style.strike:
        yield "9"
    if colors is None:
        return
    for color, foreground in ((style.color, True), (style.bgcolor, False)):
        if color is not None and not color.is_default:
            yield ";".join(_color(color, colors).get_ansi_codes(foreground=foreground))


def _color(color: Color, colors: ColorSystem) -> Color:
    return color if color.type is ColorType.STANDARD else color.downgrade(colors)


def _change(pen: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Return the shorter of: resetting and setting all, or adding what is new."""
    if not wanted:
        return "\x1b[m"
    whole = f"\x1b[0;{';'.join(wanted)}m" if pen else f"\x1b[{';'.join(wanted)}m"
    kept = [code for code in pen if code not in wanted]
    if all(_is_replaced(code, wanted) for code in kept):
        added = f"\x1b[{';'.join(code for code in wanted if code not in pen)}m"
        return min(whole, added, key=len)
    return whole


def _is_replaced(code: str, wanted: tuple[str, ...]) -> bool:
    kind = _kind(code)
    return bool(kind) and any(_kind(other) == kind for other in wanted)


def _kind(code: str) -> str:
    first = code.split(";", 1)[0]
    if first == "38" or (len(first) == 2 and first[0] in "39" and first not in ("38", "39")):
        return "foreground"
    if first == "48" or (len(first) == 2 and first[0] == "4") or (len(first) == 3 and first.startswith("10")):
        return "background"
    return ""


def _runs(before: list[Cell], after: list[Cell], end: int) -> Iterable[tuple[int, int]]:
    """Yield the changed runs, near ones joined, none beginning or ending inside a wide character."""
    start = stop = -1
    for column in range(end):
        if before[column] == after[column]:
            continue
        if start >= 0 and column - stop <= GAP:
            stop = column + 1
            continue
        if start >= 0:
            yield _widen(after, start, stop)
        start, stop = column, column + 1
    if start >= 0:
        yield _widen(after, start, stop)


def _widen(row: list[Cell], start: int, stop: int) -> tuple[int, int]:
    while start > 0 and row[start][0] == "":
        start -= 1
    while stop < len(row) and row[stop][0] == "":
        stop += 1
    return start, stop


def _find_scroll(shown: Grid, wanted: Grid, rows: Sequence[int]) -> tuple[int, int, int] | None:
    """Return (top, bottom, by) when a block of changed rows has moved up or down, or None.

    Whole rows move, so this finds nothing where panes stand side by side.
    """
    changed = [y for y in rows if shown.rows[y] != wanted.rows[y]]
    if len(changed) < LEAST_SCROLL:
        return None
    top, bottom = changed[0], changed[-1] + 1
    best: tuple[int, int] = (0, 0)
    for by in _candidates(shown, wanted, top, bottom):
        first, last = (top, bottom - by) if by > 0 else (top - by, bottom)
        gained = sum(
            1 for y in range(first, last) if wanted.rows[y] == shown.rows[y + by] and wanted.rows[y] != shown.rows[y]
        )
        lost = sum(1 for y in range(top, bottom) if wanted.rows[y] == shown.rows[y])
        if gained - lost > best[0]:
            best = (gained - lost, by)
    return (top, bottom, best[1]) if best[0] >= LEAST_SCROLL else None


def _candidates(shown: Grid, wanted: Grid, top: int, bottom: int) -> set[int]:
    """Return distances by which some rows may have moved: where the middle changed row is found again."""
    found: set[int] = set()
    for y in {top, (top + bottom) // 2, bottom - 1, (3 * top + bottom) // 4, (top + 3 * bottom) // 4}:
        if not top <= y < bottom:
            continue
        row = wanted.rows[y]
        found |= {old - y for old in range(top, bottom) if old != y and shown.rows[old] == row and row[0] is not None}
    return {by for by in found if abs(by) < bottom - top}
