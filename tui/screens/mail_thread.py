"""The thread of the row under the cursor: read when the cursor rests there, and which of its messages is in view."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.thread import Branch, Conversation, Leaf, Member, tree
from tui.store.database import Store
from tui.widgets.thread_pane import Name, name_of

log = logging.getLogger(__name__)

REST = 0.06
"""Seconds the cursor rests on a row before its thread is read: sooner than its message is shown."""


class MailThread:
    """Knows the thread of one row, and holds on to the message of it that is in view, whatever comes.

    Args:
        store: open.
        in_view: returns what the reader shows, or is about to.
        changed: called when the thread was read, or another message of it is to be shown.

    Attributes:
        branches: its messages; none before it was read.
        member: the message of a conversation that is to be shown, None for the row's own.
        eager: threads of all rows are read, not only of those that stand for several messages.
    """

    def __init__(self, store: Store, in_view: Callable[[], Name | None], changed: Callable[[], None]) -> None:
        self._store = store
        self._in_view = in_view
        self._changed = changed
        self._mailbox = MailboxId(0)
        self._row: Envelope | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.branches: Sequence[Branch] = ()
        self.member: Member | None = None
        self.eager = False

    def follow(self, mailbox: MailboxId | None, row: Envelope | None) -> None:
        """Take the row under the cursor; the same one again when it has changed."""
        before = self._row
        is_other = row is None or before is None or (mailbox, row.uid) != (self._mailbox, before.uid)
        self._mailbox, self._row = mailbox or MailboxId(0), row
        if is_other:
            self.member, self.branches = None, ()
        self._stop()
        if row is not None and (self._is_due or not is_other):
            self._resting = asyncio.get_running_loop().call_later(REST, self._begin, not is_other)

    def is_of(self, row: Envelope) -> bool:
        """Whether what is known is about this row; the cursor may have gone on just now."""
        return self._row is not None and self._row.uid == row.uid

    @property
    def _is_due(self) -> bool:
        if isinstance(self._row, Conversation):
            return self._row.count > 1 or self.eager
        return self.eager

    def again(self) -> None:
        """What belongs together may be something else now."""
        self.follow(self._mailbox, self._row)

    def forget(self, mailbox: MailboxId) -> None:
        """Know none of the messages of a mailbox, whose UIDs name others now."""
        if any(branch.member.mailbox == mailbox for branch in self.branches):
            if self.member is not None and self.member.mailbox == mailbox:
                self.member = None
            self.branches = [branch for branch in self.branches if branch.member.mailbox != mailbox]
            self.again()

    @property
    def is_ready(self) -> bool:
        """Whether it is known which message of a conversation is to be shown."""
        return self.member is not None or not isinstance(self._row, Conversation) or self._row.count < 2

    async def ready(self) -> None:
        """Return when that is known."""
        if not self.is_ready:
            self._stop()
            await self._read(held=False)

    async def step(self, by: int, current: Name) -> Member | None:
        """Return the message that is so many behind another one in the tree; None when there is none.

        Raises:
            MailError: when the store cannot be read.
        """
        names = [name_of(branch.member) for branch in self.branches]
        if current not in names:
            await self._load()
            names = [name_of(branch.member) for branch in self.branches]
        if current not in names:
            return None
        index = names.index(current) + by
        return self.branches[index].member if 0 <= index < len(names) else None

    def choose(self, member: Member) -> None:
        """Show this message of the thread."""
        self.member = member
        self._changed()

    async def close(self) -> None:
        """End what is under way."""
        task = self._task
        self._stop()
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    def _stop(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _begin(self, held: bool) -> None:
        self._resting = None
        self._task = asyncio.create_task(self._read(held))

    async def _read(self, held: bool) -> None:
        """Read the thread and settle which message is shown.

        Args:
            held: the row was here before: what is in view stays there.
        """
        try:
            await self._load()
        except MailError as error:
            log.warning("a thread could not be read: %s", error)
            return
        self._settle(held)
        self._changed()

    async def _load(self) -> None:
        row, mailbox = self._row, self._mailbox
        thread: ThreadId | None = None
        if isinstance(row, Conversation | Leaf):
            thread = row.thread
        elif row is not None:
            thread = (await self._store.threads.of(mailbox, [row.uid])).get(row.uid)
        members = await self._store.threads.members(mailbox, thread) if thread is not None else []
        if self._row is row and self._mailbox == mailbox:
            self.branches = tree(members)

    def _settle(self, held: bool) -> None:
        members = {name_of(branch.member): branch.member for branch in self.branches}
        if self.member is not None:
            self.member = members.get(name_of(self.member))
        if self.member is None and isinstance(self._row, Conversation):
            in_view = self._in_view() if held else None
            unread = [m for m in members.values() if m.mailbox == self._mailbox and m.envelope.is_unread]
            if in_view in members:
                self.member = members[in_view]
            elif unread:
                self.member = min(unread, key=lambda member: member.envelope.key)
            else:
                self.member = members.get((self._mailbox, Uid(self._row.head)))
