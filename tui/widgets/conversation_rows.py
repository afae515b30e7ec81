"""The rows of a list of conversations: one for each, and below those that are open one for each message."""

from collections.abc import Sequence
from dataclasses import replace

from tui.mail.envelope import Envelope, RowKey
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.thread import Branch, Conversation, Leaf, thread_named, tree, values_of
from tui.store.database import Store
from tui.widgets.rows import addressed


class ConversationRows:
    """The conversations of one mailbox in the store.

    A row's ``uid`` is `tui.mail.thread.row_name` for a conversation, and the message's own for one below it.

    Args:
        store: where they are.
        mailbox: which.
    """

    def __init__(self, store: Store, mailbox: MailboxId) -> None:
        self._store = store
        self._threads = store.threads
        self._mailbox = mailbox
        self._open: set[ThreadId] = set()

    def toggle(self, thread: ThreadId) -> bool:
        """List the messages of a conversation below it, or no longer; return whether they are."""
        self._open ^= {thread}
        return thread in self._open

    def is_open(self, thread: ThreadId) -> bool:
        return thread in self._open

    async def older(self, key: RowKey | None, limit: int) -> list[Envelope]:
        rows: list[Envelope] = []
        if key is not None and self._open:
            for conversation in await self._at(key):
                rows += (await self._leaves(conversation))[_place(key) :]
            key = key[:2]
        conversations = await self._threads.older(self._mailbox, key, limit)
        for conversation in conversations:
            if len(rows) >= limit:
                break
            rows += await self._with_leaves(conversation)
        return await addressed(self._store, self._mailbox, rows[:limit])

    async def newer(self, key: RowKey | None, limit: int) -> list[Envelope]:
        rows: list[Envelope] = []
        if key is not None and _place(key):
            for conversation in await self._at(key):
                rows += (await self._with_leaves(conversation))[: _place(key)][::-1]
            key = key[:2]
        conversations = await self._threads.newer(self._mailbox, key, limit)
        for conversation in conversations:
            if len(rows) >= limit:
                break
            rows += (await self._with_leaves(conversation))[::-1]
        return await addressed(self._store, self._mailbox, rows[:limit])

    async def many(self, uids: Sequence[Uid]) -> list[Envelope]:
        """Return rows by their names; for a message that is not listed by itself, that of its conversation."""
        found: list[Envelope] = []
        single = [uid for uid in uids if thread_named(uid) is None]
        threads = [thread for uid in uids if (thread := thread_named(uid)) is not None]
        of = await self._threads.of(self._mailbox, single) if single else {}
        threads += [thread for thread in of.values() if thread not in self._open]
        conversations = await self._threads.many(self._mailbox, threads)
        found += [self._marked(conversation) for conversation in conversations]
        for conversation in await self._threads.many(self._mailbox, [t for t in of.values() if t in self._open]):
            found += [leaf for leaf in await self._leaves(conversation) if leaf.uid in of]
        return await addressed(self._store, self._mailbox, found)

    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None:
        found = await self._threads.next_unread(self._mailbox, key and key[:2], older)
        return self._marked(found) if found is not None else None

    async def _at(self, key: RowKey) -> list[Conversation]:
        """Return the open conversation that has this key, or whose messages have; none when it is not open."""
        opened = await self._threads.many(self._mailbox, list(self._open))
        return [each for each in opened if each.key == key[:2]]

    async def _with_leaves(self, conversation: Conversation) -> list[Envelope]:
        if conversation.thread not in self._open:
            return [conversation]
        return [self._marked(conversation), *await self._leaves(conversation)]

    def _marked(self, conversation: Conversation) -> Conversation:
        return replace(conversation, is_open=True) if conversation.thread in self._open else conversation

    async def _leaves(self, conversation: Conversation) -> list[Leaf]:
        members = await self._threads.members(self._mailbox, conversation.thread, only_here=True)
        return [leaf(branch, conversation, place) for place, branch in enumerate(tree(members), 1)]


def leaf(branch: Branch, conversation: Conversation, place: int) -> Leaf:
    """Return the row of a message below that of its conversation."""
    values = values_of(branch.member.envelope)
    return Leaf(**values, thread=conversation.thread, depth=branch.depth, above=conversation.key, place=place)


def _place(key: RowKey) -> int:
    return key[2] if len(key) > 2 else 0
