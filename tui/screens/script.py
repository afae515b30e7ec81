"""One script being written: it is kept only when the server has nothing against it, and never lost before."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from tui.mail.noun import dataclass
from tui.screens.confirm import ConfirmScreen
from tui.screens.styles import styles
from tui.sync.events import Event
from tui.terminal.keys import Scope
from tui.widgets.choice_list import hint_content
from tui.widgets.plain import say
from tui.widgets.script_text import ScriptText
from tui.widgets.status_line import StatusLine

HINTS = (("Ctrl+S", "keep it on the server"), ("Ctrl+T", "only check it"), ("Esc", "leave"))
ASKED = "The server looks at it …"
LOSES = "It holds signs that are not shown here, and are lost if it is kept. tidings sieve --show and --put leave them."
_LINE = re.compile(r"\bline (\d{1,6})\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a server says of a script.

    Attributes:
        is_well: it has nothing against it; what was to be kept is kept.
        lines: its complaints or warnings, or why it could not be asked; cleaned.
    """

    is_well: bool
    lines: tuple[str, ...] = ()


Judge = Callable[[str], Awaitable[Verdict]]


class ScriptScreen(Screen[bool]):
    """A script in an editor; answers whether it was kept.

    Args:
        name: of the script, cleaned.
        text: what it is now.
        keep: has the server keep a text.
        check: has the server look at a text.
        status: the last line.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("sieve")
    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", priority=True),
        Binding("ctrl+t", "check", priority=True),
        Binding("escape", "leave", priority=True),
    ]

    def __init__(self, name: str, text: str, *, keep: Judge, check: Judge, status: StatusLine) -> None:
        super().__init__()
        self.script_name = name
        self._keep = keep
        self._check = check
        self._status = status
        self._text = ScriptText(text, id="script-text")
        self._before = self._text.text
        self._loses = self._before != text
        self._is_asking = False

    def compose(self) -> ComposeResult:
        """Lay out head, text, what the server says, hints and status."""
        name = say(self, self.script_name)
        yield Static(Content.assemble(("Sieve script", "$accent bold"), (f"   {name}", "$bright")), id="script-head")
        yield self._text
        yield Static(id="script-said")
        yield Static(hint_content(HINTS), id="script-hints")
        yield self._status

    def on_mount(self) -> None:
        self._say([LOSES] if self._loses else [], "warn")
        self._text.focus()

    def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        self._status.update()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def action_keep(self) -> None:
        self._ask(self._keep, "kept")

    def action_check(self) -> None:
        self._ask(self._check, "")

    def _ask(self, judge: Judge, done: str) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._say([ASKED], "muted")
            self.run_worker(self._asked(judge, done))

    async def _asked(self, judge: Judge, done: str) -> None:
        text = self._text.text
        try:
            verdict = await judge(text)
        finally:
            self._is_asking = False
        if verdict.is_well and done and not verdict.lines and text == self._text.text:
            self.dismiss(True)
            return
        if verdict.is_well and done:
            self._before = text
        well = "Kept." if done else "The server has nothing against it."
        self._say([*([well] if verdict.is_well else []), *verdict.lines], "good" if verdict.is_well else "bad")
        if not verdict.is_well:
            self._go_to_line(verdict.lines)

    def _say(self, lines: Sequence[str], style: str) -> None:
        said = self.query_one("#script-said", Static)
        said.display = bool(lines)
        said.update(Content("\n").join(Content.styled(say(self, line), f"${style}") for line in lines))

    def _go_to_line(self, lines: Sequence[str]) -> None:
        found = next((match for line in lines if (match := _LINE.search(line))), None)
        if found is not None:
            self._text.move_cursor((max(0, min(int(found[1]), self._text.document.line_count) - 1), 0))

    def action_leave(self) -> None:
        if self._text.text == self._before:
            self.dismiss(False)
            return
        question = ConfirmScreen("Leave without what you changed?", yes="leave", no="go on writing")
        self.app.push_screen(question, self._left)

    def _left(self, leaves: bool | None) -> None:
        if leaves:
            self.dismiss(False)
