"""Threads: what belongs together, and the rows of conversations."""

from collections.abc import Mapping, Sequence
from typing import Final

from tui.mail.envelope import RowKey
from tui.mail.ids import MailboxId, ThreadId, Uid
from tui.mail.thread import Conversation, Member
from tui.store import thread_changes, thread_reads
from tui.store.databases import Databases

GATHER: Final = 500
"""Messages that get their threads in one transaction: some 15 ms, so that a key's change waits no longer."""
TRACE: Final = 500
"""Messages about which a server is asked at once."""


class Threads:
    """The tables of threads.

    A conversation is a thread in one mailbox, as far as its messages are shown there. Its row changes in the same
    transaction as they do; what was stored in a great number gets its thread by `gather`, soon afterwards.
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def older(self, mailbox: MailboxId, key: RowKey | None, limit: int) -> list[Conversation]:
        """Return conversations strictly older than ``key``, newest first; None: from the newest."""
        return await self._databases.read(thread_reads.window, mailbox, key, limit, True)

    async def newer(self, mailbox: MailboxId, key: RowKey | None, limit: int) -> list[Conversation]:
        """Return conversations strictly newer than ``key``, oldest first; None: from the oldest."""
        return await self._databases.read(thread_reads.window, mailbox, key, limit, False)

    async def next_unread(self, mailbox: MailboxId, key: RowKey | None, older: bool = True) -> Conversation | None:
        """Return the nearest conversation with unread messages beyond ``key``; None when there is none."""
        found = await self._databases.read(thread_reads.window, mailbox, key, 1, older, True)
        return found[0] if found else None

    async def many(self, mailbox: MailboxId, threads: Sequence[ThreadId]) -> list[Conversation]:
        """Return those of the conversations that there are, newest first."""
        return await self._databases.read(thread_reads.many, mailbox, threads)

    async def uids(self, mailbox: MailboxId, threads: Sequence[ThreadId]) -> list[Uid]:
        """Return the messages of conversations: what acts on a whole one acts on these."""
        return await self._databases.read(thread_reads.uids, mailbox, threads)

    async def of(self, mailbox: MailboxId, uids: Sequence[Uid]) -> dict[Uid, ThreadId]:
        """Return the threads of messages; those that have none yet are left out."""
        return await self._databases.read(thread_reads.of, mailbox, uids)

    async def members(self, mailbox: MailboxId, thread: ThreadId, *, only_here: bool = False) -> list[Member]:
        """Return the messages of a thread that are shown, for `tui.mail.thread.tree`: the newest, where there are many.

        Args:
            mailbox: where somebody looks at it; messages of the other mailboxes of its account are among them, but not
                copies of such as are in this one, nor what lies in Trash or Spam.
            only_here: only those of this mailbox.
        """
        return await self._databases.read(thread_reads.members, mailbox, thread, only_here)

    async def gather(self) -> tuple[int, set[MailboxId]]:
        """Give some messages that have none yet their thread.

        Returns:
            (how many were looked at, 0 when there are no more; the mailboxes with other conversations than before).
        """
        return await self._databases.write(thread_changes.gather, GATHER)

    async def untraced(self, mailbox: MailboxId) -> list[Uid]:
        """Return messages that answer what is not here: the server is to be asked what else they name."""
        return await self._databases.write(thread_changes.untraced, mailbox, TRACE)

    async def traced(self, mailbox: MailboxId, asked: Sequence[Uid], told: Mapping[Uid, Sequence[str]]) -> bool:
        """Take what a server answered.

        Args:
            asked: the messages; nobody need ask about them again.
            told: Message-IDs without brackets, the nearest last.

        Returns:
            Whether conversations are other ones now.
        """
        return await self._databases.write(thread_changes.traced, mailbox, asked, told)
