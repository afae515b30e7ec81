"""Rows that do not show yet what was done to thousands of messages: brought up slice by slice behind what is shown."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from tui.mail.errors import MailError
from tui.store.database import Store
from tui.store.shown import Effects
from tui.sync.effects import events_of
from tui.sync.events import Event

log = logging.getLogger(__name__)

TELL_EVERY: Final = 0.2
"""Seconds between two words of what is shown otherwise, while there is much."""
AGAIN_AFTER: Final = 10.0
"""Seconds until another try, when the disk failed."""


class Following:
    """Has rows shown as they are by now; between two slices whatever the user does is written first.

    Args:
        store: open.
        emit: told what is shown otherwise.
    """

    def __init__(self, store: Store, emit: Callable[[Event], None]) -> None:
        self._store = store
        self._emit = emit

    async def run(self) -> None:
        """Go on until cancelled. Never raises a `MailError`."""
        while True:
            await self._store.journal.behind.wait()
            try:
                await self.catch_up()
            except MailError as error:
                log.warning("rows could not be shown as they are: %s", error)
                await asyncio.sleep(AGAIN_AFTER)

    async def catch_up(self) -> None:
        """Go on until every row shows what was done.

        Raises:
            StoreError: it could not be written.
        """
        effects, told = Effects(), time.monotonic()
        while (more := await self._store.journal.follow()) is not None:
            effects.merge(more)
            if time.monotonic() - told > TELL_EVERY:
                await self._tell(effects)
                effects, told = Effects(), time.monotonic()
        await self._tell(effects)

    async def _tell(self, effects: Effects) -> None:
        if not effects:
            return
        for state in await self._store.mailboxes.all():
            mine = effects.of(state.id)
            for event in events_of(state.mailbox.account, mine):
                self._emit(event)
