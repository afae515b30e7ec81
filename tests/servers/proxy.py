"""A line between a client and a server that can be cut, or go dead without a word, as networks do."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType

LOOPBACK = "127.0.0.1"


class Proxy:
    """Passes TCP connections on; a context manager, with a thread of its own.

    Args:
        target: the server's port on loopback.
        host: the address it is reached at.

    Attributes:
        port: where clients connect to.
        accepted: connections there were.
        most: connections there were at the same time.
    """

    def __init__(self, target: int, host: str = LOOPBACK) -> None:
        self.port = 0
        self.host = host
        self.accepted = 0
        self.most = 0
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._lines: set[_Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "Proxy":
        self._thread.start()
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        self._loop.close()

    @property
    def open(self) -> int:
        """Connections there are now."""
        return len(self._lines)

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        self._do(self._cut)

    def deaden(self) -> None:
        """Pass nothing on any more on the connections there are, and tell neither side; new ones are taken."""
        self._do(self._deaden)

    def unplug(self) -> None:
        """Reset every connection and take none."""
        self._do(self._close)
        self.cut()

    def plug(self) -> None:
        """Take connections, on the same port as before."""
        self._do(self._listen)

    def _do(self, work: Callable[[], "asyncio.Future[None] | None"]) -> None:
        async def doing() -> None:
            waiting = work()
            if waiting is not None:
                await waiting

        asyncio.run_coroutine_threadsafe(doing(), self._loop).result(10.0)

    def _listen(self) -> "asyncio.Future[None]":
        async def listen() -> None:
            self._server = await asyncio.start_server(self._serve, self.host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

        return asyncio.ensure_future(listen())

    def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _cut(self) -> None:
        for line in tuple(self._lines):
            line.cut()

    def _deaden(self) -> None:
        for line in self._lines:
            line.is_dead = True

    def _end(self) -> "asyncio.Future[None]":
        for task in self._tasks:
            task.cancel()

        async def end() -> None:
            await asyncio.gather(*self._tasks, return_exceptions=True)

        return asyncio.ensure_future(end())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.transport.abort()
            return
        line = _Line(writer, back)
        self.accepted += 1
        self._lines.add(line)
        self.most = max(self.most, len(self._lines))
        try:
            await asyncio.gather(line.carry(reader, back, tells=True), line.carry(there, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            line.cut()
            self._lines.discard(line)


class _Line:
    """One connection."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self._writers = writers
        self.is_dead = False

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, tells: bool = False) -> None:
        while data := await reader.read(65536):
            if not self.is_dead:
                writer.write(data)
                await writer.drain()
        if tells or not self.is_dead:  # a client that has left is not counted, whoever hears of it
            raise ConnectionResetError
