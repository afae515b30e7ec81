"""One-line inputs."""

from typing import Any

from textual.app import App, ComposeResult
from textual.screen import Screen

from tui.widgets.address_input import LineInput


class Counting(Screen[None]):
    """Counts how often it is laid out anew."""

    layouts = 0

    def compose(self) -> ComposeResult:
        yield LineInput(id="line")

    def _refresh_layout(self, *words: Any, **named: Any) -> None:
        self.layouts += 1
        super()._refresh_layout(*words, **named)


async def test_typing_lays_nothing_out_and_a_long_text_keeps_its_cursor_in_sight() -> None:
    app: App[None] = App()
    async with app.run_test(size=(30, 5)) as pilot:
        screen = Counting()
        await app.push_screen(screen)
        await pilot.press("a", "b")
        before = screen.layouts
        await pilot.press(*"cdefghijklmnopqrstuvwxyz" * 2)
        line = screen.query_one(LineInput)
        assert screen.layouts == before
        assert line.value == "ab" + "cdefghijklmnopqrstuvwxyz" * 2
        assert line.scroll_offset.x > 10
        assert line.cursor_screen_offset.x <= 30
        await pilot.press("home")
        assert line.scroll_offset.x == 0
