"""All accounts' Inboxes as one list: what arrived, newest first, wherever it did.

To commands it is a place like the mail screen: what acts on a message there acts on the right account here.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.types import CSSPathType

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.screens.glance import Glance
from tui.screens.mail_grid import Grid, grid
from tui.screens.mail_return import MailReturn
from tui.screens.place_above import Below
from tui.screens.search_place import SearchedAccount
from tui.screens.styles import styles
from tui.screens.throttle import Throttle
from tui.store.database import Store
from tui.store.inboxes import Inboxes, doc_of
from tui.store.search import Hit
from tui.sync.events import (
    AccountsChanged,
    AlertReceived,
    ChangeRefused,
    Event,
    LinkChanged,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
    WordsKeptHere,
)
from tui.terminal.keys import Scope
from tui.widgets.envelope_row import arrival_words
from tui.widgets.hint_line import HintLine
from tui.widgets.inbox_list import InboxList
from tui.widgets.list_head import ListHead, Rule
from tui.widgets.painting import Pane
from tui.widgets.words import Words, head_words

log = logging.getLogger(__name__)

ROWS_EVERY = 0.05
COUNTS_EVERY = 0.25
"""Seconds between two readings of the list, and of the counts."""
AGES_EVERY = 60.0
"""Seconds between looks whether a row's age is told otherwise."""


