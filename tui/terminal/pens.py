"""The pens of one terminal: what Rich's styles are for it, worked out once for each."""

from collections.abc import Iterable

from rich.color import Color, ColorSystem, ColorType
from rich.style import Style

from tui.terminal.pen import PLAIN, Pen, on_blanks

MOST_LINK = 250
"""Characters of a link; a longer one is text only: such links are for counting clicks, and each costs as many bytes."""


class Pens:
    """The pens of one terminal.

    Args:
        colors: what it knows, None for no colour at all.
    """

    def __init__(self, colors: ColorSystem | None) -> None:
        self._colors = colors
        self._known: dict[Style | None, tuple[Pen, Pen]] = {None: (PLAIN, PLAIN)}

    def of(self, style: Style | None) -> tuple[Pen, Pen]:
        """Return the pens a style is written with: of characters, and of spaces, where fewer things show."""
        known = self._known.get(style)
        if known is None:
            assert style is not None
            if len(self._known) > 4000:  # styles with a link each
                self._known = {None: (PLAIN, PLAIN)}
            pen = Pen(tuple(_parameters(style, self._colors)), _link(style))
            known = self._known[style] = (pen, on_blanks(pen))
        return known


def _parameters(style: Style, colors: ColorSystem | None) -> Iterable[str]:
    for number, on in ((1, style.bold), (2, style.dim), (3, style.italic), (4, style.underline), (7, style.reverse)):
        if on:
            yield str(number)
    if style.strike:
        yield "9"
    if colors is None:
        return
    for color, foreground in ((style.color, True), (style.bgcolor, False)):
        if color is not None and not color.is_default:
            yield ";".join(_color(color, colors).get_ansi_codes(foreground=foreground))


def _color(color: Color, colors: ColorSystem) -> Color:
    return color if color.type is ColorType.STANDARD else color.downgrade(colors)


def _link(style: Style) -> str:
    link = style.link or ""
    fits = len(link) <= MOST_LINK and link.isascii() and link.isprintable() and " " not in link
    return link if fits and link.startswith(("http://", "https://", "mailto:")) else ""
