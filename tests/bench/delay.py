"""A line with a round trip of its own: everything passes in order, each way half a round trip later."""

import asyncio
import threading
from contextlib import suppress
from types import TracebackType

LOOPBACK = "127.0.0.1"


class Delay:
    """Passes TCP connections on, late; a context manager, with a thread of its own.

    Args:
        target: the server's port on loopback.
        round_trip: seconds; connecting takes one, too.

    Attributes:
        port: where clients connect to.
    """

    def __init__(self, target: int, round_trip: float) -> None:
        self.port = 0
        self._target = target
        self._half = round_trip / 2
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="delay", daemon=True)

    def __enter__(self) -> "Delay":
        self._thread.start()
        if not self._ready.wait(5.0):
            raise RuntimeError("the delayed line does not open")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, LOOPBACK, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self._half)
        try:
            their_reader, their_writer = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._carry(reader, their_writer), self._carry(their_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                self._loop.call_later(self._half, _write, writer, data)
        self._loop.call_later(self._half, writer.close)


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)
