"""Certificates for loopback, made when a test needs one: self-signed or by an authority of our own, good or expired."""

import atexit
import hashlib
import secrets
import shutil
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
SIGNING = """
[ca]
default_ca = here
[here]
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
default_md = sha256
policy = any
x509_extensions = extensions
unique_subject = no
[any]
commonName = supplied
[extensions]
subjectAltName = {names}
"""


@dataclass(frozen=True)
class Certificate:
    """A certificate: PEM files, and the SHA-256 that a pin names.

    Attributes:
        certificate: its file, with those of whoever signed it behind it.
        key: its key.
        signer: the authority that signed it; None: it is self-signed.
    """

    certificate: Path
    key: Path
    signer: Path | None = None

    @property
    def authority(self) -> Path:
        """What a client has to trust."""
        return self.signer or self.certificate

    @property
    def context(self) -> ssl.SSLContext:
        """For the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    @property
    def pin(self) -> str:
        first = self.certificate.read_text().partition("-----END CERTIFICATE-----")
        der = ssl.PEM_cert_to_DER_cert("".join(first[:2]) + "\n")
        return "sha256:" + hashlib.sha256(der).hexdigest()


@lru_cache
def certificate(name: str = "localhost") -> Certificate:
    """Return a self-signed certificate, also for 127.0.0.1; the same for the same name within a test run."""
    folder = _folder()
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    names = f"subjectAltName=DNS:{name},IP:127.0.0.1"
    files = ["-keyout", str(made.key), "-out", str(made.certificate)]
    _openssl("req", "-x509", *CURVE, "-nodes", "-days", "60", "-subj", f"/CN={name}", "-addext", names, *files)
    return made


def authority(name: str = "Test Authority") -> Certificate:
    """Return a certificate that signs others; the same for the same name within a test run."""
    return _authority(name)


@lru_cache
def _authority(name: str) -> Certificate:
    folder = _folder()
    made = Certificate(folder / "authority.pem", folder / "authority.key")
    files = ["-keyout", str(made.key), "-out", str(made.certificate)]
    _openssl("req", "-x509", *CURVE, "-nodes", "-days", "30", "-subj", f"/O={name}/CN={name}", *files)
    return made


@lru_cache
def signed(*names: str, days: int = 60, by: str = "Test Authority") -> Certificate:
    """Return a certificate of our authority.

    Args:
        names: hosts it is for.
        days: until its end; below zero for one that has expired.
        by: the authority's name.
    """
    folder, signer = _folder(), authority(by)
    request, made = (
        folder / "request.pem",
        Certificate(folder / "certificate.pem", folder / "key.pem", signer.certificate),
    )
    words = ["-subj", f"/CN={names[0]}", "-keyout", str(made.key), "-out", str(request)]
    _openssl("req", "-new", *CURVE, "-nodes", *words)
    (folder / "index").touch()
    hosts = ",".join(f"DNS:{name}" for name in names)
    (folder / "ca.conf").write_text(SIGNING.format(folder=folder, names=hosts))
    (folder / "serial").write_text(secrets.token_hex(8))
    now = datetime.now(UTC)
    span = (now - timedelta(days=90), now + timedelta(days=days, hours=1))
    dates = [f"{moment:%Y%m%d%H%M%SZ}" for moment in span]
    by_whom = ["-cert", str(signer.certificate), "-keyfile", str(signer.key)]
    ends = ["-startdate", dates[0], "-enddate", dates[1], "-in", str(request), "-out", str(made.certificate)]
    _openssl("ca", "-batch", "-notext", "-config", str(folder / "ca.conf"), *by_whom, *ends)
    return made


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tidings-certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
