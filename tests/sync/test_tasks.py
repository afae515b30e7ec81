"""The tasks of an owner: what fails is told, and nothing of them is left at its end."""

import asyncio

import pytest

from tui.mail.errors import MailError
from tui.sync.tasks import Tasks


async def for_ever(begun: asyncio.Event) -> None:
    begun.set()
    await asyncio.Event().wait()


def unheard(error: MailError) -> None:
    raise AssertionError(f"nothing was to fail: {error}")


async def fails(error: Exception) -> None:
    raise error


async def test_what_is_begun_while_it_ends_ends_too() -> None:
    tasks = Tasks(unheard)
    begun = asyncio.Event()

    async def leaves_an_heir() -> None:
        try:
            await for_ever(begun)
        finally:
            tasks.begin(for_ever(asyncio.Event()))

    first = tasks.begin(leaves_an_heir())
    async with asyncio.timeout(10):
        await begun.wait()
        await tasks.end()
    assert first.cancelled()
    assert len(tasks) == 0


async def test_one_of_them_may_end_the_others() -> None:
    tasks = Tasks(unheard)
    begun = asyncio.Event()
    other = tasks.begin(for_ever(begun))
    await begun.wait()
    async with asyncio.timeout(10):
        await tasks.begin(tasks.end())
    assert other.cancelled()
    assert len(tasks) == 0


async def test_what_goes_wrong_is_told() -> None:
    told: list[Exception] = []
    odd: list[Exception] = []
    tasks = Tasks(told.append, odd.append)
    for error in (MailError("The disk is full."), ValueError("x")):
        await tasks.begin(fails(error))
    assert [str(each) for each in told] == ["The disk is full."]
    assert [type(each) for each in odd] == [ValueError]
    with pytest.raises(ValueError, match="x"):
        await Tasks(told.append).begin(fails(ValueError("x")))
