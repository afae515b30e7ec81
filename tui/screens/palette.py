"""Choosing by typing: the command palette and every picker (mailboxes, links, parts, drafts)."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.types import CSSPathType
from textual.widgets import Input, Static

from tui.screens.styles import styles
from tui.terminal.keys import Scope
from tui.widgets.address_input import LineInput
from tui.widgets.choice_list import Choice, ChoiceList, hint_content
from tui.widgets.plain import marks_of

Value = TypeVar("Value")

LOW = 16
"""Rows of a terminal below which the box has no air."""
PREVIEW_AFTER = 0.1
"""Seconds the cursor rests on a row before its value is previewed."""


class PickScreen(ModalScreen[Value | None], Generic[Value]):
    """A box over the screen below: an input and the choices that answer it. Answers the chosen value, or None.

    Args:
        heading: our own word or two, never foreign text.
        choices: the rows, in the order shown while nothing is typed.
        does: what Enter does, for the hints.
        sign: the character before the input.
        at: the row under the cursor at first.
        preview: called with the value under the cursor when it rests there, so that it can be seen before it is
            chosen. What it shows is to be taken back by the caller when the answer is None.
        typed: makes what is typed a choice of its own, the first, where it can be one.
        empty: shown in the input while nothing is typed, such as examples.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("palette")
    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    MOST_ROWS: ClassVar[int] = 12
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave"),
        Binding("down,ctrl+n,ctrl+j", "move(1)"),
        Binding("up,ctrl+p", "move(-1)"),
        Binding("pagedown", "move(10)"),
        Binding("pageup", "move(-10)"),
    ]

    def __init__(
        self,
        heading: str,
        choices: list[Choice[Value]],
        *,
        does: str = "choose",
        sign: str = ":",
        at: int = 0,
        preview: Callable[[Value], None] | None = None,
        typed: Callable[[str], Choice[Value] | None] | None = None,
        empty: str = "",
    ) -> None:
        super().__init__()
        self._typed = typed
        self.empty = empty
        self._preview = preview
        self._resting: Timer | None = None
        self.heading = heading
        self.does = does
        self._sign = sign
        self._rows = 1
        self.choices: ChoiceList[Value] = ChoiceList(choices, at=at)

    def compose(self) -> ComposeResult:
        """Lay out the box."""
        with Vertical(id="pick") as box:
            box.border_title = Content.styled(self.heading, "$accent bold").markup
            with Horizontal(id="pick-line"):
                yield Static(Content.styled(f" {self._sign} ", "$accent bold"), id="pick-sign")
                yield LineInput(id="pick-input", placeholder=self.empty)
            yield self.choices
            yield Static(hint_content((("Enter", self.does), ("Esc", "close"))), id="pick-hints")

    def on_mount(self) -> None:
        self.query_one(LineInput).focus()
        self._fit()
        self.watch(self.choices, "cursor", self._tell_more, init=False)

    def on_resize(self, event: events.Resize) -> None:
        self._fit()

    def _fit(self) -> None:
        low = self.size.height < LOW
        self.set_class(low, "low")
        rows = max(1, min(len(self.choices.shown), self.MOST_ROWS, self.size.height - (4 if low else 10)))
        self.choices.styles.height = rows
        self._rows = rows
        self._tell_more()

    def _tell_more(self) -> None:
        """Say on the edge of the box what is above and below the rows in sight."""
        above, below = self.choices.beyond(self._rows)
        told = [f"{count:,} {where}" for count, where in ((above, "above"), (below, "below")) if count]
        words = Content.styled(f" {marks_of(self).dot} ".join(told), "$muted")
        self.query_one("#pick", Vertical).border_subtitle = words.markup

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.choices.narrow(event.value, self.meant(event.value))
        self._preview_soon()
        self._fit()

    def meant(self, text: str) -> Choice[Value] | None:
        """Return what a text means by itself, None where it means nothing."""
        return self._typed(text) if self._typed is not None else None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose()

    def on_choice_list_clicked(self) -> None:
        self._choose()

    def _choose(self) -> None:
        chosen = self.choices.chosen
        if chosen is not None:
            self.dismiss(chosen.value)

    def action_move(self, rows: int) -> None:
        self.choices.move(rows)
        self._preview_soon()

    def on_unmount(self) -> None:
        if self._resting is not None:
            self._resting.stop()

    def _preview_soon(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        if self._preview is not None:
            self._resting = self.set_timer(PREVIEW_AFTER, self._show_preview)

    def _show_preview(self) -> None:
        chosen = self.choices.chosen
        if chosen is not None and self._preview is not None and self.is_current:
            self._preview(chosen.value)

    def action_leave(self) -> None:
        self.dismiss(None)
