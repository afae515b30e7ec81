"""An answer that a server owes: told when it is owed for some time."""

import asyncio
import time
from collections.abc import Callable

from tui.imap.session import Session

ASKING_AFTER = 3.0
"""Seconds a server may owe an answer before that is told."""


class Question:
    """An answer that a server owes, told when it is owed for some time without an octet.

    Args:
        session: the line.
        owed: told since when, seconds since 1970 UTC.
        answered: told that there is an answer.
    """

    def __init__(self, session: Session, owed: Callable[[float], None], answered: Callable[[], None]) -> None:
        self._session = session
        self._owed = owed
        self._answered = answered
        self._asked = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """From now on an answer is owed."""
        self.drop()
        self._asked = time.time()
        self._timer = asyncio.get_running_loop().call_later(ASKING_AFTER, self._look)

    def rest(self) -> None:
        """It is there."""
        self.drop()
        self._answered()

    def drop(self) -> None:
        """Nobody waits for it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        left = ASKING_AFTER - self._session.silent
        if left <= 0:
            self._owed(self._asked)
        else:
            self._timer = asyncio.get_running_loop().call_later(left, self._look)
