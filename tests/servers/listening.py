"""What the small servers of the tests have of each other: a port on loopback, and a task for every line."""

import asyncio
import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Protocol


class Talking(Protocol):
    """What is said on one line."""

    async def run(self) -> None:
        """Talk until that is over."""


class Listening(ABC):
    """A server of one behaviour for everyone.

    Args:
        context: for TLS from the first octet; None for none.

    Attributes:
        port: on 127.0.0.1.
        log: lines received, over all connections.
        connections: lines taken so far.
    """

    limit: ClassVar[int] = 2**16
    """Octets of a line that are read."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.port = 0
        self.log: list[bytes] = []
        self.connections = 0
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @abstractmethod
    def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Talking:
        """Return what is said to whoever has just connected."""

    @property
    def text(self) -> bytes:
        """Every line received, for looking what is not in it."""
        return b"\n".join(self.log)

    @property
    def busy(self) -> bool:
        """Whether somebody is connected."""
        return bool(self._tasks)

    async def until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait for a state of this server, such as a line in its log."""
        async with asyncio.timeout(timeout):
            while not condition():  # noqa: ASYNC110 - a test may ask for any state
                await asyncio.sleep(0.002)

    async def start(self) -> None:
        """Listen; after `stop`, on the same port."""
        self._server = await asyncio.start_server(
            self._met, "127.0.0.1", self.port, ssl=self._context, limit=self.limit
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every line."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self.talk(reader, writer).run()
        except asyncio.CancelledError:
            pass  # the end of the test
        finally:
            self._tasks.discard(task)
