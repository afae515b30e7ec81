"""How long to wait before trying again: by the kind of failure, growing, with jitter."""

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
        self._failures = 0

    def delay(self, error: MailError, lived: float = 0.0) -> float:
        """Return the seconds to wait after a failure, or `NEVER`.

        Args:
            error: what went wrong.
            lived: seconds the line had been up before; being busy with coming up is not being up.
        """
        if lived >= SETTLED:
            self._failures = 0
        first, most = _bounds(error)
        wait = min(most, first * 2 ** min(self._failures, 16))
        self._failures += 1
        return wait * self._jitter() if wait != NEVER else NEVER

    def reset(self) -> None:
        """Forget past failures: the user asked for another try."""
        self._failures = 0


def _bounds(error: MailError) -> tuple[float, float]:
    match error:
        case AuthenticationFailed() | CertificateRefused() | ConfigError() | NotSupported() | StoreError():
            return NEVER, NEVER
        case TemporarilyRefused():
            return 60.0, 600.0
        case TimedOut() | ProtocolViolation():
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
