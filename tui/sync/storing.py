"""Writing beside reading."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Storing:
    """One write at a time beside the reading: the next batch is parsed while the last one is written."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def then(self, write: Coroutine[Any, Any, None]) -> None:
        """Wait for the write before, and begin this one.

        Raises:
            StoreError: the one before could not be written; this one is not begun.
        """
        try:
            await self.settled()
        except BaseException:
            write.close()
            raise
        self._task = asyncio.create_task(write)

    async def settled(self) -> None:
        """Wait for the write that was begun.

        Raises:
            StoreError: it could not be written; told once.
        """
        task, self._task = self._task, None
        if task is not None:
            await task
