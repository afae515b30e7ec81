"""Looks at how long the loop is held, while something else goes on in it."""

import asyncio
import time
from types import TracebackType

EVERY = 0.001


class Stalls:
    """A task that wants to run every millisecond and notes when it could not; an asynchronous context.

    Attributes:
        gaps: seconds the loop was held, each over a millisecond.
        busy: of each, the seconds this thread was computing; the rest of it went to other threads and programs.
    """

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.busy: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Stalls":
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        at, used = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(EVERY)
            now, now_used = time.perf_counter(), time.thread_time()
            gap = now - at - EVERY
            if gap > EVERY:
                self.gaps.append(gap)
                self.busy.append(now_used - used)
            at, used = now, now_used

    @property
    def longest(self) -> float:
        """Seconds."""
        return max(self.gaps, default=0.0)

    @property
    def longest_busy(self) -> float:
        """Seconds of computing in the longest gap."""
        return max(zip(self.gaps, self.busy, strict=True), default=(0.0, 0.0))[1]
