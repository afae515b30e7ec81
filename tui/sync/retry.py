"""How long to wait before trying again: by the kind of failure, each growing for itself, with jitter."""

import asyncio
import math
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    MailError,
    NotSupported,
    ProtocolViolation,
    StoreError,
    TemporarilyRefused,
    TimedOut,
)

NEVER = math.inf
"""Not before the user says so: repeating a refused password locks accounts."""

SETTLED = 30.0
"""Seconds a line must have lived before its next loss counts as a first one: a server that greets and drops must not
be called every second."""


PAUSES = (0.5, 2.0)
"""Seconds after which a command that was refused for the moment is given again, on the same line."""

Result = TypeVar("Result")


class Backoff:
    """The waits of one line.

    Args:
        jitter: gives the factor by which a wait is stretched, 1.0 to 1.5, so that many clients do not call at once.
    """

    def __init__(self, jitter: Callable[[], float] = lambda: random.uniform(1.0, 1.5)) -> None:
        self._jitter = jitter
        self._failures: dict[tuple[float, float], int] = {}

    def delay(self, error: MailError, lived: float = 0.0, took: float = 0.0) -> float:
        """Return the seconds to wait after a failure, or `NEVER`.

        Args:
            error: what went wrong.
            lived: seconds the line had been up before; being busy with coming up is not being up.
            took: seconds spent on trying to come up.
        """
        if lived >= SETTLED:
            self._failures.clear()
        first, most = _bounds(error, was_up=lived > 0)
        failures = self._failures.get((first, most), 0)
        self._failures[first, most] = failures + 1
        if isinstance(error, TimedOut) and not lived:
            most = max(most / 3, most - 3 * took)  # a server that hangs has been listened to all that time
        wait = min(most, first * 2 ** min(failures, 16))
        return wait * self._jitter() if wait != NEVER else NEVER

    def reset(self) -> None:
        """Forget past failures: the user asked for another try."""
        self._failures.clear()


def _bounds(error: MailError, was_up: bool) -> tuple[float, float]:
    match error:
        case AuthenticationFailed() | CertificateRefused() | ConfigError() | NotSupported() | StoreError():
            return NEVER, NEVER
        case TemporarilyRefused():
            return 60.0, 600.0
        case ProtocolViolation():
            return 5.0, 120.0  # no more than ten tries in ten minutes
        case TimedOut() if not was_up:
            return 5.0, 120.0
    return 1.0, 20.0  # with jitter at most 30 s behind the server's return


async def patiently(work: Callable[[], Awaitable[Result]]) -> Result:
    """Do work on a line that is up, and again after a moment where the server says not now.

    Args:
        work: may be done several times.

    Raises:
        TemporarilyRefused: the server says so for too long.
        MailError: as the work does.
    """
    for pause in PAUSES:
        try:
            return await work()
        except TemporarilyRefused:
            await asyncio.sleep(pause)
    return await work()


Pace = Callable[[], Backoff]
"""Makes the back-off of one line."""
