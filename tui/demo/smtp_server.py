"""The embedded SMTP server: aiosmtpd on a loopback port, in our own loop, for submission with a password (RFC 6409).

aiosmtpd's own controller runs a thread; this one does not. The task of each connection is kept and, at the end,
cancelled and awaited.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tui.mail.noun import dataclass

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
NAME = "smtp.tidings.example"
"""What the server calls itself; the machine's name is nobody's business."""
MAX_MAIL = 64 * 1024 * 1024
"""Octets of a mail that are taken."""
IDLE_LIMIT = 300
"""Seconds without a command after which a connection is closed."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail that was taken.

    Attributes:
        user: who signed in.
        recipients: addr-specs of the SMTP envelope.
        raw: the message, wire bytes.
    """

    user: str
    recipients: tuple[str, ...]
    raw: bytes


Take = Callable[[Posted], Awaitable[None]]
"""Called before the client is told that its mail was taken."""
Refuse = Callable[[str], str]
"""Given a recipient, returns the reply that refuses it: ``550 5.1.1 …``; "" takes it."""


class SmtpServer:
    """A submission server.

    Args:
        passwords: user name → password.
        take: where mail goes.
        refuse: who gets none.
    """

    def __init__(self, passwords: Mapping[str, str], take: Take, refuse: Refuse) -> None:
        self._handler = _Handler(passwords, take, refuse)
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port of the loopback interface; `port` is its number.

        Raises:
            OSError: when there is none.
        """
        # It logs every command, and warns of what it calls deprecated in itself.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._server = await asyncio.get_running_loop().create_server(self._connection, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection and wait until they have ended."""
        if self._server is None:
            return
        self._server.close()
        ending = [connection.end() for connection in tuple(self._connections)]
        await asyncio.gather(*ending, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _connection(self) -> "_Connection":
        return _Connection(self._handler, self._connections)


class _Connection(SMTP):
    """One connection: nothing but a greeting is to be had without a password.

    Args:
        handler: what is done with mail.
        live: the connections there are; this one is among them while it lasts.
    """

    def __init__(self, handler: "_Handler", live: "set[_Connection]") -> None:
        super().__init__(
            handler,
            data_size_limit=MAX_MAIL,
            enable_SMTPUTF8=True,
            hostname=NAME,
            ident="Tidings demo",
            timeout=IDLE_LIMIT,
            auth_require_tls=False,  # loopback: there is nobody to listen
            authenticator=handler.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._live = live

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._live.add(self)
        task = self._handler_coroutine
        assert task is not None
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._live.discard(self)
        if not task.cancelled() and isinstance(task.exception(), Exception):
            log.debug("an SMTP connection ended", exc_info=task.exception())

    async def end(self) -> None:
        """Drop the line and wait for its task."""
        task = self._handler_coroutine
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def check_auth_needed(self, caller_method: str) -> bool:
        # aiosmtpd's own switch for this prints a warning where TLS is not demanded too.
        if self.session is not None and self.session.authenticated:
            return False
        await self.push("530 5.7.0 Authentication required")
        return True


class _Handler:
    """Who may send, and what becomes of what is sent."""

    def __init__(self, passwords: Mapping[str, str], take: Take, refuse: Refuse) -> None:
        self._passwords = passwords
        self._take = take
        self._refuse = refuse
        self._taken = 0

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        """Check a name and its password. (aiosmtpd's ``authenticator``)"""
        if not isinstance(auth_data, LoginPassword):
            return AuthResult(success=False, handled=False)
        name = auth_data.login.decode("utf-8", "replace")
        password = self._passwords.get(name, "").encode("utf-8")
        if not password or not hmac.compare_digest(password, auth_data.password):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=LoginPassword(auth_data.login, b""))

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        refusal = self._refuse(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._taken += 1
        user = session.auth_data.login.decode("utf-8", "replace") if session.auth_data else ""
        await self._take(Posted(user, tuple(envelope.rcpt_tos), envelope.original_content or b""))
        return f"250 2.0.0 Ok: taken as {self._taken}"

    async def handle_exception(self, error: Exception) -> str:
        log.error("the embedded SMTP server failed", exc_info=error)
        return "451 4.3.0 The demonstration failed; its log says why"
