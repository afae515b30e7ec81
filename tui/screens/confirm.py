"""A question answered by y or n, on the last line of the screen below."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.terminal.keys import Scope


class ConfirmScreen(ModalScreen[bool]):
    """Asks; answers True for y, False for n or Esc.

    Args:
        question: one cleaned line, such as ``No subject. Send it all the same?``
        yes, no: what the two keys do, in a word or two.
    """

    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "answer(True)"), Binding("n,escape,q", "answer(False)")]

    def __init__(self, question: str, *, yes: str = "yes", no: str = "no") -> None:
        super().__init__()
        self.question = question
        self.answers = (yes, no)

    def compose(self) -> ComposeResult:
        """Lay out the one line."""
        yes, no = self.answers
        yield Static(
            Content.assemble(
                (self.question, "$new bold"),
                "   ",
                ("y", "$accent bold"),
                (f" {yes}   ", "$muted"),
                ("n", "$accent bold"),
                (f" {no}", "$muted"),
            ),
            id="question",
        )

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
