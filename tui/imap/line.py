"""A line to a server: made, encrypted, measured and ended. What is said on it is `tui.imap.connection`'s affair."""

import asyncio
import ipaddress
import logging
import ssl
import time
from abc import ABC, abstractmethod
from collections import deque

from tui.config.model import Security, Server
from tui.config.tls import HANDSHAKE_TIMEOUT, check_pin, ends, refused, trust
from tui.imap.deflate import Deflate
from tui.imap.errors import of_library
from tui.imap.library import Client
from tui.mail.errors import ConnectionLost, MailError, ProtocolViolation, TimedOut

log = logging.getLogger(__name__)

SLICE = 16 * 1024
"""Octets that are taken before others on the loop get their turn: a flood of short lines is some 1,000 of them."""

REACH_TIMEOUT = 15.0
"""Seconds for a line to be made; a new attempt is better than a long one when the network has come back meanwhile."""

LAST_SLICES = 100
"""Slices of what came before the line broke that are still looked at."""


class Line(ABC):
    """A line to one server.

    Args:
        server: where to.
        timeout: seconds without progress after which it is given up.

    Attributes:
        heard: when the last octet came, seconds since 1970 UTC.
        closed: done when the line is gone, with why; None when we wanted it.
        certificate_ends: when the server's certificate does, seconds since 1970 UTC; 0.0 where that is not known.
        goodbye: the server's last words, cleaned; "" as long as there are none.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        self.server = server
        self.timeout = timeout
        self.heard = 0.0
        self.goodbye = ""
        self.certificate_ends = 0.0
        self._loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[MailError | None] = self._loop.create_future()
        self._progress = self._loop.time()
        self._paused = False
        self._backlog: deque[bytes] = deque()  # received, not yet taken
        self._client: Client | None = None
        self._context: ssl.SSLContext | None = None
        self._deflate: Deflate | None = None
        self._outgoing: list[bytes] = []

    @abstractmethod
    def _take(self, data: bytes) -> bytes:
        """Take what the server sent; return what follows a change in how it is written.

        Raises:
            ProtocolViolation: the line cannot be used further.
        """

    @abstractmethod
    def _fail(self, reason: MailError) -> None:
        """Fail whoever waits for an answer."""

    async def open(self) -> None:
        """Connect, with TLS from the first octet where that is configured.

        Raises:
            CertificateRefused, NotSupported, ConnectionLost, TimedOut: why there is none.
        """
        if self.server.security is not Security.PLAIN:
            self._context = await trust(self.server)
        at_once = self._context if self.server.security is Security.TLS else None
        self._client = Client(self.server.host, self.server.port, at_once, self._received, self._lost)
        try:
            async with asyncio.timeout(min(self.timeout, REACH_TIMEOUT)):
                await self._client.connected()
        except TimeoutError:
            # No server that hangs, which would be called ever less often, but a network that is not there.
            words = f"{self.server.label} cannot be reached: nobody answers."
            raise ConnectionLost(words, cure="It is tried again.") from None
        except (ssl.SSLError, ConnectionAbortedError) as error:
            raise await refused(self.server, error) from None
        except (OSError, UnicodeError) as error:
            raise of_library(error if isinstance(error, OSError) else OSError(), self.server) from None
        if at_once is not None:
            self._check_certificate()
        self._progress = self._loop.time()

    async def _encrypt(self) -> None:
        """Encrypt a line whose server has agreed to it."""
        assert self._context is not None
        protocol = self._made.protocol
        try:
            async with asyncio.timeout(self.timeout):
                transport = await self._loop.start_tls(
                    self.transport,
                    protocol,
                    self._context,
                    server_hostname=self.server.host,
                    ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
                )
        except TimeoutError as error:
            raise of_library(error, self.server) from None
        except OSError as error:
            self._check_alive()
            raise await refused(self.server, error, probe=False) from None
        self._check_alive()
        if transport is None:
            raise ConnectionLost(f"The TLS handshake with {self.server.label} failed.")
        protocol.transport = transport
        self._check_certificate()

    def _check_certificate(self) -> None:
        tls = self.transport.get_extra_info("ssl_object")
        check_pin(self.server, tls)
        self.certificate_ends = ends(tls)

    @property
    def _made(self) -> Client:
        assert self._client is not None, "not opened"
        return self._client

    @property
    def transport(self) -> asyncio.Transport:
        """The transport that is in use now."""
        transport: asyncio.Transport = self._made.protocol.transport
        return transport

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        peer = self.transport.get_extra_info("peername")
        try:
            return ipaddress.ip_address(str(peer[0]).partition("%")[0]).is_loopback if peer else False
        except ValueError:
            return False

    @property
    def state(self) -> str:
        """The state (RFC 9051, 3), in the library's words: NONAUTH, AUTH, SELECTED, LOGOUT."""
        state: str = self._made.protocol.state
        return state

    @state.setter
    def state(self, state: str) -> None:
        self._made.protocol.state = state

    @property
    def is_alive(self) -> bool:
        return not self.closed.done()

    @property
    def silent(self) -> float:
        """Seconds without progress, by the loop's clock."""
        return self._loop.time() - self._progress

    def abort(self, error: MailError | None = None) -> None:
        """End the line at once and fail whoever waits. Does nothing the second time.

        Args:
            error: why; None when we wanted it.
        """
        if self.closed.done():
            return
        self.closed.set_result(error)
        self._backlog.clear()
        reason = error or ConnectionLost(f"The line to {self.server.label} was closed.")
        self._fail(reason)
        if self._client is not None:
            self._client.abort()

    def pause(self, paused: bool) -> None:
        """Stop or resume reading from the socket, for a consumer that is slower than the line."""
        if self._paused != paused and self.is_alive:
            self._paused = paused
            self._progress = self._loop.time()
            self._read_or_wait()

    def _read_or_wait(self) -> None:
        if not self.is_alive or self.transport.is_closing():
            return
        if self._paused or self._backlog:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def _check_alive(self) -> None:
        if self.closed.done():
            raise self.closed.result() or ConnectionLost(f"The line to {self.server.label} is closed.")

    def _late(self, what: str) -> TimedOut:
        return TimedOut(f"{self.server.label} did not answer ({what}).", cure="It is tried again.")

    def _put(self, data: bytes) -> None:
        """Send octets; what is said in one turn of the loop leaves in one go."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(data)

    def _flush(self) -> None:
        if self._outgoing and self.is_alive:
            data = b"".join(self._outgoing)
            self.transport.write(data if self._deflate is None else self._deflate.pack(data))
        self._outgoing.clear()

    def _received(self, data: bytes) -> None:
        self.heard = time.time()
        self._progress = self._loop.time()
        if self.closed.done():
            return
        if not self._backlog:
            if len(data) <= SLICE:
                self._digest(data)
                if not self._backlog:
                    return
                data = b""
            self._loop.call_soon(self._take_slice)
        self._backlog.extend(data[position : position + SLICE] for position in range(0, len(data), SLICE))
        self._read_or_wait()

    def _digest(self, data: bytes) -> None:
        """Take a slice; what cannot be taken at once goes back to the front of the backlog."""
        left: bytes | None
        try:
            if self._deflate is None:
                left = self._take(data) or None
            else:
                plain, left = self._deflate.unpack(data)
                self._take(plain)
        except ProtocolViolation as error:
            log.info("%s: %s", self.server.label, error)
            self.abort(error)
            return
        if left is not None and self.is_alive:
            self._backlog.appendleft(left)

    def _take_slice(self) -> None:
        if not self._backlog:
            return
        self._progress = self._loop.time()
        self._digest(self._backlog.popleft())
        if self._backlog:
            self._loop.call_soon(self._take_slice)
        else:
            self._read_or_wait()

    def _lost(self, error: Exception | None) -> None:
        for _ in range(LAST_SLICES):  # it was said before the line broke
            if not self._backlog:
                break
            self._digest(self._backlog.popleft())
        words = f"{self.server.label} closed the line{f': {self.goodbye}' if self.goodbye else ''}."
        if error is not None:
            lost = of_library(error, self.server)
        else:
            lost = ConnectionLost(words, cure="It is tried again.")
        self.abort(lost)
