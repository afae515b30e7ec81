"""A small honest submission server on loopback; what it does wrong is in `tests.servers.smtp_behaviours`.

::

    async with scripted_smtp("greylist") as server:
        ... server.port, server.log, server.accepted
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.servers.certificate import certificate
from tests.servers.smtp_behaviours import BEHAVIOURS
from tests.servers.smtp_dialogue import Accepted


class ScriptedSmtp:
    """A server that plays one behaviour to everyone.

    Attributes:
        port: on 127.0.0.1.
        log: lines received, over all connections; messages are left out.
        accepted: mails taken.
        logins: (user, password) of every attempt.
        connections: dialogues begun.
        released: set it to let ``slow-after-dot`` answer.
    """

    def __init__(
        self,
        behaviour: str,
        *,
        tls: bool,
        starttls: bool,
        password: str,
        context: ssl.SSLContext | None,
        **options: Any,
    ) -> None:
        self.behaviour = behaviour
        self.port = 0
        self.starttls = starttls
        self.password = password
        self.options = options
        self.log: list[bytes] = []
        self.accepted: list[Accepted] = []
        self.logins: list[tuple[str, str]] = []
        self.connections = 0
        self.tries = 0
        self.released = asyncio.Event()
        self._dialogue = BEHAVIOURS[behaviour]
        self._context = (context or certificate().context) if tls else None
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def text(self) -> bytes:
        """Every line received, for looking what is not in it."""
        return b"\n".join(self.log)

    @property
    def busy(self) -> bool:
        """Whether a dialogue is going on."""
        return bool(self._tasks)

    def note(self, line: bytes) -> None:
        self.log.append(line)

    async def until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait for a state of this server, such as a line in its log."""
        async with asyncio.timeout(timeout):
            while not condition():  # noqa: ASYNC110 - a test may ask for any state
                await asyncio.sleep(0.002)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._met, "127.0.0.1", self.port, ssl=self._context, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._dialogue(self, reader, writer).run()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)

    async def stop(self) -> None:
        """Close the port and every line."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def scripted_smtp(
    behaviour: str = "normal",
    *,
    tls: bool = False,
    starttls: bool | None = None,
    password: str = "secret",
    context: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[ScriptedSmtp]:
    """Run a server.

    Args:
        behaviour: a key of `BEHAVIOURS`.
        tls: TLS from the first byte.
        starttls: offer STARTTLS; None: when the behaviour's name says so.
        password: the right one, for any user.
        context: the server's certificate; None: a self-signed one.
        options: what the behaviour wants to know.
    """
    offered = behaviour.startswith("starttls") if starttls is None else starttls
    server = ScriptedSmtp(behaviour, tls=tls, starttls=offered, password=password, context=context, **options)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
