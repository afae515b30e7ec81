"""A small world on loopback: hosts with names and addresses of their own, the ports that are usual, and a DNS.

Every host has an address in 127.0.0.0/8, so that a mail server really is on port 993. What stands there is passed on to
a real server, or played by a scripted one; a certificate is shown by the world itself or by the real server.
"""

import asyncio
import contextlib
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

import pytest

from tests.servers.certificate import Certificate, authority
from tests.servers.dns import DnsServer
from tui.setup.records import Records

LOOPBACK = "127.0.0.1"
Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class World:
    """The world; an async context manager. Only root may have the usual ports.

    Args:
        patch: of the test, for the look-up of names and for what the system trusts.

    Attributes:
        dns: its name server.
        accepted: (host, port) of every connection.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.dns = DnsServer()
        self.accepted: list[tuple[str, int]] = []
        self._network = f"127.{random.SystemRandom().randrange(16, 250)}.{random.SystemRandom().randrange(1, 250)}."
        self._hosts: dict[str, str] = {}
        self._servers: list[asyncio.Server] = []
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._known = socket.getaddrinfo
        patch.setattr(socket, "getaddrinfo", self._getaddrinfo)
        patch.setenv("SSL_CERT_FILE", str(authority().certificate))

    @property
    def records(self) -> Records:
        """Asks this world's name server."""
        return Records((LOOPBACK,), self.dns.port, lifetime=1.0)

    def host(self, name: str) -> str:
        """Return the address of a host; from now on it is there."""
        if name not in self._hosts:
            self._hosts[name] = f"{self._network}{len(self._hosts) + 1}"
            self.dns.put(name, "A", self._hosts[name])
        return self._hosts[name]

    async def open(self, host: str, port: int, target: int, certificate: Certificate | None = None) -> None:
        """Let a port of a host lead to a port of 127.0.0.1.

        Args:
            host: its name.
            port: of the host.
            target: of 127.0.0.1.
            certificate: what is shown by TLS that ends here; None: the octets pass as they are.
        """

        async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection(LOOPBACK, target)
            up = asyncio.create_task(_carry(reader, back))
            try:
                await _carry(there, writer)
            finally:
                up.cancel()
                back.transport.abort()

        await self.serve(host, port, pass_on, certificate.context if certificate else None)

    async def serve(
        self,
        host: str,
        port: int,
        play: Play,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Let somebody play on a port of a host, once for every connection."""

        await self._listen(self.host(host), port, play, context, (host, port))

    async def inside(self, play: Play) -> int:
        """Let somebody play on a port of 127.0.0.1, which is returned."""
        return await self._listen(LOOPBACK, 0, play, None, (LOOPBACK, 0))

    async def _listen(
        self, address: str, port: int, play: Play, context: ssl.SSLContext | None, place: tuple[str, int]
    ) -> int:
        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.add(task)
            self.accepted.append(place)
            try:
                await play(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                if writer.transport is not None and not writer.is_closing():
                    writer.close()
                self._tasks.discard(task)

        server = await asyncio.start_server(met, address, port, ssl=context)
        self._servers.append(server)
        number: int = server.sockets[0].getsockname()[1]
        return number

    def swallow(self, host: str, port: int) -> None:
        """Let a firewall swallow a port: no answer at all."""
        listening = socket.socket()
        listening.bind((self.host(host), port))
        listening.listen(0)
        self._sockets.append(listening)
        for _ in range(3):  # fill its queue, so that the system answers nobody any more
            knocking = socket.socket()
            knocking.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                knocking.connect((self.host(host), port))
            self._sockets.append(knocking)

    async def __aenter__(self) -> Self:
        await self.dns.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        for each in self._sockets:
            each.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.dns.__aexit__(kind, error, trace)

    def _getaddrinfo(self, host: Any, port: Any, *words: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and name.lower() in self._hosts:
            return self._known(self._hosts[name.lower()], port, *words, **more)
        if isinstance(name, str) and not name.replace(".", "").isdigit() and name not in ("localhost", "::1"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self._known(host, port, *words, **more)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
