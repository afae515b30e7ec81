"""The mail screen: what commands ask of it, and what it does with the message under the cursor."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

from textual.message import Message as TextualMessage

from tui.config.last_view import LastView
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Mailbox, Role
from tui.screens.mail_conversations import MailConversations
from tui.screens.mail_feed import MailFeed
from tui.screens.mail_reader import MailReader, Wanted
from tui.screens.mail_thread import MailThread
from tui.screens.reading import ReadAccount, Reading
from tui.store.database import Store
from tui.sync.events import Event, LinkState
from tui.terminal.marks import Marks, choose
from tui.terminal.theme import Roles
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.mailbox_tree import MailboxTree
from tui.widgets.painting import LineWidget, Look
from tui.widgets.trust import Line

if TYPE_CHECKING:
    from tui.store.search import Hit

AGES_EVERY = 60.0
"""Seconds between looks whether a row's age is told otherwise."""


class MailAccount(ReadAccount, Protocol):
    """What the mail screen needs of `tui.sync.account.Account`; see there."""

    name: AccountName

    @property
    def link(self) -> LinkState: ...
    def open_mailbox(self, mailbox: MailboxId) -> None: ...


class MailScreen(MailConversations, Reading):
    """Shows the mail of all accounts.

    Args:
        store: open.
        accounts: by name, in the order of the screen.
        marks: unicode or ascii; None for what the locale allows.
        begin_with: the mailbox to show first, if there still is one of this key.
        threaded: whether a mailbox is listed by conversations.
        clock: seconds since 1970 UTC.

    Attributes:
        mode: how the message in view is laid out.
    """

    class FirstShown(TextualMessage):
        """The first rows are on the screen; keys can be obeyed."""

    class Cramped(TextualMessage):
        """There is room for a glance only, and nothing is being read."""

    class PlaceChanged(TextualMessage):
        """Other commands are at hand now: the focus moved, a message was opened or left."""

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, MailAccount],
        *,
        marks: Marks | None = None,
        begin_with: MailboxId | None = None,
        threaded: Callable[[Mailbox], bool] = lambda mailbox: False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(Look(Roles({}), marks or choose("auto"), clock))
        self._accounts = accounts
        self._store = store
        self._feed = MailFeed(
            self, store, accounts, self._look, self._tree, self._head, self._list, begin_with, threaded
        )
        self._feed.status = self._status
        self._reader = MailReader(self._view, self._wanted, self._message_shown)
        self._was_pane = self._is_cramped = False
        self._thread = MailThread(store, self._in_view, self._thread_changed)

    def on_mount(self) -> None:
        self._take_colours()
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._take_colours())
        self.accounts_changed()
        self._arrange()
        self.set_focus(self._list)
        self.set_interval(AGES_EVERY, self._grow_older)
        self._feed.start()

    async def on_unmount(self) -> None:
        await self._feed.close()
        await self._thread.close()
        await self._reader.close()

    def set_subscribed_only(self, only: bool) -> None:
        """Show no more mailboxes in the tree than those that are subscribed to."""
        self._feed.subscribed_only = only

    def accounts_changed(self) -> None:
        """Know whose addresses are the user's own."""
        self._view.own = {account.config.address.spec.casefold() for account in self._accounts.values()}
        self._thread_pane.own = self._view.own

    @property
    def is_pane(self) -> bool:
        """Whether there is room for a glance only."""
        return self._grid.pane

    def on_screen_resume(self) -> None:
        self._tell_room()

    def _tell_room(self) -> None:
        """Tell once that the terminal has become so small, as soon as nobody reads here."""
        if self._is_cramped and self.app.screen is self and not self._reading:
            self._is_cramped = False
            self.post_message(self.Cramped())

    def arranged(self) -> None:
        if self._grid.pane is not self._was_pane:
            self._was_pane = self._is_cramped = self._grid.pane
            self._tell_room()
        self._feed.spacious = self._grid.columns
        self._feed.has_tree = self._grid.tree > 0
        self._feed.tell()
        self._thread.eager = self._grid.columns
        if self._grid.shows_message and self._reader.wanted is None:
            self._show_current()

    def place_changed(self) -> None:
        self._tell_room()
        self.post_message(self.PlaceChanged())

    def focus_next(self, *, back: bool = False) -> None:  # type: ignore[override] # panes, not Textual's chain
        """Give the focus to the next pane: tree, list, message."""
        pane = self._pane(-1 if back else 1)
        if pane is self._view:
            self._open_message()
        else:
            self._go_to(pane)

    # What is under the cursor

    @property
    def mailbox(self) -> MailboxId | None:
        """The mailbox whose list is shown."""
        return self._feed.shown

    @property
    def mailbox_meant(self) -> MailboxId | None:
        """The mailbox a command about one is for: under the cursor of the tree, else the one that is shown."""
        row = self._tree.current if self._in_tree else None
        return row.mailbox if row is not None else self.mailbox

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

    # Marks

    def toggle_mark(self) -> None:
        """Mark the row under the cursor for the next act, or unmark it, and go on."""
        self._list.toggle_mark()
        self._list.move(1)
        self._feed.tell()

    def mark(self, hits: "Sequence[Hit]") -> None:
        """Mark these messages too, also those that are not in sight."""
        self._list.mark(hit.envelope.uid for hit in hits)
        self._feed.tell()

    def clear_marks(self) -> None:
        """Unmark every row: the act is done."""
        self._list.forget(set(self._list.marked))
        self._list.set_waiting(self._list.waiting)
        self._feed.tell()

    def selection_changed(self) -> None:
        self.post_message(self.PlaceChanged())

    # Moving

    def move_cursor(self, rows: int) -> None:
        """Move the cursor of the tree, else that of the list."""
        if self._in_tree:
            self._tree.move(rows)
        else:
            self._list.move(rows)
            self._feed.tell_place()  # comes with the same frame

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
            self._feed.tell()
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

    async def follow_back(self, shown: Mapping[MailboxId, Sequence[Uid]]) -> None:
        """Go to the newest message that an undo brought back into the mailbox that is shown.

        Args:
            shown: what is in lists again, by mailbox; nothing when it comes as soon as the server has done it.
        """
        await self._feed.follow_back(shown)

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
        if self._thread.is_ready:
            self._read_current()
        else:
            self._feed.begin(self._read_when_ready(self._reader.hold()))

    async def _read_when_ready(self, held: ExitStack) -> None:
        with held:
            await self._thread.ready()
            self._read_current()

    def close_view(self) -> bool:
        """Go one step out; return False when there is none."""
        if self.select_no_more():
            return True
        if self._reading or self._in_tree:
            self._go_to(self._list)
        elif self._list.marked:
            self.clear_marks()
        elif self._grid.pane:
            self._is_cramped = True
            self._tell_room()
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
        elif click.widget is self._thread_pane and (member := self._thread_pane.member(click.y)) is not None:
            self._feed.begin(self._go_to_member(member))

    # The message in view

    def on_envelope_list_moved(self) -> None:
        self._thread.follow(self._feed.shown, self._list.current)
        self._feed.tell()
        self._show_current()

    def _show_current(self) -> None:
        """Bring the message under the cursor into view, where messages are."""
        envelope, current = self.current_envelope, self.current
        if not self._thread.branches:
            self._thread_pane.show((), None)
            self.arrange_thread()
        if envelope is None or current is None:
            self._reader.clear()
        elif self._reader.is_for(current[1], current[2]):
            self._view.update_envelope(envelope)
        elif self._grid.shows_message:
            self._reader.rest()

    def on_envelope_list_failed(self, failed: EnvelopeList.Failed) -> None:
        self.flash(str(failed.error), style="bad")

    def on_mailbox_tree_chosen(self, chosen: MailboxTree.Chosen) -> None:
        self.show_mailbox(chosen.mailbox)

    def _message_shown(self, wanted: Wanted) -> None:
        """A message came into view; one that was opened is read by that."""
        current = self.current
        if not self._reading or current is None or not self._reader.is_for(current[1], current[2]):
            return
        self.post_message(self.PlaceChanged())
        envelope = self.current_envelope
        if envelope is not None and envelope.is_unread:
            account = self._accounts[current[0]]
            self._feed.begin(account.change_flags(wanted.mailbox, [envelope.uid], add=[SEEN]))

    def remember(self, view: LastView) -> None:
        """Write down what the next start shows first, see `MailFeed.remember`."""
        self._feed.remember(view)
        self.remember_look(view)

    # News

    def lines(self) -> Sequence[Line]:
        """Return what is known of the accounts' lines."""
        return self._feed.lines()

    def say_lines(self) -> None:
        """Say how it stands with every account."""
        self._status.say_lines()

    def apply(self, event: Event) -> None:
        """Take an account's event. Nothing is read or painted here; bursts are gathered."""
        self._feed.apply(event)

    def _grow_older(self) -> None:
        if self._list.has_young_rows:
            self._list.repaint_ages()
        self._view.repaint_age()
