"""The scripts that a server runs over mail as it arrives: which there are, and which one runs."""

from collections.abc import Callable, Sequence
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
from tui.sieve.session import Script
from tui.sync.events import Event
from tui.terminal.keys import Scope, canonical_key
from tui.widgets.choice_list import hint_content
from tui.widgets.plain import marks_of, say
from tui.widgets.status_line import StatusLine

HINTS = (("Enter", "edit"), ("n", "new"), ("a", "run it, or none"), ("x", "delete"), ("r", "ask again"), ("q", "back"))
ACTS = {
    **{"enter": "edit", "e": "edit", "n": "new", "a": "switch", "space": "switch"},
    **{"x": "delete", "d": "delete", "r": "read"},
}
WITHOUT_ONE = ("new", "read")
"""Acts that need no script under the cursor."""
RUNS = "runs over what arrives"
NONE = "There is no script. n writes one: it files mail before any program sees it."
ASKING = "asking the server …"
LEAST = 12


@dataclass(frozen=True, slots=True)
class SieveAct:
    """What is to be done: ``edit``, ``new``, ``switch``, ``delete`` or ``read``.

    Attributes:
        act: which.
        script: the one under the cursor, None where the act needs none.
    """

    act: str
    script: Script | None


class ScriptList(Widget):
    """The scripts, a line each."""

    def __init__(self) -> None:
        super().__init__(id="sieve-list")
        self.scripts: Sequence[Script] = ()
        self.cursor = 0
        self.instead: tuple[str, str] = (ASKING, "muted")
        """What is said where there is none to be shown, and its style."""

    def render(self) -> Content:
        height, width = max(1, self.size.height), max(20, self.size.width)
        if not self.scripts:
            words, style = self.instead
            return Content.styled(say(self, words), f"${style}")
        top = max(0, min(self.cursor - height // 2, len(self.scripts) - height))
        shown = list(enumerate(self.scripts))[top : top + height]
        return Content("\n").join(self._line(script, place == self.cursor, width) for place, script in shown)

    def _line(self, script: Script, current: bool, width: int) -> Content:
        marks = marks_of(self)
        space = max(LEAST, min(40, width - len(RUNS) - 8))
        name = cut(say(self, clean_line(script.name)), space)
        return Content.assemble(
            (marks.cursor if current else " ", "$accent"),
            " ",
            (marks.passed if script.is_active else " ", "$good"),
            " ",
            (pad(name, space), "$bright bold on $tint" if current else "$bright"),
            (f"  {RUNS}" if script.is_active else "", "$muted"),
        )


class SieveScreen(Screen[None]):
    """Lists the scripts of an account. It is there at once: what the server says is shown when it has come.

    Args:
        account: whose, cleaned.
        act: begins what was asked for; the answer comes by `show` or `fail`, and until then nothing else is begun.
        status: the last line.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("sieve")
    AUTO_FOCUS: ClassVar[str | None] = ""
    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,h,left", "leave"),
        Binding("j,down", "move(1)"),
        Binding("k,up", "move(-1)"),
    ]

    def __init__(self, account: str, act: Callable[[SieveAct], object], *, status: StatusLine) -> None:
        super().__init__()
        self.account = account
        self._act = act
        self._status = status
        self._is_asking = False
        self._list = ScriptList()

    def compose(self) -> ComposeResult:
        """Lay out head, list, hints and status."""
        about = f"   on the server of {self.account}"
        yield Static(Content.assemble(("Sieve scripts", "$accent bold"), (about, "$muted")), id="sieve-head")
        yield self._list
        yield Static(hint_content(HINTS), id="sieve-hints")
        yield self._status

    def on_mount(self) -> None:
        self._begin(SieveAct("read", None))

    def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        self._status.update()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def show(self, scripts: Sequence[Script], at: str = "", words: str = "") -> None:
        """Show what there is now.

        Args:
            scripts: in their order.
            at: the name the cursor goes to, "" for where it is.
            words: what was done, cleaned.
        """
        self._is_asking = False
        names = [script.name for script in scripts]
        self._list.scripts, self._list.instead = scripts, (NONE, "muted")
        place = names.index(at) if at in names else self._list.cursor
        self._list.cursor = max(0, min(place, len(names) - 1))
        self._tell(words, "muted")

    def fail(self, words: str) -> None:
        """Say why it could not be done; cleaned."""
        self._is_asking = False
        self._list.instead = (words, "bad")
        self._tell(words, "bad")

    def _tell(self, words: str, style: str) -> None:
        if self.is_attached:  # the user may have left meanwhile
            self._list.refresh()
            self.flash(words, style=style)

    @property
    def scripts(self) -> Sequence[Script]:
        """What is listed."""
        return self._list.scripts

    @property
    def current(self) -> Script | None:
        """The script under the cursor."""
        return self._list.scripts[self._list.cursor] if self._list.scripts else None

    def _begin(self, wish: SieveAct) -> None:
        if not self._is_asking:
            self._is_asking = True
            self.flash(ASKING)
            self._act(wish)

    def on_key(self, event: events.Key) -> None:
        """Begin the act whose key this is."""
        act = ACTS.get(canonical_key(event.key, event.character))
        if act is not None:
            event.stop()
            event.prevent_default()
            if act in WITHOUT_ONE:
                self._begin(SieveAct(act, None))
            elif self.current is not None:
                self._begin(SieveAct(act, self.current))

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        self._list.cursor = max(0, min(self._list.cursor + rows, len(self._list.scripts) - 1))
        self._list.refresh()
