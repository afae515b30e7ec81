"""Giving messages their threads behind everything else: what came in a great number, and what was here before."""

import asyncio
import logging
import time
from collections.abc import Callable

from tui.mail.errors import MailError
from tui.mail.ids import MailboxId
from tui.store.database import Store
from tui.sync.events import Event, ThreadsChanged
from tui.sync.rounds import Rounds

log = logging.getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds between looks when nobody said that something came."""
CALM = 0.2
"""Seconds between the word that something came and the look: its row is read and painted first."""
REST = 1.0
"""Seconds of rest for each second of work, so that at most half of the writing thread is taken."""
TELL_EVERY = 0.2
"""Seconds between two words of what was found, while there is much."""


class Gathering:
    """Gives messages their threads slice by slice; between two slices whatever the user does is written first.

    Args:
        store: open.
        emit: told in which mailboxes there are other conversations.
    """

    def __init__(self, store: Store, emit: Callable[[Event], None]) -> None:
        self._store = store
        self._emit = emit
        self._rounds = Rounds(self._catch_up, self._failed, CALM)

    def nudge(self) -> None:
        """Something came: look soon."""
        self._rounds.wake()

    async def run(self) -> None:
        """Go on until cancelled. Never raises a `MailError`."""
        await self._rounds.run()

    def _failed(self, error: MailError) -> float:
        log.warning("threads could not be found: %s", error)
        return LOOK_EVERY

    async def _catch_up(self) -> float:
        """Go on until everything that is here has its thread; return the seconds until the next look."""
        changed: set[MailboxId] = set()
        told = time.monotonic()
        while True:
            began = time.monotonic()
            looked, mailboxes = await self._store.threads.gather()
            changed |= mailboxes
            now = time.monotonic()
            if changed and (not looked or now - told > TELL_EVERY):
                self._emit(ThreadsChanged(tuple(sorted(changed))))
                changed.clear()
                told = now
            if not looked:
                return LOOK_EVERY
            await asyncio.sleep(REST * (now - began))
