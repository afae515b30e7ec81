"""A line to a server that breaks after so many octets, or whenever one wants; it lives in the loop of its user."""

import asyncio
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"


class Cutter:
    """Passes TCP connections on; an async context manager.

    Args:
        target: the server's port on loopback.

    Attributes:
        port: where clients connect to.
        allowance: octets that a connection made from now on may bring from the server before it is reset; None: all.
        accepted: connections there were.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self.allowance: int | None = None
        self.accepted = 0
        self._target = target
        self._lines: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        for writers in self._lines.values():
            for writer in writers:
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.accepted += 1
        allowance = self.allowance
        self._lines[task] = (writer,)
        try:
            there, back = await asyncio.open_connection(LOOPBACK, self._target)
            self._lines[task] = (writer, back)
            up = asyncio.create_task(_carry(reader, back, None))
            try:
                await _carry(there, writer, allowance)
            finally:
                up.cancel()
                await asyncio.gather(up, return_exceptions=True)
        except OSError:
            pass
        finally:
            for each in self._lines.pop(task):
                each.transport.abort()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, allowance: int | None) -> None:
    """Pass octets on until the end, or until the allowance is used up."""
    left = allowance
    while data := await reader.read(65536):
        if left is not None:
            data = data[:left]
            left -= len(data)
        writer.write(data)
        await writer.drain()
        if left == 0:
            await asyncio.sleep(0.002)  # what was written is to arrive; a reset would overtake it
            return
