"""Certificates: who is trusted, and what is told of one who is not. The lines themselves: tests/smtp/test_lines.py."""

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.servers.certificate import certificate
from tui.config.model import Secret, Security, Server
from tui.config.tls import check_pin, context, fingerprint, refused, trust
from tui.mail.errors import CertificateRefused, ConfigError, ConnectionLost, NotSupported


def server(port: int = 993, ca_file: Path | None = None, pin: str = "") -> Server:
    return Server("127.0.0.1", port, Security.TLS, "ada", Secret(), ca_file, pin)


def test_the_least_is_tls_1_2_with_verified_names() -> None:
    made = context(server())
    assert made.minimum_version is ssl.TLSVersion.TLSv1_2
    assert made.check_hostname
    assert made.verify_mode is ssl.CERT_REQUIRED


def test_a_ca_file_stands_instead_of_the_system() -> None:
    made = context(server(ca_file=certificate().certificate))
    assert [each["subject"] for each in made.get_ca_certs()] == [((("commonName", "localhost"),),)]


async def test_a_ca_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ca\.pem"):
        await trust(server(ca_file=tmp_path / "ca.pem"))


def test_a_pinned_line_without_certificate_is_refused() -> None:
    with pytest.raises(CertificateRefused):
        check_pin(server(pin="sha256:" + "0" * 64), None)
    check_pin(server(), None)


def test_a_fingerprint_is_what_pin_takes() -> None:
    der = ssl.PEM_cert_to_DER_cert(certificate().certificate.read_text())
    assert fingerprint(der) == certificate().pin


async def test_the_refused_certificate_is_named_without_a_second_connection() -> None:
    met = 0

    def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1

    listening = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=certificate().context)
    port = listening.sockets[0].getsockname()[1]
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        await asyncio.open_connection("127.0.0.1", port, ssl=context(server(port)))
    error = await refused(server(port), caught.value, probe=False)
    listening.close()
    assert isinstance(error, CertificateRefused)
    assert error.fingerprint == certificate().pin
    assert "self-signed" in error.reason
    assert met == 0


async def test_a_failed_handshake_says_what_it_means() -> None:
    def failed(reason: str) -> ssl.SSLError:
        error = ssl.SSLError(1, "…")
        error.reason = reason
        return error

    assert isinstance(await refused(server(), failed("WRONG_VERSION_NUMBER")), NotSupported)
    assert isinstance(await refused(server(), failed("UNSUPPORTED_PROTOCOL")), CertificateRefused)
    assert isinstance(await refused(server(), failed("TLSV1_ALERT_PROTOCOL_VERSION")), CertificateRefused)
    assert isinstance(await refused(server(), failed("SOMETHING_ELSE")), ConnectionLost)


async def test_an_expired_certificate_tells_its_last_day() -> None:
    class Kept:
        def public_bytes(self) -> str:
            return certificate().certificate.read_text()

        def get_info(self) -> dict[str, str]:
            return {"notAfter": "Nov  3 10:00:00 2024 GMT"}

    error = ssl.SSLCertVerificationError(1, "…")
    error.verify_message = "certificate has expired"
    error.refused_certificate = Kept()  # type: ignore[attr-defined]
    found = await refused(server(), error, probe=False)
    assert "it expired on 2024-11-03" in str(found)
