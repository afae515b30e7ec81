"""One connection: aioimaplib's transport, states, tags and command table, with a reader and a queue of our own.

One errand runs at a time: a command, or several sent one behind the other where none can be mistaken for another (RFC
9051, 5.5), and then each untagged response is offered to them in the order they were sent. Whatever ends the line fails
the commands that run and everyone who waits behind them. A deadline counts from the last octet that came, or that left
during an upload; a command that passes it, or is cancelled, ends the connection, because its late answer would be taken
for another's.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from tui.config.model import Security, Server
from tui.imap.arguments import Argument, Literal
from tui.imap.capability import Capability
from tui.imap.command import Command, Order, Take
from tui.imap.deflate import Deflate
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

TRIPS = 8
"""Commands by which the round trip is judged."""


class Connection(Line):
    """A line to one server, not yet logged in.

    Args:
        server: where to.
        timeout: seconds without progress after which the line is given up.

    Attributes:
        capability: what the server offers, as far as it may be believed now.
        greeting: the server's first words, once there.
        bus: given every untagged response that no command took.
        owed: sent in one go with the next command, before it. Their refusal is no failure of that one.
        behind: a UID FETCH that is sent in one go with the next of `LEADS`, behind it; refused when that is refused.
        compression: sent in one go with the next command that is soon answered, behind it; None: nothing to agree on.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        super().__init__(server, timeout)
        self.capability = Capability()
        self.bus: Bus = lambda line, literals: None
        self.trusted = server.security is not Security.STARTTLS
        self.greeting: asyncio.Future[Result] = self._loop.create_future()
        self._turn = asyncio.Lock()
        self.owed: list[Order] = []
        self.behind: Order | None = None
        self.compression: Order | None = None
        self._commands: list[Command] = []  # under way, in the order they were sent
        self._splitter = Splitter(self._response, self._run)
        self._upgrading = False
        self._is_open = False
        self._is_sending = False  # a command whose literals wait to be let through
        self._trips: deque[float] = deque(maxlen=TRIPS)

    @property
    def round_trip(self) -> float:
        """Seconds a command took at least until its answer, of the newest few; 0.0 before the first."""
        return min(self._trips, default=0.0)

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
            self._put(data + b"\r\n")

    def compress(self, agreed: Result) -> None:
        """Take the answer to COMPRESS (RFC 4978): what follows an OK is compressed, both ways."""
        if agreed.kind == "OK":
            self._deflate = Deflate()
            self._splitter.halt()

    def _fail(self, reason: MailError) -> None:
        waiting = [future for command in self._commands for future in (command.done, command.ready)]
        for future in (self.greeting, *waiting):
            if not future.done():
                future.set_exception(reason)
                future.exception()  # asked for, so that a waiter who has left leaves no complaint behind

    def _take(self, data: bytes) -> bytes:
        if self._upgrading and self._is_answered:
            raise self._glued()
        left = self._splitter.feed(data)
        if self._upgrading and not self._splitter.is_empty and self._commands and self._is_answered:
            raise self._glued()
        return left

    @property
    def _is_answered(self) -> bool:
        """Whether no answer is waited for."""
        return all(command.done.done() for command in self._commands)

    @property
    def _current(self) -> Command | None:
        """The command whose answer comes now, as far as one can say; the last one when all are answered."""
        for command in self._commands:
            if not command.done.done():
                return command
        return self._commands[-1] if self._commands else None

    def _glued(self) -> ProtocolViolation:
        return ProtocolViolation(f"{self.server.label} sent plain text behind its agreement to TLS.")

    def _run(self, lines: Sequence[bytes], place: int) -> int:
        """Offer several responses to the first command, where it takes them so and nobody is asked before it."""
        first = self._current
        if first is None or first.order.take_run is None or not self.trusted:
            return 0
        if any(command.joined and not command.done.done() for command in self._commands):
            return 0
        taken = first.order.take_run(lines, place)
        if taken:
            self._count(taken)
        return taken

    def _count(self, responses: int) -> None:
        command = self._current
        if command is None:
            return
        if command.done.done() and self._upgrading:
            raise self._glued()
        command.count += responses
        if command.count > command.order.limits.responses:
            raise ProtocolViolation(f"{self.server.label} answered {command.name} without end.")

    def _response(self, line: bytes, literals: Sequence[bytes]) -> None:
        self._count(1)
        start = line[:2]
        if start == b"* ":
            if self.trusted:
                for each in self._askable():
                    if each.order.take is not None and each.order.take(line, literals):
                        return
            self._untagged(line, literals)
        elif start[:1] == b"+":
            self._continuation(line)
        else:
            self._tagged(line)

    def _askable(self) -> list[Command]:
        """Return the commands that wait for answers, as responses are offered to them: who joined is asked first.

        Where none waits, it is those whose answers came last: a server may say more than it owes.
        """
        waiting = [command for command in self._commands if not command.done.done()] or self._commands
        if self._is_open and any(command.joined for command in waiting):
            return sorted(waiting, key=lambda command: not command.joined)
        return waiting

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
        if any(command.name == "LOGOUT" for command in self._commands):
            return
        words = f"{self.server.label} says goodbye{f': {self.goodbye}' if self.goodbye else ''}"
        early = self.state not in (AUTH, SELECTED)
        error = TemporarilyRefused(words, text=self.goodbye) if early else ConnectionLost(words)
        self._loop.call_soon(self.abort, error)

    def _continuation(self, line: bytes) -> None:
        if self._upgrading and self._commands:
            raise ProtocolViolation(f"{self.server.label} answered STARTTLS with a continuation.")
        for command in reversed(self._commands):  # nothing is sent behind one that waits for it
            if command.waiting and not command.ready.done():
                command.ready.set_result(line[2:])
                return
            if command.again is not None:
                again, command.again = command.again, None
                again()
                return

    def _tagged(self, line: bytes) -> None:
        if not self.greeting.done():
            start = clean_line(line[:40].decode("ascii", "replace"))
            raise ProtocolViolation(
                f"{self.server.label} is no IMAP server: it begins with “{start}”.", cure="Check host and port."
            )
        said = result(line)
        tag = line.partition(b" ")[0]
        for command in self._commands:
            if tag == command.tag and said is not None and not command.done.done():
                command.done.set_result(said)
                self.arm(command, None)
                if command.name != "IDLE":
                    self._trips.append(self._loop.time() - command.began)
                if command.order.answered is not None:
                    command.order.answered(said)
                return
        if said is not None and tag.isalnum():
            raise ProtocolViolation(f"{self.server.label} answered a command that was never given.")
        current = self._current
        if current is not None:
            current.stray += 1
            if current.stray > MAX_STRAY:
                raise ProtocolViolation(f"{self.server.label} sends lines that are no IMAP.")
