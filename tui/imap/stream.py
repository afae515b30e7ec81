"""FETCH responses on their way from the socket to the parser, of one command or of several in the air."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence

from tui.imap.command import Command
from tui.imap.fetched import Fetch, FetchData, parse
from tui.imap.limits import MIB, PARSE_SECONDS
from tui.imap.responses import Result
from tui.imap.session import Session
from tui.imap.tokens import Malformed

BATCH = 500
"""Messages of one batch at most."""
BATCH_SECONDS = 0.03
"""Seconds a batch is gathered before it is handed on, however few there are."""
OTHERS_WORK = 0.0003
"""Seconds of work that others do in one turn of the loop, when they are in the middle of something: a key, a frame."""
MOST_TURNS = 4
"""Turns of the loop that are left to others between two slices: what a key asks for comes in a few."""
MAX_QUEUED = 8 * MIB
"""Octets that wait to be parsed before the socket is left alone."""


class Batch:
    """What was understood, in the order it came.

    Attributes:
        data: one for each response.
        finished: names of the commands of which everything is in this batch and those before.
    """

    __slots__ = ("data", "finished")

    def __init__(self) -> None:
        self.data: list[FetchData] = []
        self.finished: list[str] = []


async def give_way() -> None:
    """Leave the loop to others, also for what follows at once from what they do."""
    for _ in range(MOST_TURNS):
        before = time.thread_time()  # not by the clock: another thread may have had the interpreter meanwhile
        await asyncio.sleep(0)
        if time.thread_time() - before < OTHERS_WORK:
            return


class Stream:
    """Takes the responses of the commands it follows, and parses them in slices that leave the loop to others.

    Attributes:
        in_the_air: commands that are not answered yet.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._queue: deque[tuple[bytes, Sequence[bytes]] | str] = deque()
        self._queued = 0
        self._more = asyncio.Event()
        self.in_the_air = 0

    def take(self, line: bytes, literals: Sequence[bytes]) -> bool:
        """Take a response that is FETCH."""
        if not Fetch.match(line):
            return False
        self._queue.append((line, literals))
        self._queued += len(line) + (sum(map(len, literals)) if literals else 0)
        if self._queued > MAX_QUEUED:
            self._session.pause(True)
        if len(self._queue) == 1:
            self._more.set()
        return True

    def follow(self, command: Command, name: str = "") -> None:
        """Count a command that was sent; its end is told in a batch, by its name.

        What a server says of several commands is one stream: an answer is complete with its tagged response, whatever
        else came between.
        """
        self.in_the_air += 1

        def over(done: "asyncio.Future[Result]") -> None:
            self.in_the_air -= 1
            if name and not done.cancelled() and done.exception() is None and done.result().kind == "OK":
                self._queue.append(name)
            self._more.set()

        command.done.add_done_callback(over)

    async def batches(self) -> AsyncIterator[Batch]:
        """Yield what has been understood, until no command is in the air and everything is parsed."""
        while True:
            if not self._queue:
                if not self.in_the_air:
                    return
                self._more.clear()
                await self._more.wait()
                continue
            yield await self._batch()

    async def _batch(self) -> Batch:
        batch = Batch()
        end = time.monotonic() + BATCH_SECONDS
        while len(batch.data) < BATCH:
            self._parse(batch)
            await give_way()
            left = end - time.monotonic()
            if left <= 0 or batch.finished or (not self._queue and not self.in_the_air):
                break
            if not self._queue:
                self._more.clear()
                try:
                    async with asyncio.timeout(left):
                        await self._more.wait()
                except TimeoutError:
                    break
        return batch

    def _parse(self, batch: Batch) -> None:
        now, queue, data = time.monotonic, self._queue, batch.data
        until = now() + PARSE_SECONDS
        while queue and len(data) < BATCH:
            response = queue.popleft()
            if isinstance(response, str):
                batch.finished.append(response)
                continue
            line, literals = response
            self._queued -= len(line) + (sum(map(len, literals)) if literals else 0)
            try:
                data.append(parse(line, literals))
            except Malformed:
                pass
            if now() > until:
                break
        if self._queued < MAX_QUEUED // 2:
            self._session.pause(False)
