"""The real program shows a picture: where the terminal paints some, where it does not, and where it says nothing."""

import asyncio
import io
import re
import shutil
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.app.live import SEEN
from tests.app.test_parts import part
from tests.pty.mail import mail
from tests.pty.terminal import Terminal, leaks, tidings
from tui.terminal import raster
from tui.terminal.graphics import ID, PATIENCE, QUESTIONS

CELL, PLAIN, SIXEL = "\x1b[6;20;10t", "\x1b[?1;2c", "\x1b[?62;4c"
ANSWERS = {"kitty": f"\x1b_Gi={ID};OK\x1b\\{CELL}{PLAIN}", "sixel": CELL + SIXEL, "neither": PLAIN, "silent": ""}
SIZE = (300, 120)
PAINTED = re.compile(r"\x1b7\x1b\[\d+;\d+H(?:\x1b[_P][^\x1b]*\x1b\\)+\x1b8", re.DOTALL)


def plate() -> bytes:
    image = Image.new("RGB", SIZE, (200, 30, 30))
    image.paste((20, 40, 220), (0, 0, SIZE[0] // 2, SIZE[1]))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


MAIL = (
    "From: Ada <ada@analytical.example>\r\nTo: charles@mill.example\r\nSubject: Plate\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n'
    + part("image/png", "plate.png", plate())
    + "\r\n--b--\r\n"
).encode()


def without_chafa(folder: Path) -> Path:
    """Return a folder of programs with nothing but what starts the program."""
    folder.mkdir()
    for name in ("env", "setsid"):
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


@asynccontextmanager
async def reading(folder: Path, kind: str) -> AsyncIterator[Terminal]:
    """Run the program with the mail open in a terminal that answers as one of that kind."""
    async with mail(folder, 0) as servers:
        await servers.deliver(MAIL, flags=SEEN)
        async with tidings(folder, PATH=str(without_chafa(folder / "bin"))) as terminal:
            await terminal.sees("Plate")
            terminal.press("\r")
            await terminal.sees("plate.png")
            await terminal.quiet()
            assert QUESTIONS not in terminal.output, "nobody is asked before there is a picture"
            terminal.press("V")
            await terminal.until(lambda: QUESTIONS in terminal.output, "the question")
            terminal.press(ANSWERS[kind])
            yield terminal


def painted(terminal: Terminal) -> list[str]:
    return PAINTED.findall(terminal.output)


def is_gone(terminal: Terminal) -> bool:
    """Whether the picture was taken away since it was painted last."""
    return terminal.output.rfind(raster.GONE) > terminal.output.rfind(painted(terminal)[-1])


@pytest.mark.parametrize("kind", ["kitty", "sixel"])
async def test_the_terminal_paints_it_and_it_goes(tmp_path: Path, kind: str) -> None:
    async with reading(tmp_path, kind) as terminal:
        await terminal.until(lambda: painted(terminal), "the picture")
        await terminal.quiet()
        (written,) = painted(terminal)
        assert written.startswith("\x1b7\x1b[3;2H")  # below the head
        if kind == "kitty":
            body = "".join(re.findall(r"\x1b_G[^;]*;([^\x1b]*)", written))
            image = Image.open(io.BytesIO(b64decode(body)))
            assert (image.size, image.convert("RGB").getpixel((10, 10))) == (SIZE, (20, 40, 220))
            assert "c=30,r=6," in written
        else:
            assert f'"1;1;{SIZE[0]};{SIZE[1]}' in written
        assert leaks(PAINTED.sub("", terminal.output).replace(QUESTIONS, "")) == []
        assert "plate.png" in terminal.text
        terminal.press("q")
        await terminal.sees("See below.")
        await terminal.quiet()
        assert (raster.GONE in terminal.output) == (kind == "kitty")
        seen = len(terminal.output)
        terminal.press("V")
        await terminal.until(lambda: len(painted(terminal)) == 2, "the picture again")
        assert QUESTIONS not in terminal.output[seen:], "it is asked once"
        await terminal.quiet()
        terminal.press("Zq")  # the first is no key: nothing is painted anew
        await terminal.sees("See below.")
        assert len(painted(terminal)) == 2


async def test_a_picture_without_room_goes(tmp_path: Path) -> None:
    async with reading(tmp_path, "kitty") as terminal:
        await terminal.until(lambda: painted(terminal), "the picture")
        await terminal.quiet()
        terminal.resize(60, 7)
        await terminal.sees("no room for the picture")
        assert is_gone(terminal)
        terminal.resize(80, 24)
        await terminal.until(lambda: not is_gone(terminal), "the picture again")


async def test_a_picture_is_taken_away_before_the_screen_is_left(tmp_path: Path) -> None:
    async with reading(tmp_path, "kitty") as terminal:
        await terminal.until(lambda: painted(terminal), "the picture")
        await terminal.quiet()
        assert terminal.process is not None
        terminal.process.terminate()
        await terminal.ends()
        assert raster.GONE in terminal.output
        assert terminal.output.index(raster.GONE) < terminal.output.rindex("\x1b[?1049l")
        assert terminal.modes == {}


@pytest.mark.parametrize("kind", ["neither", "silent"])
async def test_elsewhere_it_is_written_in_half_blocks(tmp_path: Path, kind: str) -> None:
    async with reading(tmp_path, kind) as terminal:
        if kind == "silent":
            await asyncio.sleep(PATIENCE / 2)
            terminal.press("j")  # a key meanwhile is a key
        await terminal.sees("▀" * 30)
        await terminal.quiet()
        row = next(y for y, line in enumerate(terminal.screen.display) if "▀" in line)
        left, right = (terminal.screen.buffer[row + 1][x].fg for x in (3, 70))
        assert (left, right) == ("1428dc", "c81e1e")
        assert painted(terminal) == []
        assert leaks(terminal.output.replace(QUESTIONS, "")) == []
        terminal.press("q")
        await terminal.sees("See below.")
