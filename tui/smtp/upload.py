"""The octets of a message on their way: in pieces that hold up nothing, watched for what the server says meanwhile."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from aiosmtplib.errors import SMTPResponseException
from aiosmtplib.response import SMTPResponse

from tui.config.model import Server
from tui.mail.errors import MailError, ProtocolViolation
from tui.smtp.errors import of_library, unreadable
from tui.smtp.protocol import StrictProtocol
from tui.smtp.reply import Reply, make_reply

CHUNK = 64 * 1024
"""Octets of a message that are prepared and handed to the line at a time."""


class EarlyRefusal(MailError):
    """The server gave up in the middle of a message; `reply` says why. Never leaves this package."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class Upload:
    """A message on its way: everything is sent but the dot that ends it.

    Args:
        server: who is to take it.
        protocol: the line, where DATA was answered with 354.
        timeout: seconds without progress.
    """

    def __init__(self, server: Server, protocol: StrictProtocol, timeout: float) -> None:
        self._server = server
        self._protocol = protocol
        self._timeout = timeout
        self._reply: asyncio.Task[SMTPResponse] | None = None

    async def send(self, data: bytes, on_progress: Callable[[int], None] = lambda octets: None) -> None:
        """Send all but the final dot, stuffed as DATA wants it (RFC 5321, 4.5.2).

        Args:
            data: the message; any line ends.
            on_progress: called with the octets of it that the line has taken so far.

        Raises:
            EarlyRefusal: the server gave up in the middle.
            ConnectionLost, TimedOut: the line is gone; the server has no whole message.
            ProtocolViolation: the server claims to have taken what it cannot have yet.
        """
        # The reply is awaited from the start: a server may give up in the middle and say why.
        self._reply = asyncio.create_task(self._protocol.read_response(timeout=None))
        try:
            await asyncio.sleep(0)
            for number, chunk in enumerate(wire_chunks(data), 1):
                await self._check_early()
                self._protocol.write(chunk)
                await self._flow()
                on_progress(min(number * CHUNK, len(data)))
            await self._check_early()
        except BaseException as error:
            self.abort()
            if isinstance(error, MailError) or not isinstance(error, Exception):
                raise
            raise of_library(error, self._server) from None

    async def finish(self, timeout: float) -> Reply:
        """Send the final dot and return the server's verdict, whatever its code.

        Args:
            timeout: seconds to wait for it: ten minutes are due (RFC 5321, 4.5.3.2.6).

        Raises:
            ConnectionLost, TimedOut: nobody knows whether the server took the message.
            ProtocolViolation: the same, or it was answered before its end, and then the dot was not sent.
        """
        assert self._reply is not None
        try:
            await self._check_early()
            self._protocol.write(b".\r\n")
            async with asyncio.timeout(timeout):
                code, words = await self._reply
        except BaseException as error:
            self.abort()
            if isinstance(error, MailError) or not isinstance(error, Exception):
                raise
            if isinstance(error, SMTPResponseException):
                raise unreadable(error, self._server) from None
            raise of_library(error, self._server) from None
        return make_reply(code, words)

    def abort(self) -> None:
        """Give up: the line is dropped without the final dot, so the server must forget the message."""
        self._protocol.abort()
        if self._reply is not None:
            self._reply.cancel()
            self._reply.add_done_callback(_look)

    async def _flow(self) -> None:
        """Wait until the line takes more, or the server has spoken; each step has the whole timeout."""
        if not self._protocol.is_paused:
            await asyncio.sleep(0)
            return
        assert self._reply is not None
        drained = asyncio.ensure_future(self._protocol.drain())
        try:
            done, _ = await asyncio.wait(
                {drained, self._reply}, timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                raise TimeoutError
            if drained in done:
                await drained
        finally:
            drained.cancel()
            drained.add_done_callback(_look)

    async def _check_early(self) -> None:
        """Raise what the server said before the message was complete."""
        if self._reply is None or not self._reply.done():
            return
        try:
            code, words = await self._reply
        except SMTPResponseException as error:
            raise unreadable(error, self._server) from None
        reply = make_reply(code, words)
        if reply.is_success:
            raise ProtocolViolation(f"{self._server.label} accepted a message before it was complete.")
        raise EarlyRefusal(reply)


def wire_chunks(data: bytes) -> Iterator[bytes]:
    """Yield a message as DATA wants it, piece by piece, so that no piece holds up the loop.

    Line ends become CRLF, a dot at a line's beginning is doubled, the last line is ended; the final dot is not there.

    Args:
        data: the message, wire bytes or with other line ends.
    """
    position, size = 0, len(data)
    at_line_start = True
    while position < size:
        end = min(size, position + CHUNK)
        if end < size and data[end - 1] == 0x0D and data[end] == 0x0A:
            end += 1  # CR and LF stay together
        chunk = data[position:end]
        position = end
        breaks = chunk.count(b"\r\n")
        if breaks != chunk.count(b"\n") or breaks != chunk.count(b"\r"):
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
        if b"\n." in chunk:
            chunk = chunk.replace(b"\n.", b"\n..")
        if at_line_start and chunk.startswith(b"."):
            chunk = b"." + chunk
        at_line_start = chunk.endswith(b"\n")
        yield chunk
    if not at_line_start or not size:
        yield b"\r\n"


def _look(task: "asyncio.Future[Any]") -> None:
    """Take notice of how a task ended that nobody awaits any more."""
    if not task.cancelled():
        task.exception()
