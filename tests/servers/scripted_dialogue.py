"""One connection of the scripted IMAP server: an honest dialogue, every step of which can be overridden."""

import asyncio
import base64
import re
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

from tests.servers.certificate import certificate
from tests.servers.scripted_mailbox import Box, Mail, literal, quoted

_WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\((?:[^()]|\([^()]*\))*\))|(\S*\[[^\]]*\]\S*|\S+)')
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")
_ITEM = re.compile(rb"BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?|[A-Z0-9.]+")


class Server(Protocol):
    """What a dialogue needs of its server."""

    password: str
    capability: str
    delimiter: bytes
    boxes: dict[bytes, Box]
    log: list[bytes]
    options: dict[str, Any]
    starttls: bool


class Closed(Exception):
    """The dialogue is over."""


class Dialogue:
    """Talks to one client. Override a step to misbehave.

    Args:
        server: whose mailboxes.
        reader, writer: the line.
    """

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.box: Box | None = None
        self.read_only = False
        self.entered = False
        self.idling = False
        self.commands = 0

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
        tag, name, *arguments = words
        self.commands += 1
        await self.command(tag, name.decode().upper(), arguments)

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
        await self.ok(tag)

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

    async def do_namespace(self, tag: bytes) -> None:
        prefix = self.server.options.get("prefix", b"")
        await self.say(b"* NAMESPACE ((" + quoted(prefix.decode()) + b' "' + self.server.delimiter + b'")) NIL NIL')
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
        self.server.boxes[name] = Box(name)
        await self.ok(tag)

    async def do_status(self, tag: bytes, name: bytes, items: bytes) -> None:
        box = self.server.boxes.get(name)
        if box is None:
            await self.say(tag + b" NO [NONEXISTENT] no such mailbox")
            return
        unseen = sum("\\Seen" not in mail.flags for mail in box.mails)
        said = b"MESSAGES %d UNSEEN %d UIDNEXT %d UIDVALIDITY %d" % (
            len(box.mails),
            unseen,
            box.uidnext,
            box.uidvalidity,
        )
        await self.say(b"* STATUS " + quoted(name.decode("utf-8", "surrogateescape")) + b" (" + said + b")")
        await self.ok(tag)

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
        await self.say(b"* %d EXISTS" % len(self.box.mails))
        await self.say(b"* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)")
        await self.say(b"* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft \\*)] flags")
        await self.uid_codes(self.box)
        await self.ok(tag, b"[READ-ONLY] open" if read_only else b"[READ-WRITE] open")

    async def uid_codes(self, box: Box) -> None:
        await self.say(b"* OK [UIDVALIDITY %d] valid" % box.uidvalidity)
        await self.say(b"* OK [UIDNEXT %d] next" % box.uidnext)

    @property
    def selected(self) -> Box:
        if self.box is None:
            raise Closed
        return self.box

    async def do_uid_fetch(self, tag: bytes, uids: bytes, items: bytes, *options: bytes) -> None:
        await self.fetch(tag, uids, items, by_uid=True)

    async def do_fetch(self, tag: bytes, numbers: bytes, items: bytes) -> None:
        await self.fetch(tag, numbers, items, by_uid=False)

    async def fetch(self, tag: bytes, numbers: bytes, items: bytes, *, by_uid: bool) -> None:
        """Answer a FETCH, message after message."""
        for sequence, mail in self.selected.chosen(numbers.decode(), by_uid=by_uid):
            await self.send(self.fetch_row(sequence, mail, items))
        await self.ok(tag)

    def fetch_row(self, sequence: int, mail: Mail, items: bytes) -> bytes:
        """One FETCH response, with its line end."""
        values = b" ".join(self.fetch_items(mail, items))
        return b"* %d FETCH (%s)\r\n" % (sequence, values)

    def fetch_items(self, mail: Mail, items: bytes) -> Iterable[bytes]:
        for match in _ITEM.finditer(items.upper()):
            name = match.group()
            if name.startswith(b"BODY") and match.group(1) is not None:
                yield self.body_item(mail, match)
            elif name == b"UID":
                yield b"UID %d" % mail.uid
            elif name == b"FLAGS":
                yield b"FLAGS (" + " ".join(sorted(mail.flags)).encode() + b")"
            elif name == b"INTERNALDATE":
                yield b"INTERNALDATE " + quoted(mail.received)
            elif name == b"RFC822.SIZE":
                yield b"RFC822.SIZE %d" % len(mail.raw)
            elif name == b"ENVELOPE":
                yield b"ENVELOPE " + mail.envelope()
            elif name == b"BODYSTRUCTURE":
                yield b"BODYSTRUCTURE " + mail.structure()

    def body_item(self, mail: Mail, match: "re.Match[bytes]") -> bytes:
        section, start, length = match.groups()
        body = mail.section(section.decode())
        name = b"BODY[" + section + b"]" + (b"<" + start + b">" if start else b"")
        if body is None:
            return name + b" NIL"
        if start:
            body = body[int(start) : int(start) + int(length)]
        return name + b" " + literal(body)

    async def do_uid_search(self, tag: bytes, *criteria: bytes) -> None:
        found = list(self.search(criteria))
        if b"RETURN" in criteria:
            every = b" ALL " + b",".join(b"%d" % uid for uid in found) if found else b""
            await self.say(b'* ESEARCH (TAG "' + tag + b'") UID' + every)
        else:
            await self.say(b"* SEARCH" + b"".join(b" %d" % uid for uid in found))
        await self.ok(tag)

    def search(self, criteria: tuple[bytes, ...]) -> Iterable[int]:
        for mail in self.selected.mails:
            if b"HEADER" in criteria:
                wanted = criteria[-2] + b": " + criteria[-1]
                if wanted.lower() not in mail.raw.lower():
                    continue
            if b"DELETED" in criteria and "\\Deleted" not in mail.flags:
                continue
            yield mail.uid

    async def do_uid_store(self, tag: bytes, uids: bytes, action: bytes, flags: bytes) -> None:
        if self.read_only:
            await self.say(tag + b" NO the mailbox is read-only")
            return
        names = set(flags.strip(b"()").decode().split())
        for _, mail in self.selected.chosen(uids.decode(), by_uid=True):
            mail.flags = mail.flags | names if action.startswith(b"+") else mail.flags - names
        await self.ok(tag)

    async def do_uid_copy(self, tag: bytes, uids: bytes, target: bytes) -> None:
        if await self.copy(tag, uids, target):
            await self.ok(tag)

    async def copy(self, tag: bytes, uids: bytes, target: bytes) -> bool:
        box = self.server.boxes.get(target)
        if box is None:
            await self.say(tag + b" NO [TRYCREATE] no such mailbox")
            return False
        for _, mail in self.selected.chosen(uids.decode(), by_uid=True):
            box.add(mail.raw, set(mail.flags))
        return True

    async def do_uid_move(self, tag: bytes, uids: bytes, target: bytes) -> None:
        if await self.copy(tag, uids, target):
            await self.expunge([mail.uid for _, mail in self.selected.chosen(uids.decode(), by_uid=True)])
            await self.ok(tag)

    async def do_uid_expunge(self, tag: bytes, uids: bytes) -> None:
        chosen = self.selected.chosen(uids.decode(), by_uid=True)
        await self.expunge([mail.uid for _, mail in chosen if "\\Deleted" in mail.flags])
        await self.ok(tag)

    async def do_expunge(self, tag: bytes) -> None:
        await self.expunge([mail.uid for mail in self.selected.mails if "\\Deleted" in mail.flags])
        await self.ok(tag)

    async def expunge(self, uids: Iterable[int]) -> None:
        """Remove messages and say so."""
        for uid in uids:
            for sequence, mail in enumerate(self.selected.mails, 1):
                if mail.uid == uid:
                    self.selected.mails.remove(mail)
                    await self.say(b"* %d EXPUNGE" % sequence)
                    break

    async def do_append(self, tag: bytes, name: bytes, *rest: bytes) -> None:
        box = self.server.boxes.get(name)
        if box is None:
            await self.say(tag + b" NO [TRYCREATE] no such mailbox")
            return
        flags = next((word.strip(b"()").decode().split() for word in rest[:-1] if word.startswith(b"(")), [])
        mail = box.add(rest[-1], set(flags))
        await self.ok(tag, b"[APPENDUID %d %d] stored" % (box.uidvalidity, mail.uid))

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
