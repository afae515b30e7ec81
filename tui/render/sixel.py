"""Pictures as sixels (DEC STD 070, chapter 9): six rows of pixels at a time, colour by colour. No terminal here."""

import re
from collections.abc import Sequence

ROWS = 6
"""Rows of pixels in a band: a character says of a column which of them have the colour."""
_FIRST = 63
"""``?``, which says: none."""
_CHARACTERS = bytes(_FIRST + bits if bits < 64 else _FIRST for bits in range(256))
_RUN = re.compile(rb"(.)\1{3,254}", re.DOTALL)


def sixels(pixels: bytes, width: int, palette: Sequence[tuple[int, int, int]]) -> bytes:
    """Return a picture between DCS and ST.

    Args:
        pixels: a place in the palette for each, row by row.
        width: pixels of a row.
        palette: red, green and blue, 0 to 255.
    """
    height = len(pixels) // width
    out = [b"\x1bP0;1q", b'"1;1;%d;%d' % (width, height)]
    out += [b"#%d;2;%d;%d;%d" % (place, *(round(part / 2.55) for part in rgb)) for place, rgb in enumerate(palette)]
    for top in range(0, height, ROWS):
        bands: dict[int, bytearray] = {}
        for row in range(top, min(top + ROWS, height)):
            bit = 1 << (row - top)
            for column, place in enumerate(pixels[row * width : (row + 1) * width]):
                try:
                    bands[place][column] |= bit
                except KeyError:
                    bands[place] = bytearray(width)
                    bands[place][column] = bit
        lines = [b"#%d" % place + _shortened(bytes(bits).translate(_CHARACTERS)) for place, bits in bands.items()]
        out += [b"$".join(lines), b"-"]
    out[-1:] = [b"\x1b\\"]
    return b"".join(out)


def _shortened(line: bytes) -> bytes:
    """Return a line with runs of one character counted, without those at its end that say nothing."""
    return _RUN.sub(lambda run: b"!%d%s" % (len(run[0]), run[1]), line.rstrip(b"?"))
