"""Pictures read in a process of their own, and sixels read back."""

import io
import random
import re
import struct
import subprocess
import zlib

import pytest
from PIL import Image

from tui.render import pixels
from tui.render.sixel import sixels

RED, BLUE = (255, 0, 0), (0, 0, 255)


def run(kind: str, width: int, height: int, data: bytes, background: str = "#00ff00") -> tuple[str, bytes]:
    """Return the first line and the rest of what comes out."""
    argv = pixels.argv(kind, width, height, background)
    done = subprocess.run(argv, input=data, capture_output=True, timeout=30, check=True)
    head, _, body = done.stdout.partition(b"\n")
    return head.decode(), body


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    image = Image.new(mode, size, RED if mode == "RGB" else (*RED, 0))
    image.paste(BLUE if mode == "RGB" else (*BLUE, 255), (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_picture_gets_the_size_that_is_asked_for() -> None:
    head, made = run("rgb", 8, 8, picture())
    assert (head, len(made)) == ("8 4", 8 * 4 * 3)
    assert (tuple(made[:3]), tuple(made[-3:])) == (RED, BLUE)
    head, made = run("png", 100, 100, picture())
    assert head == "40 20"  # it is not made larger
    assert Image.open(io.BytesIO(made)).convert("RGB").getpixel((30, 5)) == BLUE


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP", "BMP"])
def test_the_usual_kinds_are_read(kind: str) -> None:
    head, made = run("rgb", 4, 4, picture(kind))
    assert head == "4 2"
    assert all(abs(one - other) < 40 for one, other in zip(made[:3], RED, strict=True))


def test_what_is_transparent_shows_what_is_behind() -> None:
    head, made = run("rgb", 8, 8, picture(mode="RGBA"))
    assert head == "8 4"
    assert (tuple(made[:3]), tuple(made[-3:])) == ((0, 255, 0), BLUE)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is damaged"),
        (b"rubbish", "it is damaged"),
        (picture()[:60], "it is damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "it is damaged"),
        (bomb(50_000, 50_000), "it has too many pixels"),
        (bomb(9_000, 9_000), "it has too many pixels"),
    ],
)
def test_what_is_none_is_refused(data: bytes, why: str) -> None:
    head, body = run("rgb", 10, 10, data)
    assert head.startswith(f"error {why}")
    assert body == b""


def test_what_is_written_has_an_end() -> None:
    out = io.BytesIO()
    Image.effect_noise((420, 300), 90).convert("RGB").save(out, "PNG")
    for kind in ("png", "sixel"):
        _, made = run(kind, 420, 300, out.getvalue())
        assert len(made) <= pixels.MOST_WRITTEN


def test_nothing_but_pixels_goes_on_to_the_terminal() -> None:
    out = io.BytesIO()
    profile = random.Random(1).randbytes(500_000)  # one of a printing house is as large
    Image.new("RGB", (40, 20), RED).save(out, "JPEG", icc_profile=profile)
    head, made = run("png", 40, 20, out.getvalue())
    assert head == "40 20"
    assert b"iCCP" not in made
    assert len(made) < 1_000


@pytest.mark.parametrize("kind", ["png", "sixel"])
def test_a_picture_for_a_very_large_terminal_gets_no_more_pixels_than_there_is_time_for(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pixels, "MOST_PAINTED", 20_000)
    size, _ = pixels._made(picture(size=(600, 300)), kind, 3_800, 2_100, "#000000")
    assert size == (200, 100)


def test_sixels_say_what_the_pixels_are() -> None:
    palette = [RED, BLUE, (10, 200, 30)]
    width, height = 7, 15
    wanted = bytes((x * y + x) % 3 for y in range(height) for x in range(width))
    made = sixels(wanted, width, palette)
    assert re.fullmatch(rb"\x1bP0;1q[?-~0-9#;!$\"-]*\x1b\\", made)
    size, colours, got = read_back(made.decode())
    assert size == (width, height)
    assert got == wanted
    assert [tuple(round(part * 2.55) for part in each) for each in colours] == [
        (255, 0, 0),
        (0, 0, 255),
        (10, 199, 31),
    ]


def read_back(text: str) -> tuple[tuple[int, int], list[tuple[int, ...]], bytes]:
    """Return the size, the colours in per cent and the pixels of sixels, as a terminal reads them."""
    match = re.fullmatch(r'\x1bP0;1q"1;1;(\d+);(\d+)(.*)\x1b\\', text, re.DOTALL)
    assert match is not None
    width, height = int(match[1]), int(match[2])
    colours: list[tuple[int, ...]] = []
    out = bytearray([255]) * (width * height)
    x = top = colour = 0
    for token in re.findall(r"#\d+(?:;\d+)*|!\d+.|[$\-?-~]", match[3]):
        if token[0] == "#":
            colour, *values = map(int, token[1:].split(";"))
            if values:
                colours.append(tuple(values[1:]))
            continue
        if token in "$-":
            x, top = 0, top + 6 * (token == "-")
            continue
        count, bits = (int(token[1:-1]), token[-1]) if token[0] == "!" else (1, token)
        for _ in range(count):
            for row in range(6):
                if (ord(bits) - 63) >> row & 1:
                    out[(top + row) * width + x] = colour
            x += 1
    return (width, height), colours, bytes(out)
