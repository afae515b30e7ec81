"""Whether text can be read: contrast of colours as WCAG counts it, and what a terminal with fewer colours shows."""

from functools import cache
from typing import Final

from rich.color import Color, ColorParseError, ColorSystem
from rich.color_triplet import ColorTriplet

MIN_CONTRAST: Final = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text."""
_BASIC: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ANSI_NAMES: Final = (*_BASIC, *(f"bright_{name}" for name in _BASIC))
PALETTES: Final = {
    "VGA": (
        *("#000000", "#AA0000", "#00AA00", "#AA5500", "#0000AA", "#AA00AA", "#00AAAA", "#AAAAAA"),
        *("#555555", "#FF5555", "#55FF55", "#FFFF55", "#5555FF", "#FF55FF", "#55FFFF", "#FFFFFF"),
    ),
    "xterm": (
        *("#000000", "#CD0000", "#00CD00", "#CDCD00", "#0000EE", "#CD00CD", "#00CDCD", "#E5E5E5"),
        *("#7F7F7F", "#FF0000", "#00FF00", "#FFFF00", "#5C5CFF", "#FF00FF", "#00FFFF", "#FFFFFF"),
    ),
}
"""What the 16 names look like in two common terminals, in the order of `ANSI_NAMES`. Others differ: nobody can know."""


def is_hex(color: str) -> bool:
    """Whether this is written ``#rrggbb``."""
    try:
        return len(color) == 7 and color[0] == "#" and Color.parse(color).triplet is not None
    except ColorParseError:
        return False


def contrast(color: str, background: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), 1 to 21.

    Args:
        color, background: ``#rrggbb``.
    """
    one, other = sorted((_luminance(_triplet(color)), _luminance(_triplet(background))), reverse=True)
    return (one + 0.05) / (other + 0.05)


def in_palette(name: str, palette: str) -> str:
    """Return ``#rrggbb`` of one of the 16 names in one of `PALETTES`."""
    return PALETTES[palette][ANSI_NAMES.index(name)]


def of_256(number: int) -> str:
    """Return ``#rrggbb`` of one of the 256 colours."""
    return Color.from_ansi(number).get_truecolor().hex


def shown_in_256(color: str) -> str:
    """Return what a terminal of 256 colours shows for ``#rrggbb``: the output chooses as Rich does."""
    number = Color.parse(color).downgrade(ColorSystem.EIGHT_BIT).number
    return of_256(number) if number is not None else color


def nearest_in_256(color: str, background: str = "", least: float = 0.0) -> str:
    """Return the nearest of the 256 colours that can still be read, as ``#rrggbb``.

    Args:
        color: ``#rrggbb``.
        background: one of the 256, ``#rrggbb``; "" where there is nothing to be read.
        least: contrast it has to have on the background.
    """
    wanted = _triplet(color)
    near = sorted(_legible_numbers(), key=lambda each: _distance(wanted, each[1]))
    behind = _luminance(_triplet(background)) if background else 0.0
    for _, triplet, luminance in near:
        one, other = max(luminance, behind), min(luminance, behind)
        if not background or (one + 0.05) / (other + 0.05) >= least:
            return triplet.hex
    return near[0][1].hex


@cache
def _legible_numbers() -> tuple[tuple[int, ColorTriplet, float], ...]:
    """Return (number, colour, luminance) of those of the 256 that arrive as they are when written as ``#rrggbb``; the
    first 16 are left out: every terminal has its own.
    """
    kept = []
    for number in range(16, 256):
        triplet = Color.from_ansi(number).get_truecolor()
        if Color.from_triplet(triplet).downgrade(ColorSystem.EIGHT_BIT).number == number:
            kept.append((number, triplet, _luminance(triplet)))
    return tuple(kept)


def _distance(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return how different two colours look, by the low-cost formula that weighs red and blue by the mean of red."""
    red = (one.red + other.red) / 2
    return (
        (2 + red / 256) * (one.red - other.red) ** 2
        + 4 * (one.green - other.green) ** 2
        + (2 + (255 - red) / 256) * (one.blue - other.blue) ** 2
    )


def _triplet(color: str) -> ColorTriplet:
    return Color.parse(color).triplet or ColorTriplet(0, 0, 0)


def _luminance(color: ColorTriplet) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
