"""One session with a POP3 server: commands and their answers (RFC 1939), given ahead where the server allows it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import TypeVar

from tui.config.model import Server
from tui.mail.errors import ConnectionLost, MailError, NotSupported, ProtocolViolation
from tui.mail.noun import dataclass
from tui.pop3.errors import refusal, strange
from tui.pop3.line import BlockLine
from tui.pop3.reply import Reply, read_reply

MAX_LISTING = 64 * 1024 * 1024
"""Octets of a listing: some two million messages."""
MAX_CAPABILITIES = 64 * 1024
MAX_UIDL = 512
"""Octets of a unique identifier; RFC 1939 allows 70."""
MAX_MESSAGE = 512 * 1024 * 1024
"""Octets of a message that is taken."""
AHEAD = 40
"""Commands given before the first of them is answered."""
SMALL = 16 * 1024
"""Octets of a listing that are read on the loop; more goes to a thread."""
QUIT_TIMEOUT = 30.0
"""Seconds a server may take for deleting."""
GOODBYE_TIMEOUT = 1.0

Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one RETR or TOP.

    Attributes:
        number: the message's number in this session.
        data: its octets, line ends CRLF; None when it was refused or is too large.
        refusal: the server's answer, where it refused.
    """

    number: int
    data: bytes | None = None
    refusal: Reply | None = None


