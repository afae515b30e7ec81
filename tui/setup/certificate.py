"""What a server's certificate says of itself, and what is wrong with it. It is looked at, never trusted, here."""

import ssl
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tui.config.tls import fingerprint
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

MAX_NAMES = 100


class Trouble(StrEnum):
    """Why a certificate is not believed."""

    EXPIRED = "expired"
    NOT_YET = "not yet valid"
    WRONG_HOST = "wrong host"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ISSUER = "unknown issuer"
    OUTDATED = "outdated TLS"
    OTHER = "not valid"


_CODES = {
    2: Trouble.UNKNOWN_ISSUER,
    9: Trouble.NOT_YET,
    10: Trouble.EXPIRED,
    18: Trouble.SELF_SIGNED,
    19: Trouble.UNKNOWN_ISSUER,
    20: Trouble.UNKNOWN_ISSUER,
    21: Trouble.UNKNOWN_ISSUER,
    62: Trouble.WRONG_HOST,
    64: Trouble.WRONG_HOST,
}
"""X509_V_ERR_… of OpenSSL."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate.

    Attributes:
        names: hosts and addresses it is for, cleaned; wildcards as they are.
        issuer: who signed it, in a few words.
        begins, ends: when it is valid, seconds since 1970 UTC; 0: unknown.
        fingerprint: ``sha256:`` and 64 hex digits.
    """

    names: tuple[str, ...] = ()
    issuer: str = ""
    begins: float = 0.0
    ends: float = 0.0
    fingerprint: str = ""

    @property
    def last_day(self) -> str:
        """``2026-11-27``, "" when unknown."""
        return datetime.fromtimestamp(self.ends, UTC).strftime("%Y-%m-%d") if self.ends else ""

    @property
    def first_day(self) -> str:
        return datetime.fromtimestamp(self.begins, UTC).strftime("%Y-%m-%d") if self.begins else ""

    @property
    def days_left(self) -> int:
        """Whole days until its end, negative afterwards."""
        return int((self.ends - time.time()) // 86400)


def shown(tls: Any) -> Certificate | None:
    """Return the certificate of a finished handshake.

    Args:
        tls: the transport's ``ssl_object``.
    """
    if tls is None:
        return None
    der = tls.getpeercert(binary_form=True)
    if not der:
        return None
    return _read(tls.getpeercert() or _looked_at(tls), der)


def refused(error: ssl.SSLCertVerificationError) -> tuple[Trouble, Certificate | None]:
    """Return what a refused handshake found wrong, and the certificate, where it was kept (`tui.config.tls`)."""
    trouble = _CODES.get(error.verify_code, Trouble.OTHER)
    kept = getattr(error, "refused_certificate", None)
    certificate = None
    if kept is not None:
        try:
            certificate = _read(kept.get_info(), ssl.PEM_cert_to_DER_cert(kept.public_bytes()))
        except (AttributeError, TypeError, ValueError):
            certificate = None
    if certificate is not None and certificate.ends and certificate.ends < time.time():
        trouble = Trouble.EXPIRED  # whatever else is wrong with it: this cannot be pinned away
    return trouble, certificate


def _looked_at(tls: Any) -> dict[str, Any]:
    """Return what an unverified certificate says; the standard library tells that of verified ones only."""
    try:
        info = tls._sslobj.get_unverified_chain()[0].get_info()
    except (AttributeError, IndexError, TypeError, ValueError, ssl.SSLError):
        return {}
    return info if isinstance(info, dict) else {}


def _read(info: dict[str, Any], der: bytes) -> Certificate:
    names = [
        clean_line(str(name), 253) for kind, name in info.get("subjectAltName", ()) if kind.startswith(("DNS", "IP"))
    ]
    if not names:
        names = [clean_line(value, 253) for value in _values(info.get("subject", ()), "commonName")]
    issuer = _values(info.get("issuer", ()), "organizationName") or _values(info.get("issuer", ()), "commonName")
    return Certificate(
        tuple(names[:MAX_NAMES]),
        clean_line(", ".join(issuer), 100),
        _moment(info.get("notBefore")),
        _moment(info.get("notAfter")),
        fingerprint(der),
    )


def _values(name: Any, wanted: str) -> list[str]:
    return [str(value) for part in name for key, value in part if key == wanted]


def _moment(written: Any) -> float:
    try:
        return float(ssl.cert_time_to_seconds(written))
    except (TypeError, ValueError, OverflowError):
        return 0.0
