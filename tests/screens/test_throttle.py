"""Work that is asked for often: whoever needs it done waits for it, not for the pause behind it."""

import asyncio

from tui.screens.throttle import Throttle


async def test_what_was_asked_for_is_waited_for_but_not_the_pause() -> None:
    done: list[int] = []
    may_go = asyncio.Event()

    async def work() -> None:
        await may_go.wait()
        done.append(1)

    throttle = Throttle(work, every=3600.0)
    await throttle.done()  # nothing was asked for
    throttle.ask()
    waiting = asyncio.create_task(throttle.done())
    await asyncio.sleep(0)
    assert not waiting.done()
    may_go.set()
    await asyncio.wait_for(waiting, 5)
    assert done == [1]
    throttle.ask()  # while it pauses: it will be done after the pause
    waiting = asyncio.create_task(throttle.done())
    await asyncio.sleep(0)
    assert not waiting.done()
    await throttle.close()
    await asyncio.wait_for(waiting, 5)  # or not at all
