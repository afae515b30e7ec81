"""FETCH responses on their way from the socket to the parser, of one command or of several in the air."""

import asyncio
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import islice, takewhile
from typing import Generic, TypeVar

from tui.imap.command import Command
from tui.imap.fetched import Fetch
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

Told = TypeVar("Told")
Read = Callable[[bytes, Sequence[bytes]], Told]
"""Reads a response; may raise `Malformed`."""

_is_fetch = re.compile(rb"\* \d+ FETCH ").match
"""What `Fetch` matches, as nearly all write it."""


class Batch(Generic[Told]):
    """What was understood, in the order it came.

    Attributes:
        data: one for each response.
        finished: names of the commands of which everything is in this batch and those before.
    """

    __slots__ = ("data", "finished")

    def __init__(self) -> None:
        self.data: list[Told] = []
        self.finished: list[str] = []


async def give_way() -> None:
    """Leave the loop to others, also for what follows at once from what they do."""
    for _ in range(MOST_TURNS):
        before = time.thread_time()  # not by the clock: another thread may have had the interpreter meanwhile
        await asyncio.sleep(0)
        if time.thread_time() - before < OTHERS_WORK:
            return


class Stream(Generic[Told]):
    """Takes the responses of the commands it follows, and parses them in slices that leave the loop to others.

    Args:
        session: which they come from.
        read: what is made of each.

    Attributes:
        in_the_air: commands that are not answered yet.
    """

    def __init__(self, session: Session, read: Read[Told]) -> None:
        self._session = session
        self._read = read
        self._queue: deque[bytes | tuple[bytes, Sequence[bytes]] | str] = deque()
        self._queued = 0
        self._more = asyncio.Event()
        self.in_the_air = 0

    def take(self, line: bytes, literals: Sequence[bytes]) -> bool:
        """Take a response that is FETCH."""
        if not Fetch.match(line):
            return False
        self._queue.append((line, literals) if literals else line)
        self._note(len(line) + sum(map(len, literals)))
        return True

    def take_run(self, lines: Sequence[bytes], place: int) -> int:
        """Take those responses from a place on that are FETCH, without literals, up to the first that is not."""
        run = list(takewhile(_is_fetch, islice(lines, place, None)))
        if run:
            self._queue.extend(run)
            self._note(sum(map(len, run)))
        return len(run)

    def _note(self, octets: int) -> None:
        self._queued += octets
        if self._queued > MAX_QUEUED:
            self._session.pause(True)
        self._more.set()

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

    async def batches(self) -> AsyncIterator[Batch[Told]]:
        """Yield what has been understood, until no command is in the air and everything is parsed."""
        while True:
            if not self._queue:
                if not self.in_the_air:
                    return
                self._more.clear()
                await self._more.wait()
                continue
            yield await self._batch()

    async def _batch(self) -> Batch[Told]:
        batch = Batch[Told]()
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

    def _parse(self, batch: Batch[Told]) -> None:
        now, read, queue, data = time.monotonic, self._read, self._queue, batch.data
        until = now() + PARSE_SECONDS
        literals: Sequence[bytes]
        while queue and len(data) < BATCH:
            response = queue.popleft()
            if isinstance(response, bytes):
                line, literals = response, ()
            elif isinstance(response, tuple):
                line, literals = response
            else:
                batch.finished.append(response)
                continue
            self._queued -= len(line) + (sum(map(len, literals)) if literals else 0)
            try:
                data.append(read(line, literals))
            except Malformed:
                pass
            if now() > until:
                break
        if self._queued < MAX_QUEUED // 2:
            self._session.pause(False)
