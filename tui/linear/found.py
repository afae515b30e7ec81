"""What was found, in linear mode: hits of a search, or the messages of a conversation, read and acted on row by row."""

from collections.abc import Callable, Mapping, Sequence

from tui.commands.desk import AccountPort
from tui.linear import words
from tui.linear.finds import Finds, ThreadRows
from tui.linear.mail import ROWS, LinearMail
from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.thread import Leaf
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.store.search import Hit
from tui.sync.events import (
    Event,
    MailboxReset,
    MessagesArrived,
    MessagesChanged,
    MessagesIndexed,
    MessagesVanished,
    ThreadsChanged,
)
from tui.widgets.rows import Rows

MOST_BEHIND = 200
"""Rows one key with a count acts on; a greater count is a slip of the finger."""


class LinearFound(LinearMail):
    """A list of what was found (`tui.commands.places.MailPlace`).

    Args:
        finds: its rows.
        gone: called when it is left.
        go_to: shows a mailbox below it.
        opened_in: the mailbox of a conversation; None for hits: nothing is to be done to all of a mailbox there.

    The rest is as with `LinearMail`.
    """

    def __init__(
        self,
        store: Store,
        accounts: Mapping[AccountName, AccountPort],
        say: Callable[[str], None],
        width: Callable[[], int],
        unfold: Callable[[], str],
        finds: Finds,
        gone: Callable[[], None],
        go_to: Callable[[MailboxId], None],
        opened_in: MailboxId | None = None,
    ) -> None:
        super().__init__(store, accounts, say, width, unfold)
        self._finds = finds
        self._gone = gone
        self._show_below = go_to
        self._opened_in = opened_in
        self._rows = Rows(finds, ROWS)
        self._known: dict[MailboxId, MailboxState] = {}
        self._marks: dict[Uid, tuple[MailboxId, Uid]] = {}
        self._is_stale = False

    async def enter(self, told: str, at: Uid | None = None) -> None:
        """Tell what was found, and the row it begins with.

        Args:
            told: what was found, in a sentence.
            at: what that row is called; None: the first one.
        """
        await self.read_counts()
        self._list.first()
        if at is not None:
            self._list.locate(at)
        await self._list.settle()
        self._say(told)
        self._is_here = self._wants_row = True
        await self.settle()

    # Where it stands

    @property
    def _list(self) -> Rows:
        assert self._rows is not None
        return self._rows

    @property
    def _found(self) -> tuple[MailboxId, Envelope] | None:
        row = self._list.current
        return self._finds.message_of(row) if row is not None else None

    def _is_at(self, mailbox: MailboxId) -> bool:
        found = self._found
        return found is not None and found[0] == mailbox

    @property
    def _state_here(self) -> MailboxState | None:
        found = self._found
        return self._known.get(found[0]) if found is not None else None

    @property
    def mailbox(self) -> MailboxId | None:
        return self._opened_in

    @property
    def account(self) -> AccountName | None:
        state = self._state_here
        return state.mailbox.account if state is not None else None

    @property
    def role(self) -> Role | None:
        state = self._state_here
        return state.mailbox.role if state is not None else None

    @property
    def current_envelope(self) -> Envelope | None:
        found = self._found
        return found[1] if found is not None else None

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        found, state = self._found, self._state_here
        if found is None or state is None:
            return None
        return state.mailbox.account, found[0], found[1].uid

    def marked_or_current(self) -> list[Uid]:
        """Return the marked messages of the mailbox of the one under the cursor, else that one."""
        found = self._found
        marked = {mailbox: uids for _, mailbox, uids in self.marked_in_each()}
        return marked.get(found[0], [found[1].uid]) if found is not None else []

    def marked_in_each(self) -> list[tuple[AccountName, MailboxId, list[Uid]]]:
        """Return the marked messages, mailbox by mailbox."""
        each: dict[MailboxId, list[Uid]] = {}
        for row, (mailbox, uid) in self._marks.items():
            if row in self._marked and mailbox in self._known:
                each.setdefault(mailbox, []).append(uid)
        return [(self._known[mailbox].mailbox.account, mailbox, sorted(uids)) for mailbox, uids in each.items()]

    async def behind(self, count: int) -> list[Uid]:
        """Return the messages behind the one under the cursor, at most so many; of a conversation those in its mailbox.

        Raises:
            MailError: when one of the hits is in another mailbox.
        """
        row, found = self._list.current, self._found
        if row is None or found is None:
            return []
        rows = await self._finds.older(row.key, MOST_BEHIND)
        behind = [each for row in rows if (each := self._finds.message_of(row)) is not None]
        if self._opened_in is None and any(each[0] != found[0] for each in behind[:count]):
            raise MailError("These are not all in one mailbox.", cure="Act on them one by one.")
        return [each[1].uid for each in behind if each[0] == found[0]][:count]

    def toggle_mark(self) -> None:
        row, found = self._list.cursor, self._found
        if row is not None and found is not None:
            self._marks[row] = found[0], found[1].uid
            super().toggle_mark()

    def mark(self, hits: Sequence[Hit]) -> None:
        """Nothing: what is found by another search is not listed here."""

    # Moving

    async def step_in_thread(self, by: int) -> bool:
        if self._opened_in is None:
            return False
        before = self._list.cursor
        self.move_cursor(by)
        await self._list.settle()
        return self._list.cursor != before

    async def go_to(self, uid: Uid) -> None:
        """Nothing: a UID alone names no row."""

    def show_mailbox(self, mailbox: MailboxId) -> None:
        self._gone()
        self._show_below(mailbox)

    async def next_mailbox(self, step: int) -> None:
        self._say("No mailbox is shown here.")

    def close_view(self) -> bool:
        if not super().close_view():
            self._gone()
        return True

    # Telling

    def say_again(self) -> None:
        """The user is here again: what stands under the cursor may have been dealt with elsewhere."""
        super().say_again()
        self._is_stale = True

    async def settle(self) -> None:
        """Do what was wished and tell it."""
        if self._is_stale:
            self._is_stale = False
            await self.renew()
        await super().settle()

    def _row_words(self, envelope: Envelope) -> str:
        said, state = super()._row_words(envelope), self._state_here
        row = self._list.current
        depth = row.depth if isinstance(row, Leaf) else 0
        level = f"Level {depth + 1}. " if depth else ""
        if state is None or state.id == self._opened_in:
            return level + said
        several = f"{state.mailbox.account}, " if len(self._accounts) > 1 else ""
        return f"{level}{said} In {several}{words.stopped(state.mailbox.label)}"

    def where(self) -> str:
        return ""

    # News

    async def take(self, event: Event) -> None:
        """Note what happened; what the user is at does not move."""
        match event:
            case MessagesVanished() if self._reader.is_at(event.mailbox, event.uids):
                self._leave()
            case MailboxReset():
                if self._is_at(event.mailbox):
                    self._leave()
                self._finds.forget(event.mailbox)
        if isinstance(event, MessagesVanished):
            gone = {row for row, (box, uid) in self._marks.items() if box == event.mailbox and uid in event.uids}
            self._marked -= gone
        elif isinstance(event, MailboxReset):
            self._marked -= {row for row, (box, _) in self._marks.items() if box == event.mailbox}
        match event:
            case (
                MessagesArrived()
                | MessagesChanged()
                | MessagesVanished()
                | MailboxReset()
                | ThreadsChanged()
                | MessagesIndexed()
            ):
                await self.renew()

    async def renew(self) -> None:
        """Read the rows again; the cursor stays on its own, or goes to the one that stands there now."""
        was_empty = self._list.current is None
        await self._finds.renew()
        if isinstance(self._finds, ThreadRows):
            if not self._finds.is_in(self._opened_in):
                self._say("Nothing of the conversation is left here.")
                self._gone()
                return
            at, cursor = self._list.at, self._list.cursor
            self._rows = Rows(self._finds, ROWS)
            self._list.first()
            await self._list.settle()
            if cursor is not None and await self._finds.many([cursor]):
                self._list.locate(cursor)
            else:
                self._list.move(at)
        else:
            self._list.touch(filling=True)
        await self._list.settle()
        if was_empty and self._list.current is not None:
            await self._say_row()

    async def read_counts(self) -> None:
        """Read which mailboxes there are."""
        self._known = {each.id: each for each in await self._store.mailboxes.all()}


def heading(name: str, count: int, unread: int) -> str:
    """Return what is said of a conversation: ``Conversation. 4 messages, 1 unread. Cards.``"""
    left = f", {unread:,} unread" if unread else ""
    return " ".join(["Conversation.", f"{words.counted(count, 'message')}{left}.", words.stopped(name or "no subject")])
