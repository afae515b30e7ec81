"""A certificate for loopback, made when a test needs one."""

import atexit
import hashlib
import shutil
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for ``localhost`` and 127.0.0.1: PEM files, and the SHA-256 that a pin names."""

    certificate: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        """For the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    @property
    def pin(self) -> str:
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())
        return "sha256:" + hashlib.sha256(der).hexdigest()


@lru_cache
def certificate(name: str = "localhost") -> Certificate:
    """Return a certificate; the same for the same name within a test run."""
    folder = Path(tempfile.mkdtemp(prefix="tidings-certificate-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    names = f"subjectAltName=DNS:{name},IP:127.0.0.1"
    files = ["-keyout", str(made.key), "-out", str(made.certificate)]
    subprocess.run(
        ["openssl", "req", "-x509", *curve, "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", names, *files],
        check=True,
        capture_output=True,
    )
    return made
