"""Sessions with Dovecot: scripts listed, read, checked, kept, activated, deleted, and run over what arrives."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.process import free_port
from tui.config.model import Secret, Security, Server
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConfigError,
    ConnectionLost,
    ScriptRefused,
    ServerRefused,
)
from tui.sieve.login import enter
from tui.sieve.session import Script, Session

FILING = b'require ["fileinto"];\r\n# Gr\xc3\xbc\xc3\x9fe "there"\r\nfileinto "Archive";\r\n'


@pytest.fixture(scope="module")
def sieving() -> Iterator[Dovecot]:
    with Dovecot(sieve=True) as server:
        yield server


def server(dovecot: Dovecot, user: str, security: Security = Security.STARTTLS, **changes: Any) -> Server:
    reached = replace(dovecot.server(user), port=dovecot.sieve_port, security=security)
    return replace(reached, **changes)


@asynccontextmanager
async def entered(
    dovecot: Dovecot, user: str = ADA, security: Security = Security.STARTTLS, **changes: Any
) -> AsyncIterator[Session]:
    reached = server(dovecot, user, security, **changes)
    session = await Session.connect(reached, timeout=10)
    try:
        await enter(session, reached.secret.password)
        yield session
        await session.leave()
    finally:
        session.abort()


@pytest.mark.parametrize("user", [ADA, GRACE])
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.PLAIN])
async def test_a_script_from_its_first_line_to_its_end(sieving: Dovecot, user: str, security: Security) -> None:
    name = 'filing "now" \\ Grüße'
    async with entered(sieving, user, security) as session:
        assert "fileinto" in session.capability["SIEVE"].split()
        assert await session.list_scripts() == []
        assert await session.put(name, FILING) == ""
        assert await session.get(name) == FILING
        assert await session.list_scripts() == [Script(name, False)]
        await session.activate(name)
        assert await session.list_scripts() == [Script(name, True)]
        await session.rename(name, "filing")
        with pytest.raises(ServerRefused) as refused:
            await session.delete("filing")
        assert refused.value.code == "ACTIVE"
        await session.activate("")
        await session.delete("filing")
        assert await session.list_scripts() == []


async def test_what_is_active_is_run(sieving: Dovecot) -> None:
    async with entered(sieving) as session:
        await session.put("filing", FILING)
        await session.activate("filing")
        sieving.deliver(ADA, b"Subject: to be filed\r\n\r\n")
        with sieving.imap(ADA) as line:
            assert line.select("Archive")[1] == [b"1"]
            assert line.select("INBOX")[1] == [b"0"]
        await session.activate("")
        await session.delete("filing")


async def test_what_is_wrong_with_a_script_is_told_in_its_lines(sieving: Dovecot) -> None:
    wrong = b'require "fileinto";\r\nfileinto;\r\nnonsense "x";\r\n'
    async with entered(sieving) as session:
        for ask in (session.check, partial(session.put, "wrong")):
            with pytest.raises(ScriptRefused) as refused:
                await ask(wrong)
            second, third = (
                next(each for each in refused.value.complaints if f"line {line}: e" in each) for line in (2, 3)
            )
            assert "requires 1 positional argument" in second
            assert "nonsense" in third
        assert await session.check(FILING) == ""
        assert await session.list_scripts() == []
        with pytest.raises(ServerRefused) as missing:
            await session.get("nowhere")
        assert missing.value.code == "NONEXISTENT"


async def test_large_and_small_scripts_and_names_that_are_none(sieving: Dovecot) -> None:
    large = b"# x\r\n" * 20_000
    async with entered(sieving) as session:
        await session.put("large", large)
        assert await session.get("large") == large
        await session.put("empty", b"")
        assert await session.get("empty") == b""
        for name in ("", "two\nlines", "\x00", "x" * 600):
            with pytest.raises(ConfigError):
                await session.put(name, b"")
        assert {each.name for each in await session.list_scripts()} == {"large", "empty"}
        await session.delete("large")
        await session.delete("empty")


async def test_a_wrong_password_is_refused_as_one(sieving: Dovecot) -> None:
    with pytest.raises(AuthenticationFailed) as refused:
        async with entered(sieving, secret=Secret(password="wrong")):
            pass
    assert "refused the login" in str(refused.value)


async def test_a_certificate_that_nobody_knows_is_refused(sieving: Dovecot) -> None:
    with pytest.raises(CertificateRefused):
        async with entered(sieving, ca_file=None):
            pass


async def test_where_nothing_listens(sieving: Dovecot) -> None:
    with pytest.raises(ConnectionLost) as lost:
        async with entered(sieving, port=free_port()):
            pass
    assert "nothing listens" in str(lost.value)
