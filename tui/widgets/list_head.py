"""The line above the list, and the thin rule between panes."""

from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.words import Words, spread


class ListHead(LineWidget):
    """Says which mailbox is shown, and how much is in it."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._left: Words = []
        self._right: Words = []

    def say(self, left: Words, right: Words) -> None:
        """Show these words, each with its role; "+" behind a role makes it bold."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def line(self, y: int) -> list[Run]:
        return self.look.styled(spread(self._left, self._right, self.size.width, "text"))


class Rule(LineWidget):
    """A thin line, along the longer of its sides."""

    def line(self, y: int) -> list[Run]:
        width, height = self.size
        mark = self.look.marks.upright if height > width else self.look.marks.rule
        return [(mark * width, self.look.roles["faint"])]
