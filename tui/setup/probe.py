"""What stands on a port: a plain read races a TLS handshake, and whoever speaks first names it. Nobody logs in."""

import asyncio
import socket
import ssl
from contextlib import suppress
from enum import StrEnum

from tui.mail.noun import dataclass
from tui.mail.text import clean_line
from tui.setup.certificate import Certificate, Trouble, refused, shown
from tui.setup.dialogue import Dialogue, Service

PATIENCE = 10.0
"""Seconds until silence is called silence."""
LAST_WORDS = 0.3
"""Seconds a plain greeting may come behind the end of a handshake that failed."""
MUTE = 3.0
"""Seconds after which an encrypted line on which nobody speaks is taken for a web server's."""

_OUTDATED = ("UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "PROTOCOL_VERSION", "DH_KEY_TOO_SMALL", "HANDSHAKE_FAILURE")


class Reach(StrEnum):
    """How far a connection got."""

    ANSWERED = "answered"
    SILENT = "silent"
    """Connected, but not a word."""
    CLOSED = "closed"
    """Connected, and hung up without a word."""
    REFUSED = "refused"
    """The host is up, nothing listens."""
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"
    UNKNOWN_HOST = "unknown host"
    NO_NAMES = "no names"
    """Names cannot be looked up at all."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen on one port.

    Attributes:
        host, port: what was asked for.
        reach: how far it went.
        address: the address that answered.
        service: what it speaks, None unless it answered.
        is_tls: whether it speaks TLS from the first octet.
        starttls: whether a plain line can be encrypted.
        greeting: its first words, cleaned.
        certificate: as it was shown on a line with TLS from the first octet, None when unknown.
        trouble: why that is not believed, None when it is.
        reason: OpenSSL's words, or the system's.
    """

    host: str
    port: int
    reach: Reach
    address: str = ""
    service: Service | None = None
    is_tls: bool = False
    starttls: bool = False
    greeting: str = ""
    certificate: Certificate | None = None
    trouble: Trouble | None = None
    reason: str = ""

    def speaks(self, service: Service) -> bool:
        return self.reach is Reach.ANSWERED and self.service is service


async def look(host: str, port: int, context: ssl.SSLContext, *, timeout: float = PATIENCE) -> Seen:
    """Look at a port; nothing but the name of the host is sent, and that by TLS alone.

    Args:
        host: name or address.
        port: 1 to 65535.
        context: what is trusted; from `tui.config.tls.context`.
        timeout: seconds until silence is called silence.
    """
    ear = asyncio.create_task(_listen(host, port))
    hand = asyncio.create_task(_shake(host, port, context, min(MUTE, timeout / 3)))
    try:
        async with asyncio.timeout(timeout):
            return await _race(host, port, ear, hand)
    except TimeoutError:
        connected = ear.done() and not ear.cancelled() and ear.exception() is None
        return Seen(host, port, Reach.SILENT if connected else Reach.TIMED_OUT)
    finally:
        for task in (ear, hand):
            task.cancel()
        for result in await asyncio.gather(ear, hand, return_exceptions=True):
            if isinstance(result, _Line):
                result.drop()


class _Line:
    """A plain line that was made, and the first words that will come on it."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.words = asyncio.create_task(dialogue.greet())

    def drop(self) -> None:
        self.words.cancel()
        self.words.add_done_callback(lambda words: words.cancelled() or words.exception())
        self.dialogue.abort()


async def _listen(host: str, port: int) -> _Line:
    return _Line(await Dialogue.connect(host, port, None))


async def _shake(host: str, port: int, context: ssl.SSLContext, mute: float) -> Seen:
    """Return what a TLS handshake found; raises what it failed with unless that was the certificate."""
    trouble, certificate, reason = None, None, ""
    try:
        dialogue = await Dialogue.connect(host, port, context)
    except ssl.SSLCertVerificationError as error:
        trouble, certificate = refused(error)
        reason = clean_line(error.verify_message or "", 200)
        dialogue = await Dialogue.connect(host, port, unverified())
    certificate = certificate or shown(dialogue.tls)
    try:
        service = await _words(dialogue, mute)
    except (OSError, EOFError):
        service = None
    seen = Seen(
        host,
        port,
        Reach.ANSWERED if service else Reach.SILENT,
        dialogue.address,
        service,
        is_tls=True,
        greeting=dialogue.greeting,
        certificate=certificate,
        trouble=trouble,
        reason=reason,
    )
    dialogue.leave()
    return seen


async def _words(dialogue: Dialogue, mute: float) -> Service | None:
    try:
        async with asyncio.timeout(mute):
            return await dialogue.greet()
    except TimeoutError:
        return await dialogue.provoke()


def unverified() -> ssl.SSLContext:
    """Return a context that believes everything, for looking at a certificate; nothing secret is sent through it."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


async def _race(host: str, port: int, ear: "asyncio.Task[_Line]", hand: "asyncio.Task[Seen]") -> Seen:
    await asyncio.wait((ear,))
    failure = ear.exception()
    if failure is not None:
        return _unreached(host, port, failure)
    line = ear.result()
    await asyncio.wait((line.words, hand), return_when=asyncio.FIRST_COMPLETED)
    if not line.words.done() and hand.exception() is None:
        return hand.result()
    if not line.words.done():
        await asyncio.wait((line.words,), timeout=LAST_WORDS)
    if line.words.done() and (line.words.exception() is not None or line.words.result() is None):
        await asyncio.wait((hand,))  # it hangs up on whoever does not begin
        if hand.exception() is None:
            return hand.result()
        return _no_words(host, port, line, hand.exception())
    if not line.words.done():
        return await _mute(host, port, line, hand.exception())
    return await _plain(host, port, line.dialogue)


async def _plain(host: str, port: int, dialogue: Dialogue) -> Seen:
    service = dialogue.service
    names: tuple[str, ...] = ()
    with suppress(OSError, EOFError):
        names = await dialogue.offers()
    starttls = any(name in ("STARTTLS", "STLS") for name in names)
    seen = Seen(
        host,
        port,
        Reach.ANSWERED,
        dialogue.address,
        service,
        starttls=starttls,
        greeting=dialogue.greeting,
    )
    dialogue.leave()
    return seen


async def _mute(host: str, port: int, line: _Line, error: BaseException | None) -> Seen:
    """Nobody speaks first and nobody understands TLS: ask as a browser would."""
    if _is_outdated(error):
        return _no_words(host, port, line, error)
    line.words.cancel()
    await asyncio.gather(line.words, return_exceptions=True)
    service = None
    with suppress(OSError, EOFError):
        service = await line.dialogue.provoke()
    if service is None:
        return _no_words(host, port, line, error)
    return Seen(host, port, Reach.ANSWERED, line.dialogue.address, service, greeting=line.dialogue.greeting)


def _no_words(host: str, port: int, line: _Line, error: BaseException | None) -> Seen:
    address = line.dialogue.address
    if _is_outdated(error):
        return Seen(host, port, Reach.ANSWERED, address, is_tls=True, trouble=Trouble.OUTDATED, reason=_reason(error))
    return Seen(host, port, Reach.CLOSED, address, reason=_reason(error))


def _is_outdated(error: BaseException | None) -> bool:
    return isinstance(error, ssl.SSLError) and any(word in (error.reason or "") for word in _OUTDATED)


def _reason(error: BaseException | None) -> str:
    return clean_line(str(getattr(error, "reason", "") or getattr(error, "strerror", "") or ""), 200)


def _unreached(host: str, port: int, error: BaseException) -> Seen:
    if isinstance(error, socket.gaierror):
        lost = error.errno in (socket.EAI_AGAIN, socket.EAI_SYSTEM)
        return Seen(host, port, Reach.NO_NAMES if lost else Reach.UNKNOWN_HOST, reason=_reason(error))
    if isinstance(error, UnicodeError):
        return Seen(host, port, Reach.UNKNOWN_HOST)
    if isinstance(error, ConnectionRefusedError) or "Errno 111" in str(error):
        return Seen(host, port, Reach.REFUSED, reason=_reason(error))
    if isinstance(error, TimeoutError):
        return Seen(host, port, Reach.TIMED_OUT, reason=_reason(error))
    return Seen(host, port, Reach.UNREACHABLE, reason=_reason(error))
