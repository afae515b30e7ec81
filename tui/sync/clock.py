"""Noticing that this program was not running for a while: the machine slept, or somebody stopped the process.

A line that was up before is worth nothing then until the server has answered on it, and no timer of ours knows: the
clock they go by stands still while the machine sleeps.
"""

import asyncio
import time
from collections.abc import Callable

EVERY = 5.0
"""Seconds between two looks at the clocks."""
LEAST = 10.0
"""Seconds by which a look must be late; a busy machine is no sleeping one."""

Clocks = Callable[[], tuple[float, ...]]


def clocks() -> tuple[float, ...]:
    """Return the seconds of the clocks that go on while the machine sleeps, or are put right when it wakes."""
    now = time.time()
    if hasattr(time, "CLOCK_BOOTTIME"):  # Linux; it is not put wrong by whoever sets the date
        return now, time.clock_gettime(time.CLOCK_BOOTTIME)
    return (now,)


class ClockJumps:
    """Looks at the clocks every few seconds, in step with all others of this kind: one wake-up serves them all.

    Args:
        every: seconds between two looks.
        least: seconds by which a look must be late.
        clocks: asked for the time; each clock for itself.
    """

    def __init__(self, every: float = EVERY, least: float = LEAST, clocks: Clocks = clocks) -> None:
        self._every = every
        self._least = least
        self._clocks = clocks

    async def next(self) -> float:
        """Wait until a while was slept through; return its seconds."""
        loop = asyncio.get_running_loop()
        before = self._clocks()
        while True:
            wait = self._every - loop.time() % self._every
            await asyncio.sleep(wait)
            now = self._clocks()
            slept = max(late - early for early, late in zip(before, now, strict=True)) - wait
            if slept >= self._least:
                return slept
            before = now
