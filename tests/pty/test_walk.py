"""A long random walk: at every step the terminal shows what stock Textual would have it show.

``TIDINGS_WALK_STEPS`` and ``TIDINGS_WALK_SEED`` make it longer, and another.
"""

import asyncio
import json
import os
import random
from pathlib import Path
from time import monotonic
from typing import Any

import pyte

from tests.app.live import Live, letter
from tests.emulator import Screen
from tests.pty.mail import WIDE, mail
from tests.pty.terminal import Terminal, for_pyte, leaks, picture, tidings

STEPS = int(os.environ.get("TIDINGS_WALK_STEPS", "60"))
SEED = int(os.environ.get("TIDINGS_WALK_SEED", "1"))
SIZES = [(80, 24), (120, 40), (100, 30), (61, 17), (200, 50), (79, 24)]
KEYS = [
    "j",
    "j",
    "j",
    "k",
    " ",
    "G",
    "gg",
    "\r",
    "q",
    "\t",
    "n",
    "v",
    "s",
    "?",
    ":",
    "\x1b",
    "J",
    "K",
    "\x1b[6~",
    "\x1b[5~",
]
ASK = "\x1b[18~"
"""F7."""


Lines = list[list[tuple[int, str]]]


def expected(lines: Lines, width: int, height: int) -> Any:
    screen = Screen(width, height)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[?7l")
    for y, pieces in enumerate(lines[:height]):
        for x, piece in pieces:
            stream.feed(f"\x1b[{y + 1};{x + 1}H" + for_pyte(piece))
    return screen


async def ask(terminal: Terminal, file: Path) -> Lines:
    """Return what stock Textual would show; nothing when the question got lost, as behind a lone Escape."""
    before = version(file)
    terminal.press(ASK)
    for _ in range(200):
        if version(file) != before:
            return read(file)
        await asyncio.sleep(0.002)
    return []


def version(file: Path) -> int:
    return file.stat().st_ino if file.exists() else 0


def read(file: Path) -> Lines:
    lines: Lines = json.loads(file.read_text())
    return lines


async def same_picture(terminal: Terminal, file: Path, story: list[str]) -> None:
    """Wait until the terminal shows what it should.

    Raises:
        AssertionError: it never does; with where it differs.
    """
    right: Any = None
    until = monotonic() + 20
    while monotonic() < until:
        lines = await ask(terminal, file)
        if len(lines) == terminal.screen.lines:
            right = expected(lines, terminal.screen.columns, terminal.screen.lines)
            if picture(right) == picture(terminal.screen):
                return
        await asyncio.sleep(0.02)
    assert right is not None, f"after {story[-8:]}: no answer\n{terminal.text}\n{terminal.output[-1000:]!r}"
    shown, wanted = picture(terminal.screen), picture(right)
    differ = [y for y in range(len(shown)) if shown[y] != wanted[y]]
    cells = [(y, x, a, b) for y in differ for x, (a, b) in enumerate(zip(shown[y], wanted[y], strict=True)) if a != b]
    pictures = f"{terminal.text}\n-----\n" + "\n".join(right.display)
    raise AssertionError(f"after {story[-8:]}\nrows {differ}\n{cells[:6]}\n{pictures}")


async def step(chance: random.Random, terminal: Terminal, servers: Live, number: int) -> str:
    """Do one thing, and say what."""
    what = chance.random()
    if what < 0.08:
        width, height = chance.choice(SIZES)
        terminal.resize(width, height)
        return f"{width}x{height}"
    if what < 0.16:
        subject = f"{chance.choice(WIDE)} {number}"
        await servers.deliver(letter(subject, sender=f"{chance.choice(WIDE)[:9]} <x@y.example>", body=subject))
        return f"mail {subject}"
    keys = "".join(chance.choice(KEYS) for _ in range(chance.randrange(1, 5)))
    terminal.press(keys)
    return repr(keys)


async def test_the_picture_is_the_stock_one(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    file = tmp_path / "picture.json"
    story: list[str] = []
    async with mail(tmp_path, 60) as servers, tidings(tmp_path, "--picture", str(file)) as terminal:
        await terminal.sees("059 ")
        for number in range(STEPS):
            story.append(await step(chance, terminal, servers, number))
            await same_picture(terminal, file, story)
        assert leaks(terminal.output) == []
        print(f"{STEPS} steps, {terminal.received} bytes")
