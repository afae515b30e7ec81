"""The end of an account: whatever a task begins while it ends, ends with it."""

import asyncio

from tests.servers.process import free_port
from tests.sync.desk import desk
from tui.store.database import Store


async def test_what_is_begun_while_it_ends_ends_too(store: Store) -> None:
    async def heir() -> None:
        await asyncio.Event().wait()

    async def first(made_of: asyncio.Event) -> None:
        made_of.set()
        try:
            await asyncio.Event().wait()
        finally:
            account._spawn(heir())

    async with desk(store, free_port()) as at:
        account = at.account
        begun = asyncio.Event()
        account._spawn(first(begun))
        async with asyncio.timeout(10):
            await begun.wait()
            await account.stop()
        assert not account._tasks
        assert [task for task in asyncio.all_tasks() if "heir" in repr(task.get_coro())] == []
