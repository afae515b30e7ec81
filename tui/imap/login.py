"""From the greeting to the state AUTH: STARTTLS where it is due, then exactly one attempt to log in."""

import asyncio
from base64 import b64encode

from tui.config.model import Security
from tui.config.tls import no_starttls
from tui.imap.arguments import Argument, Literal, astring
from tui.imap.capability import Capability
from tui.imap.connection import Connection
from tui.imap.errors import login_refusal
from tui.imap.library import AUTH
from tui.imap.responses import Result, capability_names
from tui.mail.errors import (
    CertificateRefused,
    NotSupported,
    ServerRefused,
    TemporarilyRefused,
)
from tui.mail.sasl import MAX_ROUNDS, Exchange, Login, advised, choose, decoded, no_way_in

LOGIN_TIMEOUT = 60.0
"""Seconds a server may think about a password; many are slow on purpose."""
MAX_INITIAL = 5_000
"""Octets of an initial response, before base64: servers need not read lines of more than 8,000 (RFC 7162, 4)."""


async def enter(connection: Connection, secret: str) -> None:
    """Log in on an open connection.

    Args:
        connection: open.
        secret: the password or token, used once, over a line that is what the account demands.

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
        raise no_starttls(connection.server)
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
    if not connection.is_local:
        raise CertificateRefused(
            f"{connection.server.label} would be talked to without encryption.",
            cure='security = "plain" is for this machine only; use "tls" or "starttls".',
        )


async def _authenticate(connection: Connection, secret: str) -> None:
    server, capability = connection.server, connection.capability
    login = Login(server.user, secret, server.secret.gives_token, server.host, server.port)
    exchange = _chosen(connection, login)
    before = connection.capability = Capability()
    try:
        if exchange is not None:
            answer = await _converse(connection, exchange, at_once="SASL-IR" in capability)
        else:
            before = connection.capability = Capability(name for name in capability.names if name.startswith("LITERAL"))
            arguments = (_login_string(server.user), _login_string(secret))
            answer = await connection.run("The login", "LOGIN", *arguments, timeout=_patience(connection))
    except ServerRefused as error:
        if isinstance(error, TemporarilyRefused) and not connection.is_alive:
            raise
        told = exchange.refused if exchange is not None else ""
        refused = login_refusal(server, Result("NO", error.code, b"", error.text), told)
        raise advised(refused, exchange) from None
    if connection.capability is before:  # else the server has said anew what it offers, before its OK, as Gmail does
        connection.capability = Capability()
    connection.state = AUTH
    _learn(connection, answer)


def _chosen(connection: Connection, login: Login) -> Exchange | None:
    """Return the exchange that leads in; None for the command LOGIN, where there is nothing else."""
    server, capability = connection.server, connection.capability
    disabled = "LOGINDISABLED" in capability  # what shows the password is as bad by another command
    offered = [name[5:] for name in capability.names if name.startswith("AUTH=")]
    wanted = [name for name in offered if name != "LOGIN"]  # the command does the same with fewer words
    exchange = choose(wanted, login, only=server.mechanism, cleartext=not disabled)
    if exchange is not None:
        return exchange
    if disabled and not login.is_token:
        raise NotSupported(f"{server.label} does not allow logging in on this line.", cure="Check port and security.")
    if login.is_token or server.mechanism not in ("", "LOGIN"):
        raise no_way_in(login, offered)
    return None


def _patience(connection: Connection) -> float:
    return max(connection.timeout, LOGIN_TIMEOUT)


def _login_string(text: str) -> Argument:
    data = text.encode("utf-8")
    return astring(data) if data.isascii() else Literal(data)


async def _converse(connection: Connection, exchange: Exchange, *, at_once: bool) -> Result:
    """AUTHENTICATE (RFC 9051, 6.2.2), with the initial response of RFC 4959 where it is offered and fits."""
    waiting = exchange.first
    words = [exchange.name.encode("ascii")]
    if at_once and waiting is not None and len(waiting) <= MAX_INITIAL:
        words.append(b64encode(waiting) or b"=")
        waiting = None
    patience = _patience(connection)
    async with connection.command("The login", "AUTHENTICATE", *words, timeout=patience) as command:
        command.expect()
        for _ in range(MAX_ROUNDS):
            await asyncio.wait((command.ready, command.done), return_when=asyncio.FIRST_COMPLETED)
            if not command.ready.done() or command.ready.exception() is not None:
                break
            challenge = decoded(command.ready.result())
            response, waiting = (waiting, None) if waiting is not None else (await exchange.answer(challenge), None)
            if command.done.done():
                break
            command.expect()
            connection.write(b"*" if response is None else b64encode(response))
        else:
            connection.write(b"*")
        command.waiting = False
        answer = await command.answer()
    exchange.check()
    return answer
