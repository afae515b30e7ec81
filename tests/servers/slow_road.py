"""A line to a server that takes its time, as over the sea, and counts what passes; it has a thread of its own."""

import asyncio
import threading
import time
from collections import deque
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"


class Passage:
    """One connection that was passed on.

    Attributes:
        trips: times the client spoke after the server had, the first time included: each waits for a round trip.
        up, down: octets to the server, and from it.
        said: the lines of the client's up to now, without its secrets: what follows LOGIN or AUTHENTICATE is left out.
        trip_of: each of them, the how manieth trip it left with.
    """

    def __init__(self) -> None:
        self.trips = 0
        self.up = 0
        self.down = 0
        self.said: list[str] = []
        self.trip_of: list[int] = []
        self._was_server = True

    def spoke(self, data: bytes, *, client: bool) -> None:
        """Count octets that one of them sent."""
        if client:
            self.up += len(data)
            self.trips += self._was_server
            self._was_server = False
            for line in data.split(b"\r\n"):
                words = line.decode("ascii", "replace").split(" ")
                words = words if words == ["DONE"] else words[1:]
                secret = bool(words) and words[0].upper() in ("LOGIN", "AUTHENTICATE")
                if words:
                    self.said.append(" ".join(words[:1] if secret else words)[:200])
                    self.trip_of.append(self.trips)
        else:
            self.down += len(data)
            self._was_server = True


class Mark:
    """A point in time, to say afterwards what was said since on all lines.

    Args:
        passages: the lines; new ones may come.
    """

    def __init__(self, passages: list[Passage]) -> None:
        self._passages = passages
        self._before = [(len(passage.said), passage.trips) for passage in passages]

    def until(self, words: str) -> tuple[list[str], int]:
        """Return what was said on the lines on which the client said these words, and in how many trips, up to them."""
        said: list[str] = []
        trips = 0
        for number, passage in enumerate(self._passages):
            place, trip = self._before[number] if number < len(self._before) else (0, 0)
            lines = passage.said[place:]
            asked = next((n for n, line in enumerate(lines, 1) if words in line), 0)
            said += lines[:asked]
            trips += passage.trip_of[place + asked - 1] - trip if asked else 0
        return said, trips


class SlowRoad:
    """Passes TCP connections on, each octet half a round trip later; a context manager.

    Args:
        target: the server's port on loopback.
        round_trip: seconds.

    Attributes:
        port: where clients connect to.
        passages: the connections there were.
    """

    def __init__(self, target: int, round_trip: float = 0.0) -> None:
        self.port = 0
        self.passages: list[Passage] = []
        self._target = target
        self._half = round_trip / 2
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slow road", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def trips(self) -> int:
        """Of all connections together."""
        return sum(passage.trips for passage in self.passages)

    @property
    def octets(self) -> int:
        """Of all connections together, both ways."""
        return sum(passage.up + passage.down for passage in self.passages)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.sleep(2 * self._half)  # the handshake of TCP
        there, back = await asyncio.open_connection(LOOPBACK, self._target)
        passage = Passage()
        self.passages.append(passage)
        try:
            await asyncio.gather(
                self._carry(reader, back, passage, client=True), self._carry(there, writer, passage, client=False)
            )
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passage: Passage, *, client: bool
    ) -> None:
        under_way: deque[tuple[float, bytes]] = deque()
        more = asyncio.Event()

        async def arrive() -> None:
            while True:
                while not under_way:
                    more.clear()
                    await more.wait()
                due, data = under_way.popleft()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if not client:
                    passage.spoke(data, client=False)
                writer.write(data)
                await writer.drain()

        arriving = asyncio.create_task(arrive())
        try:
            while data := await reader.read(65536):
                if client:
                    passage.spoke(data, client=True)
                under_way.append((time.monotonic() + self._half, data))
                more.set()
        finally:
            arriving.cancel()
        raise ConnectionResetError
