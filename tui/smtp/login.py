"""From the first byte to a line that may submit: greeting, EHLO, STARTTLS, one attempt to log in."""

from base64 import b64encode
from collections.abc import Awaitable, Callable

from tui.config.model import Security
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    MailError,
    NotSupported,
    ServerRefused,
    TemporarilyRefused,
)
from tui.mail.submission import Phase
from tui.smtp.errors import AGAIN, refusal
from tui.smtp.reply import Reply
from tui.smtp.session import Session

OnPhase = Callable[[Phase], Awaitable[None]]


async def enter(session: Session, secret: str, on_phase: OnPhase) -> None:
    """Bring a connected session to where MAIL may be sent.

    Args:
        session: connected.
        secret: the password, sent once, over a line that is what the account demands.
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
        raise CertificateRefused(
            f"{label} does not offer STARTTLS, which this account demands.",
            cure='Nothing was sent. Somebody may be tampering with the line; else try security = "tls".',
            host=session.server.host,
            reason="no STARTTLS",
        )
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
    if any(character in text for text in (server.user, secret) for character in "\0\r\n"):
        raise ConfigError("User and password cannot hold line ends or NUL.", cure="Check user and password_command.")
    offered = session.extensions.get("AUTH", "").upper().split()
    user, password = server.user.encode("utf-8", "replace"), secret.encode("utf-8", "replace")
    if "PLAIN" in offered:
        reply = await session.command(b"AUTH", b"PLAIN", b64encode(b"\0" + user + b"\0" + password))
    elif "LOGIN" in offered:
        reply = await session.command(b"AUTH", b"LOGIN")
        for words in (user, password):
            if reply.code == 334:
                reply = await session.command(b64encode(words))
    else:
        raise _no_way_in(session, offered)
    if reply.code != 235:
        raise _login_refusal(session, reply)


def _no_way_in(session: Session, offered: list[str]) -> MailError:
    ways = ", ".join(offered[:8])
    return NotSupported(
        f"{session.server.label} offers no way to log in that is known here{f' ({ways})' if ways else ''}.",
        cure="Check port and security: submission is 465 (tls) or 587 (starttls).",
    )


def _login_refusal(session: Session, reply: Reply) -> MailError:
    """Return what a reply to AUTH means (RFC 4954, 6): a wrong password, unless the server says that it will pass."""
    label = session.server.label
    if reply.is_refusal and reply.code in (500, 502, 503, 504, 538):
        return ServerRefused(f"{label} does not let anybody log in: {reply.text}", code=reply.label, text=reply.text)
    if reply.is_refusal:
        said = f" It says: {reply.text}" if reply.text else ""
        return AuthenticationFailed(
            f"{label} refused the password of {session.server.user} ({reply.label}).{said}",
            cure="Check user and password; an app password may be needed.",
        )
    return refusal(f"{label} cannot check the password now", reply)
