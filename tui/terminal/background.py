"""Dark or light: which theme goes with the background that the terminal tells (OSC 11), if it ever does."""

from typing import Final

AUTO: Final = "auto"
"""In place of a theme's name: the one that goes with the background."""
DARK: Final = "tidings-dark"
LIGHT: Final = "tidings-light"
MIDDLE = 0.18
"""Relative luminance (WCAG 2.2) on which black and white can be read alike; a lighter background is a light one."""

Color = tuple[int, int, int]


def is_light(color: Color) -> bool:
    """Whether a background is light.

    Args:
        color: red, green and blue, 0 to 255.
    """
    parts = [part / 255 for part in color]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > MIDDLE


def theme_on(light: bool) -> str:
    """Return the name of the theme for a light background, or for a dark one."""
    return LIGHT if light else DARK
