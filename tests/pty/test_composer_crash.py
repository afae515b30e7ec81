"""Killed while somebody types: what was typed two seconds before is there, and is offered at the next start. (H02)"""

import asyncio
import random
import sqlite3
import time
from pathlib import Path

from tests.pty.mail import mail
from tests.pty.terminal import Terminal, tidings
from tui.config.paths import Paths
from tui.mail.draft import from_json

ROUNDS = 5
PACE = 0.04
"""Seconds from key to key: a very quick hand."""
LOST_AT_MOST = 2.0
"""Seconds of typing."""
ECHO_WITHIN = 1.0
"""Seconds a loaded machine may take from a key to the text it is in."""


def kept(folder: Path) -> str:
    """Return the text of the draft as it is on disk."""
    database = sqlite3.connect(Paths.under(folder).precious_file)
    try:
        rows = database.execute("SELECT draft FROM drafts ORDER BY changed DESC LIMIT 1").fetchall()
    finally:
        database.close()
    return from_json(rows[0][0]).body if rows else ""


async def type_until_killed(terminal: Terminal, seconds: float, begin: int) -> list[tuple[float, str]]:
    """Type numbers, ten a line, and return when each was finished."""
    typed: list[tuple[float, str]] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        word = f"w{begin + len(typed)}."
        for character in word + ("\r" if len(typed) % 10 == 9 else " "):
            terminal.press(character)
            await asyncio.sleep(PACE)
        typed.append((time.monotonic(), word))
    assert terminal.process is not None
    terminal.process.kill()
    return typed


async def test_at_most_two_seconds_of_text_are_lost(tmp_path: Path) -> None:
    chance = random.Random(4)
    worst = 0.0
    async with mail(tmp_path, 3):
        count = 0
        for round in range(ROUNDS):
            async with tidings(tmp_path) as terminal:
                await terminal.sees("live")
                if round == 0:
                    terminal.press("c")
                    await terminal.sees("New message")
                    terminal.press("ada@analytical.example\tCards\t")
                else:
                    await terminal.sees("a draft was not finished: p takes it up")
                    terminal.press("p")
                    await terminal.sees("Draft  to")
                    terminal.press("\x1b[1;5F")  # Ctrl+End
                before = kept(tmp_path)
                typed = await type_until_killed(terminal, 1.5 + chance.random() * 2, count)
                killed = time.monotonic()
                await terminal.ends()
            count += len(typed)
            text = kept(tmp_path)
            assert before in text, "older text is intact"
            lost = [at for at, word in typed if word not in text]
            worst = max([worst, *(killed - at for at in lost)])
            assert worst <= LOST_AT_MOST + ECHO_WITHIN
    print(f"killed {ROUNDS} times while typing: at most {worst:.2f} s of text lost")
