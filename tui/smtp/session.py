"""One connection to a submission server: aiosmtplib's protocol with strict replies, deadlines, and our own errors."""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from aiosmtplib.errors import SMTPResponseException, SMTPServerDisconnected
from aiosmtplib.response import SMTPResponse

from tui.config.model import Security, Server
from tui.config.tls import HANDSHAKE_TIMEOUT, check_pin, refused, trust
from tui.mail.domain import domain_to_ascii
from tui.mail.errors import CertificateRefused, MailError
from tui.smtp.errors import of_library, unreadable
from tui.smtp.protocol import StrictProtocol
from tui.smtp.reply import Reply, make_reply
from tui.smtp.talk import Talk
from tui.smtp.upload import Upload

HELLO = b"[127.0.0.1]"
"""What EHLO says of this machine: an address literal that tells nothing (RFC 5321, 4.1.4)."""
QUIT_TIMEOUT = 1.0


class Session:
    """One connection. Every method raises `MailError` only, and after one the line is given up by `abort`.

    Args:
        server: who is asked.
        protocol: connected.
        timeout: seconds without an answer after which the line is given up.
        context: for STARTTLS.
        talk: takes down what is said.
    """

    def __init__(
        self,
        server: Server,
        protocol: StrictProtocol,
        timeout: float,
        context: ssl.SSLContext | None,
        talk: Talk | None = None,
    ) -> None:
        self.server = server
        self.talk = talk or Talk()
        self.extensions: dict[str, str] = {}
        self._protocol = protocol
        self._timeout = timeout
        self._context = context

    @classmethod
    async def connect(cls, server: Server, *, timeout: float, talk: Talk | None = None) -> "Session":
        """Connect, with TLS from the first byte where the account demands it. The greeting is still to be read.

        Raises:
            CertificateRefused, NotSupported, ConnectionLost, TimedOut, ConfigError.
        """
        context = None if server.security is Security.PLAIN else await trust(server)
        from_start = context if server.security is Security.TLS else None
        loop = asyncio.get_running_loop()
        host = _host(server)
        try:
            async with asyncio.timeout(timeout):
                _, protocol = await loop.create_connection(
                    lambda: StrictProtocol(loop=loop),
                    host,
                    server.port,
                    ssl=from_start,
                    server_hostname=host if from_start else None,
                    ssl_handshake_timeout=min(timeout, HANDSHAKE_TIMEOUT) if from_start else None,
                    happy_eyeballs_delay=0.25,
                )
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise await refused(server, error) from None
        except (OSError, UnicodeError) as error:
            raise of_library(error, server) from None
        session = cls(server, protocol, timeout, context, talk)
        session.talk.note(f"connected to {server.label}, {server.security.value}")
        try:
            session._check_line()
        except BaseException:
            session.abort()
            raise
        return session

    def _check_line(self) -> None:
        """Before anything is sent: the pin of an encrypted line, the peer of a plain one."""
        transport = self._protocol.transport
        if self.server.security is Security.TLS:
            check_pin(self.server, transport.get_extra_info("ssl_object") if transport else None)
        elif self.server.security is Security.PLAIN and not _is_loopback(_peer(transport)):
            raise CertificateRefused(
                f"{self.server.label} would be talked to without encryption.",
                cure='security = "plain" is for this machine only; use "tls" or "starttls".',
                host=self.server.host,
                reason="not encrypted",
            )

    async def greeting(self) -> Reply:
        """Return the server's first words."""
        return await self._reading(self._protocol.read_response(timeout=self._timeout))

    async def command(self, *words: bytes) -> Reply:
        """Send a command and return its reply, whatever its code.

        Args:
            words: without control characters; one space comes between them.
        """
        self.talk.we_said(b" ".join(words))
        return await self._reading(self._protocol.execute_command(*words, timeout=self._timeout))

    async def _reading(self, answer: Awaitable[SMTPResponse]) -> Reply:
        try:
            code, words = await answer
        except (SMTPResponseException, ValueError) as error:
            self.abort()
            raise unreadable(error, self.server) from None
        except Exception as error:
            self.abort()
            raise of_library(error, self.server) from None
        return self._heard(make_reply(code, words))

    def _heard(self, reply: Reply) -> Reply:
        self.talk.they_said(reply)
        return reply

    async def hello(self) -> Reply:
        """Send EHLO and learn what is offered; there is no falling back to HELO, which offers nothing."""
        self.extensions = {}
        reply = await self.command(b"EHLO", HELLO)
        if reply.code == 250:
            self.extensions = dict(_extensions(reply.lines[1:]))
        return reply

    async def start_tls(self) -> Reply:
        """Send STARTTLS and, when it is granted, encrypt the line (RFC 3207). What was offered before is forgotten.

        Replies glued behind the server's consent are thrown away by the library before the handshake.
        """
        assert self._context is not None
        self.extensions = {}
        self.talk.we_said(b"STARTTLS")
        try:
            code, words = await self._protocol.start_tls(
                self._context, server_hostname=_host(self.server), timeout=min(self._timeout, HANDSHAKE_TIMEOUT)
            )
        except SMTPResponseException as error:
            if error.code == -1:
                self.abort()
                raise unreadable(error, self.server) from None
            return self._heard(make_reply(error.code, error.message))
        except Exception as error:
            self.abort()
            cause = error.__cause__ if isinstance(error, SMTPServerDisconnected) else None
            if isinstance(error, ssl.SSLError | ssl.CertificateError):
                raise await refused(self.server, error, probe=False) from None
            if isinstance(cause, ssl.SSLError):
                raise await refused(self.server, cause, probe=False) from None
            raise of_library(error, self.server) from None
        transport = self._protocol.transport
        try:
            check_pin(self.server, transport.get_extra_info("ssl_object") if transport else None)
        except MailError:
            self.abort()
            raise
        reply = self._heard(make_reply(code, words))
        self.talk.note("the line is encrypted")
        return reply

    async def upload(self, data: bytes, on_progress: Callable[[int], None] = lambda octets: None) -> Upload:
        """Send a message's octets, all but the final dot; see `Upload.send`."""
        self.talk.note(f"the mail, {len(data):,} octets")
        upload = Upload(self.server, self._protocol, self._timeout)
        await upload.send(data, on_progress)
        return upload

    async def quit(self) -> None:
        """Send QUIT and wait a moment for the answer; whatever comes, the line is closed afterwards."""
        try:
            if self._protocol.is_connected:
                async with asyncio.timeout(QUIT_TIMEOUT):
                    await self._protocol.execute_command(b"QUIT", timeout=QUIT_TIMEOUT)
        except Exception:  # the mail's fate is settled; nothing that happens here changes it
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """Drop the line at once; what is still in our buffers does not leave."""
        self._protocol.abort()


def _extensions(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what EHLO offers: keyword in capitals, parameters (RFC 5321, 4.1.1.1)."""
    for line in lines:
        keyword, _, parameters = line.partition(" ")
        if keyword.upper().startswith("AUTH="):  # an old spelling
            keyword, parameters = "AUTH", f"{keyword[5:]} {parameters}"
        if keyword:
            yield keyword.upper(), parameters.strip()


def _peer(transport: asyncio.BaseTransport | None) -> Any:
    return transport.get_extra_info("peername") if transport is not None else None


def _is_loopback(peer: Any) -> bool:
    try:
        return bool(peer) and ipaddress.ip_address(str(peer[0]).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _host(server: Server) -> str:
    try:
        return server.host if server.host.isascii() else domain_to_ascii(server.host)
    except ValueError:
        return server.host
