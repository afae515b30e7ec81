"""A part by itself above the mail: its text, or a picture of it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widgets import Static

from tui.mail.width import wrap
from tui.render.lines import Line, Link, Page, Style, plain_line
from tui.screens.page import PageAct, PageScreen
from tui.screens.styles import styles
from tui.terminal.graphics import Painting, Placed
from tui.terminal.keys import KeyHint, Scope, canonical_key
from tui.widgets.hint_line import HintLine
from tui.widgets.page_view import PageView
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.plain import say
from tui.widgets.status_line import StatusLine

NOTE_WIDTH = 76


class PartScreen(Screen[str | None]):
    """Shows a part; answers the id of the act whose key was pressed, None when it was left.

    Args:
        heading, about: what it is, cleaned.
        page: its text.
        look: colours and marks.
        status: the last line.
        picture: shown instead.
        painting: the same, painted by the terminal.
        acts: its keys.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("part")
    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.PAGE,)
    BINDINGS: ClassVar[list[BindingType]] = PageScreen.BINDINGS

    def __init__(
        self,
        heading: str,
        page: Page,
        look: Look,
        status: StatusLine,
        *,
        about: str = "",
        picture: Sequence[list[Run]] = (),
        painting: Painting | None = None,
        acts: Sequence[PageAct] = (),
    ) -> None:
        super().__init__()
        self.heading = heading
        self.about = about
        self.acts = tuple(acts)
        notes = [plain_line(line, Style.MUTED) for note in page.notes for line in wrap(note, NOTE_WIDTH)]
        self.lines: tuple[Line, ...] = (*page.lines, *(((), *notes) if notes else ()))
        self.links: tuple[Link, ...] = page.links
        self.picture = picture
        self.painting = painting
        self._view = PageView(look, self.lines, self.links, picture, id="part-view")
        self._status = status
        self._hints = HintLine(look, id="part-hints")
        hints = [KeyHint(act.key, act.text, act.id) for act in acts]
        self._hints.set_hints([KeyHint("j k", "scroll", ""), *hints, KeyHint("q", "back", "")])

    @property
    def terminal_picture(self) -> Placed | None:
        """The picture where it stands now; None where there is none, or no room for it."""
        painting, view = self.painting, self._view.content_region
        if painting is None or painting.columns > view.width or painting.rows > view.height:
            return None
        return Placed(painting, view.x, view.y)

    def compose(self) -> ComposeResult:
        """Lay out head, part, hints and status."""
        about = f"   {self.about}" if self.about else ""
        head = Content.assemble((say(self, self.heading), "$accent bold"), (say(self, about), "$muted"))
        yield Static(head, id="part-head")
        yield self._view
        yield self._hints
        yield self._status

    def on_mount(self) -> None:
        self._view.focus()

    def on_resize(self) -> None:
        if self.painting is not None:
            self.call_after_refresh(self._say_room)

    def _say_room(self) -> None:
        """Say so where there is no room any more for a picture that the terminal paints."""
        if self.terminal_picture is None:
            self.flash("no room for the picture now: show it again, and it gets smaller")

    def on_key(self, event: events.Key) -> None:
        """Answer with the act whose key this is."""
        pressed = canonical_key(event.key, event.character)
        for act in self.acts:
            if act.key == pressed:
                event.stop()
                event.prevent_default()
                self.dismiss(act.id)

    def on_line_widget_wheeled(self, wheel: LineWidget.Wheeled) -> None:
        self._view.scroll_lines(3 * wheel.by)

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_scroll(self, rows: int) -> None:
        self._view.scroll_lines(rows)

    def action_page(self, pages: int) -> None:
        self._view.scroll_lines(pages * max(1, self._view.size.height - 2))

    def action_end(self, end: int) -> None:
        self._view.scroll_lines(end * 10**9)
