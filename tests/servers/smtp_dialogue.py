"""One connection of the scripted submission server: an honest dialogue, every step of which can be overridden."""

import asyncio
import base64
from dataclasses import dataclass
from typing import Any, Protocol

from tests.servers.certificate import certificate


@dataclass(frozen=True)
class Accepted:
    """A mail the server took: its envelope, and its octets after the dots were undone."""

    sender: bytes
    recipients: tuple[bytes, ...]
    data: bytes
    raw: bytes
    """The octets as they came, without the final dot."""


class Closed(Exception):
    """The dialogue is over."""


class Server(Protocol):
    """What a dialogue needs of its server."""

    behaviour: str
    starttls: bool
    password: str
    options: dict[str, Any]
    accepted: list[Accepted]
    logins: list[tuple[str, str]]
    tries: int
    released: asyncio.Event

    def note(self, line: bytes) -> None:
        """Put a line into the log."""


class SmtpDialogue:
    """Talks honestly to one client. Override a step to misbehave."""

    extensions: tuple[bytes, ...] = (b"8BITMIME", b"SMTPUTF8", b"SIZE 50000000", b"ENHANCEDSTATUSCODES")
    auth = b"PLAIN LOGIN"

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.sender = b""
        self.recipients: list[bytes] = []
        self.entered = False

    @property
    def is_encrypted(self) -> bool:
        return self.writer.get_extra_info("ssl_object") is not None

    async def run(self) -> None:
        """Talk until the line ends."""
        try:
            await self.greet()
            while True:
                await self.dispatch(await self.listen())
        except (Closed, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.writer.close()

    async def say(self, line: bytes) -> None:
        """Send a line."""
        await self.send(line + b"\r\n")

    async def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def hang(self) -> None:
        """Never answer, until the client goes away."""
        while await self.reader.read(65536):
            pass
        raise Closed

    def reset(self) -> None:
        """Break the line without a farewell."""
        self.writer.transport.abort()
        raise Closed

    async def close(self) -> None:
        """End the line after what was said."""
        self.writer.close()
        raise Closed

    async def listen(self) -> bytes:
        """Receive a line, and note it."""
        line = (await self.reader.readuntil(b"\n")).rstrip(b"\r\n")
        self.server.note(line)
        return line

    async def dispatch(self, line: bytes) -> None:
        verb = line.split(b" ", 1)[0].upper().decode("ascii", "replace")
        if self.server.behaviour == f"hang-{verb.lower()}":
            await self.hang()
        step = getattr(self, f"on_{verb.lower()}", None)
        if step is None:
            await self.say(b"502 5.5.2 unknown command")
        else:
            await step(line)

    async def greet(self) -> None:
        await self.say(b"220 loopback ESMTP")

    def offers(self) -> list[bytes]:
        offered = list(self.extensions)
        if self.server.starttls and not self.is_encrypted:
            offered.append(b"STARTTLS")
        elif self.auth:
            offered.append(b"AUTH " + self.auth)
        return offered

    async def on_ehlo(self, line: bytes) -> None:
        lines = [b"loopback", *self.offers()]
        for each in lines[:-1]:
            await self.say(b"250-" + each)
        await self.say(b"250 " + lines[-1])

    async def on_helo(self, line: bytes) -> None:
        await self.say(b"250 loopback")

    async def on_starttls(self, line: bytes) -> None:
        await self.consent()

    async def consent(self, glued: bytes = b"") -> None:
        await self.send(b"220 2.0.0 go ahead\r\n" + glued)
        await self.writer.start_tls(certificate().context)

    async def on_auth(self, line: bytes) -> None:
        words = line.split(b" ")
        if words[1].upper() == b"PLAIN":
            _, user, password = base64.b64decode(words[2]).split(b"\0")
        else:
            await self.say(b"334 VXNlcm5hbWU6")
            user = base64.b64decode(await self.listen())
            await self.say(b"334 UGFzc3dvcmQ6")
            password = base64.b64decode(await self.listen())
        await self.judge(user.decode(), password.decode())

    async def judge(self, user: str, password: str) -> None:
        self.server.logins.append((user, password))
        self.entered = password == self.server.password
        await self.say(b"235 2.7.0 welcome" if self.entered else b"535 5.7.8 wrong credentials")

    async def on_mail(self, line: bytes) -> None:
        if not self.entered:
            await self.say(b"530 5.7.0 log in first")
            return
        self.sender = line.split(b"<", 1)[1].split(b">", 1)[0]
        self.recipients = []
        await self.say(b"250 2.1.0 ok")

    async def on_rcpt(self, line: bytes) -> None:
        self.recipients.append(line.split(b"<", 1)[1].rsplit(b">", 1)[0])
        await self.say(b"250 2.1.5 ok")

    async def on_data(self, line: bytes) -> None:
        await self.say(b"354 go on")
        raw = await self.receive()
        await self.verdict(raw)

    async def receive(self) -> bytes:
        """Receive a message up to its dot."""
        raw = bytearray()
        while True:
            line = await self.reader.readuntil(b"\n")
            if line == b".\r\n":
                return bytes(raw)
            raw += line

    def accept(self, raw: bytes) -> None:
        """Take a message."""
        data = raw[1:] if raw.startswith(b".") else raw
        data = data.replace(b"\r\n.", b"\r\n")
        self.server.accepted.append(Accepted(self.sender, tuple(self.recipients), data, raw))

    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        await self.say(b"250 2.0.0 Ok: queued as 4F2")

    async def on_rset(self, line: bytes) -> None:
        await self.say(b"250 2.0.0 ok")

    async def on_quit(self, line: bytes) -> None:
        await self.say(b"221 2.0.0 bye")
        await self.close()
