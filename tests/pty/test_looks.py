"""Every terminal gets what it can show, and an idle one gets nothing."""

import re
import signal
from pathlib import Path

import pytest

from tests.app.live import letter
from tests.pty.mail import mail
from tests.pty.terminal import Terminal, as_typed, leaks, tidings
from tui.config.paths import Paths

SGR = re.compile(r"\x1b\[([0-9;]*)m")
COLOUR = {
    "truecolor": re.compile(r"(?:^|;)[34]8;2;"),
    "256": re.compile(r"(?:^|;)[34]8;5;"),
    "16": re.compile(r"(?:^|;)(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?:;|$)"),
}


def colours(output: str) -> set[str]:
    """Return which kinds of colour were set."""
    return {kind for kind, pattern in COLOUR.items() if any(map(pattern.search, SGR.findall(output)))} - (
        {"16"}
        if any(COLOUR[kind].search(code) for kind in ("truecolor", "256") for code in SGR.findall(output))
        else set()
    )


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, {"truecolor"}),
        ({"TERM": "xterm-256color", "COLORTERM": ""}, {"256"}),
        ({"TERM": "screen", "COLORTERM": ""}, {"16"}),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, set()),
    ],
    ids=["truecolor", "256", "16", "none"],
)
async def test_as_many_colours_as_there_are(tmp_path: Path, environment: dict[str, str], expected: set[str]) -> None:
    async with mail(tmp_path, 5), as_typed(tmp_path, **environment) as terminal:
        await terminal.sees("004 ")
        await terminal.quiet()
        terminal.press("j\r")
        await terminal.quiet()
        assert colours(terminal.output) == expected
        assert "\x1b[1" in terminal.output  # bold is said also without colour


@pytest.mark.parametrize("environment", [{"LANG": "C"}, {"LANG": "C.UTF-8", "TERM": "linux"}], ids=["C", "console"])
async def test_marks_are_ascii_where_they_must(tmp_path: Path, environment: dict[str, str]) -> None:
    count = 3 if environment["LANG"] == "C" else 1  # the second has characters of its own, which UTF-8 may carry
    async with mail(tmp_path, count), as_typed(tmp_path, **environment) as terminal:
        await terminal.sees("000 ")
        await terminal.quiet()
        terminal.press("\r")
        await terminal.quiet()
        assert terminal.output.isascii()


@pytest.mark.parametrize("term", ["dumb", ""])
async def test_a_terminal_without_a_cursor_is_refused(tmp_path: Path, term: str) -> None:
    async with mail(tmp_path, 1), as_typed(tmp_path, TERM=term) as terminal:
        before = terminal.attributes()
        assert await terminal.ends() == 2
        assert "TERM is" in terminal.text
        assert "\x1b" not in terminal.output
        assert terminal.attributes() == before


WORD = 60
"""Bytes in which one word of the status line is painted, with its colours."""


async def test_idle_is_silent(tmp_path: Path) -> None:
    async with mail(tmp_path, apart=100), tidings(tmp_path) as terminal:
        await terminal.sees("029 ")
        await terminal.sees("live")
        await terminal.quiet(1.0)
        before = terminal.received
        await terminal.sees("heard 10 s ago")  # the first that there is to tell
        assert terminal.received - before <= WORD


def has_heard(terminal: Terminal) -> bool:
    """Whether the program has been told of the size: no SIGWINCH waits for it, though nobody reads what it says."""
    assert terminal.process is not None
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    waiting = re.findall(r"^(?:SigPnd|ShdPnd):\s+(\w+)$", status, re.MULTILINE)
    return not any(int(mask, 16) >> (signal.SIGWINCH - 1) & 1 for mask in waiting)


async def test_stock_output_when_textual_is_another(tmp_path: Path) -> None:
    async with mail(tmp_path), tidings(tmp_path, "--foreign") as terminal:
        await terminal.sees("029 ")
        terminal.pause()
        for width in (100, 80, 100, 80):
            terminal.resize(width, 24)
            await terminal.until(lambda: has_heard(terminal), "the signal taken")
        terminal.press("j")
        terminal.resume()
        await terminal.quiet()
        assert "029 " in terminal.text
        terminal.press("Q")
        assert await terminal.ends() == 0
        assert terminal.modes == {}
        log = Paths.under(tmp_path).log_file.read_text()
        assert log.count("stock terminal output is used") == 1


async def test_the_cursor_stands_on_the_row(tmp_path: Path) -> None:
    async with mail(tmp_path), tidings(tmp_path) as terminal:
        await terminal.sees("029 ")
        for subject in ("029 ", "028 ", "027 "):
            await terminal.until(lambda subject=subject: subject in line_of_cursor(terminal), subject)  # type: ignore[misc]
            terminal.press("j")


def line_of_cursor(terminal: Terminal) -> str:
    row: int = terminal.screen.cursor.y
    return terminal.text.split("\n")[row]


@pytest.mark.parametrize(("column", "mark"), [(2, "\u25cf"), (3, "*")], ids=["one cell", "two cells"])
async def test_marks_where_ambiguous_characters_are_wide(tmp_path: Path, column: int, mark: str) -> None:
    async with mail(tmp_path, 5), tidings(tmp_path) as terminal:
        await terminal.until(lambda: "\x1b[6n" in terminal.output, "the question")
        terminal.press(f"\x1b[1;{column}R\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
        await terminal.sees("004 ")
        await terminal.until(lambda: mark in line_of_cursor(terminal), "the mark")
        terminal.press("j")
        await terminal.until(lambda: "003 " in line_of_cursor(terminal), "the next row: no key was made of it")


async def test_links_of_the_text_are_links_of_the_terminal(tmp_path: Path) -> None:
    html = (
        '<p>at <a href="https://good.example/x">the shelf</a>, not <a href="https://bad.example/">bank.example</a></p>'
    )
    async with mail(tmp_path, 0) as servers:
        await servers.deliver(letter("with links", body=html).replace(b"text/plain", b"text/html"))
        async with tidings(tmp_path) as terminal:
            await terminal.sees("with links")
            await terminal.quiet()
            terminal.press("\r")
            await terminal.sees("the shelf")
            assert "\x1b]8;;https://good.example/x\x1b\\" in terminal.output
            assert "\x1b]8;;https://bad.example" not in terminal.output
            assert leaks(terminal.output) == []
