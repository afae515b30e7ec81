"""From the greeting to where scripts can be listed: STARTTLS where it is due, then exactly one attempt to log in."""

from base64 import b64encode

from tui.config.model import Security
from tui.config.tls import no_starttls
from tui.mail.errors import MailError
from tui.mail.sasl import MAX_ROUNDS, Exchange, Login, advised, choose, decoded, no_way_in
from tui.sieve.answer import Answer
from tui.sieve.errors import login_refusal
from tui.sieve.session import Session

LOGIN_TIMEOUT = 60.0
"""Seconds a server may think about a password; many are slow on purpose."""


async def enter(session: Session, secret: str) -> None:
    """Log in.

    Args:
        session: connected.
        secret: the password or access token, sent once, over a line that is what the account demands.

    Raises:
        AuthenticationFailed, TemporarilyRefused, ServerRefused: the server's answer to the credentials.
        CertificateRefused: the line is not safe enough; nothing secret was sent.
        ConfigError, NotSupported, ConnectionLost, TimedOut, ProtocolViolation: there is no session.
    """
    server = session.server
    try:
        await session.greeted()
        if server.security is Security.STARTTLS:
            await _start_tls(session)
        login = Login(server.user, secret, server.secret.gives_token, server.host, server.port)
        offered = session.capability.get("SASL", "").split()
        exchange = choose(offered, login, only=server.mechanism)
        if exchange is None:
            raise no_way_in(login, offered)
        with session.patient(LOGIN_TIMEOUT):
            answer = await _converse(session, exchange)
        if not answer.is_ok:
            raise advised(login_refusal(server, answer, exchange.refused), exchange)
        exchange.check()
    except MailError:
        session.abort()
        raise


async def _start_tls(session: Session) -> None:
    answer = await session.start_tls() if "STARTTLS" in session.capability else None
    if answer is None or not answer.is_ok:
        raise no_starttls(session.server, " under sieve")


async def _converse(session: Session, exchange: Exchange) -> Answer:
    """AUTHENTICATE (RFC 5804, 2.1); what comes with the OK (the code SASL) is a last challenge to be looked at."""
    session.ask_in(exchange.name.encode("ascii"), None if exchange.first is None else b64encode(exchange.first))
    for _ in range(MAX_ROUNDS):
        challenge, answer = await session.challenge()
        if answer is not None:
            if answer.is_ok and answer.code == "SASL" and answer.words:
                await exchange.answer(decoded(bytes(answer.words[0])))
            return answer
        response = await exchange.answer(decoded(challenge or b""))
        session.respond(b"*" if response is None else b64encode(response))
    session.respond(b"*")
    _, answer = await session.challenge()
    return answer or Answer("NO")
