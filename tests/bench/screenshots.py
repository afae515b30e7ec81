"""Pictures of the running demo for the README: mail, compose and help, at two sizes; the same in every run.

They are SVG, so that whoever looks at them has the letters of all the languages in them.

Usage: scripts/bench screenshots [FOLDER]
"""

import argparse
import asyncio
import io
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app import TidingsApp

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
NOW = datetime(2026, 11, 24, 9, 41, tzinfo=UTC)
SIZES = ((120, 40), (80, 24))
ANSWER = "Dear Ada,\n\nit shall be at the printer by Thursday, and I shall count operation 4 twice."


def main(words: Sequence[str]) -> int:
    """Draw them all."""
    parser = argparse.ArgumentParser(prog="scripts/bench screenshots", description="Draw the pictures of the README.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, metavar="FOLDER")
    folder = parser.parse_args(words).folder
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(TZ="UTC", TERM="xterm-256color", COLORTERM="truecolor", TEXTUAL_COLOR_SYSTEM="truecolor")
    time.tzset()
    _stop_the_clock()
    for width, height in SIZES:
        asyncio.run(_draw(folder, "tidings-dark", width, height, ("mail", "compose", "help")))
    asyncio.run(_draw(folder, "tidings-light", *SIZES[0], ("mail",)))
    return 0


def _stop_the_clock() -> None:
    """Let it be `NOW` for ever, before anything that tells ages is loaded; what waits goes by another clock."""
    strftime = time.strftime

    def of_now(layout: str, moment: time.struct_time = time.gmtime(NOW.timestamp())) -> str:  # noqa: B008
        return strftime(layout, moment)

    time.time = NOW.timestamp
    time.strftime = of_now  # type: ignore[assignment]


async def _draw(folder: Path, theme: str, width: int, height: int, screens: Sequence[str]) -> None:
    from tests.bench.theme_pictures import until  # noqa: PLC0415 - late: the clock is stopped first
    from tui.app import TidingsApp  # noqa: PLC0415 - late: the clock is stopped first
    from tui.config.model import LookConfig  # noqa: PLC0415 - late: the clock is stopped first
    from tui.config.paths import Paths  # noqa: PLC0415 - late: the clock is stopped first
    from tui.demo.demo import Demo  # noqa: PLC0415 - late: the clock is stopped first
    from tui.store.database import Store  # noqa: PLC0415 - late: the clock is stopped first

    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        paths = Paths.under(Path(name))
        paths.make()
        async with Demo(clock=lambda: NOW, pace=None) as demo:
            config = replace(demo.config, look=LookConfig(theme=theme))
            app = TidingsApp(config, await Store.open(paths), paths)
            async with app.run_test(size=(width, height)) as pilot:
                await until(lambda: all(words in _text(app) for words in ("live", "unread of", "Ada Lovelace")))
                await _settle(app, pilot)
                for screen in screens:
                    await _go_to(screen, app, pilot)
                    suffix = "" if theme == "tidings-dark" else f"-{theme.removeprefix('tidings-')}"
                    file = folder / f"{screen}{suffix}-{width}x{height}.svg"
                    size = _save(app, theme, file)
                    print(f"{file.name:<24} {size / 1000:>4.0f} kB")


async def _go_to(screen: str, app: "TidingsApp", pilot: "Pilot[int]") -> None:
    if screen == "compose":
        await pilot.press("r")
        await _until_text(app, "Reply")
        for character in ANSWER:
            await pilot.press("enter" if character == "\n" else "space" if character == " " else character)
        await _settle(app, pilot)
    elif screen == "help":
        await pilot.press("escape")
        await _until_text(app, "unread of")
        await pilot.press("?")
        await _until_text(app, "Keys")
        await _settle(app, pilot)


async def _until_text(app: "TidingsApp", words: str) -> None:
    from tests.bench.theme_pictures import until  # noqa: PLC0415 - late: the clock is stopped first

    await until(lambda: words in _text(app))


async def _settle(app: "TidingsApp", pilot: "Pilot[int]") -> None:
    """Wait until nothing on the screen has changed for a while."""
    before, since = "", time.monotonic()
    until = since + 15.0
    while time.monotonic() - since < 1.5 and time.monotonic() < until:
        await pilot.pause(0.05)
        now = _text(app)
        if now != before:
            before, since = now, time.monotonic()


def _text(app: "TidingsApp") -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def _save(app: "TidingsApp", name: str, file: Path) -> int:
    from rich.console import Console  # noqa: PLC0415 - late: the clock is stopped first

    from tests.bench.theme_pictures import terminal_of, with_local_font  # noqa: PLC0415 - late: the clock is stopped first
    from tui.terminal.theme_file import folders, load_theme  # noqa: PLC0415 - late: the clock is stopped first

    width = app.size.width
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True)
    console.print(app.screen._compositor.render_update(full=True, screen_stack=app.screen_stack[:-1]))
    svg = console.export_svg(title="Tidings", theme=terminal_of(load_theme(name, folders())))
    return file.write_text(with_local_font(svg), encoding="utf-8")
