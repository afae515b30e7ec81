"""Who may be meant by what is typed in an address field: a few rows below it."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from tui.mail.piece import Suggestion
from tui.mail.width import cut, pad
from tui.widgets.plain import marks_of, say

MOST = 6
"""Rows."""
WHO = 28
"""Cells of a name."""


class Suggestions(Widget):
    """The rows, one of them under the cursor. Takes no focus: the field above it keeps that."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self._rows: Sequence[Suggestion] = ()
        self._at = 0

    def show(self, rows: Sequence[Suggestion], below: int) -> None:
        """Show these, the first under the cursor; none: nothing is shown.

        Args:
            below: the line of the screen that they hang from.
        """
        rows = rows[:MOST]
        if rows == self._rows and self.display == bool(rows):
            return
        self._rows, self._at = rows, 0
        self.display = bool(rows)
        if rows:
            self.styles.offset = (10, below + 1)
            self.styles.height = len(rows)
            self.refresh()

    @property
    def chosen(self) -> Suggestion | None:
        """The one under the cursor, None while nothing is shown."""
        return self._rows[self._at] if self.display and self._rows else None

    def move(self, rows: int) -> None:
        """Move the cursor, round about."""
        if self._rows:
            self._at = (self._at + rows) % len(self._rows)
            self.refresh()

    def render(self) -> Content:
        return Content("\n").join(self._row(row, place == self._at) for place, row in enumerate(self._rows))

    def _row(self, row: Suggestion, current: bool) -> Content:
        width = max(20, self.size.width)
        who = pad(cut(row.label, WHO), WHO)
        rest = f"{row.spec}   {row.detail}" if row.detail else row.spec
        return Content.assemble(
            (f"{marks_of(self).cursor if current else ' '} ", "$accent"),
            (say(self, who), "$bright bold" if current else "$text"),
            (say(self, "  " + pad(cut(rest, width - WHO - 4), width - WHO - 4)), "$text" if current else "$muted"),
        )
