"""Lines of a text that are chosen, to be quoted alone or copied: a cursor among them, and where the choice begins."""

from collections.abc import Sequence

from tui.render.lines import Line, line_text
from tui.terminal.marks import Marks


class LineSelection:
    """Knows which lines are chosen: the one under the cursor, and all from where the choice was begun.

    Args:
        lines: of the text.
        at: where the cursor begins.

    Attributes:
        at: index of the line under the cursor.
        begun: index of the line where the choice begins, None while only the one under the cursor is chosen.
    """

    def __init__(self, lines: Sequence[Line], at: int) -> None:
        self._lines = lines
        self.at = max(0, min(at, len(lines) - 1))
        self.begun: int | None = None

    def move(self, by: int) -> None:
        """Move the cursor by lines."""
        self.at = max(0, min(self.at + by, len(self._lines) - 1))

    @property
    def chosen(self) -> range:
        """The lines that are chosen."""
        begun = self.at if self.begun is None else self.begun
        return range(min(begun, self.at), max(begun, self.at) + 1)

    def mark(self, index: int, marks: Marks) -> str:
        """Return what stands before a line: where the cursor is, and what is chosen beside it, also without colours."""
        return marks.cursor if index == self.at else marks.marked if index in self.chosen else " "

    @property
    def text(self) -> str:
        """Their words, lines ended by ``\\n`` but for the last one; cleaned, as all that is laid out."""
        return "\n".join(line_text(self._lines[index]).rstrip() for index in self.chosen)


def first_in_view(lines: Sequence[Line], top: int, seen: int) -> int:
    """Return the first line with words among so many from ``top`` on; the one at ``top`` when there is none."""
    stop = min(top + seen, len(lines))
    return next((index for index in range(top, stop) if line_text(lines[index]).strip()), top)


def same_line(before: Sequence[Line], after: Sequence[Line], at: int) -> int:
    """Return where a line stands in another layout of its text, in which more or fewer lines are shown.

    Args:
        before, after: the lines then and now.
        at: where it was.
    """
    for index in range(at, -1, -1):  # what stands for folded lines is in the one alone; what is above it is in both
        place = next((here for here, each in enumerate(after) if each is before[index] and each), None)
        if place is not None:
            return min(place + (at - index), len(after) - 1)
    return min(at, max(0, len(after) - 1))
