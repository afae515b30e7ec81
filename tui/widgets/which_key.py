"""A whisper at the foot of the screen: what may follow the keys that were begun."""

from collections.abc import Sequence as Ordered

from textual.content import Content
from textual.widget import Widget

from tui.mail.width import cell_width, cut, pad
from tui.terminal.keys import KeyHint, Sequence, sequence_label
from tui.widgets.plain import say


class WhichKey(Widget, can_focus=False):
    """Lists continuations in columns, above the status line.

    Args:
        begun: the keys pressed so far.
        hints: what may follow.
    """

    COLUMN = 24
    """Least cells of a column."""

    def __init__(self, begun: Sequence, hints: Ordered[KeyHint]) -> None:
        super().__init__()
        self._begun = begun
        self._hints = tuple(hints)

    def on_mount(self) -> None:
        self.styles.height = 2 + self._rows(self.screen.size.width - 2)

    def _columns(self, width: int) -> int:
        return max(1, min(4, width // self.COLUMN))

    def _rows(self, width: int) -> int:
        columns = self._columns(width)
        return min(max(1, self.screen.size.height - 5), -(-len(self._hints) // columns))

    def render(self) -> Content:
        width = self.size.width
        columns, rows = self._columns(width), self._rows(width)
        wide = width // columns
        lines = [
            Content.assemble(
                (sequence_label(self._begun), "$accent bold"),
                (say(self, "  …   "), "$bright bold"),
                ("waiting for the next key, Esc forgets it", "$muted"),
            )
        ]
        for row in range(rows):
            cells = self._hints[row::rows][:columns]
            lines.append(Content("").join(self._cell(hint, wide) for hint in cells))
        return Content("\n").join(lines)

    def _cell(self, hint: KeyHint, wide: int) -> Content:
        key = "  " + hint.key_label + "  "
        room = max(1, wide - cell_width(key))
        return Content.assemble((key, "$accent bold"), (say(self, pad(cut(hint.text, room - 1), room)), "$text"))
