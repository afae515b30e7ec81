"""Choosing a theme: previewed as the cursor moves, taken back with Esc, remembered otherwise."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tests.commands.test_keymap import keymap
from tests.screens.stage import Stage, rows
from tui.commands.app import palette
from tui.commands.desk import Desk
from tui.commands.look import theme
from tui.config.habits import Habits
from tui.config.model import Config
from tui.config.paths import Paths
from tui.mail.errors import ConfigError
from tui.terminal.keys import Scope
from tui.terminal.theme import ThemeFile, install
from tui.terminal.theme_file import folders, load_theme


class Place(Screen[None]):
    """Where commands are at hand."""

    key_scopes = (Scope.MAIL, Scope.ANYWHERE)


class ThemeStage(Stage):
    """As much of a desk as choosing a theme needs."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self.config, self.paths, self.keymap = Config(), paths, keymap()
        self.habits = Habits.read(paths.habits_file)
        self.theme_file = load_theme("tidings-dark", folders())
        self.worn: list[str] = []
        self.flashed = ""
        self.ran: list[str] = []
        install(self, self.theme_file)

    def on_mount(self) -> None:
        self.push_screen(Place())

    @property
    def place(self) -> Screen[Any]:
        return self.screen

    def wear(self, theme: ThemeFile) -> None:
        self.theme_file = theme
        self.worn.append(theme.name)
        install(self, theme)

    def flash(self, text: str, *, style: str = "muted") -> None:
        self.flashed = text

    async def ask(self, screen: Screen[Any]) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        await self.push_screen(screen, answer.set_result)
        return await answer

    def toggle_latency(self) -> None: ...

    def run_command(self, id: str, count: int | None = None) -> None:
        self.ran.append(id)


Choosing = tuple[ThemeStage, Pilot[None], asyncio.Task[None]]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - any state of the screen
            await asyncio.sleep(0.005)


@asynccontextmanager
async def choosing(tmp_path: Path, act: Any = theme) -> AsyncIterator[Choosing]:
    paths = Paths.under(tmp_path)
    paths.make()
    stage = ThemeStage(paths)
    async with stage.run_test(size=(80, 30)) as pilot:
        task = asyncio.create_task(act(cast(Desk, stage)))
        await until(lambda: len(stage.screen_stack) == 3 or task.done())
        await pilot.pause()
        yield stage, pilot, task
        if not task.done():
            task.cancel()


async def test_the_theme_under_the_cursor_is_shown_and_esc_takes_it_back(tmp_path: Path) -> None:
    async with choosing(tmp_path) as (stage, pilot, task):
        assert any("▌" in row and "tidings-dark" in row for row in rows(pilot)), "the cursor is on the one that is worn"
        await pilot.press("down")
        await until(lambda: stage.worn == ["tidings-light"])
        await pilot.press(*"nord")
        await until(lambda: stage.worn[-1] == "nord")
        assert stage.theme == "nord"
        await pilot.press("escape")
        await asyncio.wait_for(task, 5)
        assert stage.theme == "tidings-dark"
        assert Habits.read(stage.paths.habits_file).theme("auto") == "auto"


async def test_a_chosen_theme_is_worn_and_remembered(tmp_path: Path) -> None:
    async with choosing(tmp_path) as (stage, pilot, task):
        await pilot.press(*"gruvbox-l", "enter")
        await asyncio.wait_for(task, 5)
        assert stage.theme == "gruvbox-light"
        assert "gruvbox-light" in stage.flashed
        assert Habits.read(stage.paths.habits_file).theme("auto") == "gruvbox-light"


async def test_a_broken_theme_says_where_it_is_broken_and_is_not_worn(tmp_path: Path) -> None:
    (tmp_path / "config" / "themes").mkdir(parents=True)
    (tmp_path / "config" / "themes" / "mine.toml").write_text('background = "blue"\n[roles]\n')
    async with choosing(tmp_path) as (stage, pilot, task):
        await pilot.press(*"mine")
        await pilot.pause()
        assert any("mine.toml" in row for row in rows(pilot))
        await pilot.press("enter")
        with pytest.raises(ConfigError, match=r"mine\.toml line"):
            await asyncio.wait_for(task, 5)
        assert stage.theme == "tidings-dark"


async def test_the_palette_puts_first_what_is_called_most(tmp_path: Path) -> None:
    async with choosing(tmp_path, palette) as (stage, pilot, task):
        await pilot.press(*"theme", "enter")
        await asyncio.wait_for(task, 5)
        assert stage.ran == ["view.theme"]
        again = asyncio.create_task(cast(Any, palette)(cast(Desk, stage)))
        await until(lambda: len(stage.screen_stack) == 3)
        await pilot.press("enter")
        await asyncio.wait_for(again, 5)
        assert stage.ran == ["view.theme", "view.theme"]
