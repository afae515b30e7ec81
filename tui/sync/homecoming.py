"""What a return brought: how much mail had come, and how many changes the server has been told."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tui.sync.events import Event, MailboxesChanged, MessagesArrived, Return

PATIENCE = 60.0
"""Seconds after which changes that still wait are no part of the return any more."""


class Homecoming:
    """Counts from the moment a line that had been up was lost until everything is caught up with.

    Args:
        waiting: asks how many changes wait for the server.
        clock: seconds since 1970 UTC.

    Attributes:
        back: what the last return brought; None while away, and when it brought nothing.
    """

    def __init__(self, waiting: Callable[[], Awaitable[int]], clock: Callable[[], float] = time.time) -> None:
        self._waiting = waiting
        self._clock = clock
        self._news = asyncio.Event()
        self._is_away = False
        self._was_up = False
        self._new = 0
        self._absence = 0  # counts them
        self.back: Return | None = None

    def up(self) -> None:
        """The line is up."""
        self._was_up = True

    def away(self) -> None:
        """The line is lost."""
        self.back = None
        self._absence += 1
        self._news.set()
        if self._was_up and not self._is_away:
            self._is_away, self._new = True, 0

    def heard(self, event: Event) -> None:
        """Take note of something that happened."""
        if not self._is_away:
            return
        if isinstance(event, MessagesArrived) and event.fresh and not event.again:
            self._new += len(event.uids)
        elif isinstance(event, MailboxesChanged):
            self._news.set()

    async def told(self) -> Return | None:
        """The line is up again and INBOX is like the server's: wait until the server has every change made here.

        Returns:
            `back`, now; None also when nobody was away.
        """
        if not self._is_away:
            return None
        absence = self._absence
        waited = left = await self._waiting()
        try:
            async with asyncio.timeout(PATIENCE):
                while left and absence == self._absence:
                    await self._news.wait()
                    self._news.clear()
                    left = await self._waiting()
        except TimeoutError:
            pass
        if absence != self._absence or not self._is_away:
            return None
        self._is_away = False
        done = max(0, waited - left)
        if self._new or done:
            self.back = Return(self._clock(), self._new, done)
        return self.back
