"""How long keys take until something is painted. There is none while nobody looks at it."""

import time
from collections import deque
from collections.abc import Callable

KEPT = 200
"""Keys that are judged, the newest ones."""


class Meter:
    """Is told by the driver when something was typed and when something is written.

    Args:
        clock: seconds.

    Attributes:
        spans: seconds from each key to the first that was written after it; a key that paints nothing is not among
            them.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._typed = 0.0
        self.spans: deque[float] = deque(maxlen=KEPT)

    def typed(self) -> None:
        """Something came from the keyboard."""
        self._typed = self._clock()

    def painted(self) -> None:
        """Something is on its way to the terminal."""
        if self._typed:
            self.spans.append(self._clock() - self._typed)
            self._typed = 0.0

    def forget(self) -> None:
        """What is painted next is no answer to a key."""
        self._typed = 0.0

    def part(self, part: float) -> float:
        """Return the seconds below which that part of the spans lies, 0.99 for p99; 0.0 without any."""
        ordered = sorted(self.spans)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
