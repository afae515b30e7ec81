"""A small POP3 server on loopback, honest unless a behaviour is asked for by its name.

::

    async with scripted_pop3(mails=[b"From: ..."]) as server:
        ... server.port, server.mails, server.log, server.deleted
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Final

from tests.servers.certificate import certificate
from tests.servers.listening import Listening

CAPABILITIES: Final = (b"TOP", b"UIDL", b"RESP-CODES", b"PIPELINING", b"USER", b"SASL PLAIN")


class _Closed(Exception):
    """The dialogue is over."""


class ScriptedPop3(Listening):
    """A server with one maildrop.

    Args:
        behaviour: what it does wrong; "" for nothing: see `_Dialogue`.

    Attributes:
        mails: unique identifier → message, in order.
        deleted: identifiers of what was deleted, in order.
        retrieved: identifiers that RETR was answered for with the whole message.
        marking: called with the identifier of what DELE was said of, before it is answered.
        cut_after: octets sent on a connection after which it is cut; None for never.
    """

    def __init__(
        self,
        behaviour: str,
        mails: Iterable[bytes],
        capabilities: Iterable[bytes],
        *,
        tls: bool,
        starttls: bool,
    ) -> None:
        super().__init__(certificate().context if tls else None)
        self.behaviour = behaviour
        self.capabilities = tuple(capabilities)
        self.starttls = starttls
        self.password = "secret"
        self.mails: dict[bytes, bytes] = {}
        self.deleted: list[bytes] = []
        self.retrieved: list[bytes] = []
        self.marking: Callable[[bytes], None] = lambda uidl: None
        self.cut_after: int | None = None
        self._given = 0
        self.put(*mails)

    def put(self, *mails: bytes) -> None:
        """Deliver mails."""
        for mail in mails:
            self._given += 1
            self.mails[b"u%06d" % self._given] = mail

    @property
    def verbs(self) -> list[bytes]:
        """The commands received, in capitals."""
        return [line.split(b" ")[0].upper() for line in self.log]

    def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> "_Dialogue":
        return _Dialogue(self, reader, writer)


class _Dialogue:
    """One connection. What is wrong is asked for by the server's ``behaviour``, a few words of it or several."""

    def __init__(self, server: ScriptedPop3, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.sent = 0
        self.entered = False
        self.drop = list(server.mails.items())
        self.marked: set[int] = set()

    def is_(self, behaviour: str) -> bool:
        return behaviour in self.server.behaviour.split()

    async def run(self) -> None:
        try:
            await self.greet()
            while True:
                line = (await self.reader.readuntil(b"\n")).rstrip(b"\r\n")
                self.server.log.append(line)
                verb = line.split(b" ")[0].upper().decode("ascii", "replace").lower()
                if self.is_(f"hang-{verb}"):
                    await self.hang()
                if self.is_(f"drop-{verb}"):
                    raise _Closed
                if self.is_(f"refuse-{verb}"):
                    await self.say(b"-ERR not here")
                    continue
                step = getattr(self, f"on_{verb}", None)
                if step is None:
                    await self.say(b"-ERR unknown command")
                else:
                    await step(line)
        except (_Closed, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.writer.transport.abort() if self.server.cut_after is not None else self.writer.close()

    async def hang(self) -> None:
        while await self.reader.read(65536):
            pass
        raise _Closed

    async def say(self, *lines: bytes) -> None:
        await self.send(b"".join(line + b"\r\n" for line in lines))

    async def send(self, data: bytes) -> None:
        most = self.server.cut_after
        if most is not None and self.sent + len(data) > most:
            self.writer.write(data[: max(0, most - self.sent)])
            await self.writer.drain()
            self.writer.close()
            raise _Closed
        self.sent += len(data)
        self.writer.write(data)
        await self.writer.drain()

    async def greet(self) -> None:
        if self.is_("http"):
            await self.say(b"HTTP/1.1 400 Bad Request", b"")
        elif self.is_("busy"):
            await self.say(b"-ERR [SYS/TEMP] too busy")
        elif self.is_("silent"):
            await self.hang()
        elif self.is_("endless-line"):
            while True:
                await self.send(b"+OK" + b"x" * 60_000)
        elif self.is_("drip"):
            while True:
                await self.send(b"x")
                await asyncio.sleep(0.02)
        else:
            await self.say(b"+OK \x1b[31mready <1896.697170952@loopback>")

    async def on_capa(self, line: bytes) -> None:
        encrypted = self.writer.get_extra_info("ssl_object") is not None
        offered = [*self.server.capabilities, *([b"STLS"] if self.server.starttls and not encrypted else [])]
        if not offered:
            await self.say(b"-ERR unknown command")
        else:
            await self.say(b"+OK", *offered, b".")

    async def on_stls(self, line: bytes) -> None:
        glued = b"+OK injected\r\n" if self.is_("stls-injected") else b""
        await self.send(b"+OK begin\r\n" + glued)
        await self.writer.start_tls(certificate().context)

    async def on_user(self, line: bytes) -> None:
        await self.say(b"+OK")

    async def on_pass(self, line: bytes) -> None:
        await self.enter(line[5:].decode())

    async def on_auth(self, line: bytes) -> None:
        words = line.split(b" ")
        if len(words) < 3:
            await self.say(b"+ ")
            words.append((await self.reader.readuntil(b"\n")).strip())
        await self.enter(base64.b64decode(words[2]).split(b"\0")[2].decode())

    async def enter(self, password: str) -> None:
        if self.is_("in-use"):
            await self.say(b"-ERR [IN-USE] Do you have another POP session running?")
        elif self.is_("locked"):
            await self.say(b"-ERR unable to lock maildrop")
        elif password != self.server.password:
            await self.say(b"-ERR [AUTH] \x1b]0;evil\x07wrong password")
        else:
            self.entered = True
            self.drop = list(self.server.mails.items())
            await self.say(b"+OK logged in")

    async def on_stat(self, line: bytes) -> None:
        await self.say(b"+OK %d %d" % (len(self.drop), sum(len(mail) for _, mail in self.drop)))

    async def on_list(self, line: bytes) -> None:
        rows = [b"%d %d" % (number, len(mail)) for number, (_, mail) in enumerate(self.drop, 1)]
        await self.say(b"+OK", *rows, b".")

    async def on_uidl(self, line: bytes) -> None:
        if self.is_("no-uidl"):
            await self.say(b"-ERR unknown command")
        elif self.is_("empty-uidl"):
            await self.say(b"+OK", b".")
        elif self.is_("same-uidl"):
            await self.say(b"+OK", *(b"%d same" % number for number in range(1, len(self.drop) + 1)), b".")
        elif self.is_("bad-uidl"):
            await self.say(b"+OK", b"one two three", b".")
        else:
            rows = [b"%d %s" % (number, uidl) for number, (uidl, _) in enumerate(self.drop, 1)]
            await self.say(b"+OK", *rows, b".")

    def mail(self, line: bytes) -> tuple[int, bytes, bytes]:
        number = int(line.split(b" ")[1])
        return number, *self.drop[number - 1]

    async def on_top(self, line: bytes) -> None:
        _, _, mail = self.mail(line)
        await self.send(b"+OK\r\n" + stuffed(mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n") + b".\r\n")

    async def on_retr(self, line: bytes) -> None:
        _, uidl, mail = self.mail(line)
        if self.is_("refuse-first") and uidl == self.drop[0][0]:
            await self.say(b"-ERR message is gone")
            return
        await self.send(b"+OK\r\n" + stuffed(mail) + b".\r\n")
        self.server.retrieved.append(uidl)

    async def on_dele(self, line: bytes) -> None:
        number, uidl, _ = self.mail(line)
        self.server.marking(uidl)
        self.marked.add(number)
        await self.say(b"+OK")

    async def on_rset(self, line: bytes) -> None:
        self.marked.clear()
        await self.say(b"+OK")

    async def on_noop(self, line: bytes) -> None:
        await self.say(b"+OK")

    async def on_quit(self, line: bytes) -> None:
        for number in sorted(self.marked):
            uidl = self.drop[number - 1][0]
            if self.server.mails.pop(uidl, None) is not None:
                self.server.deleted.append(uidl)
        if self.is_("lost-quit"):  # it did delete
            self.writer.transport.abort()
            raise _Closed
        await self.say(b"+OK bye")
        raise _Closed


def stuffed(mail: bytes) -> bytes:
    """Return a message as it travels: dots doubled, the last line ended."""
    text = mail.replace(b"\r\n.", b"\r\n..")
    text = b"." + text if text.startswith(b".") else text
    return text if text.endswith(b"\r\n") else text + b"\r\n"


@asynccontextmanager
async def scripted_pop3(
    behaviour: str = "",
    *,
    mails: Iterable[bytes] = (),
    capabilities: Iterable[bytes] = CAPABILITIES,
    tls: bool = False,
    starttls: bool = False,
) -> AsyncIterator[ScriptedPop3]:
    """Run a server.

    Args:
        behaviour: what it does wrong; several words for several things.
        mails: in its maildrop.
        capabilities: lines of CAPA; none: it does not know CAPA.
        tls: TLS from the first byte.
        starttls: offer STLS.
    """
    server = ScriptedPop3(behaviour, mails, capabilities, tls=tls, starttls=starttls)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
