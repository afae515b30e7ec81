"""Answers as servers write them, and as nobody should: strictly read, within bounds."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.line import Line
from tui.config.model import Secret, Security, Server
from tui.mail.errors import CertificateRefused, ConnectionLost, MailError, ProtocolViolation
from tui.sieve.answer import MAX_LITERAL, MAX_ROWS, Answer, Text, read_answer
from tui.sieve.login import enter
from tui.sieve.session import Session

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def answered(octets: bytes) -> Answer:
    """Return what is read of octets that a server sends and then ends."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(octets)
        writer.close()

    return await talking(talk, lambda line: read_answer(line))


async def talking(talk: Talk, use: Callable[[Line], Awaitable[Answer]]) -> Answer:
    serving = await asyncio.start_server(talk, "127.0.0.1", 0)
    line = Line(reach(serving), 10)
    try:
        await line.open()
        return await use(line)
    finally:
        line.abort()
        serving.close()


def reach(serving: asyncio.Server, security: Security = Security.PLAIN) -> Server:
    port = serving.sockets[0].getsockname()[1]
    return Server("127.0.0.1", port, security, "ada", Secret(password="analytical engine"))


@pytest.mark.parametrize(
    ("octets", "wanted"),
    [
        (b"OK\r\n", Answer("OK")),
        (b'ok "Done."\r\n', Answer("OK", text="Done.")),
        (b'NO (QUOTA/MAXSIZE) "Too \\"large\\"."\r\n', Answer("NO", "QUOTA/MAXSIZE", (), 'Too "large".')),
        (b"NO {18}\r\nline 1: a\r\nline 2\r\n", Answer("NO", text="line 1: a\nline 2")),
        (b'BYE (TRYLATER) "later"\r\n', Answer("BYE", "TRYLATER", (), "later")),
        (b'OK (SASL "djE=") "in"\r\n', Answer("OK", "SASL", (Text(b"djE="),), "in")),
        (b'"a" ACTIVE\r\n"OK"\r\nOK\r\n', Answer("OK", rows=((Text(b"a"), b"ACTIVE"), (Text(b"OK"),)))),
        (b"{3+}\r\nx\ny\r\nOK\r\n", Answer("OK", rows=((Text(b"x\ny"),),))),
        (b'NO "bell \x07 and \x1b[31m"\r\n', Answer("NO", text="bell � and �[31m")),
    ],
)
async def test_answers(octets: bytes, wanted: Answer) -> None:
    assert await answered(octets) == wanted


@pytest.mark.parametrize(
    "octets",
    [
        b'"no end\r\nOK\r\n',
        b"{99999999}\r\n",
        b"HTTP/1.1 400 Bad Request: {}\r\n",
        b"\x16\x03\x01\\\r\n",
        b"x" * 20_000,
        b"a " * 400 + b"\r\nOK\r\n",
        b"\r\n" * (MAX_ROWS + 1) + b"OK\r\n",
        (b"{%d}\r\n%b\r\n" % (MAX_LITERAL // 3, b"x" * (MAX_LITERAL // 3))) * 4 + b"OK\r\n",
    ],
    ids=lambda octets: octets[:20],
)
async def test_what_is_no_answer(octets: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        await answered(octets)


@pytest.mark.parametrize("octets", [b"", b"{10}\r\nabc", b'"a" "b"\r\n', b"OK"])
async def test_what_is_cut_short(octets: bytes) -> None:
    with pytest.raises(ConnectionLost):
        await answered(octets)


@given(st.binary(max_size=200))
def test_whatever_comes_is_an_answer_or_an_error(octets: bytes) -> None:
    async def run() -> None:
        try:
            answer = await answered(octets)
        except MailError:
            return
        assert answer.kind in ("OK", "NO", "BYE")
        assert "\x1b" not in answer.text + answer.code

    asyncio.run(run())


async def test_nothing_secret_is_said_where_starttls_is_not_offered() -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'"SASL" "PLAIN"\r\nOK\r\n')
        heard.append(await reader.read())
        writer.close()

    serving = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        session = await Session.connect(reach(serving, Security.STARTTLS), timeout=10)
        with pytest.raises(CertificateRefused):
            await enter(session, "analytical engine")
        async with asyncio.timeout(10):
            while not heard:  # noqa: ASYNC110 - the server has its own task
                await asyncio.sleep(0.01)
        assert heard == [b""]
    finally:
        serving.close()
