"""The last resort at the end: a program that is told to end ends, whatever hangs."""

import os
import threading
from collections.abc import Callable
from time import monotonic

WITHIN = 0.85
"""Seconds after the signal until the process ends itself, when all is saved."""
WITHIN_UNSAVED = 5.0
"""The same when saving has not come to its end: a slow disk gets more time than a slow server."""
LOOK = 0.05


class LastResort:
    """Ends the process when the orderly end takes too long."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def arm(self, status: int, is_saved: Callable[[], bool]) -> None:
        """Begin to count.

        Args:
            status: the exit status.
            is_saved: whether nothing of the user's can be lost any more; called in another thread.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=_wait, args=(status, is_saved), name="last resort", daemon=True)
            self._thread.start()


def _wait(status: int, is_saved: Callable[[], bool]) -> None:
    done = threading.Event()
    begun = monotonic()
    while (waited := monotonic() - begun) < WITHIN_UNSAVED and not (waited >= WITHIN and is_saved()):
        done.wait(LOOK)
    os._exit(status)
