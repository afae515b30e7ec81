"""A program of its own that makes something to paint of a picture: ``python -m tui.render.pixels KIND WIDTH HEIGHT …``.

Whoever sends a picture chooses what its decoder reads, so that decoder works in a process that may take little time
and memory, writes no files, and is thrown away. It reads the picture from its standard input and writes one line,
``WIDTH HEIGHT`` in pixels or ``error`` and why, then the picture: ``png``, ``sixel``, or ``rgb``, three octets a pixel.
"""

import io
import math
import resource
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

KINDS = ("png", "sixel", "rgb")
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""What is read; others are rare in mail, or are read by programs in languages of their own (PostScript)."""
MOST_OCTETS = 30_000_000
MOST_PIXELS = 60_000_000
"""Of a picture as it was sent: what a good camera makes."""
MOST_WRITTEN = 180_000
"""Octets that are to be written to a terminal; a picture that would take more gets smaller."""
MOST_PAINTED = 2_000_000
"""Pixels that are to be painted by a terminal: to make sixels of more, or a PNG, takes longer than it may."""
COLOURS = 64
"""Of a picture in sixels."""
SECONDS = 10
MEMORY = 1_000_000_000


class Refused(Exception):
    """The picture is not made, and why; a clause about it."""


def is_installed() -> bool:
    """Whether the library that reads pictures is there."""
    return find_spec("PIL") is not None


def argv(kind: str, width: int, height: int, background: str = "#000000") -> list[str]:
    """Return what makes such a picture of one on its standard input.

    Args:
        kind: one of `KINDS`.
        width, height: pixels it may have.
        background: what is seen where the picture is transparent.
    """
    # -P: not what lies in the folder where the program was started.
    return [sys.executable, "-P", "-m", "tui.render.pixels", kind, str(width), str(height), background]


def main(words: Sequence[str]) -> int:
    """Read, write, and return the exit status."""
    kind, width, height, background = words[0], int(words[1]), int(words[2]), words[3]
    _bind_hands()
    try:
        data = sys.stdin.buffer.read(MOST_OCTETS + 1)
        if len(data) > MOST_OCTETS:
            raise Refused("it is too large")
        size, made = _made(data, kind, width, height, background)
        out = b"%d %d\n" % size + made
    except Exception as error:  # whatever a decoder says of what strangers wrote
        why = str(error) if isinstance(error, Refused) else "it is damaged, or of a kind that is not known here"
        out = f"error {why}\n".encode()
    sys.stdout.buffer.write(out)
    sys.stdout.buffer.flush()
    return 0


def _bind_hands() -> None:
    """Give up what a decoder has no need for: time, memory, files that grow."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _made(data: bytes, kind: str, width: int, height: int, background: str) -> tuple[tuple[int, int], bytes]:
    """Return width and height, and the picture."""
    image = _read(data, width, height, background)
    if kind == "rgb":
        return image.size, image.tobytes()
    if image.width * image.height > MOST_PAINTED:
        image = _scaled(image, math.sqrt(MOST_PAINTED / (image.width * image.height)))
    make = _png if kind == "png" else _sixel
    made = make(image)
    for _ in range(4):
        if len(made) <= MOST_WRITTEN:
            break
        image = _scaled(image, 0.9 * math.sqrt(MOST_WRITTEN / len(made)))
        made = make(image)
    return image.size, made


def _scaled(image: "Image.Image", by: float) -> "Image.Image":
    return image.resize((max(1, int(image.width * by)), max(1, int(image.height * by))))


def _read(data: bytes, width: int, height: int, background: str) -> "Image.Image":
    """Return a picture, upright, no larger than that, without transparency."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only the process of its own loads it

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Refused("it has too many pixels") from None
    if image.width * image.height > MOST_PIXELS:
        raise Refused("it has too many pixels")
    image.draft("RGB", (width * 2, height * 2))
    if image.mode in ("1", "P"):  # of colours by number none lies between two
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((max(width, height) * 2, max(width, height) * 2), Image.Resampling.BILINEAR)
    image = ImageOps.exif_transpose(image)
    image.thumbnail((width, height), Image.Resampling.LANCZOS)
    if "A" in image.getbands() or "transparency" in image.info:
        behind = Image.new("RGBA", image.size, background)
        image = Image.alpha_composite(behind, image.convert("RGBA"))
    image = image.convert("RGB")
    image.info.clear()  # a profile of colours, say, would go on to the terminal: only pixels do
    return image


def _png(image: "Image.Image") -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    if out.tell() > MOST_WRITTEN // 2:  # a photo: nobody sees the difference in a terminal
        out = io.BytesIO()
        image.quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def _sixel(image: "Image.Image") -> bytes:
    from tui.render.sixel import sixels  # noqa: PLC0415 - only where it is asked for

    few = image.quantize(COLOURS)
    parts = (few.getpalette() or [])[: 3 * COLOURS]
    palette = [(parts[at], parts[at + 1], parts[at + 2]) for at in range(0, len(parts), 3)]
    return sixels(few.tobytes(), few.width, palette)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
