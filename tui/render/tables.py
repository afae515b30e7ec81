"""Tables of an HTML text: figures stay in columns, layout becomes text one below the other."""

from collections.abc import Sequence
from dataclasses import field, replace

from tui.mail.noun import dataclass
from tui.render.blocks import Block, Flow
from tui.render.cell import Cell
from tui.render.columns import lay_columns
from tui.render.flow import line_cells
from tui.render.lines import Span

LABEL = 14
"""Cells of a text that may be the label of what is beside it."""


@dataclass(slots=True)
class Table:
    """A table while it is read."""

    rows: list[list[Cell]] = field(default_factory=list)
    roomy: bool = False

    def add_row(self) -> None:
        self.rows.append([])

    def add_cell(self, cell: Cell) -> None:
        if not self.rows:
            self.add_row()
        self.rows[-1].append(cell)


def put_table(table: Table, flow: Flow) -> None:
    """Add a table to a flow: in columns when it holds figures and fits, else one thing below the other."""
    filled = [[cell for cell in row if not cell.is_empty] for row in table.rows]
    if not any(filled):
        if table.rows:
            flow.want(1)
        return
    lines = None
    if sum([len(cells) > 1 for cells in filled]) > 1:  # most tables are layout, and have no two such rows
        lines = lay_columns([row for row, cells in zip(table.rows, filled, strict=True) if cells], flow.room)
    if lines is not None:
        flow.want(1)
        flow.add_lines(lines)
        flow.want(1)
        return
    _stack(table, filled, flow)


def _stack(table: Table, filled: Sequence[Sequence[Cell]], flow: Flow) -> None:
    """Add the cells of a layout table in the order they are read; short ones of one row share a line.

    Args:
        filled: of each row the cells that hold something.
    """
    before_apart = False
    label = _label_cells(filled, flow.room)
    for row, cells in zip(table.rows, filled, strict=True):
        if not cells:
            flow.want(1 if any(cell.apart for cell in row) or row else 0)
            continue
        apart = table.roomy or any(cell.apart for cell in cells)
        labelled = _labelled(cells, flow.room, label) if label else None
        line = _one_line(cells, flow.room) if labelled is None else None
        if apart or before_apart or line is None:
            flow.want(1)
        if line is not None:
            flow.add_blocks([line])
        elif labelled is not None:
            flow.add_blocks(labelled)
        else:
            for place, cell in enumerate(cells):
                if place:
                    flow.want(1)
                flow.add_blocks(cell.flow.blocks)
        before_apart = apart or line is None


def _label_cells(filled: Sequence[Sequence[Cell]], room: int) -> int:
    """Return the cells of the longest label, 0 where no row is a label and a text of more than a line."""
    pairs = [cells for cells in filled if len(cells) == 2 and _is_labelled(cells)]
    if all(_one_line(cells, room) is not None for cells in pairs):
        return 0
    return max(cells[0].flow.blocks[0].cells for cells in pairs)


def _is_labelled(cells: Sequence[Cell]) -> bool:
    if len(cells) != 2 or len(cells[0].flow.blocks) != 1:
        return False
    label = cells[0].flow.blocks[0]
    return label.is_short and label.cells <= LABEL and not any(run.link for run in label.runs)


def _labelled(cells: Sequence[Cell], room: int, longest: int) -> list[Block] | None:
    """Return a row of a label and a text as that text beside its label, or None where it is something else."""
    if not _is_labelled(cells):
        return None
    label, blocks = cells[0].flow.blocks[0], cells[1].flow.blocks
    indent = Span(" " * (longest + 3))
    for block in blocks:
        before = line_cells((indent, *block.first, *block.rest))
        if before > room // 2 or any(before + line_cells(line) > room for line in block.laid or ()):
            return None
    first, *rest = blocks
    return [
        replace(
            first,
            first=(*label.runs, Span(" " * (longest + 3 - label.cells)), *first.first),
            rest=(indent, *first.rest),
        ),
        *[replace(block, first=(indent, *block.first), rest=(indent, *block.rest)) for block in rest],
    ]


def _one_line(cells: Sequence[Cell], room: int) -> Block | None:
    """Return the cells of a row as one line, or None where one of them is more than a few words."""
    blocks: list[Block] = []
    left = room + 3
    for cell in cells:
        if len(cell.flow.blocks) != 1 or not cell.flow.blocks[0].is_short:
            return None
        block = cell.flow.blocks[0]
        left -= block.cells + 3
        if left < 0:
            return None
        blocks.append(block)
    runs = [*blocks[0].runs]
    for block in blocks[1:]:
        runs.extend((Span("   "), *block.runs))
    return Block(runs, gap=max(block.gap for block in blocks))
