"""The start as a user sees it: the first picture is the real one, nothing typed is lost, the terminal comes back."""

import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest

from tests.bench.filled import envelopes, fill
from tests.bench.program import environment
from tests.pty.mail import loopback, write_config
from tests.pty.terminal import UNKNOWN_TO_PYTE, Terminal, leaks, picture
from tui.config.paths import Paths
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName
from tui.screens.mail_grid import grid

WORK = AccountName("work")
COUNT = 400
NEWEST = f"{COUNT} "
PAINTED = "newest first"
TIDINGS = (sys.executable, "-m", "tui")
FIRST_ONLY = (
    sys.executable,
    "-c",
    "import sys; from tui.start import first; painted = first.paint(); sys.stdin.read(1); painted.give_back()",
)
"""Paints the first screen and waits for a key."""
NO_TEXTUAL = (
    sys.executable,
    "-c",
    "import sys; sys.modules['textual'] = None; import tui.cli.main as m; sys.exit(m.main())",
)
"""The same program, except that what comes behind the first screen cannot be loaded."""
SIZES = ((120, 40), (80, 24), (200, 50), (100, 30), (59, 15))


def paths_of(folder: Path) -> Paths:
    return Paths(*(folder / name / "tidings" for name in ("config", "data", "cache", "state")))


