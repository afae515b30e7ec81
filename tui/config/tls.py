"""TLS for both services: what is trusted, and what a refusal says. Nothing is sent over a line that failed here.

A certificate is trusted because an authority of the system (or of ``ca_file``) signed it for this host, or because it
is the very one the user pinned. There is no third way.
"""

import asyncio
import hashlib
import hmac
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.config.model import Server
from tui.mail.errors import CertificateRefused, ConfigError, ConnectionLost, MailError, NotSupported
from tui.mail.text import clean_line

PROBE_TIMEOUT = 5.0
"""Seconds spent on learning the fingerprint of a certificate that was refused."""
HANDSHAKE_TIMEOUT = 20.0
ENDS_SOON = 14
"""Days before its end at which a certificate is warned of."""

_TOO_OLD = ("PROTOCOL", "VERSION", "KEY_TOO_SMALL", "TOO_WEAK", "CIPHER", "LEGACY", "ALERT_HANDSHAKE_FAILURE")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")


class _Witness(ssl.SSLObject):
    """Keeps the certificate that a handshake refused, so that the refusal can name it.

    The standard library shows a peer's certificate only after success. `tests/config/test_tls.py` holds the private
    name used here; without it the refusal merely says less.
    """

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            error.refused_certificate = self._refused()  # type: ignore[attr-defined]
            raise

    def _refused(self) -> Any:
        try:
            chain = self._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
        except (AttributeError, ssl.SSLError, ValueError):
            return None
        return chain[0] if chain else None


async def trust(server: Server) -> ssl.SSLContext:
    """Return the context for a server. In a thread, because reading the system's certificates takes many ms.

    With a pin the certificate itself is the trust: `check_pin` must be called after the handshake.

    Raises:
        ConfigError: when ``ca_file`` cannot be read.
    """
    return await asyncio.to_thread(context, server)


def context(server: Server) -> ssl.SSLContext:
    """Return the same. Reads files: for worker threads.

    Raises:
        ConfigError: when ``ca_file`` cannot be read.
    """
    return _unverified() if server.pin else roots(server.ca_file)


def roots(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies: by the system's authorities, or by those of a file. For worker threads.

    Args:
        ca_file: PEM file, or None.

    Raises:
        ConfigError: when it cannot be read.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.sslobject_class = _Witness
    try:
        if ca_file is None:
            made.load_default_certs(ssl.Purpose.SERVER_AUTH)
        else:
            made.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"{ca_file} cannot be read as certificates.",
            place="config.toml: ca_file",
            cure="It must be a PEM file.",
        ) from error
    return made


def _unverified() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


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
    seen = fingerprint(certificate) if certificate else ""
    wanted = server.pin.lower().replace(" ", "").replace(":", "")
    if not hmac.compare_digest(seen.replace(":", "").encode(), wanted.encode()):
        raise CertificateRefused(
            f"{server.label} shows another certificate than the one that is pinned: {seen or 'none'}.",
            cure="Nothing was sent. Ask whoever runs the server before changing pin in config.toml.",
            host=server.host,
            reason="not the pinned certificate",
            fingerprint=seen,
        )


async def refused(server: Server, error: Exception, *, probe: bool = True) -> MailError:
    """Return what a failed handshake means, as an error to raise.

    Args:
        server: who was asked.
        error: what the handshake raised.
        probe: whether a second connection may look at the certificate where the handshake did not keep it; only for
            TLS from the first byte. Nothing is sent on it.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        seen, until = _describe(getattr(error, "refused_certificate", None))
        if not seen and probe:
            seen = await _seen(server)
        return _not_trusted(server, clean_line(error.verify_message or "verification failed", 200), seen, until)
    reason = getattr(error, "reason", "") or ""
    if isinstance(error, ssl.SSLError) and any(word in reason for word in _NO_TLS):
        return NotSupported(f"{server.label} does not speak TLS.", cure="Check port and security of the account.")
    if isinstance(error, ssl.SSLError) and any(word in reason for word in _TOO_OLD):
        return CertificateRefused(
            f"{server.label} offers only outdated versions of TLS.",
            cure="The server must offer TLS 1.2 or newer.",
            host=server.host,
            reason="outdated TLS",
        )
    return ConnectionLost(f"The TLS handshake with {server.label} failed.", cure="It is tried again.")


def no_starttls(server: Server, under: str = "") -> CertificateRefused:
    """Return what it means that a line cannot be encrypted that has to be (RFC 3207, 6): somebody may be in between.

    Args:
        server: who does not offer it.
        under: where in an account's settings its security stands: `` under sieve``.
    """
    return CertificateRefused(
        f"{server.label} does not offer STARTTLS, which this account demands.",
        cure=f'Nothing was sent. Somebody may be tampering with the line; else try security = "tls"{under}.',
        host=server.host,
        reason="no STARTTLS",
    )


def _not_trusted(server: Server, reason: str, seen: str, until: str) -> CertificateRefused:
    """Return the refusal. Only a certificate that nobody vouches for can be pinned: what is over is over."""
    reason = reason.rstrip(".")
    shown = f" Its fingerprint is {seen}." if seen else ""
    cure = (
        f'Nothing was sent. If you know that it is right, set pin = "{seen or "sha256:…"}" or ca_file in config.toml.'
    )
    if "expired" in reason or (until and until < datetime.now(UTC).strftime("%Y-%m-%d")):
        reason, shown = f"it expired{f' on {until}' if until else ''}", ""
        cure = "Nothing was sent. Whoever runs the server must renew it; check this machine's clock, too."
    elif "mismatch" in reason or "not valid for" in reason:
        cure = "Nothing was sent. Use as host the name that the certificate is for."
    return CertificateRefused(
        f"The certificate of {server.label} is not trusted: {reason}.{shown}",
        cure=cure,
        host=server.host,
        reason=reason,
        fingerprint=seen,
    )


def _describe(certificate: Any) -> tuple[str, str]:
    """Return fingerprint and last day (``2026-11-27``) of a refused certificate, "" where unknown."""
    if certificate is None:
        return "", ""
    try:
        seen = fingerprint(ssl.PEM_cert_to_DER_cert(certificate.public_bytes()))
        end = ssl.cert_time_to_seconds(certificate.get_info()["notAfter"])
        return seen, datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%d")
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return "", ""


def ends(tls: Any) -> float:
    """Return when the certificate of a finished handshake ends, seconds since 1970 UTC; 0.0 when that is not known.

    Args:
        tls: the transport's ``ssl_object``.
    """
    try:
        told = (
            tls.getpeercert() or tls._sslobj.get_unverified_chain()[0].get_info()
        )  # the first one: verified ones only
        return float(ssl.cert_time_to_seconds(told["notAfter"]))
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, OverflowError, ssl.SSLError):
        return 0.0


def warning(label: str, end: float, now: float) -> str:
    """Return what to say of a certificate that ends soon; "" when there is nothing to say.

    Args:
        label: the server.
        end: of `ends`.
        now: seconds since 1970 UTC.
    """
    if not end or end - now > ENDS_SOON * 86400:
        return ""
    day = datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%d")
    if end < now:
        return f"The certificate of {label} expired on {day}."
    days = int((end - now) // 86400)
    left = "today" if not days else f"in {days} day{'s' if days > 1 else ''}"
    return f"The certificate of {label} ends {left}, on {day}."


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
