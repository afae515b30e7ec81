"""TLS for both services: what is trusted, and what a refusal says. Nothing is sent over a line that failed here."""

import asyncio
import hashlib
import ssl

from tui.config.model import Server
from tui.mail.errors import CertificateRefused, ConfigError, ConnectionLost, MailError, NotSupported
from tui.mail.text import clean_line

PROBE_TIMEOUT = 5.0
"""Seconds spent on learning the fingerprint of a certificate that was refused."""
HANDSHAKE_TIMEOUT = 20.0


async def trust(server: Server) -> ssl.SSLContext:
    """Return the context for a server. In a thread, because reading the system's certificates takes many ms.

    With a pin the certificate itself is the trust: `check_pin` must be called after the handshake.

    Raises:
        ConfigError: when ``ca_file`` cannot be read.
    """
    return await asyncio.to_thread(_context, server)


def _context(server: Server) -> ssl.SSLContext:
    if server.pin:
        return _unverified()
    try:
        context = ssl.create_default_context(cafile=str(server.ca_file) if server.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{server.ca_file} cannot be read as certificates.",
            place="config.toml: ca_file",
            cure="It must be a PEM file.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def fingerprint(certificate: bytes) -> str:
    """Return ``sha256:`` and 64 hex digits, as the setting ``pin`` wants it.

    Args:
        certificate: DER.
    """
    return "sha256:" + hashlib.sha256(certificate).hexdigest()


def check_pin(server: Server, tls: ssl.SSLObject | ssl.SSLSocket | None) -> None:
    """Compare the certificate of a finished handshake with the pin. Does nothing where none is set.

    Args:
        server: whose pin.
        tls: the transport's ``ssl_object``.

    Raises:
        CertificateRefused: when it is another certificate, or none.
    """
    if not server.pin:
        return
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    seen = fingerprint(certificate) if certificate else "none"
    wanted = server.pin.lower().replace(" ", "")
    if seen.replace(":", "") != wanted.replace(":", ""):
        raise CertificateRefused(
            f"{server.label} shows another certificate than the one that is pinned: {seen}.",
            cure="Nothing was sent. Ask whoever runs the server before changing pin in config.toml.",
        )


async def refused(server: Server, error: Exception, *, probe: bool = True) -> MailError:
    """Return what a failed handshake means, as an error to raise.

    Args:
        server: who was asked.
        error: what the handshake raised.
        probe: whether a second connection may look at the certificate, to name its fingerprint; only for TLS from
            the first byte. Nothing is sent on it.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        seen = await _seen(server) if probe else ""
        reason = clean_line(error.verify_message or "verification failed", 200)
        shown = f" Its fingerprint is {seen}." if seen else ""
        return CertificateRefused(
            f"The certificate of {server.label} is not trusted: {reason}.{shown}",
            cure='If you know that it is right, set pin = "sha256:…" or ca_file for this server in config.toml.',
        )
    reason = getattr(error, "reason", "") or ""
    if isinstance(error, ssl.SSLError) and ("VERSION" in reason or "PROTOCOL" in reason):
        if reason == "WRONG_VERSION_NUMBER":
            return NotSupported(f"{server.label} does not speak TLS.", cure="Check port and security of the account.")
        return CertificateRefused(
            f"{server.label} offers only outdated versions of TLS.", cure="The server must offer TLS 1.2 or newer."
        )
    return ConnectionLost(f"The TLS handshake with {server.label} failed.", cure="It is tried again.")


async def _seen(server: Server) -> str:
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            _, writer = await asyncio.open_connection(
                server.host, server.port, ssl=_unverified(), server_hostname=server.host
            )
            tls = writer.get_extra_info("ssl_object")
            certificate = tls.getpeercert(binary_form=True)
            writer.transport.abort()
    except (OSError, ValueError, EOFError):
        return ""
    return fingerprint(certificate) if certificate else ""
