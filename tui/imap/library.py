"""All that is used of aioimaplib: transport, tags, states and the table of commands. Its reader is not.

The private names relied on are held to by a test; the version is pinned.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any

import aioimaplib

from tui.config.tls import HANDSHAKE_TIMEOUT

logging.getLogger("aioimaplib").setLevel(logging.WARNING)  # its DEBUG shows passwords and bodies

NONAUTH: str = aioimaplib.NONAUTH
AUTH: str = aioimaplib.AUTH
SELECTED: str = aioimaplib.SELECTED


_NOT_IN_ITS_TABLE = {"NOTIFY": (AUTH, SELECTED), "COMPRESS": (AUTH, SELECTED)}


def is_possible(name: str, state: str) -> bool:
    """Return whether a command may be given in a state (RFC 9051, 6).

    Args:
        name: ``UID FETCH``.
        state: one of the above.
    """
    if name in _NOT_IN_ITS_TABLE:
        return state in _NOT_IN_ITS_TABLE[name]
    return state in aioimaplib.Commands[name.partition(" ")[0]].valid_states


class LineProtocol(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]
    """The library's protocol, with what comes handed to our own reader.

    Args:
        loop: the running loop.
        received: given what the socket brings.
        lost: told once that the line is gone.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        received: Callable[[bytes], None],
        lost: Callable[[Exception | None], None],
    ) -> None:
        super().__init__(loop)
        self._received = received
        self._lost = lost
        self._writable = asyncio.Event()
        self._writable.set()

    def data_received(self, d: bytes) -> None:
        self._received(d)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._writable.set()
        self._lost(exc)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def drained(self) -> None:
        """Wait until the transport takes more."""
        await self._writable.wait()


class Client(aioimaplib.IMAP4):  # type: ignore[misc]
    """The library's client, for connecting.

    Args:
        host, port: where to.
        context: TLS from the first octet, or None.
        received, lost: as for `LineProtocol`.
    """

    protocol: LineProtocol
    _client_task: "asyncio.Task[Any]"

    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext | None,
        received: Callable[[bytes], None],
        lost: Callable[[Exception | None], None],
    ) -> None:
        self._received = received
        self._lost = lost
        super().__init__(host, port, ssl_context=context)

    def create_client(
        self,
        host: str,
        port: int,
        loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Any = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        local = loop or asyncio.get_running_loop()
        self.protocol = LineProtocol(local, self._received, self._lost)
        options: dict[str, Any] = {"ssl_handshake_timeout": HANDSHAKE_TIMEOUT} if ssl_context else {}
        self._client_task = local.create_task(
            local.create_connection(
                lambda: self.protocol, host, port, ssl=ssl_context, happy_eyeballs_delay=0.25, **options
            )
        )

    async def connected(self) -> None:
        """Wait for the transport.

        Raises:
            OSError, ssl.SSLError: there is none.
        """
        await self._client_task

    def abort(self) -> None:
        """End the line, or the attempt to make one."""
        self._client_task.cancel()
        if self.protocol.transport is not None:
            self.protocol.transport.abort()

    def new_tag(self) -> bytes:
        tag: str = self.protocol.new_tag()
        return tag.encode("ascii")
