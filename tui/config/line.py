"""A line to a server, by POP3 or ManageSieve: made, encrypted, read in bounded pieces, ended.

A deadline counts from the last progress: a server that sends a few octets now and then, to keep us waiting for ever,
makes none.
"""

import asyncio
import ipaddress
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from tui.config.model import Security, Server
from tui.config.tls import HANDSHAKE_TIMEOUT, check_pin, ends, refused, trust
from tui.config.unreachable import AGAIN, lost
from tui.mail.domain import domain_to_ascii
from tui.mail.errors import CertificateRefused, ConnectionLost, MailError, ProtocolViolation, TimedOut

MAX_LINE = 8_192
"""Octets of a line; RFC 2449 allows 512 outside messages, real servers send more."""
REACH_TIMEOUT = 15.0
"""Seconds for a line to be made; a new attempt is better than a long one when the network has come back meanwhile."""
MOST_UNREAD = 512 * 1024
"""Octets received and not yet taken, above which the server is made to wait."""
LEAST_PROGRESS = 256
"""Octets within the time limit that count as progress; an answer that is complete does in any case."""


class Line(asyncio.Protocol):
    """A line to one server.

    Args:
        server: where to.
        timeout: seconds without progress after which it is given up.

    Attributes:
        heard: when the last octet came, seconds since 1970 UTC; 0.0 for never.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        self.server = server
        self.timeout = timeout
        self.heard = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._context: ssl.SSLContext | None = None
        self._unread = bytearray()
        self._is_paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._ended: MailError | None = None
        self._since = self._loop.time()  # since when progress is counted
        self._came = 0  # octets since then

    @classmethod
    async def reach(cls, server: Server, timeout: float) -> Self:
        """Return an open line; see `open`.

        Raises:
            CertificateRefused, NotSupported, ConnectionLost, TimedOut, ConfigError: why there is no line.
        """
        line = cls(server, timeout)
        try:
            await line.open()
        except BaseException:
            line.abort()
            raise
        return line

    @contextmanager
    def patient(self, timeout: float) -> Iterator[None]:
        """Give the server at least this many seconds for each answer."""
        usual, self.timeout = self.timeout, max(self.timeout, timeout)
        try:
            yield
        finally:
            self.timeout = usual

    async def open(self) -> None:
        """Connect, with TLS from the first octet where that is configured.

        Raises:
            CertificateRefused, NotSupported, ConnectionLost, TimedOut, ConfigError: why there is no line.
        """
        server = self.server
        if server.security is not Security.PLAIN:
            self._context = await trust(server)
        at_once = self._context if server.security is Security.TLS else None
        host = _host(server)
        try:
            async with asyncio.timeout(min(self.timeout, REACH_TIMEOUT)):
                await self._loop.create_connection(
                    lambda: self,
                    host,
                    server.port,
                    ssl=at_once,
                    server_hostname=host if at_once else None,
                    ssl_handshake_timeout=min(self.timeout, HANDSHAKE_TIMEOUT) if at_once else None,
                    happy_eyeballs_delay=0.25,
                )
        except (ssl.SSLError, ssl.CertificateError, ConnectionAbortedError) as error:
            raise await refused(server, error) from None
        except TimeoutError:
            words = f"{server.label} cannot be reached: nobody answers."
            raise ConnectionLost(words, cure="It is tried again.") from None
        except (OSError, UnicodeError) as error:
            raise _of_system(error, server) from None
        try:
            self._check()
        except BaseException:
            self.abort()
            raise

    def _check(self) -> None:
        """Before anything is sent: the pin of an encrypted line, the peer of a plain one."""
        if self.server.security is Security.TLS:
            check_pin(self.server, self._extra("ssl_object"))
        elif self.server.security is Security.PLAIN and not _is_loopback(self._extra("peername")):
            raise CertificateRefused(
                f"{self.server.label} would be talked to without encryption.",
                cure='security = "plain" is for this machine only; use "tls" or "starttls".',
                host=self.server.host,
                reason="not encrypted",
            )

    @property
    def certificate_ends(self) -> float:
        """When the server's certificate ends, seconds since 1970 UTC; 0.0 where that is not known."""
        return ends(self._extra("ssl_object"))

    def _extra(self, name: str) -> Any:
        return self._transport.get_extra_info(name) if self._transport is not None else None

    async def encrypt(self) -> None:
        """Encrypt a line whose server has just agreed to it (RFC 2595, 4).

        Raises:
            ProtocolViolation: something came behind the consent; it would be taken for what an encrypted line says.
            CertificateRefused, NotSupported, ConnectionLost, TimedOut: there is no safe line.
        """
        assert self._context is not None
        if self._unread:
            error = ProtocolViolation(f"{self.server.label} sent plain text behind its agreement to TLS.")
            self.abort(error)
            raise error
        self._check_alive()
        assert self._transport is not None
        host = _host(self.server)
        try:
            made = await self._loop.start_tls(
                self._transport,
                self,
                self._context,
                server_hostname=host,
                ssl_handshake_timeout=min(self.timeout, HANDSHAKE_TIMEOUT),
            )
        except OSError as error:
            self.abort()
            raise await refused(self.server, error, probe=False) from None
        if made is None:
            raise ConnectionLost(f"The TLS handshake with {self.server.label} failed.")
        self._transport = made
        self._is_paused = False
        try:
            check_pin(self.server, self._extra("ssl_object"))
        except MailError:
            self.abort()
            raise

    @property
    def is_alive(self) -> bool:
        return self._ended is None

    def write(self, data: bytes) -> None:
        """Send octets.

        Raises:
            ConnectionLost: the line is gone.
        """
        self._check_alive()
        assert self._transport is not None
        self._transport.write(data)

    def rest(self) -> None:
        """A command is given now: count its time from here."""
        self._since, self._came = self._loop.time(), 0

    async def line(self) -> bytes:
        """Return the next line, without its end; a line of one LF is taken as well.

        Raises:
            ProtocolViolation: it is too long.
            ConnectionLost, TimedOut: it did not come.
        """
        looked = 0
        while True:
            end = self._unread.find(b"\n", looked)
            if end > MAX_LINE or (end < 0 and len(self._unread) > MAX_LINE):
                raise self._end(ProtocolViolation(f"{self.server.label} sends a line without end."))
            if end >= 0:
                line = bytes(self._unread[:end])
                self._taken(end + 1)
                self.rest()
                return line.removesuffix(b"\r")
            looked = len(self._unread)
            await self._more()

    async def octets(self, count: int) -> bytes:
        """Return as many octets as were announced.

        Args:
            count: of them; whoever asks has seen to it that it is within bounds.

        Raises:
            ConnectionLost, TimedOut: they did not come.
        """
        data = bytearray()
        while len(data) < count:
            while not self._unread:
                await self._more()
            piece = bytes(self._unread[: count - len(data)])
            self._taken(len(piece))
            data += piece
        self.rest()
        return bytes(data)

    def _taken(self, octets: int) -> None:
        del self._unread[:octets]
        if self._is_paused and len(self._unread) < MOST_UNREAD // 2 and self._transport is not None:
            self._is_paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()

    async def _more(self) -> None:
        """Wait for more octets."""
        self._check_alive()
        if self._came >= LEAST_PROGRESS:
            self.rest()
        waiter = self._waiter = self._loop.create_future()
        try:
            async with asyncio.timeout_at(self._since + self.timeout):
                await waiter
        except TimeoutError:
            raise self._end(
                TimedOut(f"{self.server.label} did not answer in time.", cure="It is tried again.")
            ) from None
        except asyncio.CancelledError:
            self.abort()  # the late answer would be taken for another's
            raise
        finally:
            self._waiter = None
        if not self._unread:
            self._check_alive()

    def _check_alive(self) -> None:
        if self._ended is not None:
            raise self._ended.with_traceback(None)

    def _end(self, error: MailError) -> MailError:
        self.abort(error)
        return error

    def abort(self, error: MailError | None = None) -> None:
        """End the line at once; does nothing the second time.

        Args:
            error: why; None when we wanted it.
        """
        if self._ended is None:
            self._ended = error or ConnectionLost(f"The line to {self.server.label} was closed.")
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.rest()

    def data_received(self, data: bytes) -> None:
        self.heard = time.time()
        self._came += len(data)
        if self._ended is not None:
            return
        self._unread += data
        if len(self._unread) > MOST_UNREAD and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._ended is None:
            closed = ConnectionLost(f"{self.server.label} closed the line.", cure="It is tried again.")
            self._ended = closed if exc is None else _of_system(exc, self.server)
        self._wake()


def _is_loopback(peer: Any) -> bool:
    try:
        return bool(peer) and ipaddress.ip_address(str(peer[0]).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _of_system(error: Exception, server: Server) -> MailError:
    """Return what an exception of the system means: an OSError, a TimeoutError, or that of a host that cannot be."""
    if isinstance(error, TimeoutError):
        return TimedOut(f"{server.label} did not answer in time.", cure=AGAIN)
    if isinstance(error, ssl.SSLError):
        return ConnectionLost(f"The encrypted line to {server.label} broke.", cure=AGAIN)
    return lost(error, server)


def _host(server: Server) -> str:
    try:
        return server.host if server.host.isascii() else domain_to_ascii(server.host)
    except ValueError:
        return server.host
