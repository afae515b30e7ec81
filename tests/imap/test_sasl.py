"""AUTHENTICATE octet by octet: initial responses, the answer to an error in a challenge, SCRAM, and when to give up."""

import asyncio
import base64
import re

import pytest

from tests.servers.script import Script, script
from tests.servers.scripted_imap import scripted_imap
from tui.config.model import Secret, Security, Server
from tui.imap.session import Session
from tui.mail.errors import (
    AuthenticationFailed,
    ConfigError,
    ConnectionLost,
    NotSupported,
    ProtocolViolation,
    TemporarilyRefused,
)

TAG = r"(?P<tag>\S+) "
IN = ("(?P<tag>\\S+) CAPABILITY", "* CAPABILITY IMAP4rev1\n{tag} OK done")
TOKEN_COMMAND = Secret(token_command=("true",))


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def greeting(*capability: str) -> str:
    return f"* OK [CAPABILITY IMAP4rev1 {' '.join(capability)}] ready"


def bearer(token: str) -> str:
    return re.escape(b64(f"user=ada\1auth=Bearer {token}\1\1"))


async def enter(server: Script, secret: str, kind: Secret = TOKEN_COMMAND, mechanism: str = "") -> None:
    place = Server("127.0.0.1", server.port, Security.PLAIN, "ada", kind, mechanism=mechanism)
    session = await Session.open(place, secret, timeout=5)
    session.abort()


async def test_a_token_at_once() -> None:
    steps = (f"{TAG}AUTHENTICATE XOAUTH2 {bearer('t')}", "{tag} OK in"), IN
    async with script(greeting("AUTH=XOAUTH2", "SASL-IR"), *steps) as server:
        await enter(server, "t")


@pytest.mark.parametrize(("token", "offered"), [("t", ()), ("t" * 9000, ("SASL-IR",))])
async def test_a_token_that_waits_to_be_asked_for(token: str, offered: tuple[str, ...]) -> None:
    steps = (f"{TAG}AUTHENTICATE XOAUTH2", "+ "), (bearer(token), "{tag} OK in"), IN
    async with script(greeting("AUTH=XOAUTH2", *offered), *steps) as server:
        await enter(server, token)


@pytest.mark.parametrize(("mechanism", "answer"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")])
async def test_an_error_in_a_challenge_is_answered_and_becomes_the_sentence(mechanism: str, answer: str) -> None:
    told = b64('{"status":"invalid_token","scope":"mail \\u001b[2J"}')
    steps = (f"{TAG}AUTHENTICATE {mechanism} \\S+", f"+ {told}"), (answer, "{tag} NO SASL authentication failed")
    async with script(greeting(f"AUTH={mechanism}", "SASL-IR"), *steps) as server:
        with pytest.raises(AuthenticationFailed, match="invalid_token, needed: mail") as caught:
            await enter(server, "secret-token")
        assert "SASL authentication failed" in str(caught.value)
        assert "secret-token" not in str(caught.value)
        assert "\x1b" not in str(caught.value)


async def test_a_server_that_asks_without_end_is_told_to_stop() -> None:
    steps = (f"{TAG}AUTHENTICATE XOAUTH2 \\S+", "+ e30="), ("", "+ e30="), (r"\*", "{tag} BAD cancelled")
    async with script(greeting("AUTH=XOAUTH2", "SASL-IR"), *steps) as server:
        with pytest.raises(AuthenticationFailed):
            await enter(server, "t")


async def test_a_server_that_takes_tokens_only_and_one_that_takes_none() -> None:
    async with script(greeting("AUTH=XOAUTH2", "LOGINDISABLED")) as server:
        with pytest.raises(NotSupported):
            await enter(server, "password", Secret())
        assert not server.heard
    async with script(greeting("AUTH=PLAIN")) as server:
        with pytest.raises(NotSupported, match="no OAuth tokens"):
            await enter(server, "t")
        assert not server.heard


async def test_what_is_no_token_is_never_sent() -> None:
    async with script(greeting("AUTH=XOAUTH2")) as server:
        with pytest.raises(ConfigError):
            await enter(server, "two words")
        assert not server.heard


async def test_a_limit_is_temporary_with_tokens_too() -> None:
    steps = ((f"{TAG}AUTHENTICATE XOAUTH2 \\S+", "{tag} NO [UNAVAILABLE] too many connections"),)
    async with script(greeting("AUTH=XOAUTH2", "SASL-IR"), *steps) as server:
        with pytest.raises(TemporarilyRefused):
            await enter(server, "t")


async def test_scram_never_shows_the_password_and_sees_through_an_impostor() -> None:
    first = f"r=nonce,s={b64('salt')},i=4096"
    steps = (f"{TAG}AUTHENTICATE SCRAM-SHA-256 \\S+", f"+ {b64(first)}"), (r".*", "{tag} OK in")
    async with script(greeting("AUTH=SCRAM-SHA-256", "AUTH=PLAIN", "SASL-IR"), *steps) as server:
        with pytest.raises(ProtocolViolation):  # its nonce does not begin with ours
            await enter(server, "password", Secret())
    async with script(greeting("AUTH=SCRAM-SHA-256", "SASL-IR"), (steps[0][0], "{tag} OK in")) as server:
        with pytest.raises(AuthenticationFailed, match="could not prove"):
            await enter(server, "password", Secret())


async def test_logindisabled_forbids_what_shows_the_password_and_nothing_else() -> None:
    """A07: no LOGIN and no AUTHENTICATE with a password in it."""
    async with script(greeting("AUTH=PLAIN", "LOGINDISABLED")) as server:
        with pytest.raises(NotSupported):
            await enter(server, "password", Secret())
        assert not server.heard
    steps = (f"{TAG}AUTHENTICATE SCRAM-SHA-256 \\S+", "{tag} NO [AUTHENTICATIONFAILED] no"), IN
    async with script(greeting("AUTH=SCRAM-SHA-256", "AUTH=PLAIN", "LOGINDISABLED", "SASL-IR"), *steps) as server:
        with pytest.raises(AuthenticationFailed, match='mechanism = "PLAIN" may help'):
            await enter(server, "password", Secret())
        assert len(server.heard) == 1  # no weaker one after it


async def test_the_mechanism_that_is_insisted_on() -> None:
    steps = (f"{TAG}AUTHENTICATE PLAIN {re.escape(b64(chr(0) + 'ada' + chr(0) + 'pw'))}", "{tag} OK in"), IN
    async with script(greeting("AUTH=SCRAM-SHA-256", "AUTH=PLAIN", "SASL-IR"), *steps) as server:
        await enter(server, "pw", Secret(), "PLAIN")
    async with script(greeting("AUTH=PLAIN")) as server:
        with pytest.raises(NotSupported):
            await enter(server, "pw", Secret(), "SCRAM-SHA-256")


async def test_a_line_that_breaks_in_the_middle() -> None:
    async with scripted_imap("login-slow", n=30, capability="IMAP4rev1 AUTH=PLAIN") as server:
        place = Server("127.0.0.1", server.port, Security.PLAIN, "ada", Secret())
        task = asyncio.create_task(Session.open(place, "pw", timeout=5))
        await server.until(lambda: bool(server.log))
        server.cut()
        with pytest.raises(ConnectionLost):
            await asyncio.wait_for(task, 5)
