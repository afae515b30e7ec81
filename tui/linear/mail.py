"""The mail in linear mode: a cursor in a list of which one row is read at a time, and messages read from top to end."""

import time
from collections.abc import Callable, Mapping, Sequence

from tui.commands.desk import AccountPort
from tui.linear import words
from tui.linear.reader import LinearReader
from tui.mail.envelope import Envelope
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.mail.thread import tree
from tui.render.lines import Mode, Page
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.store.search import Hit
from tui.sync.events import (
    Event,
    MailboxesChanged,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
)
from tui.terminal.keys import Scope
from tui.terminal.marks import ASCII
from tui.terminal.theme import Roles
from tui.widgets.painting import Look
from tui.widgets.rows import Rows, StoredRows
from tui.widgets.trust import Line

ROWS = 20
"""Rows a page of the list has."""
OUTGOING = (Role.SENT, Role.DRAFTS)


class LinearMail:
    """What commands do to the mail, told in lines (`tui.commands.places.MailPlace`).

    A command's wishes are carried out by `settle`, which the desk calls when the command has come to its end.

    Args:
        store: open.
        accounts: by name, in their order.
        say: writes a line.
        width: columns of the terminal.
        unfold: the key that reads folded quotes.
    """

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, AccountPort],
        say: Callable[[str], None],
        width: Callable[[], int],
        unfold: Callable[[], str],
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._say = say
        self._reader = LinearReader(accounts, say, width, unfold)
        self.look = Look(Roles({}), ASCII)
        self._states: list[MailboxState] = []
        self._state: MailboxState | None = None
        self._rows: Rows | None = None
        self._marked: set[Uid] = set()
        self._said: Uid | None = None
        self._wants_row = self._wants_head = False
        self._opens = False
        self._is_here = False
        self._waiting: dict[AccountName, int] = {}
        self._parked: dict[AccountName, int] = {}

    # Where it stands

    @property
    def key_scopes(self) -> tuple[Scope, ...]:
        return (Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE) if self.reading else (Scope.MAIL, Scope.ANYWHERE)

    @property
    def reading(self) -> bool:
        return self._reader.name is not None

    @property
    def mailbox(self) -> MailboxId | None:
        return self._state.id if self._state is not None else None

    @property
    def mailbox_meant(self) -> MailboxId | None:
        return self.mailbox

    @property
    def account(self) -> AccountName | None:
        return self._state.mailbox.account if self._state is not None else None

    @property
    def role(self) -> Role | None:
        return self._state.mailbox.role if self._state is not None else None

    @property
    def current_envelope(self) -> Envelope | None:
        return self._rows.current if self._rows is not None else None

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        envelope = self.current_envelope
        if envelope is None or self._state is None:
            return None
        return self._state.mailbox.account, self._state.id, envelope.uid

    @property
    def has_marks(self) -> bool:
        """Whether rows are marked: what is done is done to those, not to the one under the cursor."""
        return bool(self._marked)

    def marked_or_current(self) -> list[Uid]:
        envelope = self.current_envelope
        return sorted(self._marked) if self._marked else [envelope.uid] if envelope is not None else []

    async def behind(self, count: int) -> list[Uid]:
        """Return the messages behind the one under the cursor, at most so many."""
        envelope, mailbox = self.current_envelope, self.mailbox
        if envelope is None or mailbox is None:
            return []
        return await self._store.envelopes.older_uids(mailbox, envelope.key, count)

    @property
    def message(self) -> Message | None:
        current = self.current
        is_read = current is not None and self._reader.is_at(current[1], (current[2],))
        return self._reader.message if is_read else None

    @property
    def page_shown(self) -> Page | None:
        return self._reader.page if self.message is not None else None

    @property
    def mode(self) -> Mode:
        return self._reader.mode

    def lines(self) -> Sequence[Line]:
        return [
            Line(name, each.link, self._waiting.get(name, 0), self._parked.get(name, 0))
            for name, each in self._accounts.items()
        ]

    def say_lines(self) -> None:
        self._say(words.links(self.lines(), time.time()))

    @property
    def conversations(self) -> bool:
        return False

    async def show_conversations(self, on: bool) -> None:
        """Every message is a line of its own here."""

    async def toggle_fold(self) -> bool:
        return False

    async def step_in_thread(self, by: int) -> bool:
        """Go to the message so many behind this one in the tree of its thread; False where none is in this mailbox."""
        current = self.current
        if current is None:
            return False
        thread = (await self._store.threads.of(current[1], [current[2]])).get(current[2])
        if thread is None:
            return False
        branches = tree(await self._store.threads.members(current[1], thread, only_here=True))
        uids = [branch.member.envelope.uid for branch in branches]
        index = uids.index(current[2]) + by if current[2] in uids else -1
        if not 0 <= index < len(uids):
            return False
        await self.go_to(uids[index])
        return True

    def hush(self) -> None:
        if self._rows is not None:
            self._rows.hold()

    # What commands wish

    def move_cursor(self, rows: int) -> None:
        if self._rows is not None:
            self._leave()
            self._rows.move(rows)
            self._wants_row = True

    def page(self, direction: int, half: bool = False) -> bool:
        if not self.reading:
            self.move_cursor(direction * (ROWS // 2 if half else ROWS))
        elif direction > 0:
            if not self._reader.has_more:
                return False
            self._reader.read_on()
        else:
            self._opens = True
        return True

    def scroll(self, rows: int) -> None:
        if rows > 0 and self._reader.has_more:
            self._reader.read_on(rows)
        elif rows > 0:
            self._say("End of message.")

    async def go_first(self) -> None:
        if self._rows is not None:
            self._leave()
            self._rows.first()
            await self._rows.settle()
            self._wants_row = True

    async def go_last(self) -> None:
        if self._rows is not None:
            self._leave()
            self._rows.last()
            await self._rows.settle()
            self._wants_row = True

    async def next_unread(self, step: int) -> None:
        if self._rows is None:
            return
        before = self._rows.cursor
        self._rows.next_unread(step > 0)
        await self._rows.settle()
        if self._rows.cursor == before:
            self._say("Nothing unread here.")
        elif self.reading:
            self._leave()
            self.open_current()
        else:
            self._wants_row = True

    async def go_to(self, uid: Uid) -> None:
        if self._rows is not None:
            self._rows.locate(uid)
            await self._rows.settle()
            self._wants_row = True

    def show_mailbox(self, mailbox: MailboxId) -> None:
        self._leave()
        if mailbox != self.mailbox:
            self._marked.clear()
            self._state = next((each for each in self._states if each.id == mailbox), None)
            self._rows = Rows(StoredRows(self._store, mailbox), ROWS)
            self._rows.touch()
            if self._state is not None:
                self._accounts[self._state.mailbox.account].open_mailbox(mailbox)
            self._wants_head = True
        self._wants_row = True

    async def next_mailbox(self, step: int) -> None:
        ids = [each.id for each in self._states if each.mailbox.selectable]
        if ids:
            at = ids.index(self.mailbox) + step if self.mailbox in ids else 0
            self.show_mailbox(ids[at % len(ids)])

    def toggle_mark(self) -> None:
        row = self._rows.cursor if self._rows is not None else None
        if row is None or self._rows is None:
            return
        self._marked ^= {row}
        self._say("Marked." if row in self._marked else "Not marked.")
        self._rows.move(1)
        self._wants_row = True

    def mark(self, hits: Sequence[Hit]) -> None:
        self._marked.update(hit.envelope.uid for hit in hits)

    def open_current(self) -> None:
        if self.reading and self._reader.has_more:
            self._reader.read_on()
        elif self.current_envelope is not None:
            self._leave()
            self._opens = True

    def set_mode(self, mode: Mode) -> None:
        self._reader.mode, self._opens = mode, True

    def read_as(self, charset: str) -> None:
        self._reader.read_as(charset)
        self._opens = True

    @property
    def selecting(self) -> bool:
        return False

    @property
    def selected(self) -> str | None:
        return None

    def select(self) -> bool:
        """No line is chosen where each is read once."""
        return False

    def select_lines(self, by: int) -> None:
        """No line is chosen here."""

    def toggle_quotes(self) -> None:
        self._reader.read_quotes()

    def say_again(self) -> None:
        """The user is here again: tell the row under the cursor."""
        self._wants_row = not self.reading

    def close_view(self) -> bool:
        if self.reading:
            self._leave()
            self._wants_row = True
        elif self._marked:
            self._marked.clear()
            self._say("Nothing is marked now.")
        else:
            return False
        return True

    def focus_next(self, *, back: bool = False) -> None:
        if self.reading:
            self.close_view()
        else:
            self.open_current()

    def _leave(self) -> None:
        self._reader.leave()

    # Carrying out

    async def settle(self) -> None:
        """Do what was wished and tell it."""
        if self._rows is None:
            return
        await self._rows.settle()
        if self._wants_head and self._state is not None:
            self._say(self.where())
        self._wants_head = False
        if self._opens:
            self._opens = False
            await self._open()
        elif self._wants_row or (not self.reading and self._rows.cursor != self._said):
            await self._say_row()
        self._wants_row = False

    def where(self) -> str:
        """Return where the user is: ``work, Inbox. 3 unread of 1,204.``"""
        state = self._state
        if state is None:
            return "No mailbox is known yet."
        held = f"{state.unread:,} unread of {state.total:,}" if state.unread else words.counted(state.total, "message")
        return f"{state.mailbox.account}, {state.mailbox.label}. {held}."

    async def _open(self) -> None:
        current, envelope = self.current, self.current_envelope
        if current is not None and envelope is not None:
            await self._reader.read(current[0], current[1], envelope)
            self._said = self._rows.cursor if self._rows is not None else None

    async def _say_row(self) -> None:
        current = self.current
        if current is None:
            self._said = None
            self._say("Nothing here.")
            return
        envelope = await self._store.envelopes.get(current[1], current[2]) or self.current_envelope
        assert envelope is not None
        self._say(self._row_words(envelope))
        self._said = self._rows.cursor if self._rows is not None else None

    def _row_words(self, envelope: Envelope) -> str:
        """Return the row under the cursor, which is that of this message, in sentences."""
        marked = self._rows is not None and self._rows.cursor in self._marked
        return words.row(envelope, time.time(), outgoing=self.role in OUTGOING, marked=marked)

    # News

    async def begin(self) -> None:
        """Read what the store has, and tell where the user is."""
        await self.read_counts()
        if self._rows is not None:
            await self._rows.settle()
        self._is_here = self.current_envelope is not None
        self._say(f"Tidings, linear mode. {self.where() if self._is_here else 'Asking the server.'}")
        self._wants_head = False
        if self._is_here:
            await self.settle()

    async def take(self, event: Event) -> None:
        """Note what happened; what the user is at does not move."""
        match event:
            case MailboxesChanged():
                await self.read_counts()
                if not self._is_here and self._state is not None and self._state.complete and not self._state.total:
                    await self._arrive()
            case MessagesArrived() | MessagesChanged() | MessagesVanished() if event.mailbox == self.mailbox:
                await self._refresh(event)
            case MailboxReset() if event.mailbox == self.mailbox and self._state is not None:
                self._leave()
                self._marked.clear()
                self._said = None
                self._rows = Rows(StoredRows(self._store, self._state.id), ROWS)
                self._rows.touch()
                await self._rows.settle()

    async def _refresh(self, event: MessagesArrived | MessagesChanged | MessagesVanished) -> None:
        if self._rows is None:
            return
        was_empty = self._rows.current is None
        fresh = len(event.uids) if isinstance(event, MessagesArrived) and event.fresh else 0
        filling = isinstance(event, MessagesArrived) and not event.fresh
        if isinstance(event, MessagesVanished):
            self._marked -= set(event.uids)
            if self._reader.is_at(event.mailbox, event.uids):
                self._leave()
        self._rows.touch(fresh, filling=filling)
        await self._rows.settle()
        if self._rows.current is None:
            return
        if not self._is_here:
            await self.read_counts()
            await self._arrive()
        elif was_empty:
            await self._say_row()

    async def _arrive(self) -> None:
        """Tell where the user is, now that it is known."""
        self._is_here = self._wants_head = self._wants_row = True
        await self.settle()

    async def read_counts(self) -> None:
        """Read the mailboxes again; the first time, go to the first account's Inbox."""
        states = [each for each in await self._store.mailboxes.all() if each.mailbox.account in self._accounts]
        order = list(self._accounts)
        states.sort(key=lambda each: order.index(each.mailbox.account))
        self._states = states
        self._waiting = await self._store.pending.waiting()
        self._parked = await self._store.parked.counts()
        mine = self.mailbox
        self._state = next((each for each in states if each.id == mine), None)
        if self._state is None:
            inboxes = [each for each in states if each.mailbox.role is Role.INBOX] or states[:1]
            if inboxes:
                self.show_mailbox(inboxes[0].id)
