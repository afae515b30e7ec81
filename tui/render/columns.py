"""Tables of figures: their cells in columns that line up, as wide as their words want and the line allows."""

import re
from collections.abc import Sequence

from tui.mail.noun import dataclass
from tui.mail.width import cell_width
from tui.render.cell import MAX_CELL_LINES, Cell
from tui.render.flow import line_cells, wrap
from tui.render.lines import Line, Span, Style, line_text

MAX_COLUMNS = 16
MAX_ROWS = 2_000
"""Rows that are kept in columns; a longer table is text."""
MIN_COLUMN = 6
GAPS = (3, 2)
"""Cells between columns: roomy, and where that does not fit, narrow."""

_FIGURE = re.compile(r"[^\w]{0,3}(?:[A-Z]{2,3} ?)?[+\-−–]?[\d][\d.,' \u202f]*(?:[^\w\s]{1,2}| ?%| ?[^\W\d]{1,3}\.?)?\Z")


@dataclass(slots=True)
class _Placed:
    """A cell at its place in the grid."""

    cell: Cell
    column: int
    span: int


def lay_columns(rows: Sequence[Sequence[Cell]], room: int) -> list[Line] | None:
    """Return the rows as aligned lines, or None when they are not that kind of table or do not fit."""
    if (
        len(rows) > MAX_ROWS
        or max(map(len, rows)) > 4 * MAX_COLUMNS
        or not all(cell.is_simple for row in rows for cell in row)
    ):
        return None
    grid = _grid(rows)
    if max([placed.column + placed.span for row in grid for placed in row], default=0) > 4 * MAX_COLUMNS:
        return None
    grid = _squeeze(grid)
    columns = max([placed.column + placed.span for row in grid for placed in row], default=0)
    if not 2 <= columns <= MAX_COLUMNS or not _is_tabular(grid):
        return None
    natural = _natural(grid, columns)
    for gap in GAPS:
        if sum(natural) + gap * (columns - 1) <= room:
            return _align(grid, natural, gap)
    widths = _shrink(natural, _least(grid, columns), room - GAPS[-1] * (columns - 1))
    return None if widths is None else _align(grid, widths, GAPS[-1])


def _grid(rows: Sequence[Sequence[Cell]]) -> list[list[_Placed]]:
    """Give every cell its column; those of earlier rows that reach down keep theirs."""
    grid: list[list[_Placed]] = []
    taken: dict[int, int] = {}
    for row in rows:
        placed: list[_Placed] = []
        column = 0
        for cell in row:
            while taken.get(column, 0) > 0:
                column += 1
            span = max(1, min(cell.span, MAX_COLUMNS * 2))
            placed.append(_Placed(cell, column, span))
            if cell.rows > 1:
                taken.update({column + offset: min(cell.rows, 100) for offset in range(span)})
            column += span
        taken = {place: left - 1 for place, left in taken.items() if left > 1}
        grid.append(placed)
    return grid


def _squeeze(grid: list[list[_Placed]]) -> list[list[_Placed]]:
    """Leave out the columns that hold nothing (spacers, pictures without words)."""
    used = sorted({placed.column for row in grid for placed in row if not placed.cell.is_empty})
    number = {column: place for place, column in enumerate(used)}
    out: list[list[_Placed]] = []
    for row in grid:
        kept: list[_Placed] = []
        for placed in row:
            if placed.cell.is_empty:
                continue
            within = [number[column] for column in used if placed.column <= column < placed.column + placed.span]
            kept.append(_Placed(placed.cell, within[0], len(within)))
        out.append(kept)
    return out


def _is_tabular(grid: Sequence[Sequence[_Placed]]) -> bool:
    """Whether rows look alike: at least two with several cells, most of which are words and figures, not prose."""
    several = [row for row in grid if len(row) > 1]
    if len(several) < 2:
        return False
    if len(several) * 2 < len(grid) and not any(placed.cell.heads for row in several for placed in row):
        return False
    cells = [placed.cell for row in several for placed in row]
    long = [cell for cell in cells if sum([cell_width(run.text) for line in cell.lines for run in line]) > 90]
    return len(long) * 4 <= len(cells)


