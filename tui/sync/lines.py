"""How many lines an account has to its server: never more than three, however often the network comes and goes."""

import asyncio
from collections.abc import Awaitable, Callable

from tui.imap.session import Session
from tui.mail.errors import TimedOut

MOST = 3
"""Lines of one account: one that waits for news, one that works, one that is being made or ended."""
PATIENCE = 30.0
"""Seconds to wait for another one to end."""


class Lines:
    """Counts the lines of an account from the attempt to make one until it is gone.

    Attributes:
        open: lines there are now.
    """

    def __init__(self, most: int = MOST) -> None:
        self._slots = asyncio.Semaphore(most)
        self.open = 0

    async def make(self, connect: Callable[[], Awaitable[Session]]) -> Session:
        """Make a line when there may be one more.

        Raises:
            TimedOut: the others did not end.
            MailError: why there is none.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._slots.acquire()
        except TimeoutError:
            raise TimedOut("The other lines to this server did not end.", cure="It is tried again.") from None
        self.open += 1
        try:
            session = await connect()
        except BaseException:
            self._gone()
            raise
        session.when_closed(self._gone)
        return session

    def _gone(self) -> None:
        self.open -= 1
        self._slots.release()
