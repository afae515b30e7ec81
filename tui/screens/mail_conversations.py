"""The rows of the mail screen as conversations: what stands under the cursor, and going about within a thread."""

from typing import TYPE_CHECKING

from tui.mail.envelope import Envelope
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.thread import Conversation, Leaf, Member, row_name, tree
from tui.screens.mail_panes import MailPanes

if TYPE_CHECKING:
    from tui.screens.mail_feed import MailFeed
    from tui.screens.mail_reader import MailReader
    from tui.screens.mail_thread import MailThread
    from tui.store.database import Store


class MailConversations(MailPanes):
    """Knows which message is meant where a row stands for several. The mail screen gives it what it works with."""

    _feed: "MailFeed"
    _reader: "MailReader"
    _store: "Store"
    _thread: "MailThread"

    def _show_current(self) -> None:
        """Bring the message under the cursor into view, where messages are."""

    # What is under the cursor

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        """The message under the cursor; on a conversation that of it which is in view, else the newest."""
        row, state = self._list.current, self._feed.state
        if row is None or state is None:
            return None
        member = self._member
        if member is not None:
            return state.mailbox.account, member.mailbox, member.envelope.uid
        return state.mailbox.account, state.id, row.head if isinstance(row, Conversation) else row.uid

    @property
    def _member(self) -> Member | None:
        """The message of the thread that was gone to; where rows are marked, those are what is acted on."""
        row = self._list.current
        if row is None or self._list.marked or not self._thread.is_of(row):
            return None
        return self._thread.member

    @property
    def current_envelope(self) -> Envelope | None:
        """The message of `current`, without its structure."""
        if self._member is not None:
            return self._member.envelope
        row = self._list.current
        return row.newest if isinstance(row, Conversation) else row

    def marked_or_current(self) -> list[Uid]:
        """Return what a command acts on: the marked rows, else the one under the cursor, else the message that is read.

        What is below 0 is the row of a conversation, see `tui.mail.thread.row_name`.
        """
        if self._list.marked:
            return sorted(self._list.marked)
        row, current = self._list.current, self.current
        if row is None or current is None:
            return []
        return [row.uid] if isinstance(row, Conversation) and not self._reading else [current[2]]

    async def behind(self, count: int) -> list[Uid]:
        """Return the messages behind the one under the cursor, as the list has them; within a conversation, its own.

        Args:
            count: of them at most.
        """
        row, current = self._list.current, self.current
        if row is None or current is None or current[1] != self._feed.shown:
            return []
        if not self.conversations:
            return await self._store.envelopes.older_uids(current[1], row.key, count)
        thread = (await self._store.threads.of(current[1], [current[2]])).get(current[2])
        members = await self._store.threads.members(current[1], thread, only_here=True) if thread is not None else []
        uids = [branch.member.envelope.uid for branch in tree(members)]
        at = uids.index(current[2]) + 1 if current[2] in uids else len(uids)
        return uids[at : at + count]

    # Conversations

    @property
    def conversations(self) -> bool:
        """Whether the list has a row for each conversation, instead of one for each message."""
        return self._feed.conversations is not None

    async def show_conversations(self, on: bool) -> None:
        """List the mailbox by conversations, or by messages; the cursor stays on the message."""
        current = self.current
        shown = self._feed.shown
        if shown is None or on is self.conversations:
            return
        self._feed.show(shown, threaded=on)
        if current is not None and current[1] == shown:
            await self._list.locate(current[2])

    async def toggle_fold(self) -> bool:
        """List the messages of the conversation under the cursor below it, or no longer.

        Returns:
            False where there is no conversation of several messages.
        """
        row, source = self._list.current, self._feed.conversations
        if source is None or not isinstance(row, Conversation | Leaf):
            return False
        if isinstance(row, Conversation) and row.count < 2:
            return False
        await self._list.locate(row_name(row.thread))
        source.toggle(row.thread)
        self._list.touch()
        await self._list.settled()
        return True

    async def step_in_thread(self, by: int) -> bool:
        """Go to the message that is so many behind the one in view in the tree of its thread.

        Returns:
            False where there is none.
        """
        current = self.current
        member = await self._thread.step(by, (current[1], current[2])) if current is not None else None
        if member is None:
            return False
        await self._go_to_member(member)
        return True

    async def _go_to_member(self, member: Member) -> None:
        if isinstance(self._list.current, Conversation) or member.mailbox != self._feed.shown:
            self._thread.choose(member)
        else:
            await self._list.locate(member.envelope.uid)

    def threads_changed(self) -> None:
        """What belongs together is something else now."""
        self._thread.again()

    def forget_mailbox(self, mailbox: MailboxId) -> None:
        """A mailbox that is not listed has other messages by the same UIDs now: none of a thread is taken for them."""
        self._thread.forget(mailbox)
        in_view = self._in_view()
        if in_view is not None and in_view[0] == mailbox:
            self._reader.clear()

    def _in_view(self) -> tuple[MailboxId, Uid] | None:
        wanted = self._reader.wanted
        return (wanted.mailbox, wanted.envelope.uid) if wanted is not None else None

    def _thread_changed(self) -> None:
        current = self.current
        self._thread_pane.show(self._thread.branches, (current[1], current[2]) if current is not None else None)
        self.arrange_thread()
        self._show_current()
