"""Fetching while one reads what is likely to be opened next: the messages beside the open one, the newest unread."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.store.database import Store
from tui.sync.events import Event, MessagesChanged
from tui.sync.keep import sized
from tui.sync.texts import Texts
from tui.sync.work import Rank

log = logging.getLogger(__name__)

BESIDE = 1
"""Messages to either side of the one that was opened."""
UNREAD = 3
"""Newest unread messages."""
CALM = 0.15
"""Seconds after an opening before anything is asked for: who runs through a list with j opens one after the other."""


class Ahead:
    """Fetches texts ahead, within a budget, and gives it up when something else is opened.

    Args:
        account: whose.
        budget: octets for each message that is opened.
        store: what is here already.
        texts: fetches and stores.
        emit: told of first words for the list.
    """

    def __init__(
        self, account: AccountName, budget: int, store: Store, texts: Texts, emit: Callable[[Event], None]
    ) -> None:
        self._account = account
        self._budget = budget
        self._store = store
        self._texts = texts
        self._emit = emit
        self._opened: tuple[MailboxId, Uid] | None = None
        self._news = asyncio.Event()
        self._tried: set[tuple[MailboxId, Uid]] = set()

    def opened(self, mailbox: MailboxId, uid: Uid) -> None:
        """Note which message the user reads: what was to be fetched beside another one is not needed now."""
        self._opened = (mailbox, uid)
        self._news.set()

    async def run(self) -> None:
        """Fetch until cancelled. Never raises a `MailError`."""
        if not self._budget:
            return
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(CALM)
            if self._news.is_set() or self._opened is None:
                continue
            try:
                await self._fetch(*self._opened)
            except MailError as error:
                log.info("%s: fetching ahead: %s", self._account, error)

    async def _fetch(self, mailbox: MailboxId, uid: Uid) -> None:
        left = self._budget
        for row, size in await self._wanted(mailbox, uid):
            if self._news.is_set():
                return
            if size <= left:
                left -= size
                self._tried.add((mailbox, row.uid))
                told = await self._texts.fetch(mailbox, [row], Rank.BACKGROUND)
                if told:
                    self._emit(MessagesChanged(self._account, mailbox, tuple(told)))

    async def _wanted(self, mailbox: MailboxId, uid: Uid) -> Sequence[tuple[Envelope, int]]:
        """Return what is likely to be opened next and is not here, the likeliest first, with its octets."""
        envelopes = self._store.envelopes
        open_one = await envelopes.get(mailbox, uid)
        if open_one is None:
            return []
        older = await envelopes.older(mailbox, open_one.key, BESIDE)
        newer = await envelopes.newer(mailbox, open_one.key, BESIDE)
        uids = [row.uid for row in (*older, *newer)]
        key = None
        for _ in range(UNREAD):
            unread = await envelopes.next_unread(mailbox, key)
            if unread is None:
                break
            uids.append(unread.uid)
            key = unread.key
        kept = await self._store.bodies.kept(mailbox, uids)
        asked = [each for each in dict.fromkeys(uids) if each not in kept and (mailbox, each) not in self._tried]
        rows = {row.uid: (row, size) for row, size in sized(await envelopes.whole(mailbox, asked)) if size is not None}
        return [(rows[each][0], rows[each][1] or 0) for each in asked if each in rows]