@asynccontextmanager
async def running(
    folder: Path, command: Sequence[str] = TIDINGS, size: tuple[int, int] = (120, 40), **variables: str
) -> AsyncIterator[Terminal]:
    terminal = Terminal(*size)
    try:
        known = {**environment(folder), "PYTHONPATH": str(Path(__file__).parents[2]), **variables}
        await terminal.run(command, known)
        yield terminal
    finally:
        await terminal.close()


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The files of somebody who has used the program before; the server is away."""
    paths = paths_of(tmp_path)
    write_config(paths, loopback(1, 1))
    await fill(paths, WORK, COUNT)
    await use(tmp_path)
    return tmp_path


async def use(folder: Path, keys: str = "") -> None:
    """Look at the mail, press keys, and leave."""
    async with running(folder) as terminal:
        await terminal.sees("offline")
        terminal.press(keys)
        await terminal.quiet()
        terminal.press("Q")
        assert await terminal.ends() == 0
    assert paths_of(folder).view_file.stat().st_size > 200


def cut(screen: Any, place: tuple[int, int, int, int]) -> list[list[tuple[Any, ...]]]:
    left, top, width, height = place
    return [row[left : left + width] for row in picture(screen)[top : top + height]]


def stays(shown: str, more: str, size: tuple[int, int], place: tuple[int, int, int, int]) -> bool:
    """Whether the rows of the list look the same after every single sequence of what came behind the first picture."""
    screen = pyte.Screen(*size)
    stream = pyte.Stream(screen)
    stream.feed(UNKNOWN_TO_PYTE.sub("", shown))
    left, top, width, height = place
    watched = [(y, x) for y in range(top, top + height) for x in range(left, left + width, 7)]
    before = [screen.buffer[y][x] for y, x in watched]
    for piece in re.split(r"(?=\x1b)", UNKNOWN_TO_PYTE.sub("", more)):
        stream.feed(piece)
        if [screen.buffer[y][x] for y, x in watched] != before:
            return False
    return True


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_picture_is_the_real_one(folder: Path, size: tuple[int, int]) -> None:
    async with running(folder, FIRST_ONLY, size) as first, running(folder, size=size) as real:
        await first.sees(NEWEST)
        await real.sees("offline")
        await first.quiet()
        await real.quiet()
        places = grid(*size, reading=False).places(*size)
        for name in ("head", "rows", "rule", "hints"):
            assert cut(first.screen, getattr(places, name)) == cut(real.screen, getattr(places, name)), name
        left, top, width, height = places.tree
        account = 2  # lines until behind that of the account: by now it says that the server is away
        rest = (left, top + account, width, height - account)
        assert cut(first.screen, rest) == cut(real.screen, rest)
        assert (first.screen.cursor.x, first.screen.cursor.y) == (real.screen.cursor.x, real.screen.cursor.y)
        assert "connecting" in first.text
        assert leaks(first.output) == []
        assert real.output.startswith(first.output)
        assert stays(first.output, real.output[len(first.output) :], size, places.rows)
        assert (real.output.count("\x1b[2J"), real.output.count("\x1b[?1049h")) == (1, 1)
        before = first.attributes()
        first.press("x")
        assert await first.ends() == 0
        assert first.attributes() != before
        assert first.modes == {}


async def test_keys_typed_at_once_are_obeyed_in_order(folder: Path) -> None:
    begins_at = next(row for row, each in enumerate(reversed([*envelopes(COUNT)]), 1) if SEEN not in each.flags)
    async with running(folder) as terminal:
        usual = terminal.attributes()
        terminal.press("jj")
        await terminal.sees(NEWEST)
        terminal.press("jjk")
        there = f" {begins_at + 3} of {COUNT}"  # the newest unread one, and three on
        await terminal.sees(there)
        await terminal.sees("offline")
        await terminal.quiet()
        assert there in terminal.text
        terminal.press("Q")
        assert await terminal.ends() == 0
        assert (terminal.attributes(), terminal.modes) == (usual, {})
        assert leaks(terminal.output) == []


async def test_the_mailbox_that_was_shown_last_is_shown_first(folder: Path) -> None:
    await use(folder, "J")
    async with running(folder) as terminal:
        await terminal.sees(" Inbox ")
        await terminal.sees("offline")
        assert "nothing here" in terminal.text or "asking" in terminal.text
        assert " Sent  work" in terminal.text


async def test_a_start_that_fails_behind_it_gives_the_terminal_back(folder: Path) -> None:
    async with running(folder, NO_TEXTUAL) as terminal:
        usual = terminal.attributes()
        assert await terminal.ends() == 1
        assert PAINTED in terminal.output
        assert "tidings: crashed (" in terminal.output.partition("\x1b[?1049l")[2]
        assert (terminal.attributes(), terminal.modes) == (usual, {})


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP"])
async def test_so_does_one_that_is_ended(folder: Path, number: str) -> None:
    script = (
        "import sys, time; from tui.start import first; p = first.paint()\ntry: time.sleep(60)\nfinally: p.give_back()"
    )
    async with running(folder, (sys.executable, "-c", script)) as terminal:
        usual = terminal.attributes()
        await terminal.sees(NEWEST)
        await terminal.quiet()
        assert terminal.process is not None
        terminal.process.send_signal(getattr(signal, number))
        assert await terminal.ends() == 128 + getattr(signal, number)
        assert (terminal.attributes(), terminal.modes) == (usual, {})


async def test_a_wrong_setting_is_told_as_ever(folder: Path) -> None:
    with paths_of(folder).config_file.open("a") as file:
        file.write("[look]\ncolour = 1\n")
    async with running(folder) as terminal:
        usual = terminal.attributes()
        assert await terminal.ends() == 2
        assert "colour" in terminal.text
        assert "1049h" not in terminal.output
        assert terminal.attributes() == usual


async def test_a_wrong_key_that_only_the_application_finds_is_told_on_the_users_own_screen(folder: Path) -> None:
    with paths_of(folder).config_file.open("a") as file:
        file.write('[keys]\n"no.such" = "x"\n')
    view = paths_of(folder).view_file
    lines = view.read_text().splitlines(keepends=True)
    known = os.stat(paths_of(folder).config_file)
    fresh = f"file\t{paths_of(folder).config_file}\t{known.st_mtime_ns} {known.st_size}\n"
    view.write_text("".join(fresh if "config.toml" in line else line for line in lines))
    async with running(folder) as terminal:
        usual = terminal.attributes()
        assert await terminal.ends() == 2
        assert PAINTED in terminal.output
        assert "no.such" in terminal.output.partition("\x1b[?1049l")[2]
        assert (terminal.attributes(), terminal.modes) == (usual, {})


@pytest.mark.parametrize("case", ["lock", "cache", "version", "colours", "view", "theme"])
async def test_whatever_is_unusual_nothing_is_painted_first(folder: Path, case: str) -> None:
    paths = paths_of(folder)
    variables: dict[str, str] = {}
    match case:
        case "cache":
            paths.cache_file.unlink()
        case "version":
            view = paths.view_file.read_text()
            paths.view_file.write_text(view.replace("tidings.lock\t", "tidings.lock\t9"))
        case "colours":
            variables = {"COLORTERM": ""}
        case "view":
            paths.view_file.write_bytes(os.urandom(500))
        case "theme":
            (paths.config / "themes").mkdir()
            (paths.config / "themes" / "tidings-dark.toml").write_text("wrong")
    async with running(folder, TIDINGS if case == "lock" else NO_TEXTUAL, (120, 40), **variables) as other:
        if case == "lock":
            await other.sees("offline")
            async with running(folder) as second:
                assert await second.ends() == 2
                assert "runs already" in second.text
                assert "1049h" not in second.output
        else:
            assert await other.ends() == 1  # as it has to without Textual, but nothing was painted
            assert "1049h" not in other.output


async def test_a_terminal_that_changes_its_size_meanwhile_is_painted_anew(folder: Path) -> None:
    async with running(folder) as terminal:
        await terminal.sees(NEWEST)
        terminal.resize(80, 24)
        await terminal.sees("offline")
        await terminal.quiet()
        assert "newest first" not in terminal.text
        assert NEWEST in terminal.text
        terminal.press("Q")
        assert await terminal.ends() == 0
