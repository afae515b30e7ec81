"""A picture made ready for the terminal that is there: painted by it, else in characters."""

import asyncio
import math
import os
import re
import shutil

from tui.commands.converting import converted
from tui.commands.desk import Desk
from tui.mail.errors import MailError
from tui.render import pixels
from tui.terminal.graphics import Graphics, Painting, Way
from tui.terminal.marks import speaks_utf8
from tui.widgets.page_view import half_blocks, picture_runs
from tui.widgets.painting import Run

AROUND = (2, 4)
"""Columns and rows of the screen that are not for the picture."""
LEAST = (10, 4)

_HEAD = re.compile(rb"(\d{1,5}) (\d{1,5})\n")
_ERROR = re.compile(rb"error ([ -~]{1,200})\n\Z")
_SIXEL = re.compile(rb"\x1bP[0-9;]*q[?-~0-9#;!$\"-]*\x1b\\\Z")
_PNG = b"\x89PNG\r\n\x1a\n"

Picture = tuple[Painting | None, list[list[Run]]]
"""What the terminal paints, or what is written instead."""


def lacks() -> str:
    """Return what would have to be installed to show pictures here; "" where they can be shown."""
    return "" if pixels.is_installed() or shutil.which("chafa") else "Pillow or chafa"


async def drawn(desk: Desk, data: bytes) -> Picture:
    """Make a picture ready, as large as the screen.

    Args:
        data: octets of PNG, JPEG and the like.

    Raises:
        MailError: it is none, or damaged, or too large.
    """
    columns, rows = (max(least, size - around) for least, size, around in zip(LEAST, desk.size, AROUND, strict=True))
    graphics = await desk.graphics() if pixels.is_installed() else None
    if graphics is not None:
        return await _painting(graphics, data, columns, rows), []
    if program := picture_program(columns, rows):
        return None, await asyncio.to_thread(picture_runs, await converted(program, data))
    if "NO_COLOR" in os.environ or not speaks_utf8():
        raise MailError("Pictures need colours here, and characters beyond ASCII.", cure="Save it, or open it.")
    size, made = await _made(pixels.argv("rgb", columns, rows * 2), data)
    if len(made) != 3 * size[0] * size[1]:
        raise MailError("This picture cannot be shown.")
    return None, await asyncio.to_thread(half_blocks, made, size[0])


def picture_program(width: int, height: int) -> list[str]:
    """Return what draws a picture from its standard input in characters and SGR; [] where there is nothing.

    Args:
        width, height: cells it may take.
    """
    found = shutil.which("chafa")
    if not found:
        return []
    colours = "none" if "NO_COLOR" in os.environ else "full" if os.environ.get("COLORTERM") else "256"
    size = f"{width}x{height}"
    return [found, "--format", "symbols", "--animate", "off", "--colors", colours, "--size", size, "-"]


async def _painting(graphics: Graphics, data: bytes, columns: int, rows: int) -> Painting:
    wide, high = graphics.cell
    kind = "png" if graphics.way is Way.KITTY else "sixel"
    (width, height), made = await _made(pixels.argv(kind, columns * wide, rows * high), data)
    is_right = made.startswith(_PNG) if graphics.way is Way.KITTY else _SIXEL.match(made) is not None
    if not is_right or len(made) > 2 * pixels.MOST_WRITTEN:
        raise MailError("This picture cannot be shown.")
    taken = min(math.ceil(width / wide), columns), min(math.ceil(height / high), rows)
    return Painting(graphics, made, *taken)


async def _made(argv: list[str], data: bytes) -> tuple[tuple[int, int], bytes]:
    """Return width and height in pixels, and what our program made. It read what a stranger sent: it is not trusted."""
    out = await converted(argv, data, name="What reads pictures")
    if error := _ERROR.match(out):
        raise MailError(f"This picture cannot be shown: {error[1].decode()}.", cure="Save it, and open it there.")
    head = _HEAD.match(out)
    if head is None:
        raise MailError("This picture cannot be shown.", cure="Save it, and open it there.")
    return (int(head[1]), int(head[2])), out[head.end() :]
