"""Typing ahead: what is typed while a screen is on its way is for that screen, in order, and once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.screens.stage import Stage
from tui.commands.keyboard import MOST_AHEAD, Keyboard


class Given(Stage):
    """Stands for the whole application: it notes what its keyboard gives away."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []
        self.flashed = ""
        self.keyboard = Keyboard(self, self, self.give)  # type: ignore[arg-type] # the few things it asks a desk for
        self.again: asyncio.Future[None] | None = None

    def flash(self, text: str, *, style: str = "muted") -> None:
        self.flashed = text

    def begin(self, work: object) -> asyncio.Task[None]:
        return asyncio.create_task(work)  # type: ignore[arg-type]

    async def give(self, event: events.Event) -> None:
        assert isinstance(event, events.Key)
        self.given.append(event.key)
        await asyncio.sleep(0)
        if event.key == "f5":
            self.keyboard.hold()


def key(name: str) -> events.Key:
    return events.Key(name, name if len(name) == 1 else None)


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[Given, Pilot[None]]]:
    app = Given()
    async with app.run_test() as pilot:
        await app.mount(Input())
        yield app, pilot


async def until(app: Given, keys: list[str]) -> None:
    async with asyncio.timeout(10):
        while app.given != keys:  # noqa: ASYNC110 - a test waits for a state
            await asyncio.sleep(0.005)


async def test_keys_wait_and_are_given_in_order() -> None:
    async with stage() as (app, _):
        held = app.keyboard.hold()
        for name in "abc":
            assert await app.keyboard.take(key(name))
        assert app.given == []
        app.keyboard.release(held)
        assert await app.keyboard.take(key("d"))  # behind those that are still being given
        await until(app, list("abcd"))


async def test_another_screen_on_its_way_keeps_the_rest() -> None:
    async with stage() as (app, _):
        held = app.keyboard.hold()
        for name in ("a", "f5", "b"):
            await app.keyboard.take(key(name))
        app.keyboard.release(held)
        await until(app, ["a", "f5"])
        app.keyboard.release(held)  # of the first one: too late to mean anything
        await asyncio.sleep(0)
        assert app.given == ["a", "f5"]
        app.keyboard.release(held + 1)
        await until(app, ["a", "f5", "b"])


async def test_the_end_of_the_work_gives_the_keys_back() -> None:
    async with stage() as (app, _):
        work = asyncio.create_task(asyncio.sleep(0))
        app.keyboard.hold(work)
        await app.keyboard.take(key("a"))
        await until(app, ["a"])


async def test_escape_gives_up_and_forgets_what_was_typed() -> None:
    async with stage() as (app, _):
        work = asyncio.create_task(asyncio.Event().wait())
        app.keyboard.hold(work)  # type: ignore[arg-type]
        await app.keyboard.take(key("d"))
        assert await app.keyboard.take(key("escape"))
        await asyncio.wait([work])
        await asyncio.sleep(0)
        assert work.cancelled()
        assert app.given == []
        assert app.flashed == "left"


async def test_not_more_is_kept_than_anybody_types() -> None:
    async with stage() as (app, _):
        held = app.keyboard.hold()
        for _ in range(MOST_AHEAD + 100):
            await app.keyboard.take(key("a"))
        app.keyboard.release(held)
        await until(app, ["a"] * MOST_AHEAD)
