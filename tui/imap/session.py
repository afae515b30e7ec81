"""A session: one live authenticated connection. The verbs are beside it: mailboxes, fetch, change, search, idle."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

from tui.config.model import Server
from tui.imap import login
from tui.imap.arguments import Argument
from tui.imap.capability import Capability
from tui.imap.command import Command, Order
from tui.imap.connection import Connection, Send
from tui.imap.library import AUTH, SELECTED
from tui.imap.listed import List, StatusLine, status, status_name
from tui.imap.quirks import Switch, switches
from tui.imap.responses import (
    MAX_NUMBER,
    Alert,
    Bye,
    Counted,
    Exists,
    Expunged,
    NamesChanged,
    Result,
    Untagged,
    Vanished,
    capabilities,
    enabled,
    untagged,
)
from tui.imap.selected import Selected
from tui.mail.errors import MailError

log = logging.getLogger(__name__)

LOGOUT_TIMEOUT = 2.0


class Session:
    """One authenticated connection. One command runs at a time; others wait their turn in the order they came.

    Do not give a command inside the loop over another one's batches: it would wait for itself.

    Attributes:
        selected: the mailbox, kept up to date; None also when its numbers became doubtful, so that whoever needs it
            selects it again.
        on_untagged: called on the loop with whatever the server says by itself.
        switches: the quirks of this server.
        utf8: names of mailboxes are UTF-8 on this connection (RFC 9755).
        resyncs: QRESYNC is enabled (RFC 7162), or is being so with the first command: SELECT tells what was missed, and
            VANISHED comes in place of EXPUNGE.
    """

    def __init__(self, connection: Connection, on_untagged: Callable[[Untagged], None] | None = None) -> None:
        self._connection = connection
        self.on_untagged = on_untagged or (lambda untagged: None)
        self.selected: Selected | None = None
        self.switches: frozenset[Switch] = frozenset()
        self.utf8 = False
        self.resyncs = False
        connection.bus = self._hear

    @classmethod
    async def open(
        cls,
        server: Server,
        secret: str,
        *,
        timeout: float = 30.0,
        on_untagged: Callable[[Untagged], None] | None = None,
        compress: bool | None = None,
    ) -> "Session":
        """Connect and log in, exactly once.

        What else is to be agreed on goes out in one go with the first command, and costs no time of its own.

        Args:
            server: where to, and how the line must be protected.
            secret: the password; neither kept nor logged.
            timeout: seconds without progress after which the line is given up, now and later.
            on_untagged: see above.
            compress: compress the line where that is offered (RFC 4978); None: unless the server is on this machine.

        Raises:
            ConnectionLost, TimedOut, ProtocolViolation: no line, or no longer.
            CertificateRefused: the line cannot be trusted; nothing secret was sent.
            AuthenticationFailed, TemporarilyRefused, ServerRefused, NotSupported, ConfigError: no login.
        """
        connection = Connection(server, timeout)
        session = cls(connection, on_untagged)
        try:
            await connection.open()
            await login.enter(connection, secret)
            await session._settle(compress)
        except BaseException:
            connection.abort()
            raise
        return session

    async def _settle(self, compress: bool | None) -> None:
        connection, capability = self._connection, self.capability
        greeting = await connection.greeted()
        self.switches = switches(greeting.text, capability)
        if Switch.WANTS_ID in self.switches and "ID" in capability:
            self._owe(Order("Saying who we are", "ID", (b'("name" "tidings")',)))
        if "ENABLE" in capability:
            if "UTF8=ONLY" in capability:
                self._owe(Order("Asking for UTF-8", "ENABLE", (b"UTF8=ACCEPT",)))
                self.utf8 = True
            if "QRESYNC" in capability:
                self._owe(self._enabling("QRESYNC"))
                self.resyncs = True
        if "COMPRESS=DEFLATE" in capability and (not connection.is_local if compress is None else compress):
            connection.compression = Order("Compressing", "COMPRESS", (b"DEFLATE",), answered=connection.compress)

    def _owe(self, order: Order) -> None:
        self._connection.owed.append(order)

    def _enabling(self, name: str) -> Order:
        """Return what enables an extension (RFC 5161); `resyncs` holds until the server does not say so."""
        told: set[str] = set()

        def take(line: bytes, literals: Sequence[bytes]) -> bool:
            names = enabled(line)
            told.update(each.upper() for each in names or ())
            return names is not None

        def answered(said: Result) -> None:
            self.resyncs = said.kind == "OK" and name in told

        return Order(f"Enabling {name}", "ENABLE", (name.encode("ascii"),), take, answered=answered)

    @property
    def server(self) -> Server:
        return self._connection.server

    @property
    def capability(self) -> Capability:
        """What the server offers after login."""
        return self._connection.capability

    @property
    def certificate_ends(self) -> float:
        """When the server's certificate ends, seconds since 1970 UTC; 0.0 where that is not known."""
        return self._connection.certificate_ends

    @property
    def heard(self) -> float:
        """When the last octet came, seconds since 1970 UTC."""
        return self._connection.heard

    @property
    def silent(self) -> float:
        """Seconds since the last octet came, by the loop's clock."""
        return self._connection.silent

    @property
    def round_trip(self) -> float:
        """Seconds a command takes until its answer, 0.0 where that is not known yet."""
        return self._connection.round_trip

    @property
    def is_alive(self) -> bool:
        return self._connection.is_alive

    async def wait_closed(self) -> MailError | None:
        """Wait for the end of the line; return why, None when it was ours to end."""
        return await asyncio.shield(self._connection.closed)

    def when_closed(self, told: Callable[[], None]) -> None:
        """Call a function when the line is gone; soon, when it is gone already."""
        self._connection.closed.add_done_callback(lambda closed: told())

    async def close(self) -> None:
        """Say LOGOUT and end the line, within 2 s."""
        try:
            if self.is_alive:
                async with asyncio.timeout(LOGOUT_TIMEOUT):
                    await self.run("Leaving", "LOGOUT")
        except (MailError, TimeoutError):
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """End the line at once; whoever waits for an answer gets `ConnectionLost`."""
        self._connection.abort()

    async def run(self, doing: str, name: str, *arguments: Argument, **options: Any) -> Result:
        """Send a command and return its tagged OK: `Connection.run`."""
        return await self._connection.run(doing, name, *arguments, **options)

    def command(
        self, doing: str, name: str, *arguments: Argument, **options: Any
    ) -> AbstractAsyncContextManager[Command]:
        """Send a command and work with its answer while it comes: `Connection.command`."""
        return self._connection.command(doing, name, *arguments, **options)

    def pipeline(self, *, is_open: bool = False) -> AbstractAsyncContextManager[Send]:
        """Send commands without waiting for their answers: `Connection.pipeline`."""
        return self._connection.pipeline(is_open=is_open)

    @property
    def behind(self) -> Order | None:
        """What is sent behind the next command that opens a mailbox, or asks for news: `Connection.behind`."""
        return self._connection.behind

    @behind.setter
    def behind(self, order: Order | None) -> None:
        self._connection.behind = order

    async def join(self, order: Order) -> Result | None:
        """Send a UID FETCH into the pipeline that is under way: `Connection.join`."""
        return await self._connection.join(order)

    def arm(self, command: Command, timeout: float | None) -> None:
        """Count seconds without progress for a command under way: `Connection.arm`."""
        self._connection.arm(command, timeout)

    def write(self, line: bytes) -> None:
        """Send a line that continues a command."""
        self._connection.write(line)

    def pause(self, paused: bool) -> None:
        """Stop or resume reading from the socket."""
        self._connection.pause(paused)

    def set_selected(self, selected: Selected | None) -> None:
        """Note which mailbox is selected; None after a SELECT that failed."""
        self.selected = selected
        self._connection.state = AUTH if selected is None else SELECTED

    def deliver(self, seen: Untagged) -> None:
        """Take note of something the server said by itself, and pass it on."""
        self._keep_count(seen)
        try:
            self.on_untagged(seen)
        except Exception:
            log.exception("a listener failed")

    def _hear(self, line: bytes, literals: Sequence[bytes]) -> None:
        names = capabilities(line)
        if names is not None:
            self._connection.capability = Capability(names)
            return
        seen = untagged(line, literals) or _of_others(line, literals)
        if seen is None or not self._connection.trusted:
            return
        state = self._connection.state
        if isinstance(seen, Alert | Bye) or state == SELECTED:
            self.deliver(seen)

    def _keep_count(self, seen: Untagged) -> None:
        selected = self.selected
        if selected is None:
            return
        if isinstance(seen, Exists):
            doubtful = seen.count < selected.exists or seen.count > MAX_NUMBER
            self.selected = None if doubtful else replace(selected, exists=seen.count, uidnext=None)
        elif isinstance(seen, Expunged):
            self.selected = replace(selected, exists=max(0, selected.exists - 1))
        elif isinstance(seen, Vanished) and not seen.earlier:
            gone = sum(high - low + 1 for low, high in seen.uids)
            self.selected = replace(selected, exists=max(0, selected.exists - gone))


def _of_others(line: bytes, literals: Sequence[bytes]) -> Untagged | None:
    """Return what NOTIFY tells of a mailbox that is not selected."""
    if StatusLine.match(line):
        told, wire = status(line), status_name(line, literals)
        return Counted(wire, told) if told is not None and wire else None
    return NamesChanged() if List.match(line) else None
