"""Rows that have moved up or down between two pictures: found, so that the terminal can be told to move them."""

from __future__ import annotations

from tui.terminal.grid import BLANK, Cell, Grid

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SCROLL = 3
"""Rows that must have moved together before moving them pays."""


def blank_tail(row: list[Cell]) -> int:
    """Return the column from which on the row is blank on the terminal's own background."""
    column = len(row)
    while column and row[column - 1] == BLANK:
        column -= 1
    return column


def find_scroll(shown: Grid, wanted: Grid, changed: Sequence[int]) -> tuple[int, int, int] | None:
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
                1 for y in range(top, bottom) if wanted.rows[y] != shown.rows[y] and blank_tail(wanted.rows[y])
            )
            # The region also holds the rows that move out; those that were right there must be painted again.
            out = range(bottom, bottom + by) if by > 0 else range(top + by, top)
            lost = sum(1 for y in out if wanted.rows[y] == shown.rows[y])
            if gained - lost > best[0]:
                best = (gained - lost, min(top, out.start), max(bottom, out.stop), by)
    return _with_neighbour(shown, wanted, *best[1:]) if best[3] else None


def _with_neighbour(shown: Grid, wanted: Grid, top: int, bottom: int, by: int) -> tuple[int, int, int]:
    """Let the next row move along where that leaves less to paint: a row that only lost the cursor."""
    old, new = (bottom, bottom - by) if by > 0 else (top - 1, top - 1 - by)
    if not 0 <= old < shown.height:
        return top, bottom, by
    blank = [BLANK] * shown.width
    stays = _differences(blank, wanted.rows[new]) + _differences(shown.rows[old], wanted.rows[old])
    moves = _differences(shown.rows[old], wanted.rows[new]) + _differences(blank, wanted.rows[old])
    if moves >= stays:
        return top, bottom, by
    return (top, bottom + 1, by) if by > 0 else (top - 1, bottom, by)


def _differences(before: list[Cell], after: list[Cell]) -> int:
    return sum(1 for old, new in zip(before, after, strict=True) if old != new)


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
        if blank_tail(row):
            found |= {old - y for old in range(shown.height) if old != y and shown.rows[old] == row}
    return found
