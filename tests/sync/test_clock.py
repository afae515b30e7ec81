"""Noticing that the machine has slept."""

import asyncio

from tui.sync.clock import ClockJumps, clocks


class Clocks:
    """Clocks that are put forward by hand.

    Attributes:
        looks: how often they were looked at.
    """

    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.boot = 500.0
        self.looks = 0

    def __call__(self) -> tuple[float, ...]:
        self.looks += 1
        return self.wall, self.boot


async def looked(clocks: Clocks, times: int) -> None:
    """Wait until the clocks have been looked at so often more."""
    wanted = clocks.looks + times
    async with asyncio.timeout(5):
        while clocks.looks < wanted:  # noqa: ASYNC110 - a clock of the test
            await asyncio.sleep(0.001)


async def test_a_sleep_is_noticed_by_any_clock_and_told_once() -> None:
    hands = Clocks()
    jumps = ClockJumps(every=0.01, least=10.0, clocks=hands)
    waiting = asyncio.create_task(jumps.next())
    await looked(hands, 3)
    hands.wall += 9.0  # the machine is busy, or the date was set
    await looked(hands, 3)
    assert not waiting.done()
    hands.boot += 600.0
    assert round(await asyncio.wait_for(waiting, 5)) == 600
    waiting = asyncio.create_task(jumps.next())
    await looked(hands, 3)
    assert not waiting.done()
    hands.wall += 60.0  # a virtual machine that was halted: only its date is put right
    assert round(await asyncio.wait_for(waiting, 5)) == 60


async def test_a_date_that_is_put_back_is_no_sleep() -> None:
    hands = Clocks()
    waiting = asyncio.create_task(ClockJumps(every=0.01, least=10.0, clocks=hands).next())
    await looked(hands, 2)
    hands.wall -= 3600.0
    await looked(hands, 3)
    assert not waiting.done()
    waiting.cancel()


def test_the_real_clocks_go() -> None:
    before = clocks()
    assert all(late >= early for early, late in zip(before, clocks(), strict=True))
