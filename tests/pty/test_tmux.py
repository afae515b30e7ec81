"""The same walk inside tmux, whose idea of widths is another: its grid holds the text that stock Textual would show."""

import asyncio
import json
import os
import random
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from unicodedata import normalize

import pytest

from tests.app.live import letter
from tests.pty.mail import WIDE, mail
from tests.pty.test_walk import Lines
from tests.servers.packages import ServersMissing
from tests.servers.tmux import program

STEPS = int(os.environ.get("TIDINGS_TMUX_STEPS", "25"))
SEED = int(os.environ.get("TIDINGS_WALK_SEED", "1"))
SIZES = [(80, 24), (120, 40), (61, 17), (200, 50)]
KEYS = ["j", "j", "k", "Space", "G", "Enter", "q", "Tab", "n", "v", "s", "?", ":", "J", "NPage", "PPage"]
SGR = re.compile(r"\x1b\[[0-9;]*m")


class Tmux:
    """A server of its own with one window."""

    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux.sock")
        try:
            self._program, self._libraries = program()
        except ServersMissing as error:
            pytest.skip(str(error))

    async def __call__(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            self._program,
            "-S",
            self._socket,
            "-f",
            "/dev/null",
            "-u",
            *words,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={
                **{"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"},
                **self._libraries,
            },
        )
        out, _ = await process.communicate()
        return out.decode("utf-8", "replace")

    async def lines(self) -> list[str]:
        """Return the text of the pane, without blanks at the ends."""
        return [line.rstrip() for line in (await self("capture-pane", "-p")).split("\n")[:-1]]


@asynccontextmanager
async def tmux(folder: Path, command: str) -> AsyncIterator[Tmux]:
    server = Tmux(folder)
    await server("new-session", "-d", "-x", "80", "-y", "24", command)
    try:
        await server("set-option", "-g", "window-size", "manual")
        yield server
    finally:
        await server("kill-server")


def text(lines: Lines) -> list[str]:
    """Return the text of what stock Textual would show."""
    joined = ["".join(SGR.sub("", piece) for _, piece in pieces) for pieces in lines]
    return [normalize("NFC", line.replace("\u3000", "  ")).rstrip() for line in joined]


def read(file: Path) -> tuple[int, Lines]:
    return (file.stat().st_ino, json.loads(file.read_text())) if file.exists() else (0, [])


async def same_text(server: Tmux, file: Path, story: list[str]) -> None:
    """Wait until tmux shows what it should.

    Raises:
        AssertionError: it never does.
    """
    until = monotonic() + 20
    shown: list[str] = []
    wanted: list[str] = []
    while monotonic() < until:
        before, _ = read(file)
        await server("send-keys", "F7")
        shown = await server.lines()
        after, lines = read(file)
        wanted = text(lines)
        if after != before and shown == wanted:
            return
    differ = [(one, other) for one, other in zip(shown, wanted, strict=False) if one != other]
    raise AssertionError(f"after {story[-6:]}: {len(shown)} {len(wanted)} lines\n{differ[:4]}\n" + "\n".join(shown))


async def test_the_text_in_tmux_is_the_stock_one(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    file = tmp_path / "picture.json"
    command = f"{sys.executable} -m tests.pty.program {tmp_path} --picture {file}"
    story: list[str] = []
    async with mail(tmp_path, 40) as servers, tmux(tmp_path, command) as server:
        until = monotonic() + 30
        while not any("039 " in line for line in await server.lines()):
            assert monotonic() < until, "\n".join(await server.lines())
        for number in range(STEPS):
            what = chance.random()
            if what < 0.12:
                width, height = chance.choice(SIZES)
                story.append(f"{width}x{height}")
                await server("resize-window", "-x", str(width), "-y", str(height))
            elif what < 0.25:
                story.append(f"{chance.choice(WIDE)} {number}")
                await servers.deliver(
                    letter(story[-1], sender=f"{chance.choice(WIDE)[:9]} <x@y.example>", body=story[-1])
                )
            else:
                keys = [chance.choice(KEYS) for _ in range(chance.randrange(1, 5))]
                story.append(" ".join(keys))
                await server("send-keys", *keys)
            await same_text(server, file, story)
