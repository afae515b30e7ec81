"""The search screen: hits as you type, the server's behind them, and what was searched always told.

To commands it is a place like the mail screen: what acts on a message there acts on a hit here.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.types import CSSPathType
from textual.widgets import Input

from tui.mail.errors import MailError
from tui.mail.ids import AccountName
from tui.mail.query import Node, Query
from tui.mail.query_completion import Completion, person_typed
from tui.mail.query_syntax import parse
from tui.screens.place_above import Below
from tui.screens.search_offers import Offers, offer_words
from tui.screens.search_place import HitPlace, SearchedAccount
from tui.screens.search_words import MANY, Told, help_lines, told_words
from tui.screens.styles import styles
from tui.screens.throttle import Throttle
from tui.store.database import Store
from tui.store.search import Hits
from tui.sync.events import (
    Event,
    LinkChanged,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesIndexed,
    MessagesVanished,
)
from tui.terminal.keys import Scope
from tui.widgets.address_input import LineInput
from tui.widgets.hint_line import HintLine
from tui.widgets.list_head import ListHead, Rule
from tui.widgets.painting import LineWidget, Run
from tui.widgets.words import Words

AFTER_LAST_KEY = 0.03
"""Seconds nothing was typed before it is looked for, where letters come faster than that: pasted, say."""
ROWS_EVERY = 0.2
MAILBOXES_EVERY = 0.25
"""Seconds between two readings of the hits because mail changed, and of the mailboxes."""
TALL = 28
"""Rows from which list and message are both shown."""
LEAST_LIST = 5


class QueryHelp(LineWidget):
    """Says what can be written."""

    def line(self, y: int) -> list[Run]:
        lines = help_lines(self.size.width)
        return self.look.styled(lines[y]) if y < len(lines) else []


class SearchScreen(HitPlace):
    """Finds mail in all accounts.

    Args:
        store: open.
        accounts: by name, in the order of the screen.
        below: see `PlaceAbove`.
        text: the query to begin with.
        listing: it is a whole one: its hits are gone to, where there are any.
        thread: the Message-ID, as written, of the message that was under the cursor there.
    """

    _hits: Hits | None

    CSS_PATH: ClassVar[CSSPathType | None] = styles("search")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "to_hits"), Binding("up", "nothing")]

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, SearchedAccount],
        below: Below,
        *,
        text: str = "",
        listing: bool = False,
        thread: str = "",
    ) -> None:
        super().__init__(accounts, below)
        look = below.look
        self._store = store
        self._is_listing = listing
        self._offers = Offers(store.people, thread)
        self._query = Query("")
        self._told = Told()
        self._typed: Timer | None = None
        self._typed_at = 0.0
        self._looking: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._input = LineInput(text, id="search-input")
        self._sign = ListHead(look, id="search-sign")
        self._told_line = ListHead(look, id="search-told")
        self._offers_line = ListHead(look, id="search-offers")
        self._rule = Rule(look, id="search-rule")
        self._help = QueryHelp(look, id="search-help")
        self._hint_line = HintLine(look, id="search-hints")
        self._rows_due = Throttle(self._read_again, ROWS_EVERY)
        self._mailboxes_due = Throttle(self._read_mailboxes, MAILBOXES_EVERY)

    def compose(self) -> ComposeResult:
        """Lay out the query, what is told of it, the hits, the message."""
        with Horizontal(id="search-line"):
            yield self._sign
            yield self._input
        yield self._told_line
        yield self._offers_line
        yield Rule(self._look, id="search-top")
        yield self._list
        yield self._rule
        yield self._view
        yield self._help
        yield self._hint_line
        yield self._status

    async def on_mount(self) -> None:
        self._sign.say([(" /", "accent+")], [])
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._take_colours())
        await self._read_mailboxes()
        self._input.cursor_position = len(self._input.value)
        self.set_focus(self._input)
        self._arrange()
        self._look_for(self._input.value)
        if self._is_listing:
            self._begin(self._to_hits())

    async def on_unmount(self) -> None:
        for throttle in (self._rows_due, self._mailboxes_due):
            await throttle.close()
        await self._reader.close()
        await self._tasks.end()

    async def _read_mailboxes(self) -> None:
        try:
            states = [each for each in await self._store.mailboxes.all() if each.mailbox.account in self._accounts]
        except MailError as error:
            self.flash(str(error), style="bad")
            return
        self._states = {state.id: state for state in states}
        self._offers.know((state.mailbox.name for state in states if state.mailbox.selectable), self._accounts)

    # Layout and focus

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        height = self.app.size.height
        tall = height >= TALL
        shows_help = self._told.is_empty and not self._reading
        self._view.display = not shows_help and (tall or self._reading)
        self._help.display = shows_help
        self._list.display = not shows_help
        self._rule.display = self._view.display
        rows = max(LEAST_LIST, (height - 8) * 2 // 5 if tall else LEAST_LIST)
        self._list.styles.height = rows if self._view.display else "1fr"
        self._hint_line.display = height >= 20
        self._tell()

    @property
    def begins_with(self) -> str:
        """What is written of the query."""
        return self._input.value

    @property
    def in_text(self) -> bool:
        """Whether the query is being written."""
        return self.focused is self._input

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        """Where the user is, the most particular first."""
        if self.in_text or not self.is_mounted:
            return (Scope.SEARCH, Scope.ANYWHERE)
        if self._reading:
            return self.reading_scopes
        return (Scope.MAIL, Scope.ANYWHERE)

    def write(self, text: str | None = None, *, listing: bool = False) -> None:
        """Go to the query; with a text, to this one, or to its hits."""
        if text is not None:
            self._input.value = text
            self._input.cursor_position = len(text)
        self._go_to(self._input)
        if listing:
            self._look_for(self._input.value)
            self._begin(self._to_hits())

    def focus_next(self, *, back: bool = False) -> None:  # type: ignore[override] # panes, not Textual's chain
        """Complete the word that is being written; elsewhere go to the next pane."""
        if self.in_text:
            if not back:
                self._complete()
            return
        panes: list[LineWidget | LineInput] = [self._input, self._list, self._view]
        at = panes.index(self._view if self._reading else self._list)
        pane = panes[(at + (-1 if back else 1)) % len(panes)]
        if pane is self._view:
            self._open_message()
        else:
            self._go_to(pane)

    def focus_previous(self, *arguments: Any) -> None:
        """The same, backwards."""
        self.focus_next(back=True)

    def action_to_hits(self) -> None:
        if self._list.current is not None:
            self._go_to(self._list)

    def action_nothing(self) -> None:
        pass

    # The query

    @property
    def sought(self) -> tuple[Node | None, tuple[int, ...]]:
        """What is looked for, and the docs of what the servers found beyond."""
        return self._query.node, tuple(self._hits.listed) if self._hits is not None else ()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._typed is not None:
            self._typed.stop()
            self._typed = None
        now = time.monotonic()
        before, self._typed_at = self._typed_at, now
        if now - before > AFTER_LAST_KEY:
            self._look_for(self._input.value)
        else:
            self._typed = self.set_timer(AFTER_LAST_KEY, lambda: self._look_for(self._input.value))
            self._tell_offers()
        typed = person_typed(self._input.value, self._input.cursor_position)
        if typed:
            self._begin(self._meet(typed))

    async def _meet(self, typed: str) -> None:
        """Offer those who may be meant."""
        await self._offers.meet(typed)
        self._tell_offers()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask the servers, and go to the hits there are."""
        event.stop()
        if self._typed is not None:
            self._typed.stop()
        self._look_for(f"{event.value} ")  # the last word is written: what is wrong with it is told
        self.ask()
        self._begin(self._to_hits())

    async def _to_hits(self) -> None:
        if self._looking is not None:
            await asyncio.gather(self._looking, return_exceptions=True)
        self.action_to_hits()

    def _offered(self) -> list[Completion]:
        here = self.current_envelope
        thread = here.message_id if here is not None else ""
        return self._offers.at(self._input.value, self._input.cursor_position, thread)

    def _complete(self) -> None:
        offered = self._offered()
        if offered:
            text, cursor = offered[0].applied(self._input.value)
            self._input.value = text
            self._input.cursor_position = cursor

    def _tell_offers(self) -> None:
        words = offer_words(self._offered()) if self.in_text else []
        if self._told.problem and not self._told.is_empty and (not words or self._is_left_behind):
            words = [(f" {self._told.problem}  ", "warn"), *words]
        self._offers_line.say(words, [])

    @property
    def _is_left_behind(self) -> bool:
        """Whether what is not understood stands before the word that is being written."""
        return self._query.problems[0].end < self._input.cursor_position

    def _look_for(self, text: str) -> None:
        """Find what is written now, unless that is what is shown."""
        query = parse(text, datetime.now().astimezone())
        same = query.node == self._query.node and self._hits is not None
        self._query = query
        if not same:
            for task in (self._looking, self._asking):
                if task is not None:
                    task.cancel()
            self._marks.clear()
            self._asking = None
            self._told = Told(is_empty=query.node is None)
            self._hits = None
            if query.node is not None:
                self._hits = Hits(self._store.search, query.node)
                self._looking = self._begin(self._find(self._hits, query))
            else:
                self._reader.clear()
        self._told.problem = query.problems[0].sentence if query.problems else ""
        if not same:
            self._arrange()
        self._tell_offers()

    async def _find(self, hits: Hits, query: Query) -> None:
        assert query.node is not None
        began = time.perf_counter()
        self._list.find(hits, [each.written for each in query.texts()])
        await self._list.settled()
        self._told.seconds = time.perf_counter() - began
        self._told.is_shown = self._list.current is not None
        rows = self._list.rows
        if rows is not None and rows.at_top and rows.at_end:
            self._told.here = len(rows.rows)
        else:
            self._tell()
            self._told.here = await self._store.search.count(query.node, MANY)
        self._told.waiting = await self._store.search.waiting()
        self._tell()

    # The servers

    def ask(self) -> None:
        """Ask the servers what they know beyond what is here."""
        if self._hits is not None and self._asking is None:
            self._asking = self._begin(self._ask_all(self._hits, self._query))

    async def _ask_all(self, hits: Hits, query: Query) -> None:
        asked = dict.fromkeys(self._accounts, "asking")
        self._told.asked = asked
        self._tell()
        await asyncio.gather(*(self._ask_one(name, hits, query, asked) for name in self._accounts))

    async def _ask_one(self, name: AccountName, hits: Hits, query: Query, asked: dict[AccountName, str]) -> None:
        assert query.node is not None
        began = time.perf_counter()

        def found(docs: Sequence[int]) -> None:
            hits.listed.update(docs)
            self._rows_due.ask()

        of_account = [state for state in self._states.values() if state.mailbox.account == name]
        try:
            await self._accounts[name].search.ask(query.node, of_account, found)
        except MailError as error:
            asked[name] = error.message.rstrip(".")
        else:
            asked[name] = f"done, {time.perf_counter() - began:.1f} s"
        self._rows_due.ask()

    # News

    def apply(self, event: Event) -> None:
        """Take an account's event: hits are read again soon where it may concern them."""
        if isinstance(event, MessagesVanished):
            self.forget_marks(event.mailbox, event.uids)
        elif isinstance(event, MailboxReset):
            self.forget_mailbox(event.mailbox)
        match event:
            case MessagesArrived() | MessagesChanged() | MessagesVanished() | MailboxReset() | MessagesIndexed():
                self._rows_due.ask()
            case MailboxesChanged():
                self._mailboxes_due.ask()
            case LinkChanged():
                self._status.update()

    async def _read_again(self) -> None:
        hits, node = self._hits, self._query.node
        if hits is None or node is None:
            return
        self._list.touch(filling=True)
        await self._list.settled()
        try:
            here = await self._store.search.count(node, MANY)
            more = await self._store.search.count(node, MANY, listed=tuple(hits.listed)) - here if hits.listed else 0
            waiting = await self._store.search.waiting()
        except MailError:
            return
        if hits is self._hits:
            self._told.here, self._told.more, self._told.waiting = here, more, waiting
            self._tell()

    def _tell(self) -> None:
        if not self.is_mounted:
            return
        accounts = " and ".join(self._accounts)
        right: Words = [(f"in {accounts}, all mailboxes ", "muted")] if self.app.size.width >= 120 else []
        self._told_line.say(told_words(self._told), right)
        self._tell_offers()
        self._hint_line.set_hints(self._below.hints(self.key_scopes, self.page_shown))
        total = (self._told.here or 0) + self._told.more
        rank = self._list.rows.rank(total) if self._list.rows is not None and total else None
        self._status.place([(f"{rank:,} of {total:,}", "muted")] if rank else [], self.account)
        self._status.update()
