"""One question by HTTPS, and its answer: all that is needed of the web. The certificate is always verified.

Redirects are not followed: whoever asks sees the status and decides.
"""

import asyncio
import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from tui.config.tls import HANDSHAKE_TIMEOUT, roots
from tui.mail.errors import CertificateRefused, ConfigError, ConnectionLost, ProtocolViolation, TimedOut
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

TIMEOUT = 20.0
"""Seconds for everything, from the name to the last octet."""
MAX_ANSWER = 256 * 1024
"""Octets of an answer, headers included."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)[ \r]")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: HTTP's three digits.
        body: decoded as UTF-8; not cleaned.
    """

    status: int
    body: str


async def post(url: str, form: str, *, ca_file: Path | None = None, timeout: float = TIMEOUT) -> Answer:
    """Post a form and return the answer, whatever its status. Redirects are not followed: a secret goes to one place.

    Args:
        url: ``https://…``.
        form: URL-encoded fields; they may hold secrets and appear in no error.
        ca_file: PEM file of certificates to trust instead of the system's.
        timeout: seconds for all of it.

    Raises:
        ConfigError: the address is none, or ``ca_file`` cannot be read.
        CertificateRefused: nothing was sent.
        ConnectionLost, TimedOut, ProtocolViolation: there is no answer.
    """
    fields = (
        f"Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form.encode())}\r\n\r\n{form}"
    )
    return await _ask("POST", url, fields, ca_file, timeout)


async def get(url: str, *, ca_file: Path | None = None, timeout: float = TIMEOUT) -> Answer:
    """Get a document and return the answer, whatever its status. Nothing is told but the address.

    Args:
        url: ``https://…``.
        ca_file: PEM file of certificates to trust instead of the system's.
        timeout: seconds for all of it.

    Raises:
        ConfigError, CertificateRefused, ConnectionLost, TimedOut, ProtocolViolation: as `post`.
    """
    return await _ask("GET", url, "\r\n", ca_file, timeout)


async def _ask(method: str, url: str, rest: str, ca_file: Path | None, timeout: float) -> Answer:
    host, port, path = split(url)
    context = await asyncio.to_thread(roots, ca_file)
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}{'' if port == 443 else f':{port}'}\r\nConnection: close\r\n"
    try:
        async with asyncio.timeout(timeout):
            return _parsed(await _exchanged(host, port, context, (head + rest).encode()), host)
    except TimeoutError:
        raise TimedOut(f"{host} did not answer in time.", cure="It is tried again.") from None
    except ssl.SSLCertVerificationError as error:
        reason = clean_line(error.verify_message or "verification failed", 200)
        raise CertificateRefused(
            f"The certificate of {host} is not trusted: {reason}.",
            cure="Nothing was sent. Somebody may be tampering with the line.",
            host=host,
            reason=reason,
        ) from None
    except (OSError, UnicodeError, asyncio.IncompleteReadError) as error:
        words = clean_line(getattr(error, "strerror", None) or "", 100)
        said = f"{host} cannot be asked{f': {words}' if words else ''}."
        raise ConnectionLost(said, cure="It is tried again.") from None


def split(url: str) -> tuple[str, int, str]:
    """Return host, port, and path with query of an ``https`` address.

    Raises:
        ConfigError: when it is none.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        parts, port = urlsplit(""), 0
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme != "https" or not parts.hostname or parts.username or not (path + parts.hostname).isascii():
        raise ConfigError(f"{clean_line(url, 200)} is not an https address.", cure="Write it as https://host/path.")
    if any(character <= " " or character == "\x7f" for character in path + parts.hostname):
        raise ConfigError("An https address holds no spaces.", cure="Write it as https://host/path.")
    return parts.hostname, port, path


async def _exchanged(host: str, port: int, context: ssl.SSLContext, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(
        host, port, ssl=context, server_hostname=host, ssl_handshake_timeout=HANDSHAKE_TIMEOUT
    )
    try:
        writer.write(request)
        await writer.drain()
        received = bytearray()
        while chunk := await reader.read(65536):
            received += chunk
            if len(received) > MAX_ANSWER:
                raise ProtocolViolation(f"{host} answers without end.")
            if _is_complete(received):
                break
        return bytes(received)
    finally:
        writer.transport.abort()


def _is_complete(received: bytearray) -> bool:
    """Whether nothing more is to come, as far as the headers say: some servers keep the line open all the same."""
    head, blank, body = bytes(received).partition(b"\r\n\r\n")
    if not blank:
        return False
    if _is_chunked(head):
        return body.endswith(b"0\r\n\r\n") and _unchunked(body) is not None
    length = _length(head)
    return length is not None and len(body) >= length


def _length(head: bytes) -> int | None:
    found = re.search(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?:\r\n|\Z)", head, re.IGNORECASE)
    return int(found[1]) if found else None


def _is_chunked(head: bytes) -> bool:
    return re.search(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*(?:\r\n|\Z)", head, re.IGNORECASE) is not None


def _unchunked(body: bytes) -> bytes | None:
    """Return a body without the sizes of its pieces (RFC 9112, 7.1); None when it is not all there."""
    whole = bytearray()
    position = 0
    while found := _SIZE.match(body, position):
        size = int(found[1], 16)
        if size == 0:
            return bytes(whole)
        start = found.end()
        if body[start + size : start + size + 2] != b"\r\n":
            return None
        whole += body[start : start + size]
        position = start + size + 2
    return None


def _parsed(received: bytes, host: str) -> Answer:
    head, blank, body = received.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None or not blank:
        raise ProtocolViolation(f"{host} does not answer as a web server does.")
    whole: bytes | None = body
    if _is_chunked(head):
        whole = _unchunked(body)
    else:
        length = _length(head)
        if length is not None:
            whole = body[:length] if len(body) >= length else None
    if whole is None:
        raise ConnectionLost(f"{host} broke off in the middle of its answer.", cure="It is tried again.")
    return Answer(int(status[1]), whole.decode("utf-8", "replace"))
