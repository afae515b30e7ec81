"""A small honest submission server on loopback, and everything that one can do wrong.

::

    async with scripted_smtp("greylist") as server:
        ... server.port, server.log, server.accepted

Behaviours are the names of `BEHAVIOURS`; ``hang-COMMAND`` never answers that command.
"""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

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


class SmtpDialogue:
    """Talks honestly to one client. Override a step to misbehave."""

    extensions: tuple[bytes, ...] = (b"8BITMIME", b"SMTPUTF8", b"SIZE 50000000", b"ENHANCEDSTATUSCODES")
    auth = b"PLAIN LOGIN"

    def __init__(self, server: "ScriptedSmtp", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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


class _Greet(SmtpDialogue):
    words = b""

    async def greet(self) -> None:
        await self.send(self.words)
        if not self.words:
            await self.hang()
        await self.close()


class _Greet554(_Greet):
    words = b"554 5.3.2 no mail here\r\n"


class _Greet421(_Greet):
    words = b"421 4.3.2 too busy\r\n"


class _GreetHttp(_Greet):
    words = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class _Ehlo502(SmtpDialogue):
    async def on_ehlo(self, line: bytes) -> None:
        await self.say(b"502 5.5.1 what?")


class _StarttlsInject(SmtpDialogue):
    auth = b"PLAIN"

    async def on_starttls(self, line: bytes) -> None:
        await self.consent(b"250-evil\r\n250-SIZE 1\r\n250 AUTH EVIL\r\n235 2.7.0 you are in\r\n")


class _Starttls454(SmtpDialogue):
    async def on_starttls(self, line: bytes) -> None:
        await self.say(b"454 4.7.0 TLS not available")


class _StarttlsStripped(SmtpDialogue):
    def offers(self) -> list[bytes]:
        return [*self.extensions, b"AUTH " + self.auth]


class _Auth535(SmtpDialogue):
    async def judge(self, user: str, password: str) -> None:
        self.server.logins.append((user, password))
        await self.say(b"535 5.7.8 no")


class _Auth454(SmtpDialogue):
    async def judge(self, user: str, password: str) -> None:
        self.server.logins.append((user, password))
        await self.say(b"454 4.7.0 later")


class _AuthNone(SmtpDialogue):
    auth = b""


class _AuthLoginOnly(SmtpDialogue):
    auth = b"LOGIN XOAUTH2"


class _Sender553(SmtpDialogue):
    async def on_mail(self, line: bytes) -> None:
        await self.say(b"553 5.7.1 not your address")


class _RcptPartial(SmtpDialogue):
    count = 0

    async def on_rcpt(self, line: bytes) -> None:
        self.count += 1
        if self.count % 2 == 0:
            await self.say(b"550 5.1.1 no such user")
        else:
            await super().on_rcpt(line)


class _RcptLater(SmtpDialogue):
    """Puts off the second recipient once."""

    async def on_rcpt(self, line: bytes) -> None:
        if self.recipients and not self.server.tries:
            self.server.tries += 1
            await self.say(b"450 4.2.0 not now")
        else:
            await super().on_rcpt(line)


class _RcptNone(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        await self.say(b"550 5.1.1 no such user")


class _Rcpt450(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        await self.say(b"450 4.2.0 greylisted")


class _Rcpt421(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        if self.recipients:
            await self.say(b"421 4.3.0 closing")
            await self.close()
        await super().on_rcpt(line)


class _Greylist(SmtpDialogue):
    async def on_data(self, line: bytes) -> None:
        self.server.tries += 1
        if self.server.tries == 1:
            await self.say(b"451 4.7.1 greylisted, come back")
        else:
            await super().on_data(line)


class _Data554(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        await self.say(b"554 5.7.1 spam")


class _Data421Mid(SmtpDialogue):
    async def receive(self) -> bytes:
        await self.reader.readexactly(self.server.options.get("after", 2000))
        await self.say(b"421 4.3.2 shutting down")
        await self.close()
        return b""


class _EarlyYes(SmtpDialogue):
    async def receive(self) -> bytes:
        await self.reader.readexactly(10)
        await self.say(b"250 2.0.0 taken before its end")
        await self.hang()
        return b""


class _DropAfterDot(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        self.reset()


class _PartialInDoubt(_RcptPartial):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        self.reset()


class _DropAfterDotLost(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.reset()


class _SlowAfterDot(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        await self.server.released.wait()
        await self.say(b"250 2.0.0 at last")


class _HangAfterDot(SmtpDialogue):
    async def verdict(self, raw: bytes) -> None:
        self.accept(raw)
        await self.hang()


class _SizeLimit(SmtpDialogue):
    extensions = (b"8BITMIME", b"SMTPUTF8", b"SIZE 1000")

    async def verdict(self, raw: bytes) -> None:
        if len(raw) > 1000:
            await self.say(b"552 5.3.4 too big")
        else:
            await super().verdict(raw)


class _No8bitmime(SmtpDialogue):
    extensions = (b"SMTPUTF8", b"SIZE 50000000")


class _NoSmtputf8(SmtpDialogue):
    extensions = (b"8BITMIME", b"SIZE 50000000")


class _ReplyBomb(SmtpDialogue):
    async def on_ehlo(self, line: bytes) -> None:
        while True:
            await self.send(b"250-more and more\r\n" * 500)


class _LineBomb(SmtpDialogue):
    async def on_ehlo(self, line: bytes) -> None:
        while True:
            await self.send(b"250-" + b"x" * 10_000)


class _ReplyEsc(SmtpDialogue):
    async def on_rcpt(self, line: bytes) -> None:
        await self.say(b"550 5.1.1 \x1b]52;c;ZXZpbA==\x07 [@click=app.quit]no\x1b[31m \xc2\x9b user")


class _ReplyMixed(SmtpDialogue):
    words = b"250-a\r\n550 b\r\n"

    async def on_mail(self, line: bytes) -> None:
        await self.send(self.words)


class _ReplyMixedYes(_ReplyMixed):
    words = b"550-a\r\n250 b\r\n"


class _ReplyNoCode(_ReplyMixed):
    words = b"fine, go on\r\n"


class _Dribble(SmtpDialogue):
    async def send(self, data: bytes) -> None:
        for octet in data:
            self.writer.write(bytes([octet]))
            await self.writer.drain()
            await asyncio.sleep(0)


BEHAVIOURS: dict[str, type[SmtpDialogue]] = {
    "normal": SmtpDialogue,
    "greet-hang": _Greet,
    "greet-554": _Greet554,
    "greet-421": _Greet421,
    "greet-http": _GreetHttp,
    "ehlo-502": _Ehlo502,
    "starttls-ok": SmtpDialogue,
    "starttls-inject": _StarttlsInject,
    "starttls-454": _Starttls454,
    "starttls-stripped": _StarttlsStripped,
    "auth-535": _Auth535,
    "auth-454": _Auth454,
    "auth-none": _AuthNone,
    "auth-login-only": _AuthLoginOnly,
    "sender-553": _Sender553,
    "rcpt-partial": _RcptPartial,
    "rcpt-later": _RcptLater,
    "rcpt-none": _RcptNone,
    "rcpt-450": _Rcpt450,
    "rcpt-421": _Rcpt421,
    "greylist": _Greylist,
    "data-554": _Data554,
    "data-421-mid": _Data421Mid,
    "early-yes": _EarlyYes,
    "drop-after-dot": _DropAfterDot,
    "partial-in-doubt": _PartialInDoubt,
    "drop-after-dot-lost": _DropAfterDotLost,
    "slow-after-dot": _SlowAfterDot,
    "hang-after-dot": _HangAfterDot,
    "size-limit": _SizeLimit,
    "no-8bitmime": _No8bitmime,
    "no-smtputf8": _NoSmtputf8,
    "reply-bomb": _ReplyBomb,
    "line-bomb": _LineBomb,
    "reply-esc": _ReplyEsc,
    "reply-mixed": _ReplyMixed,
    "reply-mixed-yes": _ReplyMixedYes,
    "reply-no-code": _ReplyNoCode,
    "dribble": _Dribble,
    **{f"hang-{verb}": SmtpDialogue for verb in ("ehlo", "auth", "mail", "rcpt", "data", "quit")},
}


class ScriptedSmtp:
    """A server that plays one behaviour to everyone.

    Attributes:
        port: on 127.0.0.1.
        log: lines received, over all connections; messages are left out.
        accepted: mails taken.
        logins: (user, password) of every attempt.
        connections: dialogues begun.
        released: set it to let ``slow-after-dot`` answer.
    """

    def __init__(
        self,
        behaviour: str,
        *,
        tls: bool,
        starttls: bool,
        password: str,
        context: ssl.SSLContext | None,
        **options: Any,
    ) -> None:
        self.behaviour = behaviour
        self.port = 0
        self.starttls = starttls
        self.password = password
        self.options = options
        self.log: list[bytes] = []
        self.accepted: list[Accepted] = []
        self.logins: list[tuple[str, str]] = []
        self.connections = 0
        self.tries = 0
        self.released = asyncio.Event()
        self._dialogue = BEHAVIOURS[behaviour]
        self._context = (context or certificate().context) if tls else None
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def text(self) -> bytes:
        """Every line received, for looking what is not in it."""
        return b"\n".join(self.log)

    @property
    def busy(self) -> bool:
        """Whether a dialogue is going on."""
        return bool(self._tasks)

    def note(self, line: bytes) -> None:
        self.log.append(line)

    async def until(self, condition: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait for a state of this server, such as a line in its log."""
        async with asyncio.timeout(timeout):
            while not condition():  # noqa: ASYNC110 - a test may ask for any state
                await asyncio.sleep(0.002)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._met, "127.0.0.1", self.port, ssl=self._context, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._dialogue(self, reader, writer).run()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)

    async def stop(self) -> None:
        """Close the port and every line."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def scripted_smtp(
    behaviour: str = "normal",
    *,
    tls: bool = False,
    starttls: bool | None = None,
    password: str = "secret",
    context: ssl.SSLContext | None = None,
    **options: Any,
) -> AsyncIterator[ScriptedSmtp]:
    """Run a server.

    Args:
        behaviour: a key of `BEHAVIOURS`.
        tls: TLS from the first byte.
        starttls: offer STARTTLS; None: when the behaviour's name says so.
        password: the right one, for any user.
        context: the server's certificate; None: a self-signed one.
        options: what the behaviour wants to know.
    """
    offered = behaviour.startswith("starttls") if starttls is None else starttls
    server = ScriptedSmtp(behaviour, tls=tls, starttls=offered, password=password, context=context, **options)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
