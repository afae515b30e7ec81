"""What the user waits for, done on a line that waits for news: between two turns of IDLE."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from tui.imap.session import Session
from tui.mail.errors import ConnectionLost, ProtocolViolation
from tui.sync.retry import patiently

Result = TypeVar("Result")
Job = Callable[[Session], Awaitable[Result]]
Fits = Callable[[Session], bool]
"""Whether a job can be done on a session as it is."""


class Errands:
    """Jobs for one line, done by the task that keeps it, one after another."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Job[Any], Fits, asyncio.Future[Any]]] = deque()

    async def wait_for(self, job: Job[Result], fits: Fits) -> Result | None:
        """Leave a job and wait for its result. Once it is begun it is finished: cutting a command short costs the line.

        Returns:
            What the job returns; None when it did not fit, or the line was lost before it was done.

        Raises:
            MailError: what else the job raised.
        """
        done: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
        errand = (job, fits, done)
        self._waiting.append(errand)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            if errand in self._waiting:
                self._waiting.remove(errand)
            raise

    async def run(self, session: Session) -> None:
        """Do what waits.

        Raises:
            ConnectionLost, ProtocolViolation: the line cannot be used further.
        """
        while self._waiting:
            job, fits, done = self._waiting.popleft()
            if not fits(session):
                done.set_result(None)
                continue
            try:
                result = await patiently(partial(job, session))
            except (ConnectionLost, ProtocolViolation):
                done.set_result(None)
                raise
            except Exception as error:
                done.set_exception(error)
                done.exception()  # asked for, so that a caller who has left leaves no complaint behind
            except BaseException:
                done.set_result(None)
                raise
            else:
                done.set_result(result)

    def drop(self) -> None:
        """The line is gone: what waits is to be done elsewhere."""
        for *_, done in self._waiting:
            done.set_result(None)
        self._waiting.clear()
