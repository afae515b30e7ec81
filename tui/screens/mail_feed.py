"""What the mail screen shows of the store and the accounts, and how it hears of changes: gathered, never in a hurry."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui.config.last_view import LastView, TreeLine
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Mailbox, Role
from tui.mail.thread import Conversation, row_name
from tui.screens.throttle import Throttle
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.sync.events import (
    AccountsChanged,
    AlertReceived,
    ChangeRefused,
    ChangesParked,
    Event,
    Link,
    LinkChanged,
    LinkState,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
    SubmissionChanged,
    SyncProgressed,
    ThreadsChanged,
    WordsKeptHere,
)
from tui.sync.tasks import Tasks
from tui.widgets.conversation_rows import ConversationRows
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.envelope_row import arrival_words
from tui.widgets.list_head import ListHead
from tui.widgets.mailbox_tree import MailboxTree
from tui.widgets.painting import Look
from tui.widgets.rows import StoredRows
from tui.widgets.status_line import StatusLine
from tui.widgets.tree_rows import path_of, rows_in_sight, subscribed_only
from tui.widgets.trust import Line, parked_words, trust_words
from tui.widgets.words import Words, head_words, place_words

if TYPE_CHECKING:
    from tui.screens.mail import MailAccount, MailScreen
    from tui.screens.mail_return import MailReturn

log = logging.getLogger(__name__)

ROWS_EVERY = 0.05
COUNTS_EVERY = 0.25
PROGRESS_EVERY = 1.0
"""Seconds between two readings for the list, the counts, and the progress of a backfill."""
OUTGOING = (Role.SENT, Role.DRAFTS)
NONE = MailboxId(0)
"""A mailbox that is none, and holds nothing."""


class MailFeed:
    """Keeps tree, list head, list and status line like the store.

    Attributes:
        shown: the mailbox in the list, None before there is one.
        spacious: there is room for more words.
        has_tree: the tree is on the screen.
        subscribed_only: the tree shows the mailboxes that are subscribed to.
        conversations: the rows of the list, where it is one of conversations.
    """

    def __init__(
        self,
        screen: "MailScreen",
        store: Store,
        accounts: "Mapping[AccountName, MailAccount]",
        look: Look,
        tree: MailboxTree,
        head: ListHead,
        rows: EnvelopeList,
        begin_with: MailboxId | None = None,
        threaded: Callable[[Mailbox], bool] = lambda mailbox: False,
    ) -> None:
        self._screen = screen
        self._store = store
        self._accounts = accounts
        self._look = look
        self._tree = tree
        self._head = head
        self._list = rows
        self._begin_with = begin_with
        self._threaded = threaded
        self._is_counted = asyncio.Event()
        self.status: StatusLine | None = None
        self.shown: MailboxId | None = None
        self.conversations: ConversationRows | None = None
        self.spacious = False
        self.has_tree = True
        self.subscribed_only = False
        self._states: dict[MailboxId, MailboxState] = {}
        self._waiting: dict[AccountName, int] = {}
        self._parked: dict[AccountName, int] = {}
        self._progress: dict[MailboxId, tuple[int, int]] = {}
        self._arrived: list[Uid] = []
        self._is_filling = False
        self._news: MessagesArrived | None = None
        self._return: MailReturn | None = None
        self._rows_due = Throttle(self._read_rows, ROWS_EVERY)
        self._counts_due = Throttle(self._read_counts, COUNTS_EVERY)
        self._progress_due = Throttle(self._tell_progress, PROGRESS_EVERY)
        self._tasks = Tasks(lambda error: screen.flash(str(error), style="bad"))

    def start(self) -> None:
        """Read for the first time."""
        self._store.journal.sight = self._in_sight
        self._tell_links()
        self._counts_due.ask()
        self.begin(self._first_reading())

    async def _first_reading(self) -> None:
        await self._is_counted.wait()
        await self._list.settled()
        self._screen.call_after_refresh(self._screen.post_message, self._screen.FirstShown())

    async def close(self) -> None:
        """End everything that is under way."""
        for throttle in (self._rows_due, self._counts_due, self._progress_due):
            await throttle.close()
        await self._tasks.end()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the keys; what goes wrong is told on the status line."""
        self._tasks.begin(work)

    # What is shown

    @property
    def state(self) -> MailboxState | None:
        """The mailbox in the list."""
        state = self._states.get(self.shown) if self.shown is not None else None
        return state if state is not None and state.mailbox.account in self._accounts else None

    def lines(self) -> Sequence[Line]:
        """Return what the trust meter knows of the accounts."""
        return [
            Line(name, each.link, self._waiting.get(name, 0), self._parked.get(name, 0))
            for name, each in self._accounts.items()
        ]

    def show(self, mailbox: MailboxId, *, threaded: bool | None = None) -> None:
        """Show another mailbox in the list.

        Args:
            threaded: by conversations; None: as it was shown last.
        """
        self.shown = mailbox
        state = self.state
        self._arrived.clear()
        if threaded is None:
            threaded = state is not None and self._threaded(state.mailbox)
        self.conversations = ConversationRows(self._store, mailbox) if threaded else None
        outgoing = state is not None and state.mailbox.role in OUTGOING
        source = self.conversations or StoredRows(self._store, mailbox)
        self._list.open(source, outgoing=outgoing, counts=threaded)
        if self.subscribed_only:
            self._tree.load(list(self._accounts), self._listed())
        self._tree.show(mailbox)
        if state is not None:
            self._accounts[state.mailbox.account].open_mailbox(mailbox)
        self._counts_due.ask()
        self.tell()
        self._screen.place_changed()  # in Drafts, opening is editing

    def _begin_somewhere(self) -> None:
        """Show the mailbox that was shown last, else the first account's Inbox, else the first mailbox there is."""
        last = self._states.get(self._begin_with) if self._begin_with is not None else None
        if last is not None and last.mailbox.selectable:
            self.show(last.id)
            return
        states = [state for state in self._states.values() if state.mailbox.selectable]
        order = list(self._accounts)
        states.sort(key=lambda state: (order.index(state.mailbox.account), state.mailbox.role is not Role.INBOX))
        if states:
            self.show(states[0].id)
        elif self.shown is not None:  # the account was taken out
            self.shown = self.conversations = None
            self._list.open(StoredRows(self._store, NONE))
            self._tree.show(None)

    # News

    def apply(self, event: Event) -> None:
        """Note what has happened and have it shown soon."""
        match event:
            case LinkChanged():
                self._tell_links()
                self.tell()
            case AccountsChanged():
                self._screen.accounts_changed()
                self._tell_links()
                self._counts_due.ask()
            case MailboxesChanged():
                self._counts_due.ask()
            case MessagesArrived():
                if event.mailbox == self.shown:
                    self._arrived += event.uids if event.fresh else ()
                    self._is_filling = self._is_filling or not event.fresh
                    self._rows_due.ask()
                    if self._return is not None and self._return.is_awaited(event):
                        self.begin(self.follow_back({event.mailbox: event.uids}))
                if event.fresh and event.uids:
                    self._news = event
                    self.begin(self._announce(event))
            case MessagesChanged() if event.mailbox == self.shown:
                self._rows_due.ask()
            case MailboxReset() if event.mailbox == self.shown:
                self._screen.renew()
            case MailboxReset():
                self._screen.forget_mailbox(event.mailbox)
            case MessagesVanished() if event.mailbox == self.shown:
                self._list.forget(event.uids)
                self._rows_due.ask()
            case ThreadsChanged() if self.shown in event.mailboxes:
                self._screen.threads_changed()
                if self.conversations is not None:
                    self._is_filling = True
                    self._rows_due.ask()
                    self._counts_due.ask()
            case SyncProgressed():
                self._note_progress(event)
            case ChangeRefused():
                if self.status is not None:
                    key = self._look.key("app.trouble")
                    more: Words = [(f"   {key}", "accent+"), (" more", "muted")] if key else []
                    self.status.say([(event.sentence, "warn"), *more], ending=len(more))
            case ChangesParked():
                self._counts_due.ask()
                self._screen.flash(parked_words(event.count, self._look.key), style="warn")
            case AlertReceived():
                self._screen.flash(f"{event.account} says: {event.text}", style="warn")
            case WordsKeptHere():
                self._screen.flash(event.sentence, style="warn")
            case SubmissionChanged() | MessagesChanged() | MessagesVanished() | ThreadsChanged():
                pass

    async def follow_back(self, shown: Mapping[MailboxId, Sequence[Uid]]) -> None:
        """Go to the newest of the messages that an undo brought back, see `MailReturn.follow`."""
        if self.shown is None:
            return
        if self._return is None:
            from tui.screens.mail_return import MailReturn  # noqa: PLC0415 - late: start-up time

            self._return = MailReturn(self._store, self._list)
        await self._return.follow(shown, (self.shown,))

    async def _announce(self, event: MessagesArrived) -> None:
        await self._rows_due.done()  # the row first: one frame then shows both
        envelope = await self._store.envelopes.get(event.mailbox, event.uids[-1])
        if envelope is None or self.status is None or event is not self._news:
            return
        said, key = arrival_words(envelope, self._look)
        self.status.say_in_turn([*said, *key], ending=len(key))

    def _note_progress(self, event: SyncProgressed) -> None:
        if event.done >= event.total:
            self._progress.pop(event.mailbox, None)
        else:
            self._progress[event.mailbox] = (event.done, event.total)
        if event.mailbox == self.shown:
            self._progress_due.ask()

    async def _tell_progress(self) -> None:
        self.tell_place()

    # Reading

    async def _read_rows(self) -> None:
        arrived, self._arrived = self._arrived, []
        filling, self._is_filling = self._is_filling, False
        arrived = await self._named(arrived)
        self._list.touch(arrived, fresh=bool(arrived), filling=filling)
        await self._list.settled()
        self.tell()

    async def _named(self, uids: Sequence[Uid]) -> list[Uid]:
        """Return what the rows of messages are called: where conversations are listed, as those."""
        if self.conversations is None or self.shown is None or not uids:
            return list(uids)
        try:
            threads = await self._store.threads.of(self.shown, uids)
        except MailError as error:
            log.warning("the threads of messages could not be read: %s", error)
            return list(uids)
        return list({row_name(thread) for thread in threads.values()})

    async def _read_counts(self) -> None:
        try:
            await self._count()
        finally:
            self._is_counted.set()

    async def _count(self) -> None:
        await self._rows_due.done()  # rows before numbers
        try:
            states = await self._store.mailboxes.all()
            self._waiting = await self._store.pending.waiting()
            self._parked = await self._store.parked.counts()
            self._tree.set_snoozed(await self._store.envelopes.snoozed())
        except MailError as error:
            log.warning("the counts could not be read: %s", error)
            return
        self._states = {state.id: state for state in states if state.mailbox.account in self._accounts}
        self._tree.load(list(self._accounts), self._listed())
        if self.shown is None or self.shown not in self._states:
            self._begin_somewhere()
        waiting = await self._flagged()
        self._list.set_waiting([*waiting, *await self._named(waiting)])
        self.tell()

    def _listed(self) -> Sequence[MailboxState]:
        """Return the mailboxes of the tree."""
        states = self._states.values()
        return subscribed_only(states, self.shown) if self.subscribed_only else tuple(states)

    async def _flagged(self) -> list[Uid]:
        try:
            return await self._store.pending.flagged(self.shown) if self.shown is not None else []
        except MailError as error:
            log.warning("what waits could not be read: %s", error)
            return []

    def _in_sight(self) -> tuple[MailboxId | None, list[Uid]]:
        """Return the rows that are held: where thousands are changed, they are shown first."""
        rows = self._list.rows.rows if self._list.rows is not None else []
        return self.shown, [row.head if isinstance(row, Conversation) else row.uid for row in rows]

    # Remembering

    def remember(self, view: LastView) -> None:
        """Write down what the next start shows first.

        Args:
            view: takes it; without a mailbox when none is shown.
        """
        state = self.state
        if state is None:
            return
        view.mailbox, view.account, view.label = state.id, state.mailbox.account, state.mailbox.label
        view.outgoing = state.mailbox.role in OUTGOING
        now, marks = self._look.clock(), self._look.marks
        begun = [Line(name, LinkState(Link.CONNECTING, now), self._waiting.get(name, 0)) for name in self._accounts]
        view.trust = trust_words(begun, state.mailbox.account, now, marks)
        view.brief_trust = trust_words(begun, state.mailbox.account, now, marks, brief=True)
        view.elsewhere = "".join(text for text, _ in self._elsewhere())
        rows = rows_in_sight(list(self._accounts), self._listed(), path_of(state), set())
        view.tree = [
            TreeLine(row.path, row.label, row.depth, row.mailbox or 0, row.unread, row.folds + row.folded)
            for row in rows
        ]
        view.waiting = set(self._list.waiting)
        view.conversations = self.conversations is not None

    # Telling

    def _tell_links(self) -> None:
        self._tree.set_links({name: account.link.link for name, account in self._accounts.items()})

    def tell(self) -> None:
        """Say anew what head and status line say."""
        self._list.empty = self._empty_words()
        state = self.state
        left: Words = []
        right: Words = []
        if state is not None:
            left = head_words(
                state.mailbox.account,
                state.mailbox.label,
                state.unread,
                state.total,
                fresh=len(self._list.fresh),
                marked=len(self._list.marked),
            )
            order = "conversations" if self.conversations is not None else "newest first"
            right = [(order, "muted")] if self.has_tree else self._elsewhere()
        self._head.say(left, right)
        self.tell_place()
        if self.status is not None:
            self.status.update()

    def _elsewhere(self) -> Words:
        """Return what is unread in the other accounts' Inboxes, where no tree says it."""
        state = self.state
        others = [
            f"{each.mailbox.account} {each.unread:,}"
            for each in self._states.values()
            if each.mailbox.role is Role.INBOX
            and each.unread
            and state
            and each.mailbox.account != state.mailbox.account
        ]
        return [("  ".join(others), "muted")] if others else []

    def tell_place(self) -> None:
        """Say anew where the cursor is, and how far a backfill has come."""
        if self.status is None:
            return
        state = self.state
        words: Words = []
        if state is not None:
            progress = self._progress.get(state.id)
            if progress is not None:
                words.append((f"{progress[0]:,} of {progress[1]:,}   ", "muted"))
            total = state.total if self.conversations is None else state.conversations
            known = total if state.complete else None  # what is not here yet cannot be counted from the end
            rank = self._list.rows.rank(known) if self._list.rows is not None else None
            account, label, dot = state.mailbox.account, state.mailbox.label, self._look.marks.dot
            words += place_words(account, label, rank, total, dot, spacious=self.spacious)
        self.status.place(words, state.mailbox.account if state is not None else None)

    def _empty_words(self) -> str:
        """Return what an empty list says: whether there is nothing, or nothing known yet."""
        state = self.state
        if state is None:
            links = [account.link for account in self._accounts.values()]
            known = next((link.reason for link in links if link.reason), "")
            return f"no mailboxes yet · {known}" if known else "no mailboxes yet · asking the server"
        if state.complete or not state.total:
            return "nothing here"
        link = self._accounts[state.mailbox.account].link.link
        return "nothing here yet · offline" if link in (Link.OFFLINE, Link.REFUSED) else "asking the server"
