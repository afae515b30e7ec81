"""Local mail: mailboxes that are on no server, with everything in them. mail.db, in the data folder.

For an account by POP3 this is what the server is for one by IMAP: what it says is so. The lists, the search and the
conversations are made of cache.db all the same, which is kept like this by `tui.sync.pop3_rows`. It has threads of
its own, so that thousands of mails that come in keep no key of the user waiting.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from tui.mail.errors import StoreError
from tui.mail.flags import Flags
from tui.mail.ids import AccountName, Uid
from tui.mail.mailbox import Role
from tui.store import local_boxes, local_messages, taken
from tui.store.lane import Lane
from tui.store.local_boxes import Box
from tui.store.local_messages import Held, NewMessage
from tui.store.sqlite import TooNew, connect, migrate, store_error
from tui.store.taken import Arrival, Compared, Ledger

__all__ = ["Arrival", "Box", "Compared", "Held", "LocalMail", "NewMessage"]

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[apsw.Connection, P], T]


class LocalMail:
    """The mail of every account that is kept here. Opened when it is first used.

    When a method that writes returns, what it wrote survives a power cut. Every method raises `StoreError` when the
    file cannot be used.

    Args:
        path: mail.db.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = Lane("tidings-mail-write")
        self._reader = Lane("tidings-mail-read")
        self._writing: apsw.Connection | None = None
        self._reading: apsw.Connection | None = None
        self._ledgers: dict[AccountName, Ledger] = {}  # owned by the writing thread

    async def close(self) -> None:
        """Finish what is queued and close. May be called twice."""
        await self._reader.close(lambda: self._reading.close() if self._reading else None)
        await self._writer.close(lambda: self._writing.close() if self._writing else None)

    async def _write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._writer.do(lambda: self._mapped(lambda: work(self._writable(), *args, **kwargs)))

    async def _read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._reading is None:
            await self._writer.do(lambda: self._mapped(self._writable))  # the file must be there
        return await self._reader.do(lambda: self._mapped(lambda: work(self._readable(), *args, **kwargs)))

    def _mapped(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except apsw.Error as error:
            log.exception("%s", self._path.name)
            raise store_error(error, self._path) from error

    def _writable(self) -> apsw.Connection:
        if self._writing is None:
            made = connect(self._path, precious=True)
            try:
                migrate(made, "mail")
            except TooNew as error:
                made.close()
                raise StoreError(
                    f"{self._path} was written by a newer Tidings ({error}).", cure="Upgrade Tidings."
                ) from error
            except BaseException:
                made.close()
                raise
            self._writing = made
        return self._writing

    def _readable(self) -> apsw.Connection:
        if self._reading is None:
            self._reading = connect(self._path, precious=True, read_only=True)
        return self._reading

    def _ledger(self, at: apsw.Connection, account: AccountName) -> Ledger:
        if account not in self._ledgers:
            self._ledgers[account] = Ledger.read(at, account)
        return self._ledgers[account]

    # Mailboxes.

    async def prepare(self, account: AccountName, wanted: Sequence[tuple[bytes, Role]]) -> None:
        """Make an account's first mailboxes, when there are none; afterwards only those with a role that has none.

        Args:
            wanted: (wire name, role); the role goes to this mailbox, whatever had it before.
        """
        await self._write(local_boxes.prepare, account, wanted)

    async def boxes(self, account: AccountName) -> list[Box]:
        """Return an account's mailboxes."""
        return await self._read(local_boxes.all_of, account)

    async def box(self, account: AccountName, wire: bytes) -> Box | None:
        """Return one mailbox, None when it is not there."""
        return await self._read(local_boxes.get, account, wire)

    async def make(self, account: AccountName, wire: bytes, role: Role | None = None) -> bool:
        """Make a mailbox, and those it lies below; return False when it is there already."""
        return await self._write(local_boxes.make, account, wire, role)

    async def rename(self, account: AccountName, wire: bytes, target: bytes) -> bool:
        """Rename a mailbox and those below it; return False when there is no such, or the new name is taken."""
        return await self._write(local_boxes.rename, account, wire, target)

    async def drop(self, account: AccountName, wire: bytes, *, only_empty: bool) -> bool:
        """Delete a mailbox with everything in it; return False when it is to be empty and is not."""
        return await self._write(local_boxes.drop, account, wire, only_empty)

    # Messages.

    async def ranges(self, box: int) -> list[tuple[int, int]]:
        """Return the UIDs of a mailbox as (low, high) pairs, ascending and apart."""
        return await self._read(local_messages.ranges, box)

    async def held(self, box: int, uids: Sequence[Uid]) -> list[Held]:
        """Return messages with their octets; those that are gone are left out."""
        return await self._read(local_messages.held, box, uids)

    async def flags_since(self, box: int, modseq: int) -> dict[Uid, Flags]:
        """Return the flags that were changed after this point."""
        return await self._read(local_messages.flags_since, box, modseq)

    async def content(self, box: int, uid: Uid) -> bytes | None:
        """Return a message's octets, None when it is gone."""
        return await self._read(local_messages.content, box, uid)

    async def append(self, account: AccountName, wire: bytes, message: NewMessage) -> Uid | None:
        """File a message; return its UID, None when there is no such mailbox."""
        return await self._write(local_messages.append, account, wire, message)

    async def change_flags(self, box: int, uids: Collection[Uid], add: Flags, remove: Flags) -> None:
        """Add and remove flags."""
        await self._write(local_messages.change_flags, box, uids, add, remove)

    async def move(self, box: int, uids: Sequence[Uid], target: int) -> dict[Uid, Uid]:
        """Move messages; return their old and new UIDs. Those that are not there are left out."""
        return await self._write(local_messages.move, box, uids, target)

    async def went(self, box: int, uids: Collection[Uid]) -> dict[Uid, tuple[int, Uid]]:
        """Return where messages went that were moved: (mailbox, UID)."""
        return await self._write(local_messages.went, box, uids)

    async def there(self, box: int, uids: Collection[Uid]) -> set[Uid]:
        """Return those of the messages that are in the mailbox."""
        return await self._write(local_messages.there, box, uids)

    async def erase(self, box: int, uids: Collection[Uid]) -> None:
        """Delete messages for good."""
        await self._write(local_messages.erase, box, uids)

    async def with_message_id(self, box: int, message_id: str) -> Uid | None:
        """Return a message that is no draft and has this Message-ID."""
        return await self._write(local_messages.with_message_id, box, message_id)

    async def with_mark(self, box: int, mark: str) -> Uid | None:
        """Return the copy of a draft that bears this mark."""
        return await self._write(local_messages.with_mark, box, mark)

    # What was taken from the server.

    async def compare(self, account: AccountName, names: Sequence[bytes]) -> Compared:
        """Compare what the server lists with what was taken, and note what it does not list any more."""
        return await self._write(lambda at: self._ledger(at, account).compare(at, names))

    async def is_first(self, account: AccountName) -> bool:
        """Return whether the first look at what the server has has not come to its end yet."""
        return await self._write(lambda at: self._ledger(at, account).is_first)

    async def reserve(self, account: AccountName, count: int) -> Uid:
        """Keep so many UIDs of INBOX free for what is going to come; return the first of them."""
        return await self._write(local_boxes.reserve, account, count)

    async def take_in(self, account: AccountName, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """File what was taken in INBOX and note its names, all or nothing; return those that were not here before."""
        return await self._write(lambda at: self._ledger(at, account).take_in(at, arrivals))

    async def undeleted(self, account: AccountName, names: Collection[bytes]) -> set[bytes]:
        """Return those of the names that the server was told to delete, and still has."""
        return await self._write(lambda at: self._ledger(at, account).undeleted(names))

    async def pass_by(self, account: AccountName, names: Collection[bytes]) -> None:
        """Note what is not going to be taken."""
        await self._write(lambda at: self._ledger(at, account).note(at, names, taken.PASSED))

    async def due(self, account: AccountName, before: float) -> set[bytes]:
        """Return the names of what was taken before this time and is still on the server.

        Args:
            before: seconds since 1970 UTC.
        """
        return await self._write(taken.due, account, before)

    async def deleted(self, account: AccountName, names: Collection[bytes]) -> None:
        """Note what the server has deleted."""
        await self._write(lambda at: self._ledger(at, account).note(at, names, taken.DELETED))

    async def caught_up(self, account: AccountName) -> None:
        """Note that everything the server had at the first look is here."""
        await self._write(lambda at: self._ledger(at, account).catch_up(at))
