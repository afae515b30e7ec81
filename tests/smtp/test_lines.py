"""TLS, STARTTLS and certificates of submission: nothing secret leaves over a line that is not what was demanded."""

import asyncio
from pathlib import Path

import pytest

from tests.servers.certificate import certificate
from tests.servers.scripted_smtp import scripted_smtp
from tests.smtp.conftest import Sender
from tui.config.model import Secret, Security, Server
from tui.mail.errors import CertificateRefused, ConfigError, MailError, NotSupported, TemporarilyRefused
from tui.mail.submission import Phase
from tui.smtp.session import Session

BOTH = [Security.TLS, Security.STARTTLS]


@pytest.mark.parametrize("security", BOTH)
@pytest.mark.parametrize("trust", ["ca_file", "pin"])
async def test_a_trusted_line_carries_the_mail(sender: Sender, security: Security, trust: str) -> None:
    made = certificate()
    fields = {"ca_file": made.certificate} if trust == "ca_file" else {"ca_file": None, "pin": made.pin}
    async with scripted_smtp(tls=security is Security.TLS, starttls=security is Security.STARTTLS) as server:
        await sender.send(server, security=security, **fields)
        assert len(server.accepted) == 1
        assert (Phase.TLS in sender.phases) == (security is Security.STARTTLS)
        assert server.text.count(b"EHLO") == (2 if security is Security.STARTTLS else 1)


@pytest.mark.parametrize("security", BOTH)
async def test_a_stranger_certificate_is_refused_and_named(sender: Sender, security: Security) -> None:
    async with scripted_smtp(tls=security is Security.TLS, starttls=security is Security.STARTTLS) as server:
        with pytest.raises(CertificateRefused) as caught:
            await sender.send(server, security=security, ca_file=None)
        assert caught.value.host == "127.0.0.1"
        assert "self-signed" in caught.value.reason
        assert caught.value.fingerprint == certificate().pin
        assert caught.value.fingerprint in str(caught.value)
        assert b"AUTH" not in server.text
        assert not server.logins


@pytest.mark.parametrize("security", BOTH)
async def test_another_certificate_than_the_pinned_one_is_refused(sender: Sender, security: Security) -> None:
    wrong = "sha256:" + "0" * 64
    async with scripted_smtp(tls=security is Security.TLS, starttls=security is Security.STARTTLS) as server:
        with pytest.raises(CertificateRefused, match="pinned") as caught:
            await sender.send(server, security=security, ca_file=None, pin=wrong)
        assert caught.value.fingerprint == certificate().pin
        assert not server.logins


async def test_a_pin_holds_even_where_an_authority_would_do(sender: Sender) -> None:
    async with scripted_smtp(tls=True) as server:
        with pytest.raises(CertificateRefused):
            await sender.send(server, security=Security.TLS, pin="sha256:" + "0" * 64)


async def test_starttls_is_not_given_up(sender: Sender) -> None:
    async with scripted_smtp("starttls-stripped") as server:
        with pytest.raises(CertificateRefused, match="STARTTLS"):
            await sender.send(server, security=Security.STARTTLS)
        assert b"AUTH" not in server.text
        assert b"MAIL" not in server.text


async def test_a_server_that_cannot_encrypt_now_gets_nothing(sender: Sender) -> None:
    async with scripted_smtp("starttls-454") as server:
        with pytest.raises(TemporarilyRefused):
            await sender.send(server, security=Security.STARTTLS)
        assert b"AUTH" not in server.text
        assert b"MAIL" not in server.text


async def test_what_was_injected_before_tls_is_never_used(sender: Sender) -> None:
    async with scripted_smtp("starttls-inject") as server:
        try:
            await sender.send(server, security=Security.STARTTLS)
        except MailError:
            assert not server.accepted
        else:
            assert server.logins == [("ada@example.org", "secret")]  # the injected 235 logged nobody in
            assert any(b"SIZE=" in line for line in server.log)  # the injected SIZE 1 would have refused it
            assert len(server.accepted) == 1
        assert b"EVIL" not in server.text


async def test_tls_to_a_server_without_tls(sender: Sender) -> None:
    async with scripted_smtp() as server:
        with pytest.raises(NotSupported, match="TLS"):
            await sender.send(server, security=Security.TLS)


async def test_outdated_tls_is_refused() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # the alert protocol_version of a server without TLS 1.2
        await writer.drain()
        await reader.read()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    with pytest.raises(CertificateRefused, match="outdated"):
        await Session.connect(Server("127.0.0.1", port, Security.TLS, "ada", Secret()), timeout=5)
    listening.close()


async def test_a_ca_file_that_is_none(sender: Sender, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing\n")
    async with scripted_smtp(tls=True) as server:
        for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
            with pytest.raises(ConfigError):
                await sender.send(server, security=Security.TLS, ca_file=path)
