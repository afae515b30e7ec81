"""Tables of an HTML text: figures stay in columns, layout becomes text one below the other."""

from collections.abc import Sequence
from dataclasses import field

from tui.mail.noun import dataclass
from tui.render.blocks import Block, Flow
from tui.render.cell import Cell
from tui.render.columns import lay_columns
from tui.render.lines import Span


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
    rows = [row for row in table.rows if any(not cell.flow.is_empty for cell in row)]
    if not rows:
        if table.rows:
            flow.want(1)
        return
    lines = lay_columns(rows, flow.room)
    if lines is not None:
        flow.want(1)
        flow.add_lines(lines)
        flow.want(1)
        return
    _stack(table, flow)


def _stack(table: Table, flow: Flow) -> None:
    """Add the cells of a layout table in the order they are read; short ones of one row share a line."""
    before_apart = False
    for row in table.rows:
        cells = [cell for cell in row if not cell.flow.is_empty]
        if not cells:
            flow.want(1 if any(cell.apart for cell in row) or row else 0)
            continue
        apart = table.roomy or any(cell.apart for cell in cells)
        line = _one_line(cells, flow.room)
        if apart or before_apart or line is None:
            flow.want(1)
        if line is not None:
            flow.add_blocks([line])
        else:
            for place, cell in enumerate(cells):
                if place:
                    flow.want(1)
                flow.add_blocks(cell.flow.blocks)
        before_apart = apart or line is None


def _one_line(cells: Sequence[Cell], room: int) -> Block | None:
    """Return the cells of a row as one line, or None where one of them is more than a few words."""
    if any(len(cell.flow.blocks) != 1 or not cell.flow.blocks[0].is_short for cell in cells):
        return None
    blocks = [cell.flow.blocks[0] for cell in cells]
    if sum([block.cells for block in blocks]) + 3 * (len(blocks) - 1) > room:
        return None
    runs = [*blocks[0].runs]
    for block in blocks[1:]:
        runs.extend((Span("   "), *block.runs))
    return Block(runs, gap=max(block.gap for block in blocks))
