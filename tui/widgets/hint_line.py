"""Keys that are at hand, one line of them."""

from collections.abc import Sequence

from tui.terminal.keys import KeyHint
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.words import hint_line


class HintLine(LineWidget):
    """Shows the hints it is given; ``:`` and ``?`` stand at the right edge."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._hints: Sequence[KeyHint] = ()

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these, the most useful first."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def line(self, y: int) -> list[Run]:
        return self.look.styled(hint_line(self._hints, self.size.width))
