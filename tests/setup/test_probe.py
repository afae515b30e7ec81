"""Whatever stands on a port is named: what it speaks, how it is protected, or why it says nothing."""

import asyncio
import socket
from contextlib import AsyncExitStack

import pytest

from tests.servers.certificate import certificate, signed
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_pop3 import scripted_pop3
from tests.servers.scripted_smtp import scripted_smtp
from tui.config.tls import roots
from tui.setup.certificate import Trouble
from tui.setup.dialogue import Service, recognise
from tui.setup.probe import Reach, Seen, look

HOST = "127.0.0.1"


async def seen(port: int, *, timeout: float = 5.0) -> Seen:
    return await look(HOST, port, await asyncio.to_thread(roots, certificate().certificate), timeout=timeout)


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("service", [Service.IMAP, Service.POP3, Service.SMTP])
async def test_services_are_told_apart(service: Service, tls: bool) -> None:
    servers = {Service.IMAP: scripted_imap, Service.POP3: scripted_pop3, Service.SMTP: scripted_smtp}
    async with servers[service](tls=tls) as server:  # type: ignore[operator]
        found = await seen(server.port)
        assert (found.reach, found.service, found.is_tls) == (Reach.ANSWERED, service, tls)
        assert found.address == HOST
        assert (found.trouble, found.certificate is not None) == (None, tls)


@pytest.mark.parametrize("service", [Service.IMAP, Service.POP3, Service.SMTP])
async def test_starttls_is_seen(service: Service) -> None:
    servers = {Service.IMAP: scripted_imap, Service.POP3: scripted_pop3, Service.SMTP: scripted_smtp}
    async with servers[service](starttls=True) as server:  # type: ignore[operator]
        found = await seen(server.port)
        assert (found.service, found.starttls, found.is_tls) == (service, True, False)


async def test_nobody_logs_in_and_nothing_is_told() -> None:
    async with scripted_imap() as imap, scripted_smtp() as smtp:
        await seen(imap.port)
        await seen(smtp.port)
        assert not smtp.logins
        assert b"LOGIN" not in imap.text.replace(b"LOGINDISABLED", b"")
        assert b"example" not in imap.text + smtp.text


@pytest.mark.parametrize(
    ("names", "days", "trouble"),
    [(("localhost",), 60, Trouble.UNKNOWN_ISSUER), (("localhost",), -3, Trouble.EXPIRED)],
)
async def test_certificates_are_described_though_refused(names: tuple[str], days: int, trouble: Trouble) -> None:
    pair = signed(*names, days=days, by="Another Authority")
    async with scripted_smtp(tls=True, context=pair.context) as server:
        found = await seen(server.port)
    assert (found.service, found.trouble) == (Service.SMTP, trouble)
    assert found.certificate is not None
    assert (found.certificate.names, found.certificate.fingerprint) == (names, pair.pin)
    assert found.certificate.days_left in (days, days - 1, days + 1)


async def test_refusal_silence_and_no_such_host() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        assert (await seen(taken.getsockname()[1])).reach is Reach.REFUSED
    context = await asyncio.to_thread(roots, None)
    assert (await look("nobody.invalid", 993, context)).reach in (Reach.UNKNOWN_HOST, Reach.NO_NAMES)
    async with AsyncExitStack() as stack:
        mute = await stack.enter_async_context(scripted_imap("greet-hang"))
        assert (await seen(mute.port, timeout=0.6)).reach in (Reach.SILENT, Reach.CLOSED)


@pytest.mark.parametrize(
    ("words", "service"),
    [
        (b"* OK ready", Service.IMAP),
        (b"* PREAUTH hello", Service.IMAP),
        (b"+OK POP3", Service.POP3),
        (b"-ERR busy", Service.POP3),
        (b"220-first", Service.SMTP),
        (b"554 no", Service.SMTP),
        (b"HTTP/1.1 400 Bad Request", Service.HTTP),
        (b"<html>", Service.HTTP),
        (b"SSH-2.0-OpenSSH_9", Service.OTHER),
        (b"\r\n", None),
        (b"", None),
    ],
)
def test_first_words(words: bytes, service: Service | None) -> None:
    assert recognise(words) is service
