"""Rows to choose from by typing: the palette's and the pickers' list."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual import events
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.reactive import reactive
from textual.widget import Widget

from tui.mail.noun import dataclass
from tui.mail.width import cell_width, cut, pad
from tui.widgets.fuzzy import Found, rank
from tui.widgets.plain import marks_of, say

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Value]):
    """One row.

    Attributes:
        label: what is searched, cleaned.
        detail: muted words behind it, cleaned.
        key: the key that does the same, shown at the right edge.
        value: what choosing it answers.
        also: another name that finds it, shown in the detail or nowhere.
    """

    label: str
    detail: str
    key: str
    value: Value
    also: str = ""


def hint_content(hints: Iterable[tuple[str, str]]) -> Content:
    """Return hints as one line: each key in the accent, what it does muted, three spaces between."""
    return Content("   ").join(Content.assemble((key, "$accent bold"), (f" {text}", "$muted")) for key, text in hints)


class ChoiceList(Widget, Generic[Value]):
    """Shows those of its choices that answer the typed words; one is under the cursor. Takes no focus: the input above
    it keeps that and moves the cursor here.
    """

    cursor: reactive[int] = reactive(0)

    class Clicked(TextualMessage):
        """The row under the mouse was clicked; the cursor is on it."""

    def __init__(
        self,
        choices: list[Choice[Value]],
        *,
        nothing: str = "nothing by that name",
        at: int = 0,
    ) -> None:
        super().__init__()
        self.set_reactive(ChoiceList.cursor, max(0, min(at, len(choices) - 1)))
        self._choices = choices
        self._count = len(choices)
        self._nothing = nothing
        self._shown: list[tuple[int, Found]] = rank("", [choice.label for choice in choices])
        self._top = 0

    def narrow(self, query: str, typed: Choice[Value] | None = None) -> None:
        """Show the choices that answer these words, the best under the cursor.

        Args:
            typed: what these words are by themselves; it comes first.
        """
        self._choices = [*self._choices[: self._count], *([typed] if typed is not None else [])]
        self._shown = rank(query, [choice.label for choice in self._choices])
        if query.strip():
            shown = {index for index, _ in self._shown}
            others = rank(query, [choice.also for choice in self._choices])
            self._shown += [(index, found._replace(places=())) for index, found in others if index not in shown]
        if typed is not None:
            own = self._count
            self._shown = [(own, Found(0, ())), *(each for each in self._shown if each[0] != own)]
        self.cursor = self._top = 0
        self.refresh()

    def move(self, rows: int) -> None:
        """Move the cursor, stopping at the ends."""
        self.cursor = max(0, min(self.cursor + rows, len(self._shown) - 1))

    def on_click(self, event: events.Click) -> None:
        if self._top + event.y < len(self._shown):
            self.cursor = self._top + event.y
            self.post_message(self.Clicked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-1)

    @property
    def chosen(self) -> Choice[Value] | None:
        """The choice under the cursor, None when nothing answers."""
        return self._choices[self._shown[self.cursor][0]] if self._shown else None

    @property
    def shown(self) -> list[Choice[Value]]:
        """The choices that answer, best first."""
        return [self._choices[index] for index, _ in self._shown]

    def beyond(self, height: int) -> tuple[int, int]:
        """Return how many of the choices that answer are above and below those in sight.

        Args:
            height: rows in sight.
        """
        self._scroll(height)
        return self._top, max(0, len(self._shown) - self._top - height)

    def _scroll(self, height: int) -> None:
        self._top = min(self._top, self.cursor)
        self._top = max(self._top, self.cursor - height + 1)

    def render(self) -> Content:
        width, height = self.size
        if not self._shown:
            return Content.styled(f"  {self._nothing}", "$muted")
        self._scroll(height)
        rows = self._shown[self._top : self._top + height]
        return Content("\n").join(
            self._row(self._choices[index], found, width, self._top + place == self.cursor)
            for place, (index, found) in enumerate(rows)
        )

    def _row(self, choice: Choice[Value], found: Found, width: int, current: bool) -> Content:
        keys = max((cell_width(each.key) for each in self._choices), default=0)
        room = max(10, width - 2 - (keys + 2 if keys else 0))
        longest = max((cell_width(each.label) for each in self._choices), default=0)
        has_detail = any(each.detail for each in self._choices)
        label_width = min(longest, room * 3 // 5) if has_detail else room
        label = Content(say(self, pad(cut(choice.label, label_width), label_width)))
        label = label.stylize("$bright" if current else "$text")
        for place in found.places:
            if place < label_width:
                label = label.stylize("$accent bold", place, place + 1)
        detail_width = max(0, room - label_width - 2)
        detail = say(self, pad(cut(choice.detail, detail_width), detail_width)) if has_detail else ""
        return Content.assemble(
            (f"{marks_of(self).cursor if current else ' '} ", "$accent"),
            label,
            ("  " + detail if has_detail else "", "$muted"),
            (f"  {choice.key:>{keys}}" if keys else "", "$bright bold"),
        )
