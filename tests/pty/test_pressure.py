"""A terminal that stops reading holds up nothing: mail comes in and goes out, and the newest picture is drawn later."""

import asyncio
import json
from pathlib import Path

from tests.app.live import letter
from tests.pty.mail import mail
from tests.pty.terminal import tidings

MAILS = 60
SILENT = 3.0
"""Seconds at least for which nobody reads."""


async def test_mail_comes_and_goes_while_nobody_reads(tmp_path: Path) -> None:
    stalls = tmp_path / "stalls.json"
    async with mail(tmp_path, undo_send=0) as servers, tidings(tmp_path, "--stalls", str(stalls)) as terminal:
        await terminal.sees("029 ")
        await terminal.quiet()
        terminal.press("c")
        await terminal.sees("Subject")
        for words in ("ada@analytical.example", "into the silence", "some words"):
            terminal.press(words)
            await terminal.sees(words)
            await terminal.quiet()
            terminal.press("\t")
            await terminal.quiet()
        terminal.press("\x1b[17~")
        await terminal.quiet()
        terminal.pause()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        terminal.press("\x18")
        for number in range(MAILS):
            await servers.deliver(letter(f"late {number:03}"))
            terminal.resize(80 + number % 2, 24)  # and there is much to draw
            await asyncio.sleep(SILENT / MAILS)
        await terminal.until(lambda: servers.smtp.accepted, "the submission while nobody reads")
        print(f"accepted {loop.time() - begun:.2f} s after the key")
        held = terminal.received
        await asyncio.sleep(max(0.0, SILENT - (loop.time() - begun)))
        terminal.resize(80, 24)
        terminal.resume()
        await terminal.sees(f"late {MAILS - 1:03}")
        await terminal.quiet()
        print(f"{terminal.received - held} bytes after {loop.time() - begun:.1f} s of silence")
        assert terminal.received - held < 60_000
        terminal.press("Q")
        assert await terminal.ends() == 0
        told = json.loads(stalls.read_text())
        print(told)
        assert told["skipped"] > 0
        assert told["longest_ms"] < 1500
