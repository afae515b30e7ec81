"""One connection of the scripted IMAP server: an honest dialogue, every step of which can be overridden."""

import asyncio
import base64
import re
import ssl
from contextlib import suppress
from typing import Any, Protocol

from tests.servers.certificate import certificate
from tests.servers.scripted_mailbox import Box, quoted
from tests.servers.scripted_messages import Closed, MessageVerbs

_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\((?:[^()]|\([^()]*\))*\))|(\S*\[[^\]]*\]\S*|\S+)')
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")


class Server(Protocol):
    """What a dialogue needs of its server."""

    password: str
    capability: str
    delimiter: bytes
    boxes: dict[bytes, Box]
    log: list[bytes]
    options: dict[str, Any]
    starttls: bool

    def push(self, data: bytes, mailbox: bytes = ...) -> None:
        """Send octets to the clients that idle in a mailbox."""


class Dialogue(MessageVerbs):
    """Talks to one client. Override a step to misbehave.

    Args:
        server: whose mailboxes.
        reader, writer: the line.
    """

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.entered = False
        self.idling = False
        self.commands = 0

    @property
    def boxes(self) -> dict[bytes, Box]:
        return self.server.boxes

    async def run(self) -> None:
        """Talk until the line ends."""
        try:
            await self.greet()
            while True:
                await self.one_command()
        except (Closed, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.transport.abort() if self.writer.transport.is_closing() else self.writer.close()

    async def greet(self) -> None:
        await self.say(b"* OK [CAPABILITY %s] ready" % self.capability().encode())

    def capability(self) -> str:
        """What is offered now."""
        offered = self.server.capability
        if self.server.starttls and not self.is_encrypted:
            offered = f"{offered} STARTTLS"
        return offered

    @property
    def context(self) -> ssl.SSLContext:
        """For STARTTLS."""
        return certificate().context

    @property
    def is_encrypted(self) -> bool:
        return self.writer.get_extra_info("ssl_object") is not None

    async def say(self, line: bytes) -> None:
        """Send a line."""
        await self.send(line + b"\r\n")

    async def send(self, data: bytes) -> None:
        """Send octets as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def listen(self) -> bytes:
        """Receive a line, and note it."""
        line = await self.reader.readuntil(b"\n")
        self.server.log.append(line.rstrip(b"\r\n"))
        return line

    async def one_command(self) -> None:
        """Receive a command with its literals, and answer it."""
        words: list[bytes] = []
        line = await self.listen()
        while True:
            found = _LITERAL.search(line)
            words += self.split(line[: found.start()] if found else line)
            if found is None:
                break
            if not found.group(2) and not await self.wants_literal(words):
                return
            words.append(await self.reader.readexactly(int(found.group(1))))
            line = await self.listen()
        if len(words) < 2:  # somebody tries whether TLS is spoken here
            await self.say(b"* BAD no command")
            return
        tag, name, *arguments = words
        self.commands += 1
        await self.command(tag, name.decode("ascii", "replace").upper(), arguments)

    async def wants_literal(self, words: list[bytes]) -> bool:
        """Ask for a literal; False when the command has been refused instead."""
        await self.say(b"+ go on")
        return True

    def split(self, line: bytes) -> list[bytes]:
        """Cut a line into arguments; quotes undone, parentheses kept."""
        words = []
        for match in _WORD.finditer(line.strip(b"\r\n")):
            string, group, atom = match.groups()
            if string is not None:
                words.append(re.sub(rb"\\(.)", rb"\1", string))
            else:
                words.append(group if group is not None else atom)
        return words

    async def command(self, tag: bytes, name: str, arguments: list[bytes]) -> None:
        """Answer a command by the method of its name."""
        if name == "UID":
            name = "uid_" + arguments.pop(0).decode()
        method = getattr(self, "do_" + name.lower(), None)
        if method is None:
            await self.say(tag + b" BAD unknown command")
            return
        if not self.entered and name not in ("CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS", "LOGOUT", "NOOP"):
            await self.say(tag + b" BAD log in first")
            return
        await method(tag, *arguments)

    async def ok(self, tag: bytes, text: bytes = b"done") -> None:
        await self.say(tag + b" OK " + text)

    async def do_capability(self, tag: bytes) -> None:
        await self.say(b"* CAPABILITY " + self.capability().encode())
        await self.ok(tag)

    async def do_noop(self, tag: bytes) -> None:
        if self.box is not None:
            here, known = {mail.uid for mail in self.box.mails}, {mail.uid for mail in self.known}
            for sequence, mail in reversed(list(enumerate(self.known, 1))):
                if mail.uid not in here:
                    await self.say(b"* %d EXPUNGE" % sequence)
            if here - known:
                await self.say(b"* %d EXISTS" % len(self.box.mails))
            self.known = list(self.box.mails)
        await self.ok(tag)

    def announce(self, box: Box) -> None:
        self.server.push(b"* %d EXISTS\r\n" % len(box.mails), box.name)

    async def do_logout(self, tag: bytes) -> None:
        await self.say(b"* BYE see you")
        await self.ok(tag)
        raise Closed

    async def do_id(self, tag: bytes, *fields: bytes) -> None:
        await self.say(b"* ID NIL")
        await self.ok(tag)

    async def do_enable(self, tag: bytes, *names: bytes) -> None:
        await self.say(b"* ENABLED " + b" ".join(names))
        await self.ok(tag)

    async def do_starttls(self, tag: bytes) -> None:
        await self.ok(tag, b"begin TLS")
        await self.writer.start_tls(self.context)

    async def do_login(self, tag: bytes, user: bytes, password: bytes) -> None:
        await self.judge(tag, password)

    async def do_authenticate(self, tag: bytes, mechanism: bytes, response: bytes | None = None) -> None:
        if response is None:
            await self.say(b"+ ")
            response = (await self.listen()).strip()
        await self.judge(tag, base64.b64decode(response).split(b"\0")[2])

    async def judge(self, tag: bytes, password: bytes) -> None:
        """Answer credentials."""
        if password.decode() != self.server.password:
            await self.say(tag + b" NO [AUTHENTICATIONFAILED] wrong")
            return
        self.entered = True
        await self.ok(tag, b"[CAPABILITY " + self.capability().encode() + b"] welcome")

    @property
    def prefix(self) -> bytes:
        """Below which the user's own mailboxes lie."""
        prefix = self.server.options.get("prefix", b"")
        assert isinstance(prefix, bytes)
        return prefix

    def is_allowed(self, name: bytes) -> bool:
        """Whether a mailbox may lie there: below a namespace of the user's own or of others."""
        return name.startswith((self.prefix, b"#"))

    async def do_namespace(self, tag: bytes) -> None:
        others = self.server.options.get("others", b"NIL NIL")
        own = b"((" + quoted(self.prefix.decode()) + b' "' + self.server.delimiter + b'"))'
        await self.say(b"* NAMESPACE " + own + b" " + others)
        await self.ok(tag)

    async def do_list(self, tag: bytes, *arguments: bytes) -> None:
        subscribed = b"SUBSCRIBED" in b" ".join(arguments)
        rows = []
        for box in self.server.boxes.values():
            attributes = box.attributes + (b" \\Subscribed" if subscribed and box.subscribed else b"")
            rows.append(self.list_row(b"LIST", box, attributes.strip()))
        await self.send(b"".join(rows))
        await self.ok(tag)

    async def do_lsub(self, tag: bytes, *arguments: bytes) -> None:
        rows = [self.list_row(b"LSUB", box, b"") for box in self.server.boxes.values() if box.subscribed]
        await self.send(b"".join(rows))
        await self.ok(tag)

    def list_row(self, name: bytes, box: Box, attributes: bytes) -> bytes:
        shown = box.listed if box.listed is not None else quoted(box.name.decode("utf-8", "surrogateescape"))
        return b"* " + name + b" (" + attributes + b') "' + self.server.delimiter + b'" ' + shown + b"\r\n"

    async def do_create(self, tag: bytes, name: bytes) -> None:
        if name in self.server.boxes:
            await self.say(tag + b" NO [ALREADYEXISTS] there is one")
            return
        if not self.is_allowed(name):
            await self.say(tag + b" NO [CANNOT] nothing can be made there")
            return
        self.server.boxes[name] = Box(name)
        await self.ok(tag)

    async def do_rename(self, tag: bytes, name: bytes, new: bytes) -> None:
        if name not in self.server.boxes or new in self.server.boxes or not self.is_allowed(new):
            await self.say(tag + b" NO [CANNOT] this cannot be renamed so")
            return
        below = name + self.server.delimiter
        for old in [each for each in self.server.boxes if each == name or each.startswith(below)]:
            box = self.server.boxes.pop(old)
            box.name = new + old[len(name) :]
            self.server.boxes[box.name] = box
        await self.ok(tag)

    async def do_delete(self, tag: bytes, name: bytes) -> None:
        if self.server.boxes.pop(name, None) is None:
            await self.say(tag + b" NO [NONEXISTENT] no such mailbox")
            return
        await self.ok(tag)

    async def do_subscribe(self, tag: bytes, name: bytes) -> None:
        await self.ok(tag)

    @property
    def offered(self) -> str:
        return self.capability()

    async def do_status(self, tag: bytes, name: bytes, items: bytes) -> None:
        box = self.server.boxes.get(name)
        if box is None:
            await self.say(tag + b" NO [NONEXISTENT] no such mailbox")
            return
        await self.say(self.status_row(box))
        await self.ok(tag)

    def status_row(self, box: Box) -> bytes:
        """``* STATUS`` of a mailbox."""
        unseen = sum("\\Seen" not in mail.flags for mail in box.mails)
        counts = (len(box.mails), unseen, box.uidnext, box.uidvalidity)
        said = b"MESSAGES %d UNSEEN %d UIDNEXT %d UIDVALIDITY %d" % counts
        return b"* STATUS " + quoted(box.name.decode("utf-8", "surrogateescape")) + b" (" + said + b")"

    async def do_select(self, tag: bytes, name: bytes, *options: bytes) -> None:
        await self.open_box(tag, name, read_only=False)

    async def do_examine(self, tag: bytes, name: bytes, *options: bytes) -> None:
        await self.open_box(tag, name, read_only=True)

    async def open_box(self, tag: bytes, name: bytes, *, read_only: bool) -> None:
        self.box = self.server.boxes.get(name)
        self.read_only = read_only
        if self.box is None:
            await self.say(tag + b" NO [NONEXISTENT] no such mailbox")
            return
        self.known = list(self.box.mails)
        await self.say(b"* %d EXISTS" % len(self.box.mails))
        await self.say(b"* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)")
        await self.say(b"* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft \\*)] flags")
        await self.uid_codes(self.box)
        await self.ok(tag, b"[READ-ONLY] open" if read_only else b"[READ-WRITE] open")

    async def uid_codes(self, box: Box) -> None:
        await self.say(b"* OK [UIDVALIDITY %d] valid" % box.uidvalidity)
        await self.say(b"* OK [UIDNEXT %d] next" % box.uidnext)

    async def do_append(self, tag: bytes, name: bytes, *rest: bytes) -> None:
        box = self.server.boxes.get(name)
        if box is None:
            await self.say(tag + b" NO [TRYCREATE] no such mailbox")
            return
        if box is self.box and self.read_only:
            await self.say(tag + b" NO [CANNOT] the mailbox is open read-only")  # as Courier says
            return
        flags = next((word.strip(b"()").decode().split() for word in rest[:-1] if word.startswith(b"(")), [])
        mail = box.add(rest[-1], set(flags))
        told = b"[APPENDUID %d %d] " % (box.uidvalidity, mail.uid) if "UIDPLUS" in self.server.capability else b""
        await self.ok(tag, told + b"stored")

    async def do_idle(self, tag: bytes) -> None:
        await self.say(b"+ idling")
        self.idling = True
        try:
            await self.idle()
        finally:
            self.idling = False
        await self.ok(tag)

    async def idle(self) -> None:
        """Wait for DONE."""
        while (await self.listen()).strip().upper() != b"DONE":
            pass

    async def hang(self) -> None:
        """Say nothing more; end when the client goes."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass
        raise Closed
