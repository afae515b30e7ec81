"""How a cell is drawn: SGR parameters and a link, worked out once for each style."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.color import Color, ColorSystem, ColorType
from rich.style import Style


class Pen(NamedTuple):
    """What is set before a character is written.

    Attributes:
        sgr: SGR parameters (ECMA-48, 8.3.117), attributes first, then colours, each whole: ``38;2;1;2;3``.
        link: where it leads to, printable ASCII, or "".
    """

    sgr: tuple[str, ...] = ()
    link: str = ""


_ON_BLANKS = ("4", "7", "9")
PLAIN = Pen()
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


def on_blanks(pen: Pen) -> Pen:
    """Return the least pen with which a space looks the same as with this one."""
    if pen.link or any(code in _ON_BLANKS for code in pen.sgr):
        return pen
    return Pen(tuple(code for code in pen.sgr if kind(code) == "background"))


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


def change(before: Pen, after: Pen) -> str:
    """Return what changes one pen into another."""
    link = "" if before.link == after.link else f"\x1b]8;;{after.link}\x1b\\"
    return link + _change_sgr(before.sgr, after.sgr)


def _change_sgr(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Return the shorter of: resetting and setting all, or adding what is new."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    whole = f"\x1b[0;{';'.join(after)}m" if before else f"\x1b[{';'.join(after)}m"
    if before and all(code in after or _is_replaced(code, after) for code in before):
        added = f"\x1b[{';'.join(code for code in after if code not in before)}m"
        return min(whole, added, key=len)
    return whole


def _is_replaced(code: str, after: tuple[str, ...]) -> bool:
    of = kind(code)
    return bool(of) and any(kind(other) == of for other in after)


def kind(code: str) -> str:
    """Return what an SGR parameter sets: ``foreground``, ``background``, or "" for an attribute."""
    first = code.split(";", 1)[0]
    if first == "38" or (len(first) == 2 and first[0] in "39" and first != "39"):
        return "foreground"
    if first == "48" or (len(first) == 2 and first[0] == "4") or (len(first) == 3 and first.startswith("10")):
        return "background"
    return ""
