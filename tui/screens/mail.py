"""The mail screen: tree, list and message, their layout and focus, and what commands ask of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message as TextualMessage
from textual.screen import Screen
from textual.timer import Timer

from tui.config.last_view import KeyHint as LastHint
from tui.config.last_view import LastView
from tui.config.model import AccountConfig
from tui.mail.envelope import Envelope
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.render.lines import Mode, Page
from tui.screens.mail_feed import MailFeed
from tui.screens.mail_grid import Grid, grid
from tui.screens.mail_reader import MailReader, Wanted
from tui.store.database import Store
from tui.sync.events import Event, LinkState
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.marks import ASCII, Marks, choose
from tui.terminal.theme import ROLES, Roles
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.hint_line import HintLine
from tui.widgets.list_head import ListHead, Rule
from tui.widgets.mailbox_tree import MailboxTree
from tui.widgets.message_view import MessageView
from tui.widgets.painting import LineWidget, Look
from tui.widgets.status_line import StatusLine
from tui.widgets.trust import Line, trust_words

AFTER_LAST_MOVE = 0.08
"""Seconds the cursor rests on a row before its message is shown."""
WHEEL = 3
"""Lines one notch of the wheel moves."""
AGES_EVERY = 60.0
"""Seconds between looks whether a row's age is told otherwise."""


