"""One connection: aioimaplib's transport, states, tags and command table, with a reader and a queue of our own.

One errand runs at a time: a command, or several sent one behind the other where none can be mistaken for another (RFC
9051, 5.5), and then each untagged response is offered to them in the order they were sent. Whatever ends the line fails
the commands that run and everyone who waits behind them. A deadline counts from the last octet that came, or that left
during an upload; a command that passes it, or is cancelled, ends the connection, because its late answer would be taken
for another's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tui.config.model import Server
from tui.imap.answers import Answers
from tui.imap.arguments import Argument, Literal
from tui.imap.capability import Capability
from tui.imap.command import Command, Order, Take
from tui.imap.deflate import Deflate
from tui.imap.errors import refusal
from tui.imap.library import SELECTED, is_possible
from tui.imap.limits import COMMON, Limits
from tui.imap.responses import Result
from tui.mail.errors import ConnectionLost, ProtocolViolation

Send = Callable[[Order], Awaitable[Command]]
"""Sends one more command without waiting for those before it."""

CHUNK = 128 * 1024
"""Octets of an upload that are handed to the transport at once."""

SHORT = frozenset(("SELECT", "EXAMINE", "LIST", "STATUS"))
"""Commands behind which compression may be agreed on: nothing can be said until that is done."""

LEADS = frozenset(("SELECT", "EXAMINE", "NOOP"))
"""Commands in one go with which something is sent that needs what they do."""

OPEN = frozenset(("UID FETCH", "FETCH", "UID SEARCH", "UID STORE", "NOOP", "STATUS", "LIST"))
"""Commands behind which a UID FETCH may be sent at once: neither changes what the other says (RFC 9051, 5.5)."""


class Connection(Answers):
    """A line to one server, not yet logged in.

    Args:
        server: where to.
        timeout: seconds without progress after which the line is given up.

    Attributes:
        capability: what the server offers, as far as it may be believed now.
        owed: sent in one go with the next command, before it. Their refusal is no failure of that one.
        behind: a UID FETCH that is sent in one go with the next of `LEADS`, behind it; refused when that is refused.
        compression: sent in one go with the next command that is soon answered, behind it; None: nothing to agree on.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        super().__init__(server, timeout)
        self.capability = Capability()
        self._turn = asyncio.Lock()
        self.owed: list[Order] = []
        self.behind: Order | None = None
        self.compression: Order | None = None
        self._is_sending = False  # a command whose literals wait to be let through

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
        async with self.pipeline(is_open=name in OPEN) as send:
            command = await send(Order(doing, name, arguments, take, limits, timeout))
            if self.behind is not None and name in LEADS:
                order, self.behind = self.behind, None
                await send(order)
            if self.compression is not None and name in SHORT:
                order, self.compression = self.compression, None
                await send(order)
            yield command

    @asynccontextmanager
    async def pipeline(self, *, is_open: bool = False) -> AsyncIterator[Send]:
        """Let the caller send commands without waiting for their answers; other callers wait until all are answered.

        The commands must be such that it does not matter which the server begins with (RFC 9051, 5.5). Leaving the
        block waits for their answers; leaving it by an exception before they are there ends the connection.

        Args:
            is_open: others may `join`: everything that is sent here is one of `OPEN`.

        Raises:
            ServerRefused: on NO or BAD to one of those that were sent here.
            ConnectionLost, TimedOut, ProtocolViolation: the line is gone.
        """
        ours: list[Command] = []

        async def send(order: Order) -> Command:
            owed, self.owed = self.owed, []
            for first in owed if order.name != "LOGOUT" else ():
                await self._send(first)
            command = await self._send(order)
            ours.append(command)
            return command

        async with self._turn:
            self._is_open = is_open
            try:
                yield send
                while waiting := [each for each in self._commands if not (each.left or each.done.done())]:
                    await waiting[0].answer()  # some may have joined meanwhile
            finally:
                self._is_open = False
                self._end()
            for command in ours:
                if command.left:
                    continue
                answer = await command.answer()
                if answer.kind != "OK" and command.order.answered is None:
                    raise refusal(command.order.doing, answer)

    async def join(self, order: Order) -> Result | None:
        """Send a UID FETCH into the pipeline that is under way, past whoever waits for his turn.

        Args:
            order: its ``take`` is offered each response before those of the others, and must leave them what is theirs.

        Returns:
            The tagged OK; None when there is no such pipeline now, a command is only half sent, or one asks about the
            very same message: nothing was sent.

        Raises:
            ServerRefused: on NO or BAD.
            ConnectionLost, TimedOut, ProtocolViolation: the line is gone.
        """
        if not self._is_open or self._is_sending or any(each.excludes(order) for each in self._commands):
            return None
        command = await self._send(order)
        command.joined = True
        answer = await command.answer()
        if answer.kind != "OK":
            raise refusal(order.doing, answer)
        return answer

    def _end(self) -> None:
        """Forget the commands under way, but for those that were left; the line with them when not all are answered."""
        left = [command for command in self._commands if command.left and not command.done.done()]
        for command in self._commands:
            if command in left:
                continue
            self.arm(command, None)
            if not command.done.done():
                self.abort(ConnectionLost(f"{command.name} was broken off."))
        self._commands = left if self.is_alive else []
        self._splitter.limits = self._commands[0].order.limits if self._commands else COMMON
        self.pause(False)

    def _begin(self, order: Order) -> Command:
        self._check_alive()
        opening = any(each.name in ("SELECT", "EXAMINE") and not each.done.done() for each in self._commands)
        if not is_possible(order.name, SELECTED if opening else self.state):
            raise ProtocolViolation(f"{order.name} is not possible in the state {self.state}.")
        command = Command(order, self._made.new_tag())
        self._commands = [each for each in self._commands if not each.done.done()] + [command]
        self._splitter.limits = order.limits if len(self._commands) == 1 else self._splitter.limits.wider(order.limits)
        self._progress = self._loop.time()
        self.arm(command, order.timeout or self.timeout)
        return command

    async def _send(self, order: Order) -> Command:
        command = self._begin(order)
        line = [command.tag, b" ", order.name.encode("ascii")]
        self._is_sending = True
        try:
            for argument in order.arguments:
                line.append(b" ")
                if isinstance(argument, bytes):
                    line.append(argument)
                    continue
                at_once = self._literal_at_once(argument)
                line.append(b"{%d%s}\r\n" % (len(argument.data), b"+" if at_once else b""))
                if not at_once:
                    command.expect()
                    self._put(b"".join(line))
                    line = []
                    await asyncio.wait((command.ready, command.done), return_when=asyncio.FIRST_COMPLETED)
                    command.waiting = False
                    if command.done.done():  # refused before we sent it, or the line is gone
                        return command
                await self._upload(b"".join(line), argument.data)
                line = []
            self._put(b"".join((*line, b"\r\n")))
        finally:
            self._is_sending = False
        return command

    def _literal_at_once(self, literal: Literal) -> bool:
        if "LITERAL+" in self.capability:
            return True
        return "LITERAL-" in self.capability and len(literal.data) <= 4096

    async def _upload(self, head: bytes, data: bytes) -> None:
        self._put(head)
        for position in range(0, len(data), CHUNK):
            self._put(data[position : position + CHUNK])
            self._flush()
            await self._made.protocol.drained()
            self._progress = self._loop.time()
            if not self.is_alive:
                return

    def write(self, data: bytes) -> None:
        """Send a line that continues a command, such as DONE."""
        if self.is_alive:
            self._put(data + b"\r\n")

    def compress(self, agreed: Result) -> None:
        """Take the answer to COMPRESS (RFC 4978): what follows an OK is compressed, both ways."""
        if agreed.kind == "OK":
            self._deflate = Deflate()
            self._splitter.halt()
