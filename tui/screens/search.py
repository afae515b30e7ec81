"""The search screen: hits as you type, the server's behind them, and what was searched always told.

To commands it is a place like the mail screen: what acts on a message there acts on a hit here.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.mail.query import Query, parse
from tui.mail.query_completion import Completion, Known, completions
from tui.render.lines import Mode, Page
from tui.screens.mail_reader import MailReader, Wanted
from tui.screens.search_words import MANY, Told, help_lines, told_words
from tui.screens.throttle import Throttle
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.store.search import Hit, Hits
from tui.sync.events import (
    Event,
    LinkChanged,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
)
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.theme import Roles
from tui.widgets.address_input import LineInput
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.hint_line import HintLine
from tui.widgets.hit_list import HitList
from tui.widgets.list_head import ListHead, Rule
from tui.widgets.message_view import MessageView
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.status_line import StatusLine
from tui.widgets.trust import Line, trust_words
from tui.widgets.words import Words

if TYPE_CHECKING:
    from tui.sync.search import ServerSearch  # what it is made of is loaded behind the first screen

AFTER_LAST_KEY = 0.03
"""Seconds nothing was typed before it is looked for."""
ROWS_EVERY = 0.2
"""Seconds between two readings of the hits because mail changed."""
TALL = 28
"""Rows from which list and message are both shown."""
LEAST_LIST = 5
WHEEL = 3

Hinting = Callable[[tuple[Scope, ...], Page | None], Sequence[KeyHint]]
"""Returns the hint line of a place."""


class SearchedAccount(Protocol):
    """What the search screen needs of `tui.sync.account.Account`; see there."""

    config: Any

    @property
    def search(self) -> "ServerSearch": ...
    async def message(self, mailbox: MailboxId, uid: Uid) -> Message: ...
    async def change_flags(
        self, mailbox: MailboxId, uids: Sequence[Uid], *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> None: ...


class QueryHelp(LineWidget):
    """Says what can be written."""

    def line(self, y: int) -> list[Run]:
        lines = help_lines(self.size.width)
        return self.look.styled(lines[y]) if y < len(lines) else []


class SearchScreen(Screen[None]):
    """Finds mail in all accounts.

    Args:
        store: open.
        accounts: by name, in the order of the screen.
        look: what to paint with, shared with the screen below.
        lines: the accounts' lines, for the status line.
        hints: gives the keys at hand.
        go_to: shows a mailbox on the screen below, when one is gone to from here.
        text: the query to begin with.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    shows_mail: ClassVar[bool] = True
    """To commands it is a place like the mail screen."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "to_hits"), Binding("up", "nothing")]

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, SearchedAccount],
        look: Look,
        lines: Callable[[], Sequence[Line]],
        hints: Hinting,
        go_to: Callable[[MailboxId], None],
        *,
        text: str = "",
    ) -> None:
        super().__init__()
        self._store = store
        self._accounts = accounts
        self._look = look
        self._lines = lines
        self._hinting = hints
        self._show_below = go_to
        self._states: dict[MailboxId, MailboxState] = {}
        self._known = Known()
        self._query = Query("")
        self._told = Told()
        self._hits: Hits | None = None
        self._marks: dict[int, Hit] = {}
        self._reading = False
        self._typed: Timer | None = None
        self._looking: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._input = LineInput(text, id="search-input")
        self._sign = ListHead(look, id="search-sign")
        self._told_line = ListHead(look, id="search-told")
        self._offers = ListHead(look, id="search-offers")
        self._list = HitList(look, self._where, id="search-list")
        self._rule = Rule(look, id="search-rule")
        self._view = MessageView(look, id="search-message")
        self._help = QueryHelp(look, id="search-help")
        self._hint_line = HintLine(look, id="search-hints")
        self._status = StatusLine(look, lines, id="search-status")
        self._reader = MailReader(self._view, self._wanted, self._message_shown)
        self._rows_due = Throttle(self._read_again, ROWS_EVERY)

    def compose(self) -> ComposeResult:
        """Lay out the query, what is told of it, the hits, the message."""
        with Horizontal(id="search-line"):
            yield self._sign
            yield self._input
        yield self._told_line
        yield self._offers
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

    async def on_unmount(self) -> None:
        await self._rows_due.close()
        await self._reader.close()
        for task in (under_way := [*self._tasks, *(each for each in (self._looking, self._asking) if each)]):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def _take_colours(self) -> None:
        self._look.roles = Roles.from_variables(self.app.theme_variables)
        for widget in self.query(LineWidget):
            if isinstance(widget, EnvelopeList | MessageView):
                widget.repaint_all()
            else:
                widget.refresh()

    async def _read_mailboxes(self) -> None:
        states = [each for each in await self._store.mailboxes.all() if each.mailbox.account in self._accounts]
        self._states = {state.id: state for state in states}
        names = dict.fromkeys(state.mailbox.name for state in states if state.mailbox.selectable)
        self._known = Known(tuple(names), tuple(self._accounts))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except MailError as error:
            self.flash(str(error), style="bad")

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
    def in_text(self) -> bool:
        """Whether the query is being written."""
        return self.focused is self._input

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        """Where the user is, the most particular first."""
        if self.in_text or not self.is_mounted:
            return (Scope.SEARCH, Scope.ANYWHERE)
        if self._reading:
            return (Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE)
        return (Scope.MAIL, Scope.ANYWHERE)

    def _go_to(self, pane: LineWidget | LineInput) -> None:
        self._reading = pane is self._view
        self.set_focus(pane)
        self._arrange()

    def write(self, text: str | None = None) -> None:
        """Go to the query; with a text, to this one."""
        if text is not None:
            self._input.value = text
            self._input.cursor_position = len(text)
        self._go_to(self._input)

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

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._typed is not None:
            self._typed.stop()
        self._typed = self.set_timer(AFTER_LAST_KEY, lambda: self._look_for(self._input.value))
        self._tell_offers()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Ask the servers, and go to the hits there are."""
        event.stop()
        if self._typed is not None:
            self._typed.stop()
        self._look_for(event.value)
        self.ask()
        self._begin(self._to_hits())

    async def _to_hits(self) -> None:
        if self._looking is not None:
            await asyncio.gather(self._looking, return_exceptions=True)
        self.action_to_hits()

    def _offered(self) -> list[Completion]:
        return completions(self._input.value, self._input.cursor_position, self._known, datetime.now().date())

    def _complete(self) -> None:
        offered = self._offered()
        if offered:
            text, cursor = offered[0].applied(self._input.value)
            self._input.value = text
            self._input.cursor_position = cursor

    def _tell_offers(self) -> None:
        words: Words = []
        if self.in_text:
            offered = self._offered()
            words = [(" Tab", "accent+")] if offered else []
            for place, each in enumerate(offered[:8]):
                words += [("  ", "text"), (each.word.lstrip("-("), "text" if place else "bright+")]
            if len(offered) == 1 and offered[0].about:
                words.append((f"  {offered[0].about}", "muted"))
        if not words and self._query.problems:
            words = [(f" {self._query.problems[0].sentence}", "warn")]
        self._offers.say(words, [])

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
            self._arrange()
        self._tell_offers()

    async def _find(self, hits: Hits, query: Query) -> None:
        assert query.node is not None
        began = time.perf_counter()
        self._list.find(hits, [each.written for each in query.texts()])
        await self._list.settled()
        self._told.seconds = time.perf_counter() - began
        rows = self._list.rows
        if rows is not None and rows.at_top and rows.at_end:
            self._told.here = len(rows.rows)
        else:
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

    # Hits

    @property
    def _hit(self) -> Hit | None:
        row = self._list.current
        return self._hits.hit(row) if row is not None and self._hits is not None else None

    def _where(self, row: Envelope) -> str:
        hit = self._hits.hit(row) if self._hits is not None else None
        state = self._states.get(hit.mailbox) if hit is not None else None
        if state is None:
            return ""
        several = len(self._accounts) > 1
        return f"{state.mailbox.account} {state.mailbox.label}" if several else state.mailbox.label

    def apply(self, event: Event) -> None:
        """Take an account's event: hits are read again soon where it may concern them."""
        match event:
            case MessagesArrived() | MessagesChanged() | MessagesVanished() | MailboxReset():
                self._rows_due.ask()
            case MailboxesChanged():
                self._begin(self._read_mailboxes())
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
        self._hint_line.set_hints(self._hinting(self.key_scopes, self.page_shown))
        rank = self._list.rows.rank(self._told.here) if self._list.rows is not None and self._told.here else None
        self._status.place(
            [(f"{rank:,} of {self._told.here:,}", "muted")] if rank and self._told.here else [], self.account
        )
        self._status.update()

    # What commands ask (`tui.commands.places.MailPlace`)

    @property
    def look(self) -> Look:
        return self._look

    def lines(self) -> Sequence[Line]:
        return self._lines()

    def say_lines(self) -> None:
        """Say how it stands with every account."""
        words = trust_words(self.lines(), self.account, self._look.clock(), self._look.marks)
        self.flash("".join(text for text, _ in words).strip(), style="text")

    def hush(self) -> None:
        self._status.hush()
        self._list.hold()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line until the next key. Cleaned text, shown as it is."""
        self._status.say([(text, style)])

    @property
    def reading(self) -> bool:
        return self._reading

    @property
    def mailbox(self) -> MailboxId | None:
        """None: what is shown is no mailbox, and nothing is to be done to all of it."""
        return None

    @property
    def account(self) -> AccountName | None:
        current = self.current
        return current[0] if current is not None else None

    @property
    def role(self) -> Role | None:
        hit = self._hit
        state = self._states.get(hit.mailbox) if hit is not None else None
        return state.mailbox.role if state is not None else None

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        hit = self._hit
        state = self._states.get(hit.mailbox) if hit is not None else None
        if hit is None or state is None:
            return None
        return state.mailbox.account, hit.mailbox, hit.envelope.uid

    @property
    def current_envelope(self) -> Envelope | None:
        hit = self._hit
        return hit.envelope if hit is not None else None

    def marked_or_current(self) -> list[Uid]:
        """Return the marked hits, which are all of one mailbox, else the one under the cursor."""
        marked = [hit.envelope.uid for doc, hit in self._marks.items() if doc in self._list.marked]
        if marked:
            return sorted(marked)
        hit = self._hit
        return [hit.envelope.uid] if hit is not None else []

    def toggle_mark(self) -> None:
        """Mark the hit under the cursor; an act is about one mailbox, so marks are too."""
        hit = self._hit
        if hit is None:
            return
        others = [each for doc, each in self._marks.items() if doc in self._list.marked]
        if others and others[0].mailbox != hit.mailbox:
            self.flash("the marked messages are in another mailbox", style="warn")
            return
        self._marks[hit.doc] = hit
        self._list.toggle_mark()
        self._list.move(1)

    @property
    def message(self) -> Message | None:
        current = self.current
        if current is None or not self._reader.is_for(current[1], current[2]):
            return None
        return self._reader.message

    @property
    def page_shown(self) -> Page | None:
        return self._view.page if self.message is not None else None

    @property
    def mode(self) -> Mode:
        return self._reader.mode

    def set_mode(self, mode: Mode) -> None:
        self._reader.again(mode)

    def toggle_quotes(self) -> None:
        self.flash("no quote is folded here")

    def move_cursor(self, rows: int) -> None:
        self._list.move(rows)

    def page(self, direction: int, half: bool = False) -> bool:
        if self._reading:
            return self._view.scroll_pages(direction, half=half) or self.message is None
        self._list.page(direction, half=half)
        return True

    def scroll(self, rows: int) -> None:
        self._view.scroll_lines(rows)

    async def go_first(self) -> None:
        if self._reading:
            self._view.scroll_lines(-(10**9))
        else:
            await self._list.first()

    async def go_last(self) -> None:
        if self._reading:
            self._view.scroll_lines(10**9)
        else:
            await self._list.last()

    async def next_unread(self, step: int) -> None:
        if not await self._list.next_unread(step > 0):
            self.flash("nothing unread among these")

    async def go_to(self, uid: Uid) -> None:
        """Nothing: a UID alone names no hit."""

    def show_mailbox(self, mailbox: MailboxId) -> None:
        """Leave for a mailbox."""
        self.dismiss(None)
        self._show_below(mailbox)

    async def next_mailbox(self, step: int) -> None:
        self.flash("no mailbox is shown here")

    def open_current(self) -> None:
        if self._reading:
            self._view.scroll_lines(1)
        else:
            self._open_message()

    def close_view(self) -> bool:
        """Go one step out: from the message to the hits, from them back to where the search was begun."""
        if self._reading:
            self._go_to(self._list)
        elif self._list.marked:
            self._marks.clear()
            self._list.forget(set(self._list.marked))
            self._list.set_waiting(self._list.waiting)
        else:
            self.dismiss(None)
        return True

    # The message in view

    def _open_message(self) -> None:
        if self._hit is None:
            return
        self._go_to(self._view)
        current = self.current
        if current is not None and self._reader.is_for(current[1], current[2]):
            if self._reader.message is not None and self._reader.wanted is not None:
                self._message_shown(self._reader.wanted)
        else:
            self._reader.go()

    def on_envelope_list_moved(self) -> None:
        hit = self._hit
        if hit is None:
            self._reader.clear()
        elif self._reader.is_for(hit.mailbox, hit.envelope.uid):
            self._view.update_envelope(hit.envelope)
        elif self._view.display:
            self._reader.rest()
        self._tell()

    def _wanted(self) -> Wanted | None:
        hit, current = self._hit, self.current
        if hit is None or current is None:
            return None
        account = self._accounts[current[0]]
        return Wanted(account, hit.mailbox, hit.envelope, account.config.receive.host)

    def _message_shown(self, wanted: Wanted) -> None:
        """A message came into view; one that was opened is read by that."""
        self._tell()
        current, hit = self.current, self._hit
        if not self._reading or current is None or hit is None or not self._reader.is_for(current[1], current[2]):
            return
        if hit.envelope.is_unread:
            account = self._accounts[current[0]]
            self._begin(account.change_flags(wanted.mailbox, [hit.envelope.uid], add=[SEEN]))

    def on_message_view_resized(self) -> None:
        self._reader.again()

    def on_envelope_list_failed(self, failed: EnvelopeList.Failed) -> None:
        self.flash(str(failed.error), style="bad")

    # The mouse

    def on_line_widget_clicked(self, click: LineWidget.Clicked) -> None:
        """A hit is gone to, and opened when it was there already."""
        self.hush()
        if click.widget is self._list:
            was_here = self.focused is self._list
            self._go_to(self._list)
            if not self._list.point(click.y) and was_here and self._list.is_row(click.y):
                self._open_message()
        elif click.widget is self._view:
            self._open_message()

    def on_line_widget_wheeled(self, wheel: LineWidget.Wheeled) -> None:
        self.hush()
        if wheel.widget is self._list:
            self._list.move(wheel.by * WHEEL)
        elif wheel.widget is self._view:
            self._view.scroll_lines(wheel.by * WHEEL)
