"""Sessions with a scripted server: commands, what is given ahead, and servers that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.servers.scripted_pop3 import CAPABILITIES, ScriptedPop3, scripted_pop3
from tests.sync.desk import server as reach
from tui.config.model import Security
from tui.mail.errors import (
    AuthenticationFailed,
    CertificateRefused,
    ConnectionLost,
    MailError,
    NotSupported,
    ProtocolViolation,
    TemporarilyRefused,
    TimedOut,
)
from tui.pop3.login import enter
from tui.pop3.session import Session

MAILS = [
    b"Subject: one\r\n\r\n.\r\n..\r\nend.\r\n",
    b"Subject: two\r\n\r\n",
    b"Subject: three\r\n\r\n" + b"x" * 300_000 + b"\r\n",
]


@asynccontextmanager
async def entered(
    server: ScriptedPop3, *, security: Security = Security.PLAIN, password: str = "secret", timeout: float = 3.0
) -> AsyncIterator[Session]:
    session = await Session.connect(reach(server.port, security), timeout=timeout)
    try:
        await enter(session, password)
        yield session
    finally:
        session.abort()


async def test_a_session_lists_takes_and_deletes() -> None:
    async with scripted_pop3(mails=MAILS) as server:
        async with entered(server) as session:
            assert await session.stat() == (3, sum(map(len, MAILS)))
            assert await session.uidl() == [(1, b"u000001"), (2, b"u000002"), (3, b"u000003")]
            assert await session.sizes() == [(place, len(mail)) for place, mail in enumerate(MAILS, 1)]
            assert [each.data async for each in session.retrieve([3, 1, 2])] == [MAILS[2], MAILS[0], MAILS[1]]
            heads = [each.data async for each in session.tops([1, 2])]
            assert heads == [b"Subject: one\r\n\r\n", b"Subject: two\r\n\r\n"]
            assert await session.delete([2]) == [2]
            await session.reset()
            assert await session.delete([1]) == [1]
            await session.noop()
            await session.quit()
        assert server.deleted == [b"u000001"]


async def test_without_quit_nothing_is_deleted() -> None:
    async with scripted_pop3(mails=MAILS) as server:
        async with entered(server) as session:
            await session.delete([1, 2, 3])
        assert len(server.mails) == 3


async def test_commands_are_given_ahead_only_where_that_is_offered() -> None:
    mails = [b"Subject: %d\r\n\r\n" % number for number in range(200)]
    plain = [each for each in CAPABILITIES if each != b"PIPELINING"]
    for capabilities in (CAPABILITIES, plain):
        async with (
            scripted_pop3("hang-retr", mails=mails, capabilities=capabilities) as server,
            entered(server) as session,
        ):
            fetching = session.retrieve(range(1, 201))
            waiting = asyncio.ensure_future(anext(fetching))
            await server.until(lambda: b"RETR" in server.verbs)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            assert not session.is_alive
    async with scripted_pop3(mails=mails) as server, entered(server) as session:
        assert [each.data async for each in session.retrieve(range(1, 201))] == mails


async def test_a_refused_message_does_not_end_the_session() -> None:
    async with scripted_pop3("refuse-first", mails=MAILS) as server, entered(server) as session:
        first, second = [each async for each in session.retrieve([1, 2])]
        assert first.data is None
        assert first.refusal is not None
        assert first.refusal.text == "message is gone"
        assert second.data == MAILS[1]


async def test_a_message_that_is_too_large_is_passed_by() -> None:
    async with scripted_pop3(mails=MAILS) as server, entered(server) as session:
        large, small = [each async for each in session.retrieve([3, 1], limit=1000)]
        assert (large.data, large.refusal) == (None, None)
        assert small.data == MAILS[0]


@pytest.mark.parametrize(
    ("behaviour", "error", "words"),
    [
        ("http", ProtocolViolation, "does not speak POP3: it says “HTTP/1.1 400"),
        ("busy", TemporarilyRefused, "too busy"),
        ("silent", TimedOut, "did not answer in time"),
        ("drip", TimedOut, "did not answer in time"),
        ("endless-line", ProtocolViolation, "a line without end"),
        ("in-use", TemporarilyRefused, "Do you have another POP session running?"),
        ("locked", TemporarilyRefused, "unable to lock maildrop"),
        ("drop-capa", ConnectionLost, "closed the line"),
        ("hang-auth", TimedOut, "did not answer in time"),
    ],
)
async def test_what_goes_wrong_before_there_is_a_session(
    behaviour: str, error: type[MailError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.pop3.login.LOGIN_TIMEOUT", 0.3)
    async with scripted_pop3(behaviour) as server:
        with pytest.raises(error, match=r".") as caught:
            async with entered(server, timeout=0.3):
                pass
        assert type(caught.value) is error
        assert words in str(caught.value)


async def test_a_wrong_password_is_tried_once_and_told_cleaned() -> None:
    async with scripted_pop3() as server:
        with pytest.raises(AuthenticationFailed) as caught:
            async with entered(server, password="wrong"):
                pass
        assert "\x1b" not in str(caught.value)
        assert "wrong password" in str(caught.value)
        assert server.verbs.count(b"AUTH") == 1
        assert b"PASS" not in server.verbs


@pytest.mark.parametrize("capabilities", [CAPABILITIES, (b"USER", b"UIDL"), ()])
async def test_every_way_to_log_in(capabilities: tuple[bytes, ...]) -> None:
    long = ' "\\%' * 31 + "Grüße"
    async with scripted_pop3(capabilities=capabilities, mails=MAILS) as server:
        server.password = long
        async with entered(server, password=long) as session:
            assert (await session.stat())[0] == 3


async def test_stls_and_tls() -> None:
    async with scripted_pop3(mails=MAILS, starttls=True) as server:
        async with entered(server, security=Security.STARTTLS) as session:
            assert (await session.stat())[0] == 3
        assert server.verbs[:3] == [b"CAPA", b"STLS", b"CAPA"]
    async with scripted_pop3(mails=MAILS, tls=True) as server, entered(server, security=Security.TLS) as session:
        assert [each.data async for each in session.retrieve([3])] == [MAILS[2]]


async def test_a_line_that_is_not_what_the_account_demands_hears_no_password() -> None:
    for behaviour, starttls, error in (
        ("", False, CertificateRefused),
        ("refuse-stls", True, CertificateRefused),
        ("stls-injected", True, ProtocolViolation),
    ):
        async with scripted_pop3(behaviour, starttls=starttls) as server:
            with pytest.raises(error):
                async with entered(server, security=Security.STARTTLS):
                    pass
            assert not {b"AUTH", b"USER", b"PASS"} & set(server.verbs)


async def test_names_that_are_missing_or_damaged() -> None:
    async with scripted_pop3("no-uidl", mails=MAILS) as server, entered(server) as session:
        with pytest.raises(NotSupported):
            await session.uidl()
        assert session.is_alive
    async with scripted_pop3("bad-uidl", mails=MAILS) as server, entered(server) as session:
        with pytest.raises(ProtocolViolation):
            await session.uidl()


async def test_a_cut_in_a_message_is_told() -> None:
    async with scripted_pop3(mails=MAILS) as server:
        server.cut_after = 100_000
        async with entered(server) as session:
            with pytest.raises(ConnectionLost):
                assert [each async for each in session.retrieve([1, 2, 3])] == []
