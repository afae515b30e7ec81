"""The houses of the world in which configurations go wrong: real servers, scripted ones, and every bad certificate."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace

import pytest

from tests.servers.certificate import Certificate, certificate, signed
from tests.servers.dovecot import ADA, USERS, Dovecot
from tests.servers.postfix import Postfix
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_pop3 import scripted_pop3
from tests.servers.scripted_smtp import scripted_smtp
from tests.setup.world import World
from tui.config.model import AccountConfig, Protocol, Secret, Security, Server
from tui.mail.address import Address
from tui.mail.ids import AccountName

IMAP, SMTP, POP = "imap.example.org", "smtp.example.org", "pop.example.org"
NAMES = (IMAP, SMTP, POP, "mail.example.org", "localhost")


def good() -> Certificate:
    """Return the certificate that everybody believes."""
    return signed(*NAMES)


@contextmanager
def real_servers() -> Iterator[tuple[Dovecot, Postfix]]:
    """Run a Dovecot and a Postfix that show that certificate."""
    with Dovecot(pair=good()) as dovecot, Postfix(dovecot, pair=good()) as postfix:
        dovecot.deliver(ADA, b"From: grace@example.org\r\nSubject: first\r\n\r\nIt compiles.\r\n")
        yield dovecot, postfix


def right() -> AccountConfig:
    """Return the account as it should be."""
    secret = Secret(password=USERS[ADA])
    receive = Server(IMAP, 993, Security.TLS, ADA, secret)
    send = Server(SMTP, 465, Security.TLS, ADA, secret)
    return AccountConfig(AccountName("ada"), Address("Ada Lovelace", ADA), Protocol.IMAP, receive, send)


def received(**changes: object) -> AccountConfig:
    """Return the right account with another receiving server."""
    account = right()
    return replace(account, receive=replace(account.receive, **changes))  # type: ignore[arg-type]


def sent(**changes: object) -> AccountConfig:
    """Return the right account with another sending server."""
    account = right()
    assert account.send is not None
    return replace(account, send=replace(account.send, **changes))  # type: ignore[arg-type]


@asynccontextmanager
async def street(dovecot: Dovecot, postfix: Postfix, patch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Build the street: the right servers on their ports, and beside them all that one may run into."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(World(patch))
        await world.open(IMAP, 993, dovecot.port)
        await world.open(IMAP, 143, dovecot.clear_port)
        await world.open(SMTP, 465, postfix.port)
        await world.open(SMTP, 587, postfix.starttls_port)
        world.swallow(SMTP, 25)
        world.swallow(IMAP, 1993)
        world.dns.put("example.org", "MX", "10 mx.example.org.")
        world.dns.put("example.org", "TXT", '"v=spf1 -all"')
        world.dns.put("_dmarc.example.org", "TXT", '"v=DMARC1; p=none"')
        pop = await stack.enter_async_context(scripted_pop3())
        pop.password = USERS[ADA]
        await world.open(POP, 995, pop.port, good())
        await _bad_certificates(world, dovecot, postfix)
        await _odd_servers(world, stack, dovecot, postfix)
        yield world


async def _bad_certificates(world: World, dovecot: Dovecot, postfix: Postfix) -> None:
    await world.open("own.example.org", 993, dovecot.clear_port, certificate("own.example.org"))
    await world.open("own.example.org", 465, postfix.port)  # of the authority, but for other names
    await world.open("self.example.org", 465, (await _plain_smtp(world, postfix)), certificate("self.example.org"))
    await world.open("you.example.net", 993, dovecot.port)
    await world.open("expired.example.org", 993, dovecot.clear_port, signed("expired.example.org", days=-3))
    await world.open("private.example.org", 993, dovecot.clear_port, signed("private.example.org", by="My Own"))
    await world.serve("old.example.org", 993, _old)


async def _plain_smtp(world: World, postfix: Postfix) -> int:
    """Return a port of 127.0.0.1 that undoes Postfix's TLS, for a certificate of ours before it."""
    context = ssl.create_default_context(cafile=good().authority)

    async def unwrap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", postfix.port, ssl=context, server_hostname="localhost")
        up = asyncio.create_task(_pump(reader, back))
        try:
            await _pump(there, writer)
        finally:
            up.cancel()
            back.transport.abort()

    return await world.inside(unwrap)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def _odd_servers(world: World, stack: AsyncExitStack, dovecot: Dovecot, postfix: Postfix) -> None:
    password = USERS[ADA]
    for host, behaviour in (("stripped", "starttls-stripped"), ("preauth", "preauth"), ("disabled", "logindisabled")):
        name = f"{host}.example.org"
        imap = await stack.enter_async_context(scripted_imap(behaviour, starttls=behaviour == "logindisabled"))
        await world.open(name, 143, imap.port)
        await world.open(name, 993, dovecot.clear_port, signed(name))
    await world.serve("www.example.org", 443, _web, signed("www.example.org").context)
    await world.serve("www.example.org", 80, _web)
    await world.serve(IMAP, 2000, _hang)
    await world.serve(IMAP, 2001, _close)
    for port, words in enumerate(GREETINGS, 3001):
        await world.serve(IMAP, port, _refuse_login(words), good().context)
    for port, line in enumerate(SMTP_REFUSALS, 4001):
        await world.serve(SMTP, port, _refuse_auth(line), good().context)
    await world.serve(IMAP, 3100, _goodbye, good().context)
    relay = await stack.enter_async_context(scripted_smtp("auth-none", password=password))
    await world.open(SMTP, 2525, relay.port, good())
    owner = await stack.enter_async_context(scripted_smtp("sender-owned", password=password, owner=ADA))
    await world.open(SMTP, 2626, owner.port, good())


GREETINGS = (
    b"NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    b"NO [AUTHENTICATIONFAILED] IMAP access is disabled for this account.",
    b"NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded",
    b"NO [UNAVAILABLE] Temporary authentication failure",
    b"NO [WEBALERT] Web login required (Failure)",
)
"""What an IMAP server on port 3001, 3002 … says to a login."""
SMTP_REFUSALS = (
    b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
    b"534 5.7.9 Application-specific password required.",
    b"421 4.7.0 Too many concurrent SMTP connections",
)
"""What a submission server on port 4001, 4002 … says to AUTH."""


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a server does that knows no TLS but 1.1: an alert, fatal, protocol_version."""
    await reader.read(65536)
    writer.write(b"\x15\x03\x02\x00\x02\x02\x46")
    await writer.drain()


async def _close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _goodbye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"* BYE this house is closed today\r\n")
    await writer.drain()
    await reader.read()


async def _web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\n")
    writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    await writer.drain()


def _refuse_login(words: bytes):  # type: ignore[no-untyped-def]
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n")
        while line := await reader.readuntil(b"\n"):
            tag, command = line.split()[:2]
            if command.upper() == b"CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n" + tag + b" OK done\r\n")
            elif command.upper() == b"LOGOUT":
                writer.write(b"* BYE\r\n" + tag + b" OK\r\n")
            else:
                writer.write(tag + b" " + words + b"\r\n")

    return play


def _refuse_auth(words: bytes):  # type: ignore[no-untyped-def]
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readuntil(b"\n"):
            verb = line.split()[0].upper()
            writer.write({b"EHLO": b"250-here\r\n250 AUTH PLAIN LOGIN\r\n"}.get(verb, words + b"\r\n"))

    return play
