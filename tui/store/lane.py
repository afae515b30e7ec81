"""A thread in which work is done one after the other, awaited from the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from tui.mail.errors import StoreError

P = ParamSpec("P")
T = TypeVar("T")


class Lane:
    """One thread and its queue: first come, first served. What it owns is touched in no other thread.

    Args:
        name: of the thread, for debuggers.
    """

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, name)
        self._closed = False

    async def do(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` in the thread and return its result.

        Cancelling does not stop work that has begun; work still in the queue is then not done at all.

        Raises:
            StoreError: when the lane is closed.
        """
        if self._closed:
            raise StoreError("The store is closed.")
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))

    async def close(self, last: Callable[[], None]) -> None:
        """Finish what is queued, do ``last``, end the thread. May be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, last)
        finally:
            self._pool.shutdown(wait=False)
