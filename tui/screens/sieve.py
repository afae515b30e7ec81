"""The scripts that a server runs over mail as it arrives: which there are, and which one runs."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Static

from tui.mail.noun import dataclass
from tui.mail.text import clean_line
from tui.mail.width import cut, pad
from tui.screens.styles import styles
from tui.sync.events import Event
from tui.terminal.keys import Scope, canonical_key
from tui.widgets.choice_list import hint_content
from tui.widgets.plain import marks_of, say
from tui.widgets.status_line import StatusLine

HINTS = (("Enter", "edit"), ("n", "new"), ("a", "run it, or none"), ("x", "delete"), ("q", "back"))
ACTS = {"enter": "edit", "e": "edit", "n": "new", "a": "switch", "space": "switch", "x": "delete", "d": "delete"}
RUNS = "runs over what arrives"
NONE = "There is no script. n writes one: it files mail before any program sees it."
LEAST = 12


@dataclass(frozen=True, slots=True)
class ScriptRow:
    """One script.

    Attributes:
        name: as the server has it.
        is_active: it is the one that is run.
    """

    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class SieveAct:
    """What is to be done: ``edit``, ``new``, ``switch`` or ``delete``.

    Attributes:
        act: which.
        row: the script under the cursor, None for a new one.
    """

    act: str
    row: ScriptRow | None


class ScriptList(Widget):
    """The rows, a line each."""

    def __init__(self, rows: Sequence[ScriptRow], cursor: int) -> None:
        super().__init__(id="sieve-list")
        self.rows = rows
        self.cursor = cursor

    def render(self) -> Content:
        height, width = max(1, self.size.height), max(20, self.size.width)
        if not self.rows:
            return Content.styled(say(self, NONE), "$muted")
        top = max(0, min(self.cursor - height // 2, len(self.rows) - height))
        shown = list(enumerate(self.rows))[top : top + height]
        return Content("\n").join(self._line(row, place == self.cursor, width) for place, row in shown)

    def _line(self, row: ScriptRow, current: bool, width: int) -> Content:
        marks = marks_of(self)
        space = max(LEAST, min(40, width - len(RUNS) - 8))
        name = cut(say(self, clean_line(row.name)), space)
        return Content.assemble(
            (marks.cursor if current else " ", "$accent"),
            " ",
            (marks.passed if row.is_active else " ", "$good"),
            " ",
            (pad(name, space), "$bright bold on $tint" if current else "$bright"),
            (f"  {RUNS}" if row.is_active else "", "$muted"),
        )


class SieveScreen(Screen[SieveAct | None]):
    """Lists the scripts of an account; answers what is to be done, None when it was left.

    Args:
        account: whose, cleaned.
        rows: the scripts.
        status: the last line.
        at: the name the cursor stands on first.
        said: what there is to say, cleaned, and its style.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("sieve")
    AUTO_FOCUS: ClassVar[str | None] = ""
    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,h,left", "leave"),
        Binding("j,down", "move(1)"),
        Binding("k,up", "move(-1)"),
    ]

    def __init__(
        self,
        account: str,
        rows: Sequence[ScriptRow],
        *,
        status: StatusLine,
        at: str = "",
        said: tuple[str, str] = ("", "muted"),
    ) -> None:
        super().__init__()
        self.account = account
        self.rows = tuple(rows)
        self._status = status
        self._said = said
        names = [row.name for row in rows]
        self._list = ScriptList(self.rows, names.index(at) if at in names else 0)

    def compose(self) -> ComposeResult:
        """Lay out head, list, hints and status."""
        about = f"   on the server of {self.account}"
        yield Static(Content.assemble(("Sieve scripts", "$accent bold"), (about, "$muted")), id="sieve-head")
        yield self._list
        yield Static(hint_content(HINTS), id="sieve-hints")
        yield self._status

    def on_mount(self) -> None:
        words, style = self._said
        if words:
            self.flash(words, style=style)

    def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        self._status.update()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    @property
    def current(self) -> ScriptRow | None:
        """The script under the cursor."""
        return self.rows[self._list.cursor] if self.rows else None

    def on_key(self, event: events.Key) -> None:
        """Answer with the act whose key this is."""
        act = ACTS.get(canonical_key(event.key, event.character))
        if act is not None and (self.current is not None or act == "new"):
            event.stop()
            event.prevent_default()
            self.dismiss(SieveAct(act, self.current if act != "new" else None))

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        self._list.cursor = max(0, min(self._list.cursor + rows, len(self.rows) - 1))
        self._list.refresh()
