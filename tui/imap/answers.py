"""What a server says, given to the commands it answers: one after another, or several at once.

Each untagged response is offered to the commands under way in the order they were sent; what none of them takes goes to
the bus. What is said before there may be trust, without end, or as an answer to nobody ends the line.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from tui.config.model import Security, Server
from tui.imap.command import Command
from tui.imap.library import AUTH, NONAUTH, SELECTED
from tui.imap.limits import MAX_STRAY
from tui.imap.line import Line
from tui.imap.responses import Result, result
from tui.imap.wire import Splitter
from tui.mail.errors import ConnectionLost, MailError, ProtocolViolation, TemporarilyRefused
from tui.mail.text import clean_line

Bus = Callable[[bytes, Sequence[bytes]], None]

TRIPS = 8
"""Commands by which the round trip is judged."""


class Answers(Line):
    """A line on which commands are answered.

    Args:
        server: where to.
        timeout: seconds without progress after which the line is given up.

    Attributes:
        trusted: what comes untagged may be believed.
        greeting: the server's first words, once there.
        bus: given every untagged response that no command took.
    """

    def __init__(self, server: Server, timeout: float) -> None:
        super().__init__(server, timeout)
        self.bus: Bus = lambda line, literals: None
        self.trusted = server.security is not Security.STARTTLS
        self.greeting: asyncio.Future[Result] = self._loop.create_future()
        self._commands: list[Command] = []  # under way, in the order they were sent
        self._splitter = Splitter(self._response, self._run)
        self._upgrading = False
        self._is_open = False  # commands may join those under way
        self._trips: deque[float] = deque(maxlen=TRIPS)

    @property
    def round_trip(self) -> float:
        """Seconds a command took at least until its answer, of the newest few; 0.0 before the first."""
        return min(self._trips, default=0.0)

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
