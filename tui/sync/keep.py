"""Keeping the text of the newest messages, so that reading, answering and filing go on where there is no server."""

import asyncio
import logging
from collections.abc import Callable

from tui.config.model import SyncConfig
from tui.mail.envelope import Envelope
from tui.mail.errors import ConnectionLost, MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.render.message import wanted_sections
from tui.store.database import Store
from tui.sync.events import Event, Link, LinkChanged, MessagesArrived, MessagesChanged
from tui.sync.reader import Reader

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
GATHER = 1.0
"""Seconds in which arrivals are waited for, so that one look serves them all."""

PAUSE = 60.0
"""Seconds after which it goes on though nothing happens, when a line was lost meanwhile."""


class Keeper:
    """Fetches what is needed to read the newest messages, one by one and after everything else that is to be done.

    Args:
        account: whose.
        settings: how many messages of a mailbox, and how many megabytes in one go.
        store: what is here already.
        reader: fetches and stores.
        emit: told of first words for the list, once a mailbox.
    """

    def __init__(
        self,
        account: AccountName,
        settings: SyncConfig,
        store: Store,
        reader: Reader,
        emit: Callable[[Event], None],
    ) -> None:
        self._account = account
        self._settings = settings
        self._store = store
        self._reader = reader
        self._emit = emit
        self._wake = asyncio.Event()
        self._is_up = False
        self._refused: set[tuple[MailboxId, Uid]] = set()  # not to be asked for again in this life of the program

    def heard(self, event: Event) -> None:
        """Take note of what happened: there may be something to keep."""
        if isinstance(event, LinkChanged):
            was_up, self._is_up = self._is_up, event.state.link in (Link.LIVE, Link.POLLING)
            if self._is_up and not was_up:
                self._wake.set()
        elif isinstance(event, MessagesArrived):
            self._wake.set()

    async def run(self) -> None:
        """Keep until cancelled. Never raises a `MailError`."""
        if not self._settings.offline:
            return
        pause: float | None = None
        while True:
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                pass
            await asyncio.sleep(GATHER)
            self._wake.clear()
            pause = None
            if not self._is_up:
                continue
            try:
                await self._look()
            except MailError as error:
                pause = PAUSE
                log.info("%s: keeping: %s", self._account, error)

    async def _look(self) -> None:
        left = self._settings.offline_size * MEGABYTE
        states = await self._store.mailboxes.all(self._account)
        states.sort(key=lambda state: state.mailbox.role is not Role.INBOX)
        for state in states:
            if state.held and left > 0:
                left -= await self._keep_mailbox(state.id, left)

    async def _keep_mailbox(self, mailbox: MailboxId, budget: int) -> int:
        """Keep the newest messages of a mailbox; return the octets that were fetched, about."""
        rows = await self._store.envelopes.older(mailbox, None, self._settings.offline)
        kept = await self._store.bodies.kept(mailbox, [row.uid for row in rows])
        spent = 0
        told: list[Uid] = []
        try:
            for row in rows:
                if row.uid in kept or (mailbox, row.uid) in self._refused:
                    continue
                size = await self._size(mailbox, row)
                if size is None or size > self._settings.offline_size * MEGABYTE // 100:
                    self._refused.add((mailbox, row.uid))
                    continue
                if spent + size > budget:
                    break
                spent += size
                if await self._keep(mailbox, row.uid):
                    told.append(row.uid)
        finally:
            if told:
                self._emit(MessagesChanged(self._account, mailbox, tuple(told)))
        return spent

    async def _keep(self, mailbox: MailboxId, uid: Uid) -> bool:
        try:
            return await self._reader.keep(mailbox, uid)
        except ConnectionLost:
            raise
        except MailError as error:
            self._refused.add((mailbox, uid))
            log.info("%s: keeping %d: %s", self._account, uid, error)
            return False

    async def _size(self, mailbox: MailboxId, row: Envelope) -> int | None:
        """Return the octets of what is needed to read a message; None when that cannot be said."""
        whole = await self._store.envelopes.get(mailbox, row.uid)
        from tui.imap.structure import of as structure_of  # noqa: PLC0415 - late: start-up time

        structure = None if whole is None else structure_of(whole)
        if structure is None:
            return None
        wanted = set(wanted_sections(structure))
        return sum(part.size for part in structure.leaves() if part.section in wanted)