class Session:
    """A session. Every method raises `MailError` only.

    Args:
        line: open.

    Attributes:
        capability: what the server offers (RFC 2449), names in capitals → parameters; empty where it cannot tell.
    """

    def __init__(self, line: BlockLine) -> None:
        self._line = line
        self.capability: dict[str, tuple[str, ...]] = {}

    @classmethod
    async def connect(cls, server: Server, *, timeout: float) -> "Session":
        """Connect. Nothing has been read yet: see `tui.pop3.login.enter`.

        Raises:
            CertificateRefused, NotSupported, ConnectionLost, TimedOut, ConfigError.
        """
        return cls(await BlockLine.reach(server, timeout))

    @property
    def server(self) -> Server:
        return self._line.server

    @property
    def is_alive(self) -> bool:
        return self._line.is_alive

    @property
    def heard(self) -> float:
        """When the last octet came, seconds since 1970 UTC."""
        return self._line.heard

    @property
    def certificate_ends(self) -> float:
        """When the server's certificate ends, seconds since 1970 UTC; 0.0 where that is not known."""
        return self._line.certificate_ends

    def patient(self, timeout: float) -> AbstractContextManager[None]:
        """Give the server at least this many seconds for each answer."""
        return self._line.patient(timeout)

    def abort(self) -> None:
        """Drop the line at once: the server deletes nothing of what it was told to delete."""
        self._line.abort()

    async def reply(self) -> Reply:
        """Return the next answer.

        Raises:
            ProtocolViolation: what came is none.
            ConnectionLost, TimedOut.
        """
        line = await self._line.line()
        reply = read_reply(line)
        if reply is None:
            error = strange(self.server, line)
            self._line.abort(error)
            raise error
        return reply

    async def command(self, *words: bytes) -> Reply:
        """Send a command and return its answer, whatever it is.

        Args:
            words: without control characters; one space comes between them.
        """
        self._give(*words)
        return await self.reply()

    def _give(self, *words: bytes) -> None:
        line = b" ".join(words)
        if any(octet in line for octet in b"\r\n\0"):
            raise ProtocolViolation("A command cannot hold a line end.")
        self._line.rest()
        self._line.write(line + b"\r\n")

    async def _demand(self, doing: str, *words: bytes) -> Reply:
        reply = await self.command(*words)
        if not reply.is_ok:
            raise refusal(doing, reply)
        return reply

    async def learn(self) -> None:
        """Ask what the server offers (RFC 2449, 5); one that does not know the question offers nothing."""
        self.capability = {}
        if (await self.command(b"CAPA")).is_ok:
            for line in (await self._block(MAX_CAPABILITIES)).decode("ascii", "replace").split("\r\n"):
                name, *parameters = line.upper().split()[:50] or [""]
                if name:
                    self.capability[name] = tuple(parameters)

    async def start_tls(self) -> Reply:
        """Send STLS and, when it is granted, encrypt the line (RFC 2595, 4). What was offered before is forgotten.

        Raises:
            CertificateRefused, ProtocolViolation, NotSupported, ConnectionLost, TimedOut: there is no safe line.
        """
        self.capability = {}
        reply = await self.command(b"STLS")
        if reply.is_ok:
            await self._line.encrypt()
        return reply

    async def _block(self, limit: int) -> bytes:
        data = bytearray()

        def take(piece: bytes) -> None:
            if len(data) + len(piece) > limit:
                raise ProtocolViolation(f"{self.server.label} answers without end.")
            data.extend(piece)

        await self._line.block(take)
        return bytes(data)

    async def stat(self) -> tuple[int, int]:
        """Return how many messages there are, and their octets.

        Raises:
            ServerRefused, ProtocolViolation, ConnectionLost, TimedOut.
        """
        reply = await self._demand("Counting the mail", b"STAT")
        words = reply.text.split()
        if len(words) < 2 or not (words[0].isdecimal() and words[1].isdecimal()) or len(words[0]) > 9:
            raise ProtocolViolation(f"{self.server.label} does not say how much mail there is.")
        return int(words[0]), int(words[1])

    async def uidl(self) -> list[tuple[int, bytes]]:
        """Return the number and unique identifier of every message, ascending (RFC 1939, 7).

        Raises:
            NotSupported: the server gives none.
            ProtocolViolation, ConnectionLost, TimedOut.
        """
        if self.capability and "UIDL" not in self.capability:
            raise NotSupported(f"{self.server.label} gives messages no lasting names (UIDL).")
        if not (await self.command(b"UIDL")).is_ok:
            raise NotSupported(f"{self.server.label} gives messages no lasting names (UIDL).")
        return await self._listing(await self._block(MAX_LISTING), _names)

    async def sizes(self) -> list[tuple[int, int]]:
        """Return the number and octets of every message, ascending, as the server counts them.

        Raises:
            ServerRefused, ProtocolViolation, ConnectionLost, TimedOut.
        """
        await self._demand("Listing the mail", b"LIST")
        return await self._listing(await self._block(MAX_LISTING), _sizes)

    async def _listing(self, data: bytes, read: Callable[[bytes], list[Listed]]) -> list[Listed]:
        try:
            return read(data) if len(data) <= SMALL else await asyncio.to_thread(read, data)
        except ValueError:
            error = ProtocolViolation(f"The list of mail of {self.server.label} cannot be read.")
            self._line.abort(error)
            raise error from None

    def retrieve(self, numbers: Iterable[int], limit: int = MAX_MESSAGE) -> AsyncIterator[Fetched]:
        """Yield messages, in this order. Leaving early ends the session.

        Args:
            limit: octets of a message that is taken; one that is larger comes without its data.

        Raises:
            ProtocolViolation, ConnectionLost, TimedOut: the line is gone.
        """
        return self._fetch(((b"RETR %d" % number, number) for number in numbers), limit)

    def tops(self, numbers: Iterable[int], limit: int = 1024 * 1024) -> AsyncIterator[Fetched]:
        """Yield the headers of messages (RFC 1939, 7: TOP), in this order; see `retrieve`."""
        return self._fetch(((b"TOP %d 0" % number, number) for number in numbers), limit)

    async def _fetch(self, commands: Iterator[tuple[bytes, int]], limit: int) -> AsyncIterator[Fetched]:
        sent: deque[int] = deque()
        try:
            while True:
                self._give_ahead(commands, sent)
                if not sent:
                    return
                reply = await self.reply()
                number = sent[0]
                fetched = await self._message(number, limit) if reply.is_ok else Fetched(number, refusal=reply)
                sent.popleft()
                yield fetched
        finally:
            if sent:
                self._line.abort(ConnectionLost("The session was broken off."))

    def _give_ahead(self, commands: Iterator[tuple[bytes, int]], sent: deque[int]) -> None:
        """Give as many commands as may be open at once; together, so that they travel together."""
        most = AHEAD if "PIPELINING" in self.capability else 1
        if len(sent) > most // 2:
            return
        given = []
        for command, number in commands:
            given.append(command + b"\r\n")
            sent.append(number)
            if len(sent) >= most:
                break
        if given:
            self._line.write(b"".join(given))

    async def _message(self, number: int, limit: int) -> Fetched:
        data = bytearray()
        is_whole = True

        def take(piece: bytes) -> None:
            nonlocal is_whole
            if len(data) + len(piece) > limit:
                is_whole = False
                data.clear()
            if is_whole:
                data.extend(piece)

        await self._line.block(take)
        return Fetched(number, bytes(data) if is_whole else None)

    async def delete(self, numbers: Iterable[int]) -> list[int]:
        """Mark messages as deleted; the server deletes them at QUIT. Return those that it did mark.

        Raises:
            ProtocolViolation, ConnectionLost, TimedOut: the line is gone; nothing is deleted.
        """
        marked: list[int] = []
        sent: deque[int] = deque()
        commands = ((b"DELE %d" % number, number) for number in numbers)
        while True:
            self._give_ahead(commands, sent)
            if not sent:
                return marked
            reply = await self.reply()
            number = sent.popleft()
            if reply.is_ok:
                marked.append(number)

    async def noop(self) -> None:
        """Ask whether the server is there.

        Raises:
            ServerRefused, ProtocolViolation, ConnectionLost, TimedOut.
        """
        await self._demand("Asking whether it is there", b"NOOP")

    async def reset(self) -> None:
        """Take every mark of deletion back.

        Raises:
            ServerRefused, ProtocolViolation, ConnectionLost, TimedOut.
        """
        await self._demand("Taking back what was to be deleted", b"RSET")

    async def quit(self) -> None:
        """Send QUIT: the server deletes what was marked, all of it when this returns.

        Raises:
            ServerRefused: it could not delete everything.
            ProtocolViolation, ConnectionLost, TimedOut: nobody knows whether it did.
        """
        try:
            with self.patient(QUIT_TIMEOUT):
                await self._demand("Deleting mail", b"QUIT")
        finally:
            self._line.abort()

    async def leave(self) -> None:
        """Send QUIT where nothing is to be deleted: whatever comes, the line is closed afterwards."""
        with suppress(MailError):
            self._line.timeout = GOODBYE_TIMEOUT
            await self.command(b"QUIT")
        self._line.abort()


def _rows(data: bytes) -> list[tuple[int, bytes]]:
    """Return number and words of each line, by number."""
    found: dict[int, bytes] = {}
    for line in data.split(b"\r\n"):
        first, _, rest = line.strip().partition(b" ")
        if not first:
            continue
        if not first.isdigit() or len(first) > 9 or not int(first) or int(first) in found or not rest.strip():
            raise ValueError
        found[int(first)] = rest.strip()
    return sorted(found.items())


def _names(data: bytes) -> list[tuple[int, bytes]]:
    rows = _rows(data)
    if any(len(name) > MAX_UIDL for _, name in rows):
        raise ValueError
    return rows


def _sizes(data: bytes) -> list[tuple[int, int]]:
    return [(number, int(words.split()[0][:12])) for number, words in _rows(data)]
