"""The tasks of one owner: begun, told of when they fail, cancelled and awaited when it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from tui.mail.errors import MailError


class Tasks:
    """What runs beside its owner. As long as this it is, how many are under way.

    Args:
        failed: called with what went wrong with mail.
        unexpected: called with any other error, while it is handled; None: the task ends with it, for the loop to tell.
    """

    def __init__(
        self, failed: Callable[[MailError], None], unexpected: Callable[[Exception], None] | None = None
    ) -> None:
        self._failed = failed
        self._unexpected = unexpected
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine as a task; what goes wrong is told."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except MailError as error:
            self._failed(error)
        except Exception as error:
            if self._unexpected is None:
                raise
            self._unexpected(error)

    async def end(self) -> None:
        """Cancel all but the one that asks for it, and wait for their ends; one that ends may have begun another."""
        while others := tuple(self._tasks - {asyncio.current_task()}):
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
