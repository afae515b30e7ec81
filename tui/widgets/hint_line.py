"""Keys that are at hand, one line of them."""

from collections.abc import Sequence

from tui.terminal.keys import KeyHint
from tui.widgets.painting import LineWidget, Look, Run, spread, width_of

PINNED = ("app.palette", "app.help")
"""Commands whose hints stand at the right edge and are never cut."""


def hint_runs(hints: Sequence[KeyHint], cells: int, look: Look, *, gap: int = 3) -> list[Run]:
    """Return as many hints as fit, cut from the middle: the first ones and the pinned ones stay."""
    left, right = _split(hints, cells, look, gap)
    return _join([*left, *right], gap, look)


def _split(hints: Sequence[KeyHint], cells: int, look: Look, gap: int) -> tuple[list[list[Run]], list[list[Run]]]:
    pinned = [_hint(hint, look) for hint in hints if hint.command_id in PINNED]
    while pinned and width_of(_join(pinned, gap, look)) > cells:
        del pinned[0]
    room = cells - sum(width_of(each) + gap for each in pinned)
    kept: list[list[Run]] = []
    for hint in hints:
        if hint.command_id in PINNED:
            continue
        runs = _hint(hint, look)
        if width_of(runs) > room:
            break
        kept.append(runs)
        room -= width_of(runs) + gap
    return kept, pinned


def _hint(hint: KeyHint, look: Look) -> list[Run]:
    return [(hint.key_label, look.roles.style("accent", bold=True)), (f" {hint.text}", look.roles["muted"])]


def _join(hints: Sequence[list[Run]], gap: int, look: Look) -> list[Run]:
    runs: list[Run] = []
    for hint in hints:
        if runs:
            runs.append((" " * gap, look.roles["muted"]))
        runs += hint
    return runs


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
        width, space = self.size.width, self.look.roles["text"]
        left, right = _split(self._hints, width - 2, self.look, 3)
        ends = [*_join(right, 3, self.look), (" ", space)]
        return spread([(" ", space), *_join(left, 3, self.look)], ends, width, space)
