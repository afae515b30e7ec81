"""The points at which the engine can be killed: after every commit, around every command that changes the server.

They are put around the engine's own doors in the process of a test; the engine knows nothing of them.
"""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import apsw

from tui.imap.connection import Connection
from tui.mail.submission import Phase, SubmissionState
from tui.smtp.reply import Reply
from tui.smtp.upload import Upload
from tui.store.database import Store
from tui.store.databases import Connections, Databases

PAGES = 1000
"""After so many pages SQLite empties its WAL by itself, unless somebody asks to be told of commits."""
CHANGING = ("UID STORE", "UID COPY", "UID MOVE", "UID EXPUNGE", "EXPUNGE", "APPEND")

_PHASES = ("connect", "login", "mail", "rcpt", "data", "dot")
OUTBOX = (
    *("outbox held: before", "outbox held: written", "outbox queued: before", "outbox queued: written"),
    *(f"outbox sending {phase}: {when}" for phase in _PHASES for when in ("before", "written")),
    *("smtp dot: sent", "smtp dot: answered"),
    *("outbox accepted: before", "outbox accepted: written", "imap APPEND: before", "imap APPEND: answered"),
    *("outbox answered: before", "outbox answered: written", "outbox copied: before", "outbox copied: written"),
)
"""Names of the points of the outbox."""
_OPERATIONS = ("flags", "move", "turn", "begin", "landed", "done")
PENDING = (
    *("flags in precious.db", "flags in cache.db", "move in precious.db", "move in cache.db"),
    *("turn in precious.db", "turn in cache.db", "begin in precious.db", "landed in precious.db"),
    *("done in precious.db", "done in cache.db"),
    *(f"imap {name}: {when}" for name in ("UID STORE", "UID MOVE") for when in ("before", "answered")),
)
"""Names of the points of the pending changes, with a server that moves."""
OLD_ROAD = tuple(
    f"imap {name}: {when}" for name in ("UID COPY", "UID STORE", "UID EXPUNGE") for when in ("before", "answered")
)
"""The same with a server that only copies."""


class Points:
    """Kills this very process where it is told to.

    Args:
        name: of the point; "" for none.
        times: the visit of it that is the last.
        told: given the name of every point that is reached.
    """

    def __init__(self, name: str, times: int, told: Callable[[str], None]) -> None:
        self._name = name
        self._left = times
        self._told = told

    def reach(self, name: str) -> None:
        """Be at a point."""
        self._told(name)
        if name == self._name:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    async def put(self, store: Store) -> None:
        """Put the points around a store, and around every line of this process."""
        _around_commands(self.reach)
        _around_dot(self.reach)
        _around_outbox(store, self.reach)
        await _around_commits(store, self.reach)


Reach = Callable[[str], None]


def _around_commands(reach: Reach) -> None:
    command = Connection.command

    def told(self: Connection, doing: str, name: str, *arguments: Any, **options: Any) -> Any:
        made = command(self, doing, name, *arguments, **options)
        return _Told(made, name, reach) if name in CHANGING else made

    Connection.command = told  # type: ignore[method-assign]


class _Told(AbstractAsyncContextManager[Any]):
    """A command, told when it begins and when it is answered."""

    def __init__(self, made: AbstractAsyncContextManager[Any], name: str, reach: Reach) -> None:
        self._made = made
        self._name = name
        self._reach = reach

    async def __aenter__(self) -> Any:
        self._reach(f"imap {self._name}: before")
        return await self._made.__aenter__()

    async def __aexit__(self, *error: Any) -> bool | None:
        left = await self._made.__aexit__(*error)
        self._reach(f"imap {self._name}: answered")
        return left


def _around_dot(reach: Reach) -> None:
    finish = Upload.finish

    async def told(self: Upload, timeout: float) -> Reply:
        write = self._protocol.write

        def dotted(data: bytes) -> None:
            self._protocol.write = write  # type: ignore[method-assign]
            write(data)
            reach("smtp dot: sent")

        self._protocol.write = dotted  # type: ignore[method-assign]
        reply = await finish(self, timeout)
        reach("smtp dot: answered")
        return reply

    Upload.finish = told  # type: ignore[method-assign]


def _around_outbox(store: Store, reach: Reach) -> None:
    outbox, journal = store.outbox, store.journal
    add, advance, flags = outbox.add, outbox.advance, journal.flags

    async def told_add(**fields: Any) -> Any:
        name = f"outbox {fields['state'].value}"
        reach(f"{name}: before")
        made = await add(**fields)
        reach(f"{name}: written")
        return made

    async def told_advance(id: Any, state: SubmissionState, *, phase: Phase | None = None, **fields: Any) -> Any:
        name = f"outbox {state.value}"
        if state is SubmissionState.SENDING and phase is not None:
            name += f" {phase.value}"
        reach(f"{name}: before")
        made = await advance(id, state, phase=phase, **fields)
        reach(f"{name}: written")
        return made

    async def told_flags(state: Any, uids: Any, added: Any, removed: Any, verb: Any = None) -> Any:
        if "\\Answered" in added:
            reach("outbox answered: before")
        made = await flags(state, uids, added, removed, verb)
        if "\\Answered" in added:
            reach("outbox answered: written")
        return made

    outbox.add = told_add  # type: ignore[method-assign]
    outbox.advance = told_advance  # type: ignore[method-assign]
    journal.flags = told_flags  # type: ignore[method-assign,assignment]


async def _around_commits(store: Store, reach: Reach) -> None:
    """Tell of every commit of either file, by what it was for."""
    databases: Databases = store._databases
    doing = ""

    def hook(connection: apsw.Connection, name: str, file: str) -> None:
        def committed(connection: apsw.Connection, name: str, pages: int) -> int:
            if doing in _OPERATIONS:
                reach(f"{doing} in {file}")
            if pages > PAGES:
                connection.wal_checkpoint(name)
            return int(apsw.SQLITE_OK)

        connection.set_wal_hook(committed)

    def both(at: Connections) -> None:
        hook(at.cache, "main", "cache.db")
        hook(at.precious, "main", "precious.db")

    await databases.write(both)
    for door in ("write", "write_precious"):

        def told(write: Any) -> Any:
            async def through(work: Any, *args: Any, **kwargs: Any) -> Any:
                def named(at: Connections, *args: Any, **kwargs: Any) -> Any:
                    nonlocal doing
                    doing = work.__name__.lstrip("_")
                    try:
                        return work(at, *args, **kwargs)
                    finally:
                        doing = ""

                return await write(named, *args, **kwargs)

            return through

        setattr(databases, door, told(getattr(databases, door)))
