"""The setup screen's panes: fields, the lamps of both halves, what is said of them. It knows no servers."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from tui.screens.setup_form import HalfForm
from tui.screens.setup_words import WELCOME, Panel, panel_content
from tui.screens.styles import styles
from tui.setup.check import Half
from tui.terminal.keys import Scope
from tui.widgets.address_input import LineInput
from tui.widgets.choice_list import hint_content
from tui.widgets.lamps import HalfLamps
from tui.widgets.plain import say

Answer = TypeVar("Answer")


class Stage(StrEnum):
    """How far the setup has come."""

    ADDRESS = "address"
    SECRET = "secret"
    WALK = "walk"
    EDIT = "edit"
    ASK = "ask"
    SIGN_IN = "sign in"


HEADS = {
    Stage.ADDRESS: "1 of 3: who are you?",
    Stage.SECRET: "2 of 3: how do you sign in?",
    Stage.WALK: "3 of 3: can we receive and send?",
    Stage.EDIT: "every value can be changed",
    Stage.ASK: "do you trust this?",
    Stage.SIGN_IN: "2 of 3: sign in at the provider",
}
SPACIOUS = 30
"""Rows from which on blank ones part what belongs apart."""
FIELDS = (Stage.SECRET, Stage.SIGN_IN)
"""Stages in which there is something to type below the address."""


class SetupPanes(Screen[Answer], Generic[Answer]):
    """Lays the panes out for a stage.

    Attributes:
        stage: what is shown.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("setup")
    AUTO_FOCUS: ClassVar[str | None] = ""
    key_scopes: ClassVar[tuple[Scope, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage.ADDRESS
        self._panel = WELCOME
        self._lamps = {half: HalfLamps(half) for half in Half}
        self._forms = {half: HalfForm(half) for half in Half}

    def compose(self) -> ComposeResult:
        """Lay out head, fields, both halves, what is said of them, hints and counts."""
        yield Static(id="setup-head")
        with Horizontal(classes="field"):
            yield Static(Content.styled("Address", "$muted"), classes="label")
            yield LineInput(id="setup-address", placeholder="ada@example.org")
            yield Static(id="setup-origin")
        with Horizontal(classes="field", id="setup-secret-line"):
            yield Static(id="setup-prompt", classes="label")
            yield LineInput(id="setup-secret", hidden=True)
        with Horizontal(classes="field", id="setup-kept-line"):
            yield Static(Content.styled("Kept", "$muted"), classes="label")
            yield Static(id="setup-kept")
        with Horizontal(id="setup-halves"):
            for half in Half:
                with Vertical(classes="half"):
                    yield self._lamps[half]
                    yield self._forms[half]
        with VerticalScroll(id="setup-panel", can_focus=False):
            yield Static(id="setup-text")
        yield Static(id="setup-hints")
        with Horizontal(id="setup-foot"):
            yield Static(id="setup-counts")
            yield Static(id="setup-where")

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < SPACIOUS, "low")
        self._say(self._panel)

    @property
    def _address(self) -> LineInput:
        return self.query_one("#setup-address", LineInput)

    @property
    def _secret(self) -> LineInput:
        return self.query_one("#setup-secret", LineInput)

    def _set(self, id: str, content: Content | str) -> None:
        self.query_one(f"#{id}", Static).update(content)

    def _go(self, stage: Stage, panel: Panel, hints: Sequence[tuple[str, str]]) -> None:
        """Show another stage; what can be typed into has the focus."""
        self.stage = stage
        self._set("setup-head", Content.assemble(("Setup", "$accent bold"), (f"  {HEADS[stage]}", "$muted")))
        self.query_one("#setup-secret-line").display = stage in FIELDS
        self.query_one("#setup-kept-line").display = stage is Stage.SECRET
        self.query_one("#setup-halves").display = stage is not Stage.ADDRESS
        self._address.can_focus = stage is Stage.ADDRESS
        for half in Half:
            self._lamps[half].only_title = stage is Stage.EDIT
            self._forms[half].display = stage is Stage.EDIT
        if stage is Stage.ADDRESS:
            self.set_focus(self._address)
        elif stage in FIELDS:
            self.set_focus(self._secret)
        elif stage is Stage.EDIT:
            self.set_focus(self._forms[Half.RECEIVING].first)
        else:
            self.set_focus(None)
        self._hint(hints)
        self._tell("")
        if stage is not Stage.WALK:
            self._set("setup-where", "")
        self._say(panel)

    def _hint(self, hints: Sequence[tuple[str, str]]) -> None:
        self._set("setup-hints", hint_content(hints))

    def _say(self, panel: Panel) -> None:
        """Show what is said below the halves."""
        self._panel = panel
        if self.is_mounted:
            width = max(20, self.size.width - 2)
            spacious = self.size.height >= SPACIOUS
            self._set("setup-text", panel_content(self, panel, width, spacious=spacious))

    def _tell(self, text: str, role: str = "muted") -> None:
        """Say one line at the foot. Cleaned."""
        self._set("setup-counts", Content.styled(say(self, text), f"${role}"))

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line at the foot, as every screen can."""
        self._tell(text, style)
