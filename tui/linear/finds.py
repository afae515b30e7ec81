"""Where the rows of what was found come from, in linear mode: a search, a thread, all Inboxes."""

from collections.abc import Sequence
from typing import Protocol

from tui.mail.envelope import Envelope, RowKey
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.mailbox import Role
from tui.mail.thread import Branch, Leaf, tree, values_of
from tui.screens.search_place import HitSource
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.widgets.rows import RowSource
from tui.widgets.thread_pane import Name, name_of


class Finds(RowSource, Protocol):
    """Rows that are messages of several mailboxes: what a row is called tells nothing of its UID."""

    def message_of(self, row: Envelope) -> tuple[MailboxId, Envelope] | None: ...
    def forget(self, mailbox: MailboxId) -> None: ...
    async def renew(self) -> None: ...


class HitRows:
    """The hits of a search, or other rows of several mailboxes.

    Args:
        hits: them.
    """

    def __init__(self, hits: HitSource) -> None:
        self.hits = hits
        self.older, self.newer, self.many = hits.older, hits.newer, hits.many
        self.next_unread = hits.next_unread

    def message_of(self, row: Envelope) -> tuple[MailboxId, Envelope] | None:
        """Return where the message of a row is, and the message."""
        hit = self.hits.hit(row)
        return (hit.mailbox, hit.envelope) if hit is not None else None

    def forget(self, mailbox: MailboxId) -> None:
        """Nothing is kept that would be found by another message's UID."""

    async def renew(self) -> None:
        """Nothing is kept that has to be read again."""


class InboxRows(HitRows):
    """The messages of all Inboxes.

    Args:
        store: open.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store.inboxes(lambda: [state.id for state in self.states]))
        self._store = store
        self.states: list[MailboxState] = []
        """The Inboxes there are."""

    async def renew(self) -> None:
        self.states = [each for each in await self._store.mailboxes.all() if each.mailbox.role is Role.INBOX]


class ThreadRows:
    """The messages of a thread, in the order of its tree.

    Args:
        store: open.
        mailbox: where it is looked at.
        start: a message of it.
    """

    def __init__(self, store: Store, mailbox: MailboxId, start: Name) -> None:
        self._store = store
        self._mailbox = mailbox
        self._start = start
        self._rows: list[Leaf] = []
        self._branches: dict[Uid, Branch] = {}
        self._names: dict[Name, Uid] = {}
        self._named = 0
        self.start: Uid | None = None
        """What the row of the message is called that it begins with."""

    @property
    def count(self) -> int:
        return len(self._rows)

    def is_in(self, mailbox: MailboxId | None) -> bool:
        """Whether any of the messages is in this mailbox."""
        return any(branch.member.mailbox == mailbox for branch in self._branches.values())

    def forget(self, mailbox: MailboxId) -> None:
        """Know none of the messages of a mailbox whose UIDs name others now."""
        self._names = {name: row for name, row in self._names.items() if name[0] != mailbox}
        if self._start[0] == mailbox:
            self._start = (mailbox, Uid(0))

    async def renew(self) -> None:
        """Read which messages there are."""
        known = list(self._names) or [self._start]
        thread: ThreadId | None = None
        for mailbox, uid in known:
            thread = (await self._store.threads.of(mailbox, [uid])).get(uid)
            if thread is not None:
                break
        members = await self._store.threads.members(self._mailbox, thread) if thread is not None else []
        self._rows, self._branches = [], {}
        for place, branch in enumerate(tree(members), 1):
            name = self._names.get(name_of(branch.member))
            if name is None:
                self._named += 1
                name = self._names[name_of(branch.member)] = Uid(self._named)
            values = {**values_of(branch.member.envelope), "uid": name}
            self._rows.append(Leaf(**values, thread=thread or ThreadId(0), depth=branch.depth, place=place))
            self._branches[name] = branch
        self.start = self._names.get(self._start)

    def message_of(self, row: Envelope) -> tuple[MailboxId, Envelope] | None:
        """Return where the message of a row is, and the message."""
        branch = self._branches.get(row.uid)
        return (branch.member.mailbox, branch.member.envelope) if branch is not None else None

    async def older(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return list(self._rows[_place(key, 0) :][:limit])

    async def newer(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return list(self._rows[: max(0, _place(key, len(self._rows) + 1) - 1)][::-1][:limit])

    async def many(self, uids: Sequence[Uid]) -> list[Envelope]:
        return [row for row in self._rows if row.uid in uids]

    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None:
        rows = await (self.older if older else self.newer)(key, len(self._rows))
        return next((row for row in rows if row.is_unread), None)


def _place(key: RowKey | None, otherwise: int) -> int:
    return key[2] if key is not None and len(key) > 2 else otherwise
