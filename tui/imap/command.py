"""A command: what is to be sent, and what is under way."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import field

from tui.imap.arguments import Argument
from tui.imap.limits import COMMON, Limits
from tui.imap.responses import Result
from tui.mail.noun import dataclass

Take = Callable[[bytes, Sequence[bytes]], bool]
"""Offered each untagged response while a command runs; True keeps it from the bus."""
TakeRun = Callable[[Sequence[bytes], int], int]
"""Offered untagged and other responses without literals, from a place on; returns how many of them it takes."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command that is to be sent.

    Attributes:
        doing: for the error, ``Opening “Archive”``.
        name: ``UID FETCH``.
        arguments: already encoded.
        take: see `Take`.
        limits: bounds of the answer.
        timeout: seconds without progress; None for the connection's.
        take_run: takes at once, of what comes at once, what ``take`` would take one by one; see `TakeRun`.
        answered: called with the tagged response, whatever it says, before another octet of the server's is looked at.
    """

    doing: str
    name: str
    arguments: Sequence[Argument] = field(default=(), repr=False)
    take: Take | None = None
    limits: Limits = COMMON
    timeout: float | None = None
    take_run: TakeRun | None = None
    answered: Callable[[Result], None] | None = None


class Command:
    """A command under way.

    Attributes:
        order: what was sent.
        done: its tagged response; never NO or BAD: those raise in `Connection.command`.
        ready: done when the server sends ``+`` while ``waiting`` is set.
        began: when it was sent, by the loop's clock.
        again: called at a ``+`` that nobody waits for; such are ignored where it is None.
        joined: it was sent into the pipeline of another errand, and is offered each response first.
        left: its answer is not waited for before other commands are sent.
    """

    __slots__ = (
        "again",
        "began",
        "count",
        "done",
        "joined",
        "left",
        "order",
        "ready",
        "stray",
        "tag",
        "timer",
        "waiting",
    )

    def __init__(self, order: Order, tag: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.order = order
        self.tag = tag
        self.began = loop.time()
        self.done: asyncio.Future[Result] = loop.create_future()
        self.ready: asyncio.Future[bytes] = loop.create_future()
        self.again: Callable[[], None] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.waiting = False
        self.left = False
        self.joined = False
        self.count = 0
        self.stray = 0

    @property
    def name(self) -> str:
        return self.order.name

    def excludes(self, order: Order) -> bool:
        """Whether another may not be sent before the answer to this one.

        That is about the same messages, and could not be told from its; or it may be about them, too, and asks for less
        of each section: a piece would be taken for the whole; or it changes how things are written.
        """
        if self.done.done():
            return False
        same = self.name == order.name and self.order.arguments[:1] == order.arguments[:1]
        return same or self.name == "COMPRESS" or self._asks_for_less(order)

    def _asks_for_less(self, order: Order) -> bool:
        if self.order.limits.literal >= order.limits.literal:
            return False
        written = [each for each in self.order.arguments if isinstance(each, bytes)]
        return any(b"]<0." in each for each in written) and not written[0].isdigit()  # one UID is another one

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
