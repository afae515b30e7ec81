"""AUTH octet by octet: what fits into a line, the answer to an error in a challenge, and one attempt only."""

import base64
import re

import pytest

from tests.servers.script import Script, Step, script
from tests.smtp.conftest import MAIL
from tui.config.model import Secret, Security, Server
from tui.mail.errors import AuthenticationFailed, NotSupported, ProtocolViolation, ServerRefused
from tui.smtp.submit import submit

OVER = (r"MAIL .*", "550 5.1.0 so far and no further")
"""The client is in when it says MAIL; that is all these tests want to know."""
TOKEN_COMMAND = Secret(token_command=("true",))


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def offering(*mechanisms: str) -> Step:
    return "EHLO .*", f"250-loopback\n250 AUTH {' '.join(mechanisms)}"


async def enter(server: Script, secret: str, kind: Secret = TOKEN_COMMAND, mechanism: str = "") -> None:
    """Log in; raises `ServerRefused` when that has worked."""

    async def on_phase(phase: object) -> None:
        pass

    place = Server("127.0.0.1", server.port, Security.PLAIN, "ada", kind, mechanism=mechanism)
    await submit(
        place, secret, sender="a@b.example", recipients=["c@d.example"], data=MAIL, on_phase=on_phase, timeout=5
    )


async def let_in(*steps: Step, secret: str, kind: Secret = TOKEN_COMMAND, mechanism: str = "") -> list[str]:
    async with script("220 loopback", *steps, OVER) as server:
        with pytest.raises(ServerRefused, match="no further"):
            await enter(server, secret, kind, mechanism)
    return server.heard


async def test_a_token_at_once_and_one_that_is_too_long_for_that() -> None:
    said = b64("user=ada\1auth=Bearer t\1\1")
    await let_in(offering("XOAUTH2"), (f"AUTH XOAUTH2 {re.escape(said)}", "235 in"), secret="t")
    long = "t" * 2000
    said = b64(f"user=ada\1auth=Bearer {long}\1\1")
    heard = await let_in(
        offering("PLAIN", "XOAUTH2"), ("AUTH XOAUTH2", "334 "), (re.escape(said), "235 in"), secret=long
    )
    assert len(heard[1]) < 512


@pytest.mark.parametrize("password", ["€" * 128, "x" * 400])
async def test_a_long_password_waits_too(password: str) -> None:
    said = b64(f"\0ada\0{password}")
    steps = offering("PLAIN"), ("AUTH PLAIN", "334 "), (re.escape(said), "235 in")
    await let_in(*steps, secret=password, kind=Secret())


@pytest.mark.parametrize(("mechanism", "answer"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")])
async def test_an_error_in_a_challenge_is_answered_and_becomes_the_sentence(mechanism: str, answer: str) -> None:
    told = b64('{"status":"401","schemes":"bearer","scope":"https://mail.example/"}')
    steps = (
        (f"AUTH {mechanism} \\S+", f"334 {told}"),
        (answer, "535 5.7.8 credentials not accepted"),
        ("QUIT", "221 bye"),
    )
    async with script("220 loopback", offering(mechanism), *steps) as server:
        with pytest.raises(AuthenticationFailed, match=r"401, needed: https://mail\.example/") as caught:
            await enter(server, "secret-token")
    assert "not accepted" in str(caught.value)
    assert "secret-token" not in str(caught.value)


async def test_login_where_there_is_nothing_else() -> None:
    steps = ("AUTH LOGIN", "334 VXNlcm5hbWU6"), ("YWRh", "334 UGFzc3dvcmQ6"), ("cHc=", "235 in")
    await let_in(offering("GSSAPI", "LOGIN"), *steps, secret="pw", kind=Secret())
    await let_in(offering("LOGIN", "PLAIN"), *steps, secret="pw", kind=Secret(), mechanism="LOGIN")


async def test_no_weaker_one_after_the_strongest() -> None:
    steps = ("AUTH SCRAM-SHA-256 \\S+", "535 5.7.8 no"), ("QUIT", "221 bye")
    async with script("220 loopback", offering("LOGIN", "PLAIN", "SCRAM-SHA-256"), *steps) as server:
        with pytest.raises(AuthenticationFailed):
            await enter(server, "pw", Secret())
    assert len([line for line in server.heard if line.startswith("AUTH")]) == 1


async def test_a_server_that_does_not_know_the_password_is_left() -> None:
    async with script("220 loopback", offering("SCRAM-SHA-256"), ("AUTH \\S+ \\S+", "235 come in")) as server:
        with pytest.raises(AuthenticationFailed, match="could not prove"):
            await enter(server, "pw", Secret())
    assert not any(line.startswith("MAIL") for line in server.heard)
    first = b64(f"r=other,s={b64('salt')},i=4096")
    async with script("220 loopback", offering("SCRAM-SHA-256"), ("AUTH \\S+ \\S+", f"334 {first}")) as server:
        with pytest.raises(ProtocolViolation):
            await enter(server, "pw", Secret())


async def test_a_server_that_asks_without_end_is_told_to_stop() -> None:
    steps = ("AUTH PLAIN \\S+", "334 more"), (r"\*", "501 5.0.0 cancelled"), ("QUIT", "221 bye")
    async with script("220 loopback", offering("PLAIN"), *steps) as server:
        with pytest.raises(AuthenticationFailed):
            await enter(server, "pw", Secret())


async def test_what_is_not_offered() -> None:
    for kind, mechanisms, words in ((Secret(), ("XOAUTH2",), "no passwords"), (TOKEN_COMMAND, ("PLAIN",), "no OAuth")):
        async with script("220 loopback", offering(*mechanisms), ("QUIT", "221 bye")) as server:
            with pytest.raises(NotSupported, match=words):
                await enter(server, "secret", kind)
