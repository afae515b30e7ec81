"""One connection to the embedded IMAP server: pymap's, writing each response once, and in few pieces.

pymap 0.36.7 makes every response a second time for a log that nobody keeps, in one breath however long it is, and
gives each word of it to the socket by itself.
"""

from asyncio import StreamReader, StreamWriter
from contextlib import AsyncExitStack, closing

from proxyprotocol.sock import SocketInfo
from pymap.bytes import WriteStream
from pymap.context import connection_exit
from pymap.imap import IMAPConnection, IMAPServer
from pymap.imap.state import ConnectionState
from pymap.parsing.response import Response

PIECE = 32 * 1024
"""Octets after which a response is handed to the socket."""


class DemoServer(IMAPServer):
    """Runs one connection when it is called.

    Args:
        login: knows the users.
        config: pymap's settings.
    """

    async def __call__(self, reader: StreamReader, writer: StreamWriter, sock_info: SocketInfo) -> None:
        connection = _Connection(self.commands, self._config, reader, writer, sock_info)
        state = ConnectionState(self._login, self._config)
        async with AsyncExitStack() as stack:
            connection_exit.set(stack)
            stack.enter_context(closing(connection))
            await connection.run(state)


class _Connection(IMAPConnection):
    async def write_response(self, resp: Response) -> None:
        pieces = _Pieces(self.writer)
        try:
            await resp.async_write(pieces)
            pieces.flush()
            await self.writer.drain()
        except ConnectionError:
            pass


class _Pieces(WriteStream):
    """Collects what is written.

    Args:
        stream: where it goes.
    """

    def __init__(self, stream: WriteStream) -> None:
        self._stream = stream
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        self._held += data
        if len(self._held) >= PIECE:
            self.flush()

    def flush(self) -> None:
        """Hand over what was collected."""
        self._stream.write(bytes(self._held))
        self._held.clear()
