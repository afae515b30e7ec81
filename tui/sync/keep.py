"""Keeping the text of the newest messages, so that reading, answering and filing go on where there is no server."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from tui.config.model import SyncConfig
from tui.imap.structure import of as structure_of
from tui.mail.envelope import Envelope
from tui.mail.errors import ConnectionLost, MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.sync.events import Event, LinkChanged, MessagesArrived, MessagesChanged
from tui.sync.texts import Texts, wanted
from tui.sync.work import Rank

log = logging.getLogger(__name__)

Groups = AsyncGenerator[tuple[list[Envelope], int], None]

MEGABYTE = 1024 * 1024
GATHER = 0.3
"""Seconds in which arrivals are waited for, so that one look serves them all."""

LOOK = 200
"""Rows looked at together."""
PAUSE = 60.0
"""Seconds after which it goes on though nothing happens, when a line was lost meanwhile."""


class Keeper:
    """Fetches what is needed to read the newest messages, after everything else that is to be done.

    Args:
        account: whose.
        settings: how many messages of a mailbox, and how many megabytes in one go.
        store: what is here already.
        texts: fetches and stores.
        emit: told of first words for the list, once a mailbox.
    """

    def __init__(
        self,
        account: AccountName,
        settings: SyncConfig,
        store: Store,
        texts: Texts,
        emit: Callable[[Event], None],
    ) -> None:
        self._account = account
        self._settings = settings
        self._store = store
        self._texts = texts
        self._emit = emit
        self._wake = asyncio.Event()
        self._is_up = False
        self._refused: set[tuple[MailboxId, Uid]] = set()  # not to be asked for again in this life of the program

    def heard(self, event: Event) -> None:
        """Take note of what happened: there may be something to keep."""
        if isinstance(event, LinkChanged):
            was_up, self._is_up = self._is_up, event.state.link.is_up
            if self._is_up and not was_up:
                self._wake.set()
        elif isinstance(event, MessagesArrived):
            self._wake.set()

    async def run(self) -> None:
        """Keep until cancelled. Never raises a `MailError`."""
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
        if self._settings.offline and not self._settings.low_bandwidth:
            await self._keep_newest()
        freed = await self._store.bodies.trim(self._settings.offline_total * MEGABYTE, self._settings.offline)
        if freed:
            log.info("%s: texts of %d octets are let go: there were more than is wanted", self._account, freed)

    async def _keep_newest(self) -> None:
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
        wanted = [row.uid for row in rows if row.uid not in kept and (mailbox, row.uid) not in self._refused]
        spent = 0
        told: list[Uid] = []
        under_way: list[asyncio.Task[list[Uid]]] = []
        try:
            async with aclosing(self._groups(mailbox, wanted, budget)) as groups:
                async for group, size in groups:
                    spent += size
                    under_way.append(asyncio.create_task(self._keep(mailbox, group)))
                    if len(under_way) > 1:  # one is written while the next is fetched
                        told += await under_way.pop(0)
            while under_way:
                told += await under_way.pop(0)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            if told:
                self._emit(MessagesChanged(self._account, mailbox, tuple(told)))
        return spent

    async def _groups(self, mailbox: MailboxId, wanted: Sequence[Uid], budget: int) -> Groups:
        """Yield what is to be fetched in one go, with its octets, up to the budget."""
        left = budget
        for place in range(0, len(wanted), LOOK):
            chosen = await self._chosen(mailbox, wanted[place : place + LOOK])
            while chosen:
                group: list[Envelope] = []
                size = 0
                for row in self._texts.group(chosen):
                    if size + chosen[len(group)][1] > left:
                        break
                    size += chosen[len(group)][1]
                    group.append(row)
                if not group:
                    return
                left -= size
                del chosen[: len(group)]
                yield group, size

    async def _chosen(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[tuple[Envelope, int]]:
        """Return the messages whose text is to be kept, with the octets of what is needed to read them."""
        rows = await self._store.envelopes.whole(mailbox, uids)
        found = await asyncio.to_thread(sized, rows)
        most = self._settings.offline_size * MEGABYTE // 100
        self._refused.update((mailbox, row.uid) for row, size in found if size is None or size > most)
        return [(row, size) for row, size in found if size is not None and size <= most]

    async def _keep(self, mailbox: MailboxId, group: Sequence[Envelope]) -> list[Uid]:
        """Fetch texts; return the messages whose first words are in the list now."""
        try:
            return await self._texts.fetch(mailbox, group, Rank.BACKGROUND)
        except ConnectionLost:
            raise
        except MailError as error:
            log.info("%s: keeping %d texts: %s", self._account, len(group), error)
            if len(group) > 1:  # one of them is at fault
                half = len(group) // 2
                return await self._keep(mailbox, group[:half]) + await self._keep(mailbox, group[half:])
            return []
        finally:
            here = await self._store.bodies.kept(mailbox, [row.uid for row in group])
            if len(group) == 1 or here:  # gone, or not to be had
                self._refused.update((mailbox, row.uid) for row in group if row.uid not in here)


def sized(rows: Sequence[Envelope]) -> list[tuple[Envelope, int | None]]:
    """Return rows with the octets of what is needed to read them; None where that cannot be said."""
    told: list[tuple[Envelope, int | None]] = []
    for row in rows:
        structure = structure_of(row)
        told.append((row, None if structure is None else wanted(structure)[1]))
    return told
