"""The first words with a server of any of the three kinds: greeting, what it offers, STARTTLS. No login, no names.

Only for looking: what may carry a password is opened by `tui.imap`, `tui.pop3` and `tui.smtp`.
"""

import asyncio
import ssl
from enum import StrEnum

from tui.mail.text import clean_line

MAX_LINE = 8 * 1024
MAX_LINES = 200


class Service(StrEnum):
    """What a server speaks."""

    IMAP = "IMAP"
    POP3 = "POP3"
    SMTP = "SMTP"
    HTTP = "HTTP"
    OTHER = "something unknown"


def recognise(words: bytes) -> Service | None:
    """Return which service begins with these words, None when there are none."""
    start = words[:64].lstrip().upper()
    if not start:
        return None
    if start.startswith(b"* "):
        return Service.IMAP
    if start.startswith((b"+OK", b"-ERR")):
        return Service.POP3
    if start[:3].isdigit() and start[:1] in b"2345" and start[3:4] in (b" ", b"-", b"\r", b"\n", b""):
        return Service.SMTP
    if start.startswith(b"HTTP/") or b"<HTML" in start:
        return Service.HTTP
    return Service.OTHER


class Dialogue:
    """One line to a server.

    Args:
        host: for the certificate.
        reader, writer: connected.
    """

    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.host = host
        self.greeting = ""
        self.service: Service | None = None
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, host: str, port: int, context: ssl.SSLContext | None) -> "Dialogue":
        """Connect, by TLS when there is a context.

        Raises:
            OSError, ssl.SSLError, EOFError: there is no line.
        """
        reader, writer = await asyncio.open_connection(
            host,
            port,
            ssl=context,
            server_hostname=host if context is not None else None,
            happy_eyeballs_delay=0.25,
            limit=MAX_LINE,
        )
        return cls(host, reader, writer)

    @property
    def address(self) -> str:
        """The address that was reached, "" when unknown."""
        peer = self._writer.get_extra_info("peername")
        return str(peer[0]) if peer else ""

    @property
    def tls(self) -> object:
        """The ``ssl_object``, None while nothing is encrypted."""
        return self._writer.get_extra_info("ssl_object")

    async def greet(self) -> Service | None:
        """Wait for the first words; None when the line was closed without any.

        Raises:
            OSError, EOFError: the line broke.
        """
        first = await self._line()
        self.service = recognise(first)
        self.greeting = _said(first)
        if self.service is Service.SMTP:
            await self._rest_of_reply(first)
        return self.service

    async def provoke(self) -> Service | None:
        """Say what a web server answers to and a mail server does not mind; for a line on which nobody speaks."""
        self._writer.write(b"GET / HTTP/1.0\r\n\r\n")
        return await self.greet()

    async def offers(self) -> tuple[str, ...]:
        """Ask what the server can do; names in capitals, SMTP's with their parameters.

        Raises:
            OSError, EOFError: the line broke.
        """
        match self.service:
            case Service.IMAP:
                lines = await self._ask_imap(b"CAPABILITY")
                return tuple(
                    name
                    for line in lines
                    if line.upper().startswith(b"* CAPABILITY ")
                    for name in _said(line).upper().split()[2:]
                )
            case Service.POP3:
                return await self._ask_pop3()
            case Service.SMTP:
                first, *rest = await self._ask_smtp(b"EHLO [127.0.0.1]")
                return tuple(line.upper() for line in rest) if first.startswith("250") else ()
        return ()

    async def start_tls(self, context: ssl.SSLContext) -> bool:
        """Ask for TLS and encrypt the line; False when the server does not want to.

        Raises:
            OSError, ssl.SSLError, EOFError: the line broke.
        """
        match self.service:
            case Service.IMAP:
                agreed = (await self._ask_imap(b"STARTTLS"))[-1].upper().split()[1:2] == [b"OK"]
            case Service.POP3:
                self._writer.write(b"STLS\r\n")
                agreed = (await self._line())[:3] == b"+OK"
            case _:
                agreed = (await self._ask_smtp(b"STARTTLS"))[0].startswith("220")
        if agreed:
            await self._writer.start_tls(context, server_hostname=self.host)
        return agreed

    def leave(self) -> None:
        """Say goodbye, and do not wait for an answer."""
        try:
            if self.service in (Service.POP3, Service.SMTP):
                self._writer.write(b"QUIT\r\n")
            elif self.service is Service.IMAP:
                self._writer.write(b"z LOGOUT\r\n")
            self._writer.close()
        except (OSError, RuntimeError):
            self._writer.transport.abort()

    def abort(self) -> None:
        """Drop the line."""
        self._writer.transport.abort()

    async def _line(self) -> bytes:
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        except asyncio.LimitOverrunError:
            return await self._reader.read(MAX_LINE)

    async def _ask_imap(self, command: bytes) -> list[bytes]:
        self._writer.write(b"a " + command + b"\r\n")
        lines: list[bytes] = []
        while len(lines) < MAX_LINES:
            line = await self._line()
            if not line:
                raise EOFError
            lines.append(line)
            if line[:2].lower() == b"a ":
                break
        return lines

    async def _ask_pop3(self) -> tuple[str, ...]:
        self._writer.write(b"CAPA\r\n")
        if not (await self._line()).startswith(b"+OK"):
            return ()
        found: list[str] = []
        while len(found) < MAX_LINES:
            line = await self._line()
            if not line:
                raise EOFError
            if line.strip() == b".":
                break
            found.append(_said(line).upper())
        return tuple(found)

    async def _ask_smtp(self, command: bytes) -> list[str]:
        self._writer.write(command + b"\r\n")
        first = await self._line()
        if not first:
            raise EOFError
        return [_said(first), *await self._rest_of_reply(first)]

    async def _rest_of_reply(self, line: bytes) -> list[str]:
        """Read on to the end of a reply of several lines; return the words of the further ones."""
        more: list[str] = []
        while line[3:4] == b"-" and len(more) < MAX_LINES:
            line = await self._line()
            if not line:
                raise EOFError
            more.append(_said(line[4:]))
        return more


def _said(line: bytes) -> str:
    return clean_line(line[:MAX_LINE].decode("utf-8", "replace"), 500)
