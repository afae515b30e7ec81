"""Work that is asked for often and done seldom."""

import asyncio
from collections.abc import Awaitable, Callable


class Throttle:
    """Does its work at once when asked, and then again at most every so often while it is asked for.

    Args:
        work: reads and paints; it must not raise.
        every: seconds between two beginnings.
    """

    def __init__(self, work: Callable[[], Awaitable[None]], every: float) -> None:
        self._work = work
        self._every = every
        self._wanted = False
        self._done = asyncio.Event()
        self._done.set()
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Have the work done once more, at the soonest."""
        self._wanted = True
        self._done.clear()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                await self._work()
            finally:
                if not self._wanted:
                    self._done.set()
            await asyncio.sleep(self._every)

    async def done(self) -> None:
        """Return when what was asked for until now has been done, or will not be."""
        await self._done.wait()

    async def close(self) -> None:
        """Stop; what was asked for is not done any more."""
        self._wanted = False
        self._done.set()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