def _natural(grid: Sequence[Sequence[_Placed]], columns: int) -> list[int]:
    widths = [1] * columns
    for row in grid:
        for placed in row:
            if placed.span == 1:
                longest = max([line_cells(runs) for runs in placed.cell.lines], default=0)
                widths[placed.column] = max(widths[placed.column], longest)
    for row in grid:  # a cell over several columns may need more than they have: the last one gets it
        for placed in row:
            if 1 < placed.span < columns:
                longest = max([line_cells(runs) for runs in placed.cell.lines], default=0)
                have = sum(widths[placed.column : placed.column + placed.span]) + GAPS[-1] * (placed.span - 1)
                if longest > have and longest - have < 20:
                    widths[placed.column + placed.span - 1] += longest - have
    return widths


def _least(grid: Sequence[Sequence[_Placed]], columns: int) -> list[int]:
    """Return the cells each column must have: its longest word or figure."""
    widths = [1] * columns
    for row in grid:
        for placed in row:
            if placed.span == 1:
                text = " ".join([line_text(runs) for runs in placed.cell.lines])
                figure = bool(_FIGURE.match(text[:40]))
                longest = cell_width(text) if figure else max(map(cell_width, text.split(" ")), default=0)
                widths[placed.column] = max(widths[placed.column], min(longest, 24))
    return [max(width, min(MIN_COLUMN, width)) for width in widths]


def _shrink(natural: Sequence[int], least: Sequence[int], room: int) -> list[int] | None:
    """Take cells from the widest columns until all fit; None when they cannot."""
    widths = list(natural)
    if sum(least) > room:
        return None
    surplus = sum(widths) - room
    while surplus > 0:
        widest = max(range(len(widths)), key=lambda place: (widths[place] > least[place], widths[place]))
        if widths[widest] <= least[widest]:
            return None
        widths[widest] -= 1
        surplus -= 1
        if widths[widest] > 2_000:  # far too wide: not one cell at a time
            cut = min(surplus, widths[widest] - 1_000)
            widths[widest] -= cut
            surplus -= cut
    return widths


def _align(grid: Sequence[Sequence[_Placed]], widths: Sequence[int], gap: int) -> list[Line] | None:
    right = [_stands_right(grid, column) for column in range(len(widths))]
    lines: list[Line] = []
    tall = False
    for place, row in enumerate(grid):
        laid: list[tuple[_Placed, int, list[Line]]] = []
        for placed in row:
            room = sum(widths[placed.column : placed.column + placed.span]) + gap * (placed.span - 1)
            cell_lines = [line for runs in placed.cell.lines for line in wrap(runs, room)]
            if len(cell_lines) > MAX_CELL_LINES and len(row) > 1:
                return None
            if any(line_cells(line) > room for line in cell_lines):
                return None
            laid.append((placed, room, cell_lines))
        height = max([len(cell_lines) for _, _, cell_lines in laid], default=0)
        is_tall = height > 2 or any(len(placed.cell.lines) > 1 for placed in row)
        if (tall or is_tall) and lines and place:
            lines.append(())
        tall = is_tall
        lines.extend(_row_line(laid, index, widths, right, gap) for index in range(height))
        if row and all(placed.cell.heads for placed in row) and len(row) > 1 and place + 1 < len(grid):
            lines.append((Span("─" * (sum(widths) + gap * (len(widths) - 1)), Style.RULE),))
            tall = False
    return lines


def _row_line(
    laid: Sequence[tuple[_Placed, int, list[Line]]], index: int, widths: Sequence[int], right: Sequence[bool], gap: int
) -> Line:
    out: list[Span] = []
    used = 0
    for placed, room, cell_lines in laid:
        if index >= len(cell_lines):
            continue
        line = cell_lines[index]
        start = sum(widths[: placed.column]) + gap * placed.column
        last = placed.column + placed.span - 1
        if placed.cell.right or (right[last] and (placed.span == 1 or _is_figure(placed.cell))):
            start += room - line_cells(line)
        if start > used:
            out.append(Span(" " * (start - used)))
        out.extend(line)
        used = start + line_cells(line)
    return tuple(out)


def _stands_right(grid: Sequence[Sequence[_Placed]], column: int) -> bool:
    """Whether a column's text stands on the right: most of its cells say so, or hold figures."""
    cells = [placed.cell for row in grid for placed in row if placed.column == column and placed.span == 1]
    body = [cell for cell in cells if not cell.heads] or cells
    figures = sum(cell.right or _is_figure(cell) for cell in body)
    return bool(body) and figures * 4 >= len(body) * 3 and column > 0


def _is_figure(cell: Cell) -> bool:
    lines = cell.lines
    return bool(lines) and all(bool(_FIGURE.match(line_text(runs).strip().replace("\xa0", " ")[:40])) for runs in lines)
