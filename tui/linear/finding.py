"""Looking for mail, at conversations and at all Inboxes in linear mode: lists above the mail, one above the other."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from tui.linear import words
from tui.linear.finds import Finds, HitRows, InboxRows, ThreadRows
from tui.linear.found import LinearFound, heading
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId
from tui.mail.query import Node
from tui.mail.query_completion import Known, completions
from tui.mail.query_syntax import parse
from tui.screens.inboxes import InboxesScreen
from tui.screens.prompt import PromptScreen
from tui.screens.search import SearchScreen
from tui.screens.search_words import MANY
from tui.screens.thread import ThreadScreen
from tui.store.search import Hits
from tui.sync.events import Event

if TYPE_CHECKING:
    from tui.linear.desk import LinearDesk


Wish = SearchScreen | ThreadScreen | InboxesScreen
"""What is told here instead."""


class Finding:
    """Knows what was found, the latest last.

    Args:
        desk: where.
        say: writes a line.
        width: columns of the terminal.
    """

    def __init__(self, desk: "LinearDesk", say: Callable[[str], None], width: Callable[[], int]) -> None:
        self._desk = desk
        self._say = say
        self._width = width
        self._lists: list[LinearFound] = []
        self._wish: Wish | None = None

    @property
    def top(self) -> LinearFound | None:
        """The list the user is at, None at the mail."""
        return self._lists[-1] if self._lists else None

    def want(self, screen: Wish) -> None:
        """Note that what such a screen shows is to be told; `settle` does it."""
        self._wish = screen

    async def settle(self) -> None:
        """Do what was wished."""
        wish, self._wish = self._wish, None
        if isinstance(wish, SearchScreen):
            await self._search(wish.begins_with)
        elif isinstance(wish, ThreadScreen):
            await self._converse(wish)
        elif isinstance(wish, InboxesScreen):
            await self._gather()

    async def take(self, event: Event) -> None:
        """Note an account's event."""
        for each in tuple(self._lists):
            await each.take(event)

    def _make(self, finds: Finds, opened_in: MailboxId | None = None) -> LinearFound:
        desk, below = self._desk, self._desk.mail
        key = desk.keymap.label
        return LinearFound(
            desk.store,
            desk.accounts,
            self._say,
            self._width,
            lambda: key("view.quotes"),
            finds,
            self._gone,
            below.show_mailbox,
            opened_in,
        )

    def _gone(self) -> None:
        """The list at the top was left."""
        if self._lists:
            self._lists.pop()
        below = self.top or self._desk.linear_mail
        below.say_again()

    # A search

    async def _search(self, begins_with: str) -> None:
        states = [each for each in await self._desk.store.mailboxes.all() if each.mailbox.selectable]
        known = Known(tuple(dict.fromkeys(each.mailbox.name for each in states)), tuple(self._desk.accounts))

        async def complete(typed: str) -> str:
            offered = completions(typed, len(typed), known, datetime.now().date())
            return offered[0].applied(typed)[0] if offered else typed

        note = "in all mailboxes, such as from:ada before:1m" if not begins_with else ""
        prompt = PromptScreen("search", value=begins_with, note=note, does="search", complete=complete, check=_problem)
        typed = await self._desk.ask(prompt)
        node = _parsed(typed) if typed is not None else None
        if node is None:
            return
        hits = Hits(self._desk.store.search, node)
        found = self._make(HitRows(hits))
        count = await self._desk.store.search.count(node, MANY)
        waiting = await self._desk.store.search.waiting()
        self._lists.append(found)
        told = f"{MANY:,} or more" if count >= MANY else f"{count:,}" if count else "nothing"
        parts = [words.sentence(f"{told} found on this machine")]
        parts += [f"{words.counted(waiting, 'message')} not in the index yet."] if waiting else []
        await found.enter(" ".join([*parts, "The servers are asked."]))
        for name in self._desk.accounts:
            self._desk.begin(self._ask(name, hits, node, found))

    async def _ask(self, name: AccountName, hits: Hits, node: Node, found: LinearFound) -> None:
        """Ask an account's server what it knows beyond what is here, and tell it while the hits are looked at."""
        states = [each for each in await self._desk.store.mailboxes.all() if each.mailbox.account == name]
        here = set(hits.listed)
        try:
            await self._desk.accounts[name].search.ask(node, states, hits.listed.update)
        except MailError as error:
            if found in self._lists:
                self._say(words.stopped(f"{name} was not asked: {error.message}"))
            return
        if found not in self._lists:
            return
        new = await self._desk.store.search.count(node, MANY, listed=tuple(hits.listed)) if hits.listed - here else 0
        more = max(0, new - await self._desk.store.search.count(node, MANY)) if new else 0
        self._say(f"{name} was asked: {f'{more:,} more' if more else 'nothing more'}.")
        if more:
            await found.renew()

    # All Inboxes

    async def _gather(self) -> None:
        rows = InboxRows(self._desk.store)
        await rows.renew()
        unread, total = sum(each.unread for each in rows.states), sum(each.total for each in rows.states)
        found = self._make(rows)
        self._lists.append(found)
        await found.enter(words.sentence(f"all inboxes. {f'{unread:,} unread of ' if unread else ''}{total:,}"))

    # A conversation

    async def _converse(self, screen: ThreadScreen) -> None:
        mailbox, start = screen.opened_at
        rows = ThreadRows(self._desk.store, mailbox, start)
        await rows.renew()
        here = await rows.older(None, rows.count)
        if not here:
            raise MailError("This message is not in a conversation yet.")
        found = self._make(rows, mailbox)
        self._lists.append(found)
        await found.enter(heading(here[0].subject, len(here), sum(row.is_unread for row in here)), rows.start)


def _parsed(typed: str) -> Node | None:
    return parse(f"{typed} ", datetime.now().astimezone()).node


async def _problem(typed: str) -> str:
    """Return what of a query is not understood."""
    query = parse(f"{typed} ", datetime.now().astimezone())
    if query.problems:
        return query.problems[0].sentence
    return "" if query.node is not None else "Nothing is looked for."
