"""One cell of a table of an HTML text."""

from tui.mail.noun import dataclass
from tui.render.blocks import Flow, split_breaks
from tui.render.lines import Span

MAX_CELL_LINES = 4
"""Lines of a cell in a column; a table that needs more is text."""


@dataclass(slots=True)
class Cell:
    """One cell.

    Attributes:
        flow: its text.
        span: columns it takes; ``rows``: rows it takes.
        heads: it is a <th>.
        right: its text stands on the right.
        is_empty: nothing is in it; known when it has ended.
        apart: it has so much space above or below that it stands alone.
    """

    flow: Flow
    span: int = 1
    rows: int = 1
    heads: bool = False
    right: bool = False
    apart: bool = False
    is_empty: bool = True
    _lines: list[list[Span]] | None = None

    @property
    def lines(self) -> list[list[Span]]:
        """Its text line by line, before it is laid out; asked for when it has ended."""
        if self._lines is None:
            self._lines = [runs for block in self.flow.blocks for runs in split_breaks(block.runs)]
        return self._lines

    @property
    def is_simple(self) -> bool:
        """Whether it can stand in a column: a little text without lists, quotations or tables in it."""
        blocks = self.flow.blocks
        if len(blocks) > MAX_CELL_LINES:
            return False
        return all(not (block.laid or block.rule or block.pre or block.first or block.rest) for block in blocks)
