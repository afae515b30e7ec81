"""From the greeting to the state TRANSACTION: STLS where it is due, then exactly one attempt to log in."""

from tui.config.model import Security
from tui.config.tls import no_starttls
from tui.mail.errors import MailError, TemporarilyRefused
from tui.mail.sasl import Login, advised, choose, converse, no_way_in
from tui.pop3.errors import login_refusal
from tui.pop3.session import Session

MAX_COMMAND = 253
"""Octets of a command without its end (RFC 2449, 4)."""
LOGIN_TIMEOUT = 60.0
"""Seconds a server may think about a password; many are slow on purpose."""


async def enter(session: Session, secret: str) -> None:
    """Bring a connected session to where mail can be listed. APOP is not used: it protects nothing that TLS does not.

    Args:
        session: connected.
        secret: the password or access token, sent once, over a line that is what the account demands.

    Raises:
        AuthenticationFailed, TemporarilyRefused, ServerRefused: the server's answer to the credentials.
        CertificateRefused: the line is not safe enough; nothing secret was sent.
        ConfigError, NotSupported, ConnectionLost, TimedOut, ProtocolViolation: there is no session.
    """
    label = session.server.label
    greeting = await session.reply()
    if not greeting.is_ok:
        said = f": {greeting.text}" if greeting.text else "."
        raise TemporarilyRefused(f"{label} lets nobody in now{said}", code=greeting.code, text=greeting.text)
    await session.learn()
    if session.server.security is Security.STARTTLS:
        await _start_tls(session)
        await session.learn()
    try:
        with session.patient(LOGIN_TIMEOUT):
            await _authenticate(session, secret)
    except MailError:
        session.abort()
        raise
    if "PIPELINING" not in session.capability:
        await session.learn()  # some servers tell more to whom they know (RFC 2449, 5)


async def _start_tls(session: Session) -> None:
    reply = await session.start_tls() if not session.capability or "STLS" in session.capability else None
    if reply is None or not reply.is_ok:
        raise no_starttls(session.server)


async def _authenticate(session: Session, secret: str) -> None:
    server = session.server
    login = Login(server.user, secret, server.secret.gives_token, server.host, server.port)
    offered = session.capability.get("SASL", ())
    exchange = choose(offered, login, only=server.mechanism)
    if exchange is not None:
        reply = await converse(exchange, session.command, lambda reply: reply.challenge, MAX_COMMAND)
        if reply.is_ok:
            exchange.check()
            return
        raise advised(login_refusal(server, reply, exchange.refused), exchange)
    if login.is_token or server.mechanism:
        raise no_way_in(login, offered, "Check port and security: POP3 is 995 (tls) or 110 (starttls).")
    reply = await session.command(b"USER", server.user.encode())
    if reply.is_ok:
        reply = await session.command(b"PASS", secret.encode())
    if not reply.is_ok:
        raise login_refusal(server, reply)
