"""A command under way."""

import asyncio
from collections.abc import Callable, Sequence

from tui.imap.limits import Limits
from tui.imap.responses import Result

Take = Callable[[bytes, Sequence[bytes]], bool]
"""Offered each untagged response while a command runs; True keeps it from the bus."""


class Command:
    """A command under way.

    Attributes:
        done: its tagged response; never NO or BAD: those raise in `Connection.command`.
        ready: done when the server sends ``+`` while ``waiting`` is set.
        again: called at a ``+`` that nobody waits for; such are ignored where it is None.
    """

    __slots__ = ("again", "count", "done", "limits", "name", "ready", "stray", "tag", "take", "timer", "waiting")

    def __init__(self, name: str, tag: bytes, take: Take | None, limits: Limits) -> None:
        loop = asyncio.get_running_loop()
        self.name = name
        self.tag = tag
        self.take = take
        self.limits = limits
        self.done: asyncio.Future[Result] = loop.create_future()
        self.ready: asyncio.Future[bytes] = loop.create_future()
        self.again: Callable[[], None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.waiting = False
        self.count = 0
        self.stray = 0

    def expect(self) -> None:
        """Have the next ``+`` kept in a new ``ready``; called before what is answered by it is sent."""
        self.ready = asyncio.get_running_loop().create_future()
        self.waiting = True

    async def answer(self) -> Result:
        """Wait for the tagged response. Cancelling this cancels the waiting only.

        Raises:
            MailError: the line is gone.
        """
        return await asyncio.shield(self.done)
