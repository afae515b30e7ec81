"""Parsing leaves the loop to others."""

import asyncio
import time

from tui.imap.stream import MOST_TURNS, OTHERS_WORK, give_way


def work() -> None:
    """Work for a while, by the time that this thread had."""
    end = time.thread_time() + 2 * OTHERS_WORK
    while time.thread_time() < end:
        pass


async def test_what_follows_at_once_from_a_key_goes_before_the_next_slice() -> None:
    done: list[int] = []

    def step(number: int) -> None:
        work()
        done.append(number)
        asyncio.get_running_loop().call_soon(step, number + 1)

    asyncio.get_running_loop().call_soon(step, 1)
    await give_way()
    assert len(done) == MOST_TURNS, "as far as that, for a flood of it must not stop the mail"


async def test_one_turn_is_enough_where_nobody_else_has_anything_to_do() -> None:
    turns: list[int] = []

    def step() -> None:
        turns.append(1)
        asyncio.get_running_loop().call_soon(step)

    asyncio.get_running_loop().call_soon(step)
    await give_way()
    assert len(turns) == 1
