"""From the first byte to a line that may submit: greeting, EHLO, STARTTLS, one attempt to log in."""

from collections.abc import Awaitable, Callable

from tui.config.model import Security
from tui.config.tls import no_starttls
from tui.config.unreachable import AGAIN
from tui.mail.errors import (
    AuthenticationFailed,
    MailError,
    NotSupported,
    ServerRefused,
    TemporarilyRefused,
)
from tui.mail.sasl import TOKEN_CURE, Login, advised, choose, converse, no_way_in
from tui.mail.submission import Phase
from tui.smtp.errors import refusal
from tui.smtp.reply import Reply
from tui.smtp.session import Session

MAX_LINE = 510
"""Octets of a command without its end (RFC 5321, 4.5.3.1.4): a longer initial response waits to be asked for."""

OnPhase = Callable[[Phase], Awaitable[None]]


async def enter(session: Session, secret: str, on_phase: OnPhase) -> None:
    """Bring a connected session to where MAIL may be sent.

    Args:
        session: connected.
        secret: the password or token, used once, over a line that is what the account demands.
        on_phase: awaited before each step's bytes leave.

    Raises:
        AuthenticationFailed: wrong credentials; the same are not tried again.
        CertificateRefused: the line is not safe enough; nothing secret was sent.
        NotSupported, ServerRefused, TemporarilyRefused, ProtocolViolation, ConnectionLost, TimedOut.
    """
    label = session.server.label
    await on_phase(Phase.GREETING)
    _demand(await session.greeting(), 220, f"{label} does not take mail now")
    await _hello(session)
    if session.server.security is Security.STARTTLS:
        await on_phase(Phase.TLS)
        await _start_tls(session)
        await _hello(session)
    if session.server.user or secret:
        await on_phase(Phase.LOGIN)
        await _authenticate(session, secret)


def _demand(reply: Reply, code: int, message: str) -> None:
    if reply.code != code:
        raise refusal(message, reply)


async def _hello(session: Session) -> None:
    reply = await session.hello()
    if reply.is_refusal:
        raise NotSupported(
            f"{session.server.label} does not know EHLO ({reply}).", cure="It can neither encrypt nor log in safely."
        )
    _demand(reply, 250, f"{session.server.label} does not take mail now")


async def _start_tls(session: Session) -> None:
    label = session.server.label
    if "STARTTLS" not in session.extensions:
        raise no_starttls(session.server)
    reply = await session.start_tls()
    if reply.code != 220:
        raise TemporarilyRefused(
            f"{label} does not want to encrypt the line now: {reply.text or reply.code}",
            code=reply.label,
            text=reply.text,
            cure=f"Nothing was sent. {AGAIN}",
        )


async def _authenticate(session: Session, secret: str) -> None:
    server = session.server
    login = Login(server.user, secret, server.secret.gives_token, server.host, server.port)
    offered = session.extensions.get("AUTH", "").upper().split()
    exchange = choose(offered, login, only=server.mechanism)
    if exchange is None:
        raise no_way_in(login, offered, "Check port and security: submission is 465 (tls) or 587 (starttls).")
    try:
        reply = await converse(exchange, session.command, _challenge, MAX_LINE)
        if reply.code == 235:
            exchange.check()
            return
    except MailError:
        session.abort()
        raise
    raise advised(_login_refusal(session, reply, exchange.refused), exchange)


def _challenge(reply: Reply) -> str | None:
    return reply.text if reply.code == 334 else None


def _login_refusal(session: Session, reply: Reply, inside: str) -> MailError:
    """Return what a reply to AUTH means (RFC 4954, 6): a wrong password, unless the server says that it will pass."""
    label = session.server.label
    if reply.is_refusal and reply.code in (500, 502, 503, 504, 538):
        return ServerRefused(f"{label} does not let anybody log in: {reply.text}", code=reply.label, text=reply.text)
    if reply.is_refusal:
        told = "; ".join(part for part in (inside, reply.text) if part)
        said = f" It says: {told}" if told else ""
        if session.server.secret.gives_token:
            refused = f"{label} refused the token of {session.server.user} ({reply.label}).{said}"
            return AuthenticationFailed(refused, cure=TOKEN_CURE)
        return AuthenticationFailed(
            f"{label} refused the password of {session.server.user} ({reply.label}).{said}",
            cure="Check user and password; an app password may be needed.",
        )
    return refusal(f"{label} cannot check the password now", reply)
