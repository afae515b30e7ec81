"""The panes of the mail screen: tree, list and message, where they stand and which of them has the focus."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from tui.config.last_view import KeyHint as LastHint
from tui.config.last_view import LastView
from tui.screens.mail_grid import Grid, grid
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.marks import ASCII, Marks
from tui.terminal.theme import ROLES, Roles
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.hint_line import HintLine
from tui.widgets.list_head import ListHead, Rule
from tui.widgets.mailbox_tree import MailboxTree
from tui.widgets.message_view import MessageView
from tui.widgets.painting import LineWidget, Look, Pane
from tui.widgets.status_line import StatusLine
from tui.widgets.thread_pane import ThreadPane
from tui.widgets.trust import Line

WHEEL = 3
"""Lines one notch of the wheel moves."""
LAYOUT_WITHIN = 0.02
"""Seconds the panes have to say that they are to be laid out."""


class MailPanes(Screen[None]):
    """Lays out the panes for the size there is, and moves the focus among them. It knows nothing of mail.

    Args:
        look: what all of it paints with.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)  # a widget paints what the focus changes of it

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._grid = Grid()
        self._reading = False
        self._unlaid = ExitStack()
        self._scopes: tuple[Scope, ...] = ()
        self._tree = MailboxTree(look, id="mail-tree")
        self._head = ListHead(look, id="mail-head")
        self._list = EnvelopeList(look, id="mail-list")
        self._rule = Rule(look, id="mail-rule")
        self._view = MessageView(look, id="mail-message")
        self._thread_pane = ThreadPane(look, id="mail-thread")
        self._hints = HintLine(look, id="mail-hints")
        self._key_hints: Sequence[KeyHint] = ()
        self._list_hints: Sequence[KeyHint] = ()
        self._status = StatusLine(look, self.lines, id="mail-status")
        self._status.explains = True

    def compose(self) -> ComposeResult:
        """Lay out the panes; sizes come with `_arrange`."""
        with Pane(id="mail-body"):
            yield self._tree
            with Pane(id="mail-panes"):
                with Pane(id="mail-list-pane"):
                    yield self._head
                    yield self._list
                yield self._rule
                with Pane(id="mail-message-pane"):
                    yield self._view
                    yield self._thread_pane
        yield self._hints
        yield self._status

    def use_marks(self, marks: Marks) -> None:
        """Paint with other marks from now on."""
        self._look.marks = marks
        self._repaint()

    def _take_colours(self) -> None:
        self._look.roles = Roles.from_variables(self.app.theme_variables)
        self._repaint()

    def _repaint(self) -> None:
        for widget in self.query(LineWidget):
            if isinstance(widget, EnvelopeList | MessageView):
                widget.repaint_all()
            else:
                widget.refresh()

    # Layout and focus

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """Give every pane its place for the size there is."""
        width, height = self.app.size
        wanted = grid(width, height, reading=self._reading)
        if wanted == self._grid and self._grid.columns is self.has_class("columns"):
            return
        self._grid = wanted
        self.set_class(wanted.columns, "columns")
        self.set_class(wanted.air, "air")
        self._tree.display = wanted.tree > 0
        self._tree.styles.width = wanted.tree
        pane = self._list.parent
        assert isinstance(pane, Pane)
        pane.display = wanted.shows_list
        pane.styles.width = wanted.list_width if wanted.columns else "1fr"
        pane.styles.height = wanted.list_rows + 1 if wanted.list_rows else "1fr"
        self._rule.display = wanted.shows_list and wanted.shows_message
        message = self._view.parent
        assert isinstance(message, Pane)
        message.display = wanted.shows_message
        self._view.place_soon(wanted.places(width, height).message[2])
        self.arrange_thread()
        self._hints.display = wanted.hints
        self._status.set_hints(() if wanted.hints else self._key_hints)
        self._status.brief = not wanted.columns
        self.arranged()

    def arrange_thread(self) -> None:
        """Give the thread below the message its lines, where list and message stand side by side."""
        rows = self._thread_pane.rows if self._grid.columns else 0
        self._thread_pane.display = rows > 0
        self._thread_pane.styles.height = rows

    @property
    def reading(self) -> bool:
        """Whether a message was opened: keys that page go to its text."""
        return self._reading

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        """Where the user is, the most particular first."""
        if self._reading:
            choosing = (Scope.SELECT,) if self._view.selection is not None else ()
            return (*choosing, Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE)
        if self._in_tree:
            return (Scope.TREE, Scope.MAIL, Scope.ANYWHERE)
        return (Scope.MAIL, Scope.ANYWHERE)

    @property
    def _in_tree(self) -> bool:
        return self.focused is self._tree

    def _go_to(self, pane: LineWidget) -> None:
        """Give a pane the focus; the message's pane is opened by it, any other closes it."""
        self._reading = pane is self._view
        before = self._grid
        self._arrange()
        if self._grid is not before:
            self._await_layout()
        self.set_focus(pane)
        if self.key_scopes != self._scopes:
            self._scopes = self.key_scopes
            self.place_changed()

    def _await_layout(self) -> None:
        """Paint nothing until the panes have said that they are to be laid out: not twice for one key."""
        self._unlaid.close()
        self._unlaid = ExitStack()
        self._unlaid.enter_context(self._list.held())
        self._unlaid.callback(asyncio.get_running_loop().call_later(LAYOUT_WITHIN, self._unlaid.close).cancel)

    def on_layout(self) -> None:
        """A pane has said so; Textual lays out the screen before the next frame."""
        self._unlaid.close()

    def _pane(self, step: int) -> LineWidget:
        """Return the pane that is so many behind the one with the focus: tree, list, message, and around."""
        panes: list[LineWidget] = [self._list, self._view]
        if self._grid.tree:
            panes.insert(0, self._tree)
        at = panes.index(self.focused) if isinstance(self.focused, LineWidget) and self.focused in panes else 0
        return panes[(at + step) % len(panes)]

    def arranged(self) -> None:
        """The panes have other sizes now: `_grid`."""

    def place_changed(self) -> None:
        """Other commands are at hand now."""

    def lines(self) -> Sequence[Line]:
        """Return what is known of the accounts' lines."""
        return ()

    def set_searches(self, names: Sequence[str]) -> None:
        """Show saved searches of these names below the mailboxes; the tree tells which one is chosen."""
        self._tree.set_searches(names)

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys, the most useful first."""
        self._key_hints = tuple(hints)
        if not self._reading and not self._in_tree:
            self._list_hints = self._key_hints
        self._hints.set_hints(hints)
        self._status.set_hints(() if self._grid.hints else self._key_hints)

    # The mouse

    def on_line_widget_wheeled(self, wheel: LineWidget.Wheeled) -> None:
        """What is under the mouse moves; the focus stays."""
        self.hush()
        if wheel.widget is self._list:
            self._list.move(wheel.by * WHEEL)
        elif wheel.widget is self._view:
            self._view.scroll_lines(wheel.by * WHEEL)
        elif wheel.widget is self._tree:
            self._tree.move(wheel.by)

    # What is said

    @property
    def look(self) -> Look:
        """What this screen paints with; others that stand above it may share it."""
        return self._look

    def hush(self) -> None:
        """A key was pressed: what was said until then has been read, and the cursor is where it was seen."""
        self._status.hush()
        self._list.hold()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line until the next key. Cleaned text, shown as it is.

        Args:
            style: a role of the theme.
        """
        self._status.say([(text, style)])

    def remember_look(self, view: LastView) -> None:
        """Write down how the next start's first screen is to look."""
        view.ascii_marks = self._look.marks is ASCII
        pens = [f"{role}{more}" for role in ROLES for more in ("", "+")]
        view.pens = dict.fromkeys((*pens, "text~", "bright~", "bright+~"), ())
        view.hints = [LastHint(hint.key_label, hint.text, hint.command_id) for hint in self._list_hints]