class MailAccount(Protocol):
    """What the mail screen needs of `tui.sync.account.Account`; see there."""

    name: AccountName
    config: AccountConfig

    @property
    def link(self) -> LinkState: ...
    def open_mailbox(self, mailbox: MailboxId) -> None: ...
    async def message(self, mailbox: MailboxId, uid: Uid) -> Message: ...
    async def change_flags(
        self, mailbox: MailboxId, uids: Sequence[Uid], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None: ...


class MailScreen(Screen[None]):
    """Shows the mail of all accounts.

    Args:
        store: open.
        accounts: by name, in the order of the screen.
        marks: unicode or ascii; None for what the locale allows.
        begin_with: the mailbox to show first, if there still is one of this key.
        clock: seconds since 1970 UTC.

    Attributes:
        mode: how the message in view is laid out.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""

    class FirstShown(TextualMessage):
        """The first rows are on the screen; keys can be obeyed."""

    class PlaceChanged(TextualMessage):
        """Other commands are at hand now: the focus moved, a message was opened or left."""

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, MailAccount],
        *,
        marks: Marks | None = None,
        begin_with: MailboxId | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._look = Look(Roles({}), marks or choose("auto"), clock)
        self._accounts = accounts
        self._grid = Grid()
        self._reading = False
        self._resting: Timer | None = None
        self._scopes: tuple[Scope, ...] = ()
        look = self._look
        self._tree = MailboxTree(look, id="mail-tree")
        self._head = ListHead(look, id="mail-head")
        self._list = EnvelopeList(look, id="mail-list")
        self._rule = Rule(look, id="mail-rule")
        self._view = MessageView(look, id="mail-message")
        self._hints = HintLine(look, id="mail-hints")
        self._key_hints: Sequence[KeyHint] = ()
        self._list_hints: Sequence[KeyHint] = ()
        self._feed = MailFeed(self, store, accounts, look, self._tree, self._head, self._list, begin_with)
        self._status = StatusLine(look, self._feed.lines, id="mail-status")
        self._feed.status = self._status
        self._reader = MailReader(self._view, self._message_shown)

    def compose(self) -> ComposeResult:
        """Lay out the panes; sizes come with `_arrange`."""
        with Container(id="mail-body"):
            yield self._tree
            with Container(id="mail-panes"):
                with Container(id="mail-list-pane"):
                    yield self._head
                    yield self._list
                yield self._rule
                yield self._view
        yield self._hints
        yield self._status

    def on_mount(self) -> None:
        self._take_colours()
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._take_colours())
        self._view.own = {account.config.address.spec.casefold() for account in self._accounts.values()}
        self._arrange()
        self.set_focus(self._list)
        self.set_interval(AGES_EVERY, self._grow_older)
        self._feed.start()

    async def on_unmount(self) -> None:
        await self._feed.close()
        await self._reader.close()

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
        assert isinstance(pane, Container)
        pane.display = wanted.shows_list
        pane.styles.width = wanted.list_width if wanted.columns else "1fr"
        pane.styles.height = wanted.list_rows + 1 if wanted.list_rows else "1fr"
        self._rule.display = wanted.shows_list and wanted.shows_message
        self._view.display = wanted.shows_message
        self._hints.display = wanted.hints
        self._status.set_hints(() if wanted.hints else self._key_hints)
        self._feed.spacious = wanted.columns
        self._status.brief = not wanted.columns
        self._feed.has_tree = wanted.tree > 0
        self._feed.tell()

    @property
    def reading(self) -> bool:
        """Whether a message was opened: keys that page go to its text."""
        return self._reading

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        """Where the user is, the most particular first."""
        if self._reading:
            return (Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE)
        if self._in_tree:
            return (Scope.TREE, Scope.MAIL, Scope.ANYWHERE)
        return (Scope.MAIL, Scope.ANYWHERE)

    @property
    def _in_tree(self) -> bool:
        return self.focused is self._tree

    def _go_to(self, pane: LineWidget) -> None:
        """Give a pane the focus; the message's pane is opened by it, any other closes it."""
        self._reading = pane is self._view
        self._arrange()
        self.set_focus(pane)
        if self.key_scopes != self._scopes:
            self._scopes = self.key_scopes
            self.post_message(self.PlaceChanged())

    def focus_next(self, *, back: bool = False) -> None:  # type: ignore[override] # panes, not Textual's chain
        """Give the focus to the next pane: tree, list, message."""
        panes: list[LineWidget] = [self._list, self._view]
        if self._grid.tree:
            panes.insert(0, self._tree)
        at = panes.index(self.focused) if isinstance(self.focused, LineWidget) and self.focused in panes else 0
        pane = panes[(at + (-1 if back else 1)) % len(panes)]
        if pane is self._view:
            self._open_message()
        else:
            self._go_to(pane)

    def set_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show these keys, the most useful first."""
        self._key_hints = tuple(hints)
        if not self._reading and not self._in_tree:
            self._list_hints = self._key_hints
        self._hints.set_hints(hints)
        self._status.set_hints(() if self._grid.hints else self._key_hints)

    # What is under the cursor

    @property
    def mailbox(self) -> MailboxId | None:
        """The mailbox whose list is shown."""
        return self._feed.shown

    @property
    def account(self) -> AccountName | None:
        """The account of the mailbox that is shown."""
        state = self._feed.state
        return state.mailbox.account if state is not None else None

    @property
    def role(self) -> Role | None:
        """What the mailbox that is shown is for."""
        state = self._feed.state
        return state.mailbox.role if state is not None else None

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        """The message under the cursor."""
        envelope, state = self._list.current, self._feed.state
        if envelope is None or state is None:
            return None
        return state.mailbox.account, state.id, envelope.uid

    @property
    def current_envelope(self) -> Envelope | None:
        """The row under the cursor, without its structure."""
        return self._list.current

    def marked_or_current(self) -> list[Uid]:
        """Return what a command acts on: the marked rows, else the one under the cursor."""
        if self._list.marked:
            return sorted(self._list.marked)
        return [self._list.current.uid] if self._list.current is not None else []

    def toggle_mark(self) -> None:
        """Mark the row under the cursor for the next act, or unmark it, and go on."""
        self._list.toggle_mark()
        self._list.move(1)
        self._feed.tell()

    def clear_marks(self) -> None:
        """Unmark every row: the act is done."""
        self._list.forget(set(self._list.marked))
        self._list.set_waiting(self._list.waiting)
        self._feed.tell()

    @property
    def message(self) -> Message | None:
        """The message in view, None while the one under the cursor is not."""
        current = self.current
        if current is None or not self._reader.is_for(current[1], current[2]):
            return None
        return self._reader.message

    @property
    def page_shown(self) -> Page | None:
        """The page in view."""
        return self._view.page if self.message is not None else None

    @property
    def mode(self) -> Mode:
        return self._reader.mode

    def set_mode(self, mode: Mode) -> None:
        """Lay the message in view out in another way."""
        self._reader.again(mode)

    # Moving

    def move_cursor(self, rows: int) -> None:
        """Move the cursor of the tree, else that of the list."""
        if self._in_tree:
            self._tree.move(rows)
        else:
            self._list.move(rows)

    def page(self, direction: int, half: bool = False) -> bool:
        """Go on by a page, or half of one: in the text while reading, else in the list.

        Args:
            direction: 1 onwards, -1 back.

        Returns:
            False at the end of a text.
        """
        if self._reading:
            return self._view.scroll_pages(direction, half=half) or self.message is None
        if self._in_tree:
            self._tree.move(direction * max(1, self._tree.size.height // 2))
        else:
            self._list.page(direction, half=half)
        return True

    def scroll(self, rows: int) -> None:
        """Move the text of the message."""
        self._view.scroll_lines(rows)

    async def go_first(self) -> None:
        """Go to the newest message; while reading, to the beginning of the text."""
        await self._go_end(last=False)

    async def go_last(self) -> None:
        """Go to the oldest message; while reading, to the end of the text."""
        await self._go_end(last=True)

    async def _go_end(self, *, last: bool) -> None:
        if self._reading:
            self._view.scroll_lines(10**9 if last else -(10**9))
        elif self._in_tree:
            self._tree.go_to(last)
        else:
            await (self._list.last() if last else self._list.first())

    async def next_unread(self, step: int) -> None:
        """Go to the nearest unread message.

        Args:
            step: 1 towards older ones, -1 towards newer ones.
        """
        if not await self._list.next_unread(step > 0):
            self.flash("nothing unread here")

    async def go_to(self, uid: Uid) -> None:
        """Go to a message of the shown mailbox."""
        await self._list.locate(uid)

    def show_mailbox(self, mailbox: MailboxId) -> None:
        """Show a mailbox's list; it has the focus."""
        if mailbox != self._feed.shown:
            self._reader.clear()
            self._feed.show(mailbox)
        self._go_to(self._list)

    def renew(self) -> None:
        """Begin anew with the mailbox that is shown: its UIDs mean other messages now."""
        if self._feed.shown is not None:
            self._reader.clear()
            self._feed.show(self._feed.shown)

    async def next_mailbox(self, step: int) -> None:
        """Show the next mailbox of the tree, or the one before."""
        neighbour = self._tree.neighbour(step)
        if neighbour is not None:
            self.show_mailbox(neighbour)

    def open_current(self) -> None:
        """Go in: show the mailbox under the tree's cursor, read the message under the list's."""
        if self._in_tree:
            self._tree.choose()
        elif self._reading:
            self._view.scroll_lines(1)
        else:
            self._open_message()

    def _open_message(self) -> None:
        if self._list.current is None:
            return
        self._go_to(self._view)
        current = self.current
        if current is not None and self._reader.is_for(current[1], current[2]):
            if self._reader.message is not None and self._reader.wanted is not None:
                self._message_shown(self._reader.wanted)
        else:
            self._load()

    def close_view(self) -> bool:
        """Go one step out; return False when there is none."""
        if self._reading or self._in_tree:
            self._go_to(self._list)
        elif self._list.marked:
            self.clear_marks()
        else:
            return False
        return True

    # The mouse

    def on_line_widget_clicked(self, click: LineWidget.Clicked) -> None:
        """A row is gone to, and opened when it was there already; a mailbox is shown, the message gets the focus."""
        self.hush()
        if click.widget is self._list:
            was_here = self.focused is self._list
            self._go_to(self._list)
            if not self._list.point(click.y) and was_here and self._list.is_row(click.y):
                self._open_message()
        elif click.widget is self._tree and self._tree.point(click.y):
            self._tree.choose()
        elif click.widget is self._view:
            self._open_message()

    def on_line_widget_wheeled(self, wheel: LineWidget.Wheeled) -> None:
        """What is under the mouse moves; the focus stays."""
        self.hush()
        if wheel.widget is self._list:
            self._list.move(wheel.by * WHEEL)
        elif wheel.widget is self._view:
            self._view.scroll_lines(wheel.by * WHEEL)
        elif wheel.widget is self._tree:
            self._tree.move(wheel.by)

    # The message in view

    def on_envelope_list_moved(self) -> None:
        envelope, shown = self._list.current, self._feed.shown
        self._feed.tell()
        if envelope is None or shown is None:
            self._reader.clear()
        elif self._reader.is_for(shown, envelope.uid):
            self._view.update_envelope(envelope)
        elif self._grid.shows_message:
            self._load_soon()

    def on_message_view_resized(self) -> None:
        self._reader.again()

    def on_envelope_list_failed(self, failed: EnvelopeList.Failed) -> None:
        self.flash(str(failed.error), style="bad")

    def on_mailbox_tree_chosen(self, chosen: MailboxTree.Chosen) -> None:
        self.show_mailbox(chosen.mailbox)

    def _load_soon(self) -> None:
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(AFTER_LAST_MOVE, self._load)

    def _load(self) -> None:
        envelope, current = self._list.current, self.current
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        if envelope is None or current is None or self._reader.is_for(current[1], current[2]):
            return
        account = self._accounts[current[0]]
        self._reader.load(Wanted(account, current[1], envelope, account.config.receive.host))

    def _message_shown(self, wanted: Wanted) -> None:
        """A message came into view; one that was opened is read by that."""
        current = self.current
        if not self._reading or current is None or not self._reader.is_for(current[1], current[2]):
            return
        self.post_message(self.PlaceChanged())
        envelope = self._list.current
        if envelope is not None and envelope.is_unread:
            account = self._accounts[current[0]]
            self._feed.begin(account.change_flags(wanted.mailbox, [envelope.uid], add=[SEEN]))

    def remember(self, view: LastView) -> None:
        """Write down what the next start shows first, see `MailFeed.remember`."""
        self._feed.remember(view)
        view.ascii_marks = self._look.marks is ASCII
        pens = [f"{role}{more}" for role in ROLES for more in ("", "+")]
        view.pens = dict.fromkeys((*pens, "text~", "bright~", "bright+~"), ())
        view.hints = [LastHint(hint.key_label, hint.text, hint.command_id) for hint in self._list_hints]

    # News

    @property
    def look(self) -> Look:
        """What this screen paints with; others that stand above it may share it."""
        return self._look

    def lines(self) -> Sequence[Line]:
        """Return what is known of the accounts' lines."""
        return self._feed.lines()

    def say_lines(self) -> None:
        """Say how it stands with every account."""
        words = trust_words(self.lines(), self.account, self._look.clock(), self._look.marks)
        self.flash("".join(text for text, _ in words).strip(), style="text")

    def toggle_quotes(self) -> None:
        """Quotes are not folded here."""
        self.flash("no quote is folded here")

    def hush(self) -> None:
        """A key was pressed: what was said until then has been read, and the cursor is where it was seen."""
        self._status.hush()
        self._list.hold()

    def apply(self, event: Event) -> None:
        """Take an account's event. Nothing is read or painted here; bursts are gathered."""
        self._feed.apply(event)

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line until the next key. Cleaned text, shown as it is.

        Args:
            style: a role of the theme.
        """
        self._status.say([(text, style)])

    def _grow_older(self) -> None:
        if self._list.has_young_rows:
            self._list.repaint_ages()
