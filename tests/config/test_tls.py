"""Certificates: who is trusted, and what is told of one who is not. The lines themselves: tests/smtp/test_lines.py."""

import asyncio
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers.certificate import Certificate, certificate, signed
from tui.config.model import Secret, Security, Server
from tui.config.tls import check_pin, context, ends, fingerprint, refused, trust, warning
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


async def meeting(pair: Certificate, ca_file: Path | None = None, pin: str = "") -> float:
    """Shake hands with a server of this certificate; return its end. Raises what a failed handshake means."""
    listening = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=pair.context)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        met = Server("localhost", port, Security.TLS, "ada", Secret(), ca_file, pin)
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context(met), server_hostname="localhost")
        except ssl.SSLError as error:
            raise await refused(met, error, probe=False) from None
        end = ends(writer.get_extra_info("ssl_object"))
        writer.transport.abort()
    return end


@pytest.mark.parametrize("is_known", [True, False])
async def test_an_expired_certificate_is_refused_with_its_day_and_cannot_be_pinned(is_known: bool) -> None:
    pair = signed("localhost", days=-3)
    with pytest.raises(CertificateRefused, match=r"expired on \d{4}-\d\d-\d\d") as caught:
        await meeting(pair, pair.authority if is_known else None)
    assert "pin" not in str(caught.value)
    assert "renew" in caught.value.cure


async def test_a_certificate_of_another_host_is_no_matter_of_pins_either() -> None:
    pair = signed("mail.hoster.example")
    with pytest.raises(CertificateRefused, match="Use as host") as caught:
        await meeting(pair, pair.authority)
    assert "pin =" not in str(caught.value)


@contextmanager
def old_server(version: ssl.TLSVersion) -> Iterator[int]:
    """A server that knows nothing newer, in a thread: its last words are to leave before it hangs up."""
    offered = certificate().context
    offered.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        offered.minimum_version = offered.maximum_version = version
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listening.accept()
        with suppress(OSError):
            offered.wrap_socket(line, server_side=True)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        thread.join()
        listening.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.parametrize("pin", ["", "sha256:" + "0" * 64])
async def test_tls_before_1_2_is_refused(version: ssl.TLSVersion, pin: str) -> None:
    with old_server(version) as port:
        met = server(port, certificate().certificate, pin)
        with pytest.raises(ssl.SSLError) as caught:
            await asyncio.open_connection("127.0.0.1", port, ssl=context(met))
    error = await refused(met, caught.value, probe=False)
    assert isinstance(error, CertificateRefused)
    assert "outdated" in str(error)


async def test_the_end_of_a_certificate_is_known_verified_or_pinned() -> None:
    pair = signed("localhost", days=5)
    for ca_file, pin in ((pair.authority, ""), (None, pair.pin)):
        assert abs(await meeting(pair, ca_file, pin) - time.time() - 5 * 86400) < 7200
    assert ends(None) == ends(object()) == 0.0


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.0, ""),
        (15, ""),
        (13.1, "ends in 13 days, on 2026-12-08"),
        (1.5, "ends in 1 day, on"),
        (0.5, "ends today, on"),
        (-1, "expired on 2026-11-24"),
    ],
)
def test_an_end_is_told_two_weeks_ahead(days: float, words: str) -> None:
    now = 1795608000.0  # 2026-11-25
    told = warning("imap.example.org:993", now + days * 86400 if days else 0.0, now)
    assert (words in told) if words else not told
