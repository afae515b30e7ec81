"""The two threads of the store, and what each of them owns."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from tui.mail.noun import dataclass
from tui.store.behind import Behind
from tui.store.lane import Lane
from tui.store.overlay import Overlay
from tui.store.sqlite import connect, open_cache, open_precious, set_aside, store_error

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Connections:
    """What a thread owns.

    Attributes:
        cache, precious: open connections.
        overlay: the pending changes; only that of the writing thread is kept up to date.
        behind: rows that do not show them yet; the same.
        late: reads the overlay, where that was put off until it is wanted.
    """

    cache: apsw.Connection
    precious: apsw.Connection
    behind: Behind = field(default_factory=Behind)
    late: Callable[["Connections"], Overlay] | None = None
    _overlay: Overlay = field(default_factory=Overlay)

    @property
    def overlay(self) -> Overlay:
        if self.late is not None:
            self._overlay, self.late = self.late(self), None
        return self._overlay

    def close(self) -> None:
        self.cache.close()
        self.precious.close()


Work = Callable[Concatenate[Connections, P], T]


class Databases:
    """cache.db and precious.db, each open for writing in one thread and for reading in another.

    Both are written in the same thread: what is done first is on disk first, whichever of the two it goes to.

    Attributes:
        behind: set while rows do not show yet what was done.
    """

    def __init__(self, cache: Path, precious: Path) -> None:
        self._cache = cache
        self._precious = precious
        self._writer = Lane("tidings-store-write")
        self._reader = Lane("tidings-store-read")
        self._writing: Connections | None = None
        self._reading: Connections | None = None
        self.behind = asyncio.Event()

    @classmethod
    async def open(cls, cache: Path, precious: Path, repair: Callable[[Connections], bool]) -> "Databases":
        """Open both files in both threads.

        Args:
            cache, precious: the files.
            repair: done in the writing thread before anything else; False: the cache must be made anew.

        Raises:
            StoreError: when a file cannot be used.
        """
        databases = cls(cache, precious)
        try:
            await databases._writer.do(databases._open_writer, repair)
            await databases._reader.do(databases._open_reader)
            databases._note_behind()
        except BaseException:
            await databases.close()
            raise
        return databases

    def _open_writer(self, repair: Callable[[Connections], bool]) -> None:
        precious = self._mapped(self._precious, lambda: open_precious(self._precious))
        try:
            cache = self._mapped(self._cache, lambda: open_cache(self._cache))
        except BaseException:
            precious.close()
            raise
        self._writing = writing = Connections(cache, precious)
        if not self._mapped(self._cache, lambda: repair(writing)):
            writing.cache.close()
            set_aside(self._cache)
            writing.cache = self._mapped(self._cache, lambda: open_cache(self._cache))
            self._mapped(self._cache, lambda: repair(writing))

    def _open_reader(self) -> None:
        cache = self._mapped(self._cache, lambda: connect(self._cache, precious=False, read_only=True))
        precious = self._mapped(self._precious, lambda: connect(self._precious, precious=True, read_only=True))
        self._reading = Connections(cache, precious)

    @staticmethod
    def _at(connections: Connections | None) -> Connections:
        assert connections is not None, "the store is not open"
        return connections

    @staticmethod
    def _mapped(path: Path, work: Callable[[], T]) -> T:
        """Do the work; the one place where errors of SQLite become ours."""
        try:
            return work()
        except apsw.Error as error:
            log.exception("%s", path.name)
            raise store_error(error, path) from error

    async def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that writes cache.db.

        Raises:
            StoreError: when it cannot be done.
        """
        return await self._writer.do(
            lambda: self._mapped(self._cache, lambda: work(self._at(self._writing), *args, **kwargs))
        )

    async def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that reads cache.db.

        Raises:
            StoreError: when it cannot be done.
        """
        return await self._reader.do(
            lambda: self._mapped(self._cache, lambda: work(self._at(self._reading), *args, **kwargs))
        )

    async def write_precious(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that writes precious.db; when it returns, the rows survive a power cut.

        Raises:
            StoreError: when it cannot be done.
        """
        try:
            return await self._writer.do(
                lambda: self._mapped(self._precious, lambda: work(self._at(self._writing), *args, **kwargs))
            )
        finally:
            self._note_behind()

    def _note_behind(self) -> None:
        if self._writing is not None and (self._writing.late is not None or self._writing.behind):
            self.behind.set()
        else:
            self.behind.clear()

    async def read_precious(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that reads precious.db.

        Raises:
            StoreError: when it cannot be done.
        """
        return await self._reader.do(
            lambda: self._mapped(self._precious, lambda: work(self._at(self._reading), *args, **kwargs))
        )

    async def close(self) -> None:
        """Finish what is queued and close both files; the writer last, so that it empties the WAL."""
        await self._reader.close(lambda: self._reading.close() if self._reading else None)
        await self._writer.close(lambda: self._writing.close() if self._writing else None)
