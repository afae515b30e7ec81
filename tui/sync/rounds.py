"""A loop that goes round when it is woken, when its time has come, and never because of an error."""

import asyncio
from collections.abc import Awaitable, Callable

from tui.mail.errors import MailError


class Rounds:
    """Works in rounds.

    Args:
        work: one round; returns the seconds until the next one, None when only somebody else knows.
        failed: told of a `MailError` that ended a round; returns the same.
    """

    def __init__(
        self, work: Callable[[], Awaitable[float | None]], failed: Callable[[MailError], float | None]
    ) -> None:
        self._work = work
        self._failed = failed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Go round now; during a round: once more behind it."""
        self._woken.set()

    async def run(self) -> None:
        """Go round until cancelled. Never raises a `MailError`."""
        while True:
            self._woken.clear()
            try:
                wait = await self._work()
            except MailError as error:
                wait = self._failed(error)
            try:
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            except TimeoutError:
                pass
