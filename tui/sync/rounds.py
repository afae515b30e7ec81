"""A loop that goes round when it is woken, when its time has come, and never because of an error."""

import asyncio
from collections.abc import Awaitable, Callable

from tui.mail.errors import MailError


class Rounds:
    """Works in rounds.

    Args:
        work: one round; returns the seconds until the next one, None when only somebody else knows.
        failed: told of a `MailError` that ended a round; returns the same.
        calm: seconds between being woken and the round.
    """

    def __init__(
        self,
        work: Callable[[], Awaitable[float | None]],
        failed: Callable[[MailError], float | None],
        calm: float = 0.0,
    ) -> None:
        self._work = work
        self._failed = failed
        self._calm = calm
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Go round now, or when it has been calm; during a round: once more behind it."""
        self._woken.set()

    @property
    def is_woken(self) -> bool:
        """Whether another round follows at once: what can wait may wait for it."""
        return self._woken.is_set()

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
                if self._calm:
                    await asyncio.sleep(self._calm)
            except TimeoutError:
                pass