class InboxesScreen(Glance):
    """Lists the Inboxes of all accounts, and shows the message that is read.

    Args:
        store: open.
        accounts: by name, in the order of the screen.
        below: see `PlaceAbove`.
        go_on: does so when the terminal has room for that screen again, given the message that was gone to here; None:
            this screen was asked for, and stays.
    """

    _hits: Inboxes
    _list: InboxList

    CSS_PATH: ClassVar[CSSPathType | None] = styles("inboxes")

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, SearchedAccount],
        below: Below,
        *,
        go_on: Callable[[MailboxId, Uid], object] | None = None,
    ) -> None:
        super().__init__(accounts, below)
        look = below.look
        self._store = store
        self._go_on = go_on
        self._inboxes: tuple[MailboxId, ...] = ()
        self._grid = Grid()
        self._hits = store.inboxes(lambda: self._inboxes)
        self._list = InboxList(look, self._where, id="inboxes-list")
        self._head = ListHead(look, id="inboxes-head")
        self._rule = Rule(look, id="inboxes-rule")
        self._hint_line = HintLine(look, id="inboxes-hints")
        self._arrived: list[Uid] = []
        self._is_filling = False
        self._news: MessagesArrived | None = None
        self._return = MailReturn(store, self._list, doc_of)
        self._rows_due = Throttle(self._read_again, ROWS_EVERY)
        self._counts_due = Throttle(self._count, COUNTS_EVERY)

    def compose(self) -> ComposeResult:
        """Lay out list and message; sizes come with `_arrange`."""
        with Pane(id="inboxes-panes"):
            with Pane(id="inboxes-list-pane"):
                yield self._head
                yield self._list
            yield self._rule
            yield self._view
        yield self._hint_line
        yield self._status

    async def on_mount(self) -> None:
        self._take_colours()
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._take_colours())
        self._know_own()
        self.set_interval(AGES_EVERY, self._grow_older)
        self._arrange()
        self.set_focus(self._list)
        await self._count()

    async def on_unmount(self) -> None:
        for throttle in (self._rows_due, self._counts_due):
            await throttle.close()
        await self._reader.close()
        await self._tasks.end()

    def _know_own(self) -> None:
        self._view.own = {account.config.address.spec.casefold() for account in self._accounts.values()}

    def _grow_older(self) -> None:
        if self._list.has_young_rows:
            self._list.repaint_ages()
        self._view.repaint_age()

    # Layout and focus

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()
        self._make_room()

    def on_screen_resume(self) -> None:
        self.call_later(self._make_room)

    def _make_room(self) -> None:
        """Go away where this was for a small terminal only, and it is small no more."""
        if self._go_on is None or self._grid.pane or self.app.screen is not self:
            return
        hit, go_on = self._hit, self._go_on
        self._go_on = None
        self.dismiss(None)
        if hit is not None:
            go_on(hit.mailbox, hit.envelope.uid)

    def _arrange(self) -> None:
        """Give every pane its place: as on the mail screen, without a tree; in a small terminal nothing but rows."""
        wanted = grid(*self.app.size, reading=self._reading)
        was_pane, self._grid = self._grid.pane, wanted
        self._head.display = not wanted.pane
        if wanted.pane and not was_pane and not self._reading:
            self._list.rest()
        elif not wanted.pane and self._go_on is None:
            self._list.wake()
        self.set_class(wanted.columns, "columns")
        self.set_class(wanted.air, "air")
        pane = self._list.parent
        assert isinstance(pane, Pane)
        pane.display = wanted.shows_list
        pane.styles.width = wanted.list_width + wanted.tree if wanted.columns else "1fr"
        pane.styles.height = wanted.list_rows + 1 if wanted.list_rows else "1fr"
        self._rule.display = wanted.shows_list and wanted.shows_message
        self._view.display = wanted.shows_message
        self._hint_line.display = wanted.hints
        self._status.brief = not wanted.columns
        self._tell()

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        """Where the user is, the most particular first."""
        if self._reading:
            return self.reading_scopes
        return (Scope.MAIL, Scope.ANYWHERE)

    def focus_next(self, *, back: bool = False) -> None:  # type: ignore[override] # panes, not Textual's chain
        """Go to the other pane."""
        if self._reading:
            self._go_to(self._list)
        else:
            self._open_message()

    def close_view(self) -> bool:
        """Go one step out; in a small terminal the last one is to let the list rest."""
        if self._grid.pane and not self._reading and not self._list.marked:
            self._list.rest()
        else:
            super().close_view()
            self._tell()
        return True

    # What is listed

    def _where(self, row: Envelope) -> str:
        hit = self._hits.hit(row)
        state = self._states.get(hit.mailbox) if hit is not None else None
        return state.mailbox.account if state is not None else ""

    @property
    def inboxes(self) -> Sequence[MailboxId]:
        """The mailboxes that are listed."""
        return self._inboxes

    async def go_to_message(self, mailbox: MailboxId, uid: Uid) -> None:
        """Go to a message that is listed."""
        self._list.wake()
        if self._reading:
            self._go_to(self._list)
        await self._list.locate(doc_of(mailbox, uid))

    async def follow_back(self, shown: Mapping[MailboxId, Sequence[Uid]]) -> None:
        """Go to the newest message that an undo brought back, see `MailReturn.follow`."""
        if not self._list.resting:
            await self._return.follow(shown, self._inboxes)

    def mark(self, hits: Sequence[Hit]) -> None:
        """Mark these messages, as far as they are in an Inbox."""
        rows = [replace(hit, doc=doc_of(hit.mailbox, hit.envelope.uid)) for hit in hits]
        super().mark([row for row in rows if row.mailbox in self._inboxes])
        self._tell()

    # News

    def apply(self, event: Event) -> None:
        """Take an account's event. Nothing is read or painted here; bursts are gathered."""
        match event:
            case LinkChanged():
                self._tell()
            case AccountsChanged():
                self._know_own()
                self._counts_due.ask()
            case MailboxesChanged():
                self._counts_due.ask()
            case MessagesArrived():
                if event.mailbox in self._inboxes:
                    self._arrived += [doc_of(event.mailbox, uid) for uid in event.uids] if event.fresh else []
                    self._is_filling = self._is_filling or not event.fresh
                    self._rows_due.ask()
                    if self._return.is_awaited(event):
                        self._begin(self.follow_back({event.mailbox: event.uids}))
                if event.fresh and event.uids:
                    self._news = event
                    self._begin(self._announce(event))
            case MessagesChanged() if event.mailbox in self._inboxes:
                self._rows_due.ask()
            case MessagesVanished() if event.mailbox in self._inboxes:
                self.forget_marks(event.mailbox, event.uids)
                self._list.forget([doc_of(event.mailbox, uid) for uid in event.uids])
                self._rows_due.ask()
            case MailboxReset() if event.mailbox in self._inboxes:
                self._reader.clear()
                self._list.open(self._hits)
            case ChangeRefused():
                self.flash(event.sentence, style="warn")
            case WordsKeptHere():
                self.flash(event.sentence, style="warn")
            case AlertReceived():
                self.flash(f"{event.account} says: {event.text}", style="warn")

    async def _announce(self, event: MessagesArrived) -> None:
        """Tell of new mail whose row is not in sight."""
        await self._rows_due.done()  # the row first: one frame then shows both
        rows = self._list.rows
        if event.mailbox in self._inboxes and not self._reading and rows is not None and rows.at_top and not rows.top:
            return
        envelope = await self._store.envelopes.get(event.mailbox, event.uids[-1])
        if envelope is None or event is not self._news:
            return
        said, key = arrival_words(envelope, self._look)
        self._status.say_in_turn([*said, *key], ending=len(key))

    async def _read_again(self) -> None:
        arrived, self._arrived = self._arrived, []
        filling, self._is_filling = self._is_filling, False
        self._list.touch(arrived, fresh=bool(arrived), filling=filling)
        await self._list.settled()
        self._tell()

    async def _count(self) -> None:
        await self._rows_due.done()  # rows before numbers
        try:
            states = [each for each in await self._store.mailboxes.all() if each.mailbox.account in self._accounts]
            inboxes = tuple(each.id for each in states if each.mailbox.role is Role.INBOX)
            waiting = [doc_of(each, uid) for each in inboxes for uid in await self._store.pending.flagged(each)]
        except MailError as error:
            log.warning("the counts could not be read: %s", error)
            return
        self._states = {state.id: state for state in states}
        if inboxes != self._inboxes or self._list.rows is None:
            self._inboxes = inboxes
            self._list.open(self._hits)
        self._list.set_waiting(waiting)
        self._tell()

    # Telling

    def _tell(self) -> None:
        if not self.is_mounted:
            return
        states = [self._states[each] for each in self._inboxes]
        self._list.accounts = [state.mailbox.account for state in states]
        self._list.empty = self._empty_words()
        unread, total = sum(state.unread for state in states), sum(state.total for state in states)
        fresh, marked = len(self._list.fresh), len(self._list.marked)
        each = "   ".join(f"{state.mailbox.account} {state.unread:,}" for state in states if state.unread)
        self._head.say(
            head_words(", ".join(self._accounts), "All inboxes", unread, total, fresh=fresh, marked=marked),
            [(f"{each} ", "muted")] if len(states) > 1 and self._grid.hints else [],
        )
        keys = self._below.hints(self.key_scopes, self.page_shown)
        self._hint_line.set_hints(keys)
        note: Words = [(f"{unread:,} {self._look.marks.unread}", "new")] if unread and self._grid.pane else []
        self._status.set_hints(() if self._grid.hints else keys, note=note)
        complete = all(state.complete for state in states)
        rank = self._list.rows.rank(total if complete else None) if self._list.rows is not None else None
        shown = self._hits.hit(self._list.current) if self._list.current is not None else None
        self._status.place(
            [(f"{rank:,} of {max(total, rank):,}", "muted")] if rank else [],
            self._states[shown.mailbox].mailbox.account
            if shown is not None and shown.mailbox in self._states
            else None,
        )
        self._status.update()

    def _empty_words(self) -> str:
        """Return what an empty list says: whether there is nothing, or nothing known yet."""
        states = [self._states[each] for each in self._inboxes]
        known = bool(states) and all(state.complete or not state.total for state in states)
        return "nothing here" if known else "asking the servers"
