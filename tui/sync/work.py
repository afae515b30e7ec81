"""The work session: everything of an account that is not waiting for news, one thing after another, the user first."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

from tui.imap.session import Session
from tui.mail.errors import ConnectionLost, MailError, ProtocolViolation
from tui.sync.retry import patiently

Result = TypeVar("Result")
Job = Callable[[Session], Awaitable[Result]]

LINGER = 600.0
"""Seconds an unused session is kept."""

AWAKE_PATIENCE = 3.0
"""Seconds a server has to go on with its answer when the machine has slept."""


class Rank(IntEnum):
    """Who goes first."""

    READING = 0
    """The user is waiting for it."""
    CHANGE = 1
    """What the user did, on its way to the server."""
    SYNC = 2
    """A mailbox that is on the screen."""
    BACKGROUND = 3
    """The rest."""


@dataclass(order=True)
class _Entry:
    rank: Rank
    number: int
    job: Job[Any] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)
    tries: int = field(default=0, compare=False)
    begun: bool = field(default=False, compare=False)


def _fail(entry: _Entry, error: Exception) -> None:
    if not entry.done.done():
        entry.done.set_exception(error)
        entry.done.exception()  # asked for, so that a caller who has left leaves no complaint behind


class WorkLine:
    """A queue of jobs and the one session that does them.

    Nobody logs in here on an account whose credentials were refused: the gate is opened by the watching session once
    it is in, and closed when that is lost for good.

    Args:
        connect: opens an authenticated session.
    """

    def __init__(self, connect: Callable[[], Awaitable[Session]]) -> None:
        self._connect = connect
        self._entries: list[_Entry] = []
        self._numbers = itertools.count()
        self._ready = asyncio.Event()
        self._is_open = False
        self._reason: MailError | None = None
        self._is_doubtful = False
        self._is_busy = False
        self._session: Session | None = None

    @property
    def heard(self) -> float:
        """When the last byte came, seconds since 1970 UTC; 0.0 without a session."""
        return self._session.heard if self._session is not None else 0.0

    async def do(self, job: Job[Result], rank: Rank) -> Result:
        """Queue a job and return its result.

        Args:
            job: called with the session; every await in it has its own deadline. It may be called a second time when
                the line was lost, so it must bear that.
            rank: its place in the queue.

        Raises:
            MailError: what the job raised, or why there is no session.
        """
        if self._reason is not None:
            raise self._reason.with_traceback(None)
        entry = _Entry(rank, next(self._numbers), job, asyncio.get_running_loop().create_future())
        heapq.heappush(self._entries, entry)
        self._ready.set()
        try:
            result: Result = await asyncio.shield(entry.done)
        except asyncio.CancelledError:
            if not entry.begun:  # once begun it is finished: cutting a command short costs the session
                entry.done.cancel()
            raise
        return result

    @property
    def at_work(self) -> Session | None:
        """The session, while a job is done on it."""
        return self._session if self._is_busy else None

    @property
    def at_leisure(self) -> Session | None:
        """The session, when it is there and nothing is to be done on it."""
        session = self._session
        is_free = self._is_open and not (self._is_busy or self._is_doubtful or self._entries)
        return session if is_free and session is not None and session.is_alive else None

    def is_wanted(self, rank: Rank) -> bool:
        """Whether a job of this rank, or of a higher one, waits behind the one that is being done."""
        return bool(self._entries) and self._entries[0].rank <= rank

    def open_gate(self) -> None:
        """Allow connecting: the account is known to be reachable."""
        self._is_open, self._reason = True, None
        self._ready.set()

    def close_gate(self, reason: MailError) -> None:
        """Forbid connecting, and fail what a user is waiting for or asks for until it is open again."""
        self._is_open, self._reason = False, reason
        self._is_doubtful = True
        for entry in self._entries:
            _fail(entry, reason)
        self._entries.clear()

    def awoke(self) -> None:
        """The machine has slept: the session is of no use; a job that waits for an answer gets it soon or never."""
        session = self._session
        if self._is_busy and session is not None:
            asyncio.get_running_loop().call_later(AWAKE_PATIENCE, self._end_if_silent, session)
        else:
            self._is_doubtful = True

    @staticmethod
    def _end_if_silent(session: Session) -> None:
        if session.silent >= AWAKE_PATIENCE / 2:
            session.abort()

    async def run(self) -> None:
        """Do jobs until cancelled."""
        try:
            while True:
                entry = await self._next()
                if entry is not None:
                    await self._perform(entry)
        finally:
            self.close_gate(ConnectionLost("The account is being closed."))
            await self._drop(politely=True)

    async def _next(self) -> _Entry | None:
        while not (self._entries and self._is_open):
            self._ready.clear()
            try:
                async with asyncio.timeout(LINGER):
                    await self._ready.wait()
            except TimeoutError:
                await self._drop(politely=True)
        entry = heapq.heappop(self._entries)
        return entry if not entry.done.done() else None

    async def _perform(self, entry: _Entry) -> None:
        entry.tries += 1
        reused = self._session is not None and self._session.is_alive
        entry.begun = True
        try:
            result = await self._on_session(entry.job)
        except (ConnectionLost, ProtocolViolation) as error:
            await self._drop()
            if reused and entry.tries == 1:
                heapq.heappush(self._entries, entry)  # a line that died unnoticed says nothing about the job
            else:
                _fail(entry, error)
        except Exception as error:
            _fail(entry, error)
        except BaseException:
            entry.done.cancel()
            raise
        else:
            if not entry.done.done():
                entry.done.set_result(result)

    async def _on_session(self, job: Job[Any]) -> Any:
        if self._session is None or not self._session.is_alive or self._is_doubtful:
            await self._drop()
            self._is_doubtful = False  # the other line of this account was lost: so, most likely, was the old one
            self._session = await self._connect()
        session = self._session
        self._is_busy = True
        try:
            return await patiently(lambda: job(session))
        finally:
            self._is_busy = False

    async def _drop(self, *, politely: bool = False) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        if politely:
            await session.close()
        else:
            session.abort()
