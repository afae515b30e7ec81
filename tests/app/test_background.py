"""Dark or light, as the terminal says."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.live import live
from tui.config.habits import Habits
from tui.config.model import LookConfig
from tui.terminal.background import is_light

PAPER, INK = (251, 250, 246), (16, 21, 27)


@pytest.mark.parametrize(
    ("color", "light"),
    [
        (PAPER, True),
        (INK, False),
        ((0, 0, 0), False),
        ((253, 246, 227), True),
        ((40, 42, 54), False),
        ((0, 0, 255), False),
    ],
)
def test_a_background_is_dark_or_light(color: tuple[int, int, int], light: bool) -> None:
    assert is_light(color) is light


async def test_the_theme_goes_with_the_background_and_is_there_at_once_next_time(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        async with servers.app() as person:
            assert person.app.theme_file.name == "tidings-dark", "nothing was told yet"
            person.app.terminal_background(PAPER)
            await person.until(lambda: person.app.theme == "tidings-light")
        assert Habits.read(servers.paths.habits_file).light
        async with servers.app() as person:
            assert person.app.theme_file.name == "tidings-light"
            person.app.terminal_background(INK)
            await person.until(lambda: person.app.theme == "tidings-dark")


async def test_a_theme_that_was_chosen_stays(tmp_path: Path) -> None:
    async with live(tmp_path) as servers:
        servers.config = replace(servers.config, look=LookConfig(theme="nord"))
        async with servers.app() as person:
            person.app.terminal_background(PAPER)
            await person.press("j")
            assert person.app.theme_file.name == "nord"
