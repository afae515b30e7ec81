"""From the greeting to the state AUTH: STARTTLS where it is due, then exactly one attempt to log in."""

import asyncio
import base64
import ipaddress

from tui.config.model import Security
from tui.imap.arguments import Argument, Literal, astring
from tui.imap.capability import Capability
from tui.imap.connection import Connection
from tui.imap.errors import login_refusal
from tui.imap.library import AUTH
from tui.imap.responses import Result, capability_names
from tui.mail.errors import (
    CertificateRefused,
    ConfigError,
    NotSupported,
    ServerRefused,
    TemporarilyRefused,
)

LOGIN_TIMEOUT = 60.0
"""Seconds a server may think about a password; many are slow on purpose."""


async def enter(connection: Connection, secret: str) -> None:
    """Log in on an open connection.

    Args:
        connection: open.
        secret: the password, sent once, over a line that is what the account demands.

    Raises:
        AuthenticationFailed, TemporarilyRefused, ServerRefused: the server's answer to the credentials.
        CertificateRefused: the line is not safe enough; nothing secret was sent.
        NotSupported: no way to log in that we know and that is allowed.
        ConnectionLost, TimedOut, ProtocolViolation: the line is gone.
    """
    greeting = await connection.greeted()
    _learn(connection, greeting)
    if connection.server.security is Security.STARTTLS:
        await _start_tls(connection, greeting)
    elif connection.server.security is Security.PLAIN:
        _check_loopback(connection)
    if greeting.kind == "PREAUTH":
        if connection.server.security is Security.PLAIN:
            raise CertificateRefused(f"{connection.server.label} lets anybody in on a line that is not encrypted.")
        connection.state = AUTH
    else:
        if not connection.capability:
            await ask_capability(connection)
        await _authenticate(connection, secret)
    if not connection.capability:
        await ask_capability(connection)


async def ask_capability(connection: Connection) -> None:
    """Ask what the server offers; the answer reaches ``connection.capability`` over the bus."""
    await connection.run("Asking for capabilities", "CAPABILITY")


def _learn(connection: Connection, said: Result) -> None:
    if said.code == "CAPABILITY":
        connection.capability = Capability(capability_names(said.argument))


async def _start_tls(connection: Connection, greeting: Result) -> None:
    label = connection.server.label
    if greeting.kind == "PREAUTH":
        raise CertificateRefused(
            f"{label} lets anybody in before the line is encrypted.",
            cure='Nothing was sent. Use security = "tls", or ask whoever runs the server.',
        )
    if not connection.capability:
        await ask_capability(connection)
    if "STARTTLS" not in connection.capability:
        raise CertificateRefused(
            f"{label} does not offer STARTTLS, which this account demands.",
            cure='Nothing was sent. Somebody may be tampering with the line; else try security = "tls".',
        )
    try:
        await connection.start_tls()
    except ServerRefused as error:
        raise TemporarilyRefused(
            f"{label} does not want to encrypt the line now.",
            code=error.code,
            cure="Nothing was sent. It is tried again.",
        ) from None
    await ask_capability(connection)


def _check_loopback(connection: Connection) -> None:
    peer = connection.transport.get_extra_info("peername")
    try:
        is_loopback = ipaddress.ip_address(str(peer[0]).partition("%")[0]).is_loopback if peer else False
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise CertificateRefused(
            f"{connection.server.label} would be talked to without encryption.",
            cure='security = "plain" is for this machine only; use "tls" or "starttls".',
        )


async def _authenticate(connection: Connection, secret: str) -> None:
    server, capability = connection.server, connection.capability
    if any(character in text for text in (server.user, secret) for character in "\0\r\n"):
        raise ConfigError("User and password cannot hold line ends or NUL.", cure="Check user and password_command.")
    if "LOGINDISABLED" in capability:
        raise NotSupported(f"{server.label} does not allow logging in on this line.", cure="Check port and security.")
    connection.capability = Capability()
    answer: Result | None = None
    try:
        if "AUTH=PLAIN" in capability:
            answer = await _plain(connection, secret, at_once="SASL-IR" in capability)
        else:
            connection.capability = Capability(name for name in capability.names if name.startswith("LITERAL"))
            arguments = (_login_string(server.user), _login_string(secret))
            answer = await connection.run("The login", "LOGIN", *arguments, timeout=_patience(connection))
    except ServerRefused as error:
        if isinstance(error, TemporarilyRefused) and not connection.is_alive:
            raise
        answer = Result("NO", error.code, b"", error.text)
        raise login_refusal(server, answer) from None
    connection.capability = Capability()
    connection.state = AUTH
    _learn(connection, answer)


def _patience(connection: Connection) -> float:
    return max(connection.timeout, LOGIN_TIMEOUT)


def _login_string(text: str) -> Argument:
    data = text.encode("utf-8")
    return astring(data) if data.isascii() else Literal(data)


async def _plain(connection: Connection, secret: str, *, at_once: bool) -> Result:
    """SASL PLAIN (RFC 4616), with the initial response of RFC 4959 where it is offered."""
    response = base64.b64encode(b"\0".join((b"", connection.server.user.encode(), secret.encode())))
    first = (response,) if at_once else ()
    async with connection.command(
        "The login", "AUTHENTICATE", b"PLAIN", *first, timeout=_patience(connection)
    ) as command:
        if not at_once:
            command.waiting = True
            await asyncio.wait((command.ready, command.done), return_when=asyncio.FIRST_COMPLETED)
            command.waiting = False
            if command.ready.done() and not command.done.done():
                connection.write(response)
        command.again = lambda: connection.write(b"*")  # it asks for more than PLAIN has: cancel (RFC 9051, 6.2.2)
        return await command.answer()
