"""A page to be read to its end: facts and plain lines, and the keys that act on what it tells."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from tui.mail.noun import dataclass
from tui.mail.width import wrap
from tui.screens.styles import styles
from tui.terminal.keys import KeyHint, Scope, canonical_key
from tui.terminal.theme import Roles
from tui.widgets.hint_line import HintLine
from tui.widgets.painting import Look
from tui.widgets.plain import say
from tui.widgets.status_line import StatusLine

INDENT = 12
"""Cells before a fact."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, and what it is. Cleaned."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a page.

    Attributes:
        heading: what it is about, cleaned; "" for none.
        role: the heading's colour.
        facts: below it; those without a text are not shown.
        lines: below these, as they are: a dialogue.
    """

    heading: str
    role: str = "bright"
    facts: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageAct:
    """A key of a page.

    Attributes:
        key: one key, in canonical spelling.
        text: what it does.
        id: what is answered: the id of a command, or a word for whoever asks.
    """

    key: str
    text: str
    id: str


class PageScreen(Screen[str | None]):
    """Shows a page; answers the id of the act whose key was pressed, None when it was left.

    Args:
        heading: what it is.
        about: a muted remark beside it.
        chapters: the page.
        acts: its keys.
        status: the last line; None for one that knows of no account.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("page")
    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.PAGE,)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,h,left", "leave"),
        Binding("j,down", "scroll(1)"),
        Binding("k,up", "scroll(-1)"),
        Binding("space,pagedown", "page(1)"),
        Binding("b,pageup", "page(-1)"),
        Binding("g,home", "end(-1)"),
        Binding("G,end", "end(1)"),
    ]

    def __init__(
        self,
        heading: str,
        chapters: Sequence[Chapter],
        *,
        about: str = "",
        acts: Sequence[PageAct] = (),
        status: StatusLine | None = None,
    ) -> None:
        super().__init__()
        self.heading = heading
        self.about = about
        self.chapters = tuple(chapters)
        self.acts = tuple(acts)
        self._status = status or StatusLine(Look(Roles({})), list)
        self._hints = HintLine(self._status.look, id="page-hints")
        hints = [KeyHint(act.key, act.text, act.id) for act in acts]
        self._hints.set_hints([KeyHint("j k", "scroll", ""), *hints, KeyHint("q", "back", "")])

    def compose(self) -> ComposeResult:
        """Lay out head, page, hints and status."""
        about = f"   {self.about}" if self.about else ""
        yield Static(Content.assemble((self.heading, "$accent bold"), (about, "$muted")), id="page-head")
        with VerticalScroll(id="page-view"):
            yield Static(id="page-text")
        yield self._hints
        yield self._status

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#page-text", Static).update(self.page(max(20, event.size.width - 4)))

    def page(self, width: int) -> Content:
        """Return the whole page for a width in cells."""
        lines: list[Content] = []
        for chapter in self.chapters:
            lines += [Content("")] if lines else []
            for part in wrap(chapter.heading, width) if chapter.heading else []:
                lines.append(Content.styled(say(self, part), f"${chapter.role} bold"))
            for fact in chapter.facts:
                for place, part in enumerate(wrap(fact.text, max(20, width - INDENT)) if fact.text else []):
                    label = "" if place else fact.label
                    lines.append(Content.assemble((f"  {label:<{INDENT - 2}}", "$muted"), (say(self, part), "$text")))
            if chapter.lines and chapter.facts:
                lines.append(Content(""))
            for line in chapter.lines:
                ours = line.startswith(">")
                for part in wrap(line, width) or [""]:
                    lines.append(Content.styled(say(self, part), "$muted" if ours else "$text"))
        return Content("\n").join(lines)

    def on_key(self, event: events.Key) -> None:
        """Answer with the act whose key this is."""
        pressed = canonical_key(event.key, event.character)
        for act in self.acts:
            if act.key == pressed:
                event.stop()
                event.prevent_default()
                self.dismiss(act.id)

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_page(self, pages: int) -> None:
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_end(self, end: int) -> None:
        view = self.query_one(VerticalScroll)
        view.scroll_to(y=0 if end < 0 else view.max_scroll_y, animate=False)
