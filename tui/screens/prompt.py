"""One line asked for at the foot of the screen below."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.terminal.keys import Scope
from tui.widgets.address_input import LineInput
from tui.widgets.choice_list import hint_content


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line; answers it without outer white space, or None when it was left or is empty.

    Args:
        label: what is asked for, such as ``save to folder``.
        value: what stands there already.
        note: a muted remark above, cleaned; such as what will be saved.
        does: what Enter does, for the hints.
        complete: continues what is typed, at the Tab key; None for no such thing.
        hidden: what is typed is not shown, and its white space counts: for passwords.
        check: asked at Enter; returns why what was typed cannot be used, cleaned: then it stays to be mended.
    """

    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave"), Binding("tab", "complete")]

    def __init__(
        self,
        label: str,
        *,
        value: str = "",
        note: str = "",
        does: str = "go on",
        complete: Callable[[str], Awaitable[str]] | None = None,
        hidden: bool = False,
        check: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        super().__init__()
        self.check = check
        self._is_checking = False
        self.hidden = hidden
        self.complete = complete
        self.label = label
        self.value = value
        self.note = note
        tab = (("Tab", "complete"),) if complete is not None else ()
        self._hints: Sequence[tuple[str, str]] = (("Enter", does), *tab, ("Esc", "leave"))

    def compose(self) -> ComposeResult:
        """Lay out the hints and, below them, the label and its input."""
        yield Static(self._above(), id="prompt-hints")
        with Horizontal(id="prompt-line"):
            yield Static(Content.styled(f"{self.label}  ", "$accent bold"), id="prompt-label")
            yield LineInput(self.value, id="prompt-input", hidden=self.hidden)

    def _above(self, error: str = "") -> Content:
        note = ((f"{error}   ", "$bad"),) if error else ((f"{self.note}   ", "$text"),) if self.note else ()
        return Content.assemble(*note, hint_content(self._hints))

    def on_mount(self) -> None:
        self.query_one(LineInput).focus()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        value = event.value if self.hidden else event.value.strip()
        if self._is_checking:
            return
        if value and self.check is not None:
            self._is_checking = True
            try:
                error = await self.check(value)
            finally:
                self._is_checking = False
            if error:
                self.query_one("#prompt-hints", Static).update(self._above(error))
                return
        self.dismiss(value or None)

    async def action_complete(self) -> None:
        box = self.query_one(LineInput)
        before = box.value
        if self.complete is not None:
            longer = await self.complete(before)
            if box.value == before:  # nothing was typed meanwhile
                box.value = longer
                box.cursor_position = len(longer)

    def action_leave(self) -> None:
        self.dismiss(None)
