"""The socket on which the running program does what commands ask for. For its owner only."""

import asyncio
import contextlib
import logging
import os
import socket
import struct
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

from tui.config.model import Config
from tui.engine import wire
from tui.engine.desk import Desk, Wish
from tui.engine.ruling import Announce, Ruling
from tui.engine.verbs import VERBS
from tui.mail.errors import ConfigError, MailError, StoreError
from tui.mail.ids import AccountName
from tui.store.database import Store
from tui.sync.events import Event
from tui.sync.mailing import Mailing

log = logging.getLogger(__name__)

MOST_ASKING = 16
"""Commands that are served at the same time; more wait."""
ASK_WITHIN = 30.0
"""Seconds in which a command must have said what it wants."""


class Service:
    """Does for commands what they ask for (`tui.engine.desk.Desk`).

    Args:
        config, store, accounts: of the program that runs.
        announce: has the terminal tell of a mail, where a rule asks for it.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        accounts: Mapping[AccountName, Mailing],
        announce: Announce | None = None,
    ) -> None:
        self.config = config
        self.store = store
        self.accounts = accounts
        self._listeners: list[Callable[[Event], None]] = []
        self._turns = asyncio.Semaphore(MOST_ASKING)
        self._asked: set[asyncio.Task[None]] = set()
        self._ruling = Ruling(self, announce)

    def listen(self, heard: Callable[[Event], None]) -> Callable[[], None]:
        """Have every event told to a function, until what is returned is called."""
        self._listeners.append(heard)
        return lambda: self._listeners.remove(heard)

    def heard(self, event: Event) -> None:
        """Tell an event to the commands that listen."""
        for listener in tuple(self._listeners):
            listener(event)

    async def run(self, path: Path) -> None:
        """Serve, and do what the rules say, until cancelled.

        Whoever calls holds the lock of the store: a socket that is there is a dead one's.

        Args:
            path: where the socket is.

        Raises:
            StoreError: when it cannot be made.
        """
        ruling = asyncio.create_task(self._ruling.run())
        try:
            await self._serve(path)
        finally:
            ruling.cancel()
            await asyncio.gather(ruling, return_exceptions=True)

    async def _serve(self, path: Path) -> None:
        _remove(path)
        mask = os.umask(0o177)
        try:
            with wire.short(path) as address:
                server = await asyncio.start_unix_server(self._accept, address, limit=wire.MOST_LINE)
        except OSError as error:
            raise StoreError(f"{path} cannot be made: {error.strerror or error}.") from error
        finally:
            os.umask(mask)
        try:
            await server.serve_forever()
        finally:
            server.close()
            for task in self._asked:
                task.cancel()
            await asyncio.gather(*self._asked, return_exceptions=True)
            _remove(path)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve_one(self, self._turns, reader, writer))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


async def _serve_one(
    desk: Desk, turns: asyncio.Semaphore, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        if _is_owner(writer):
            async with asyncio.timeout(ASK_WITHIN):
                said, data = await wire.take(reader)
            async with turns:
                await _until_gone(reader, _perform(desk, said, data, writer))
    except (MailError, OSError, TimeoutError) as error:
        log.info("a command was not served: %s", error)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _until_gone(reader: asyncio.StreamReader, work: Coroutine[None, None, None]) -> None:
    """Work, unless the command is ended meanwhile: then nobody waits for it any more."""
    working = asyncio.ensure_future(work)
    gone = asyncio.create_task(reader.read(1))
    try:
        await asyncio.wait([working, gone], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        for task in (working, gone):
            task.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _perform(desk: Desk, said: dict[str, object], data: bytes, writer: asyncio.StreamWriter) -> None:
    arguments = said.get("arguments")
    verb = VERBS.get(str(said.get("verb")))
    wish = Wish(arguments if isinstance(arguments, dict) else {}, data)
    try:
        if verb is None:
            raise ConfigError(
                "The program that runs knows no such command.",
                cure="It is of another version: end it and start it anew.",
            )
        async for row in verb.perform(desk, wish):
            await wire.put(writer, {"row": row.fields}, row.data)
    except MailError as error:
        status = 2 if isinstance(error, ConfigError | StoreError) else 1
        await wire.put(writer, {"error": error.message, "cure": error.cure, "status": status})
    else:
        await wire.put(writer, {"status": wish.status, "note": wish.note})


def _is_owner(writer: asyncio.StreamWriter) -> bool:
    """Whether the other side is the same user: the folder and the mode of the socket say so, too."""
    peer = writer.get_extra_info("socket")
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return bool(user == os.getuid())
