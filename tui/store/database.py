"""The store: two databases, two threads, one door.

cache.db holds what can be fetched again, precious.db what exists nowhere else. One thread owns the connections that
write, another those that read; WAL lets the reader see the last commit while the writer is at work. What is done in a
thread is a plain function of its `Connections`; what comes out are frozen nouns.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tui.config.paths import Paths
from tui.mail.errors import StoreError
from tui.mail.ids import MailboxId
from tui.store import startup
from tui.store.bodies import Bodies
from tui.store.databases import Databases
from tui.store.drafts import Drafts
from tui.store.envelopes import Envelopes
from tui.store.journal import Journal
from tui.store.lock import InstanceLock
from tui.store.mailboxes import Mailboxes
from tui.store.outbox import Outbox
from tui.store.parked import Parked
from tui.store.pending import Pending
from tui.store.rulings import Rulings
from tui.store.sqlite import newest_version
from tui.store.threads import Threads

if TYPE_CHECKING:
    from tui.store.inboxes import Inboxes
    from tui.store.local_mail import LocalMail
    from tui.store.people import People
    from tui.store.search import Search
    from tui.store.snoozed import Snoozed

LOCK_FILE = "tidings.lock"


class Store:
    """Everything Tidings keeps on disk. Made by `open`; whoever opened it closes it.

    Attributes:
        cache_version: of the tables of cache.db.
        mailboxes, envelopes, bodies, threads: in cache.db; `search` too.
        journal, pending, parked, outbox, drafts, rulings: in precious.db.
        local: in mail.db.
    """

    def __init__(self, databases: Databases, lock: InstanceLock, mail_file: Path) -> None:
        self._databases = databases
        self._lock = lock
        self._mail_file = mail_file
        self.cache_version = newest_version("cache")
        self.mailboxes = Mailboxes(databases)
        self.envelopes = Envelopes(databases)
        self.bodies = Bodies(databases)
        self.threads = Threads(databases)
        self.journal = Journal(databases)
        self.pending = Pending(databases)
        self.parked = Parked(databases)
        self.outbox = Outbox(databases)
        self.drafts = Drafts(databases)
        self.rulings = Rulings(databases)

    @classmethod
    async def open(cls, paths: Paths) -> "Store":
        """Open the databases, making or migrating them, and repair what a crash left behind.

        A cache that is damaged, or was written by a newer version, is set aside and made anew. Rows of the outbox that
        were being sent become queued, or unknown where the server may have taken the mail.

        Raises:
            StoreError: when another instance runs, the precious database is damaged or too new, or the disk fails.
        """
        lock = InstanceLock(paths.data / LOCK_FILE)
        try:
            paths.make()
            lock.take()
            databases = await Databases.open(paths.cache_file, paths.precious_file, startup.repair)
        except OSError as error:
            lock.release()
            raise StoreError(
                f"{error.filename or paths.data} cannot be used: {error.strerror}.",
                cure="Make the folders of Tidings writable for you.",
            ) from error
        except BaseException:
            lock.release()
            raise
        return cls(databases, lock, paths.mail_file)

    @cached_property
    def search(self) -> "Search":
        """Finds mail."""
        from tui.store.search import Search  # noqa: PLC0415 - late: start-up time

        return Search(self._databases)

    @cached_property
    def snoozed(self) -> "Snoozed":
        """Knows what is put aside."""
        from tui.store.snoozed import Snoozed  # noqa: PLC0415 - late: start-up time

        return Snoozed(self._databases)

    def inboxes(self, mailboxes: Callable[[], Sequence[MailboxId]]) -> "Inboxes":
        """Return several mailboxes as one list.

        Args:
            mailboxes: returns which they are now.
        """
        from tui.store.inboxes import Inboxes  # noqa: PLC0415 - late: start-up time

        return Inboxes(self._databases, mailboxes)

    @cached_property
    def people(self) -> "People":
        """Knows whom the user wrote to and got mail from."""
        from tui.store.people import People  # noqa: PLC0415 - late: start-up time

        return People(self._databases)

    @cached_property
    def local(self) -> "LocalMail":
        """The mail that is on no server: that of accounts by POP3."""
        from tui.store.local_mail import LocalMail  # noqa: PLC0415 - late: start-up time

        return LocalMail(self._mail_file)

    async def close(self) -> None:
        """Finish what is queued and close. May be called twice."""
        try:
            if "local" in self.__dict__:
                await self.local.close()
        finally:
            await self._close_databases()

    async def _close_databases(self) -> None:
        try:
            await self._databases.close()
        finally:
            self._lock.release()
