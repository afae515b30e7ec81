"""What every widget of ours paints with."""

from collections.abc import Iterator
from pathlib import Path

from textual._styles_cache import StylesCache
from textual.app import App, ComposeResult
from textual.strip import Strip

import tui
from tui.terminal.theme import ROLES, Roles
from tui.widgets.painting import LineWidget, Look, Run

STYLES = Path(tui.__file__).parent / "styles"


class Numbers(LineWidget):
    """Paints the number of each line, and counts how often."""

    def __init__(self) -> None:
        super().__init__(Look(Roles.from_variables(dict.fromkeys(ROLES, "#CDD5DD"))))
        self.painted: list[int] = []

    def line(self, y: int) -> list[Run]:
        self.painted.append(y)
        return [(f"line {y}", self.look.roles["text"])]


class Stage(App[None]):
    CSS = "Numbers { height: 1fr; width: 1fr; } .padded { padding: 1 2; }"

    def __init__(self) -> None:
        super().__init__()
        self.numbers = Numbers()

    def compose(self) -> ComposeResult:
        yield self.numbers


def lines(app: Stage) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


async def test_a_line_is_painted_again_only_when_it_is_to_be() -> None:
    app = Stage()
    async with app.run_test(size=(20, 6)) as pilot:
        await pilot.pause()
        assert lines(app) == [f"line {y}" for y in range(6)]
        app.numbers.painted.clear()
        app.numbers.refresh_line(2)
        app.numbers.refresh_line(4)
        await pilot.pause()
        assert sorted(app.numbers.painted) == [2, 4]
        app.numbers.painted.clear()
        await pilot.resize_terminal(30, 4)
        await pilot.pause()
        assert lines(app) == [f"line {y}" for y in range(4)]
        assert set(app.numbers.painted) == set(range(4))


async def test_padding_is_painted_around_the_lines() -> None:
    app = Stage()
    async with app.run_test(size=(20, 6)) as pilot:
        app.numbers.add_class("padded")
        await pilot.pause()
        assert lines(app) == ["", *[f"  line {y}" for y in range(4)], ""]


async def test_the_lines_are_those_of_stock_textual() -> None:
    app = Stage()
    async with app.run_test(size=(20, 6)) as pilot:
        await pilot.pause()
        crop = app.numbers.region
        ours = app.numbers.render_lines(crop)
        stock = StylesCache.render_widget(app.numbers._styles_cache, app.numbers, crop)
        assert segments(ours) == segments(stock)
        part = crop.shrink((0, 3, 0, 2))
        assert [strip.text for strip in app.numbers.render_lines(part)] == [strip.text[2:17] for strip in ours]


def segments(strips: list[Strip]) -> list[list[tuple[str, str]]]:
    return [[(segment.text, str(segment.style)) for segment in strip] for strip in strips]


def rules_of_the_focus() -> Iterator[tuple[str, str]]:
    for file in STYLES.glob("*.tcss"):
        for line in file.read_text().splitlines():
            if ":focus" in line or ":blur" in line:
                yield file.name, line


def test_no_line_widget_is_styled_by_the_focus() -> None:
    assert {(file, line) for file, line in rules_of_the_focus() if "Input:focus" not in line} == {
        ("compose.tcss", "#body:focus {"),
    }
