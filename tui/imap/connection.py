"""One connection: aioimaplib's transport, states, tags and command table, with a reader and a queue of our own.

One command runs at a time. Whatever ends the line fails the command that runs and everyone who waits behind it. A
deadline counts from the last octet that came, or that left during an upload; a command that passes it, or is cancelled,
ends the connection, because its late answer would be taken for another's.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tui.config.model import Security, Server
from tui.imap.arguments import Argument, Literal
from tui.imap.capability import Capability
from tui.imap.command import Command, Take
from tui.imap.errors import refusal
from tui.imap.library import AUTH, NONAUTH, SELECTED, is_possible
from tui.imap.limits import COMMON, MAX_STRAY, Limits
from tui.imap.line import Line
from tui.imap.responses import Result, result
from tui.imap.wire import Splitter
from tui.mail.errors import ConnectionLost, MailError, ProtocolViolation, TemporarilyRefused
from tui.mail.text import clean_line

log = logging.getLogger(__name__)

Bus = Callable[[bytes, Sequence[bytes]], None]

CHUNK = 128 * 1024
"""Octets of an upload that are handed to the transport at once."""


class Connection(Line):
    """A line to one server, not yet logged in.

    Args:
        server: where to.
        timeout: seconds without progress after which the line is given up.

    Attributes:
        capability: what the server offers, as far as it may be believed now.
        greeting: the server's first words, once there.
        bus: given every untagged response that no command took.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        super().__init__(server, timeout)
        self.capability = Capability()
        self.bus: Bus = lambda line, literals: None
        self.trusted = server.security is not Security.STARTTLS
        self.greeting: asyncio.Future[Result] = self._loop.create_future()
        self._turn = asyncio.Lock()
        self._command: Command | None = None
        self._splitter = Splitter(self._response)
        self._upgrading = False

    async def greeted(self) -> Result:
        """Wait for the greeting.

        Raises:
            TemporarilyRefused, ProtocolViolation, ConnectionLost, TimedOut: there is none.
        """
        while not self.greeting.done():
            left = self._progress + self.timeout - self._loop.time()
            if left <= 0:
                self.abort(self._late("the greeting"))
            else:
                await asyncio.wait((self.greeting,), timeout=left)
        return await self.greeting

    async def start_tls(self) -> None:
        """Send STARTTLS and encrypt the line (RFC 9051, 6.2.1). What was said before is forgotten.

        Raises:
            ServerRefused: on NO or BAD.
            CertificateRefused, ProtocolViolation, ConnectionLost, TimedOut: the line is gone.
        """
        self._upgrading = True
        await self.run("STARTTLS", "STARTTLS")
        if self._backlog:
            self.abort(self._glued())
        self._check_alive()  # plain text behind the OK has ended it
        await self._encrypt()
        self._upgrading = False
        self.capability = Capability()
        self.trusted = True

    async def run(
        self,
        doing: str,
        name: str,
        *arguments: Argument,
        take: Take | None = None,
        limits: Limits = COMMON,
        timeout: float | None = None,
    ) -> Result:
        """Send a command and return its tagged OK.

        Args:
            doing: for the error, ``Opening “Archive”``.
            name: ``UID FETCH``.
            arguments: already encoded.
            take: see `Take`.
            limits: bounds of the answer.
            timeout: seconds without progress; None for the connection's.

        Raises:
            ServerRefused: on NO or BAD.
            ConnectionLost, TimedOut, ProtocolViolation: the line is gone.
        """
        async with self.command(doing, name, *arguments, take=take, limits=limits, timeout=timeout) as command:
            return await command.answer()

    @asynccontextmanager
    async def command(
        self,
        doing: str,
        name: str,
        *arguments: Argument,
        take: Take | None = None,
        limits: Limits = COMMON,
        timeout: float | None = None,
    ) -> AsyncIterator[Command]:
        """Send a command and let the caller work with its answer while it comes; arguments as for `run`.

        Leaving the block before ``done`` is there ends the connection.
        """
        async with self._turn:
            command = self._begin(name, take, limits)
            self.arm(command, timeout or self.timeout)
            try:
                await self._send(command, name, arguments)
                yield command
                answer = await command.answer()
            except BaseException:
                if not command.done.done():
                    self.abort(ConnectionLost(f"{name} was broken off."))
                raise
            finally:
                self.arm(command, None)
                if not command.done.done():
                    self.abort(ConnectionLost(f"{name} was broken off."))
                self._command = None
                self._splitter.limits = COMMON
                self.pause(False)
            if answer.kind != "OK":
                raise refusal(doing, answer)

    def _begin(self, name: str, take: Take | None, limits: Limits) -> Command:
        self._check_alive()
        if not is_possible(name, self.state):
            raise ProtocolViolation(f"{name} is not possible in the state {self.state}.")
        command = self._command = Command(name, self._made.new_tag(), take, limits)
        self._splitter.limits = limits
        self._progress = self._loop.time()
        return command

    async def _send(self, command: Command, name: str, arguments: Sequence[Argument]) -> None:
        line = [command.tag, b" ", name.encode("ascii")]
        for argument in arguments:
            line.append(b" ")
            if isinstance(argument, bytes):
                line.append(argument)
                continue
            at_once = self._literal_at_once(argument)
            line.append(b"{%d%s}\r\n" % (len(argument.data), b"+" if at_once else b""))
            if not at_once:
                command.ready = self._loop.create_future()
                command.waiting = True
                self.transport.write(b"".join(line))
                line = []
                await asyncio.wait((command.ready, command.done), return_when=asyncio.FIRST_COMPLETED)
                command.waiting = False
                if command.done.done():  # refused before we sent it, or the line is gone
                    return
            await self._upload(b"".join(line), argument.data)
            line = []
        self.transport.write(b"".join((*line, b"\r\n")))

    def _literal_at_once(self, literal: Literal) -> bool:
        if "LITERAL+" in self.capability:
            return True
        return "LITERAL-" in self.capability and len(literal.data) <= 4096

    async def _upload(self, head: bytes, data: bytes) -> None:
        self.transport.write(head)
        for position in range(0, len(data), CHUNK):
            self.transport.write(data[position : position + CHUNK])
            await self._made.protocol.drained()
            self._progress = self._loop.time()
            if not self.is_alive:
                return

    def arm(self, command: Command, timeout: float | None) -> None:
        """Begin to count for a command under way; None stops counting.

        Args:
            command: the one under way.
            timeout: seconds without progress after which the connection is ended.
        """
        if command.timer is not None:
            command.timer.cancel()
            command.timer = None
        if timeout is not None:
            self._progress = self._loop.time()
            command.timer = self._loop.call_later(timeout, self._look, command, timeout)

    def _look(self, command: Command, timeout: float) -> None:
        if command.done.done() or not self.is_alive:
            return
        now = self._loop.time()
        due = (now if self._paused else self._progress) + timeout
        if due <= now:
            self.abort(self._late(command.name))
        else:
            command.timer = self._loop.call_at(due, self._look, command, timeout)

    def write(self, data: bytes) -> None:
        """Send a line that continues a command, such as DONE."""
        if self.is_alive:
            self.transport.write(data + b"\r\n")

    def _fail(self, reason: MailError) -> None:
        for future in (self.greeting, *((self._command.done, self._command.ready) if self._command else ())):
            if not future.done():
                future.set_exception(reason)
                future.exception()  # asked for, so that a waiter who has left leaves no complaint behind

    def _take(self, data: bytes) -> None:
        try:
            if self._upgrading and (self._command is None or self._command.done.done()):
                raise self._glued()
            self._splitter.feed(data)
            if self._upgrading and not self._splitter.is_empty and self._command and self._command.done.done():
                raise self._glued()
        except ProtocolViolation as error:
            log.info("%s: %s", self.server.label, error)
            self.abort(error)

    def _glued(self) -> ProtocolViolation:
        return ProtocolViolation(f"{self.server.label} sent plain text behind its agreement to TLS.")

    def _response(self, line: bytes, literals: Sequence[bytes]) -> None:
        command = self._command
        if command is not None:
            if command.done.done() and self._upgrading:
                raise self._glued()
            command.count += 1
            if command.count > command.limits.responses:
                raise ProtocolViolation(f"{self.server.label} answered {command.name} without end.")
        start = line[:2]
        if start == b"* ":
            if command is not None and command.take is not None and self.trusted and command.take(line, literals):
                return
            self._untagged(line, literals)
        elif start[:1] == b"+":
            self._continuation(line)
        else:
            self._tagged(line)

    def _untagged(self, line: bytes, literals: Sequence[bytes]) -> None:
        if not self.greeting.done():
            said = result(line)
            if said is None or said.kind in ("NO", "BAD"):
                return  # nothing may come before the greeting
            self._made.protocol.state = NONAUTH
            if said.kind == "BYE":
                self.abort(TemporarilyRefused(f"{self.server.label} says goodbye: {said.text}", text=said.text))
            else:
                self.greeting.set_result(said)
                self.bus(line, literals)
            return
        if line[:5].upper() == b"* BYE":
            self._bye(line)
        self.bus(line, literals)

    def _bye(self, line: bytes) -> None:
        said = result(line)
        self.goodbye = said.text if said is not None else ""
        if self._command is not None and self._command.name == "LOGOUT":
            return
        words = f"{self.server.label} says goodbye{f': {self.goodbye}' if self.goodbye else ''}"
        early = self.state not in (AUTH, SELECTED)
        error = TemporarilyRefused(words, text=self.goodbye) if early else ConnectionLost(words)
        self._loop.call_soon(self.abort, error)

    def _continuation(self, line: bytes) -> None:
        command = self._command
        if command is None:
            return
        if self._upgrading:
            raise ProtocolViolation(f"{self.server.label} answered STARTTLS with a continuation.")
        if command.waiting and not command.ready.done():
            command.ready.set_result(line[2:])
        elif command.again is not None:
            again, command.again = command.again, None
            again()

    def _tagged(self, line: bytes) -> None:
        if not self.greeting.done():
            start = clean_line(line[:40].decode("ascii", "replace"))
            raise ProtocolViolation(
                f"{self.server.label} is no IMAP server: it begins with “{start}”.", cure="Check host and port."
            )
        command = self._command
        said = result(line)
        tag = line.partition(b" ")[0]
        if command is not None and tag == command.tag and said is not None and not command.done.done():
            command.done.set_result(said)
            return
        if said is not None and tag.isalnum():
            raise ProtocolViolation(f"{self.server.label} answered a command that was never given.")
        if command is not None:
            command.stray += 1
            if command.stray > MAX_STRAY:
                raise ProtocolViolation(f"{self.server.label} sends lines that are no IMAP.")
