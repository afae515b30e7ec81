"""As much CSS as a reader needs: what declarations hide, set apart, make bold. Nothing is ever fetched."""

import re
from functools import lru_cache

from tui.mail.noun import dataclass

TINY = 2.5
"""Pixels of a font nobody reads."""
APART = 7.0
"""Pixels of vertical space that become a blank line."""

_LENGTH = re.compile(r"(-?\d{0,6}\.?\d{1,6})\s*(px|pt|em|rem|ex|in|cm|mm|vh|vw|%)?")
_PIXELS = {"pt": 1.33, "em": 16.0, "rem": 16.0, "ex": 8.0, "in": 96.0, "cm": 37.8, "mm": 3.78}
_HEX = re.compile(r"#([0-9a-f]{3,8})\Z")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:\s*[,/]\s*([\d.]{1,8}%?))?\s*\)")
_NAMES = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "whitesmoke": (245, 245, 245),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "green": (0, 128, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "orange": (255, 165, 0),
}

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
UNKNOWN: Colour = (-1, -1, -1)
"""A background that is a picture, a gradient or set by a rule: nothing can be said about contrast."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an element's declarations say.

    Attributes:
        hidden: neither it nor anything in it is to be seen.
        invisible: its own text is not to be seen (visibility); None: not said.
        tiny: its own text is too small to be seen (font-size); None: not said.
        colour: of its text; None: not said, `UNKNOWN`: cannot be told.
        background: the same for what is behind it.
        transparent: its text has no colour at all.
        bold: None when not said.
        before, after: pixels of space above and below; None when not said.
        rule: a line is drawn above it.
        right: its text stands on the right.
        pre: white space is kept.
        plain_border: it says that it has no border.
        is_quiet: it says nothing of how the words in it look.
    """

    hidden: bool = False
    invisible: bool | None = None
    tiny: bool | None = None
    colour: Colour | None = None
    background: Colour | None = None
    transparent: bool = False
    bold: bool | None = None
    before: float | None = None
    after: float | None = None
    rule: bool = False
    right: bool = False
    pre: bool = False
    plain_border: bool = False
    is_quiet: bool = True


@lru_cache(maxsize=2048)
def inline_facts(style: str) -> Facts:
    """Return what a style attribute says."""
    return facts_of(declarations(style[:4000]))


def declarations(text: str) -> dict[str, str]:
    """Return property → value, both lower case; the last one counts."""
    found: dict[str, str] = {}
    for declaration in text.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip()] = value.replace("!important", "").strip()
    return found


def facts_of(rules: dict[str, str]) -> Facts:
    """Return what declarations say."""
    get = rules.get
    size = pixels(get("font-size", ""))
    right = get("text-align") in ("right", "end")
    pre = get("white-space", "").startswith("pre") or get("white-space") == "break-spaces"
    background = _background(rules)
    colour, transparent = parse_colour(get("color", ""))
    weight = get("font-weight", "")
    return Facts(
        hidden=_hides(rules),
        invisible=(get("visibility") in ("hidden", "collapse")) if "visibility" in rules else None,
        tiny=None if size is None else size <= TINY,
        colour=colour,
        background=background,
        transparent=transparent,
        bold=(weight in ("bold", "bolder") or weight[:3] in ("600", "700", "800", "900")) if weight else None,
        before=_space(rules, "top", 0),
        after=_space(rules, "bottom", 2),
        rule=_has_line(get("border-top", "")),
        right=right,
        pre=pre,
        is_quiet=not (right or pre or weight or "visibility" in rules)
        and colour is None
        and not transparent
        and background is None
        and size is None,
        plain_border=get("border", "").startswith(("none", "0")),
    )


def pixels(value: str) -> float | None:
    """Return a length in pixels; None when it is none, or relative to what is not known."""
    match = _LENGTH.match(value)
    if match is None:
        return None
    number, unit = float(match.group(1)), match.group(2) or "px"
    if unit in ("%", "vh", "vw"):
        return 0.0 if number == 0 else None
    return number * _PIXELS.get(unit, 1.0)


def parse_colour(value: str) -> tuple[Colour | None, bool]:
    """Return (colour, whether it is transparent); None when nothing is said, `UNKNOWN` when it cannot be told."""
    value = value.strip()
    if not value or value in ("inherit", "initial", "unset", "currentcolor"):
        return None, False
    if value == "transparent":
        return None, True
    named = _NAMES.get(value)
    if named:
        return named, False
    match = _HEX.match(value)
    if match:
        digits = match.group(1)
        if len(digits) in (3, 4):
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) not in (6, 8):
            return UNKNOWN, False
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)), digits[6:] == "00"
    match = _RGB.match(value)
    if match:
        red, green, blue, alpha = match.groups()
        return (int(red), int(green), int(blue)), alpha is not None and pixels(alpha) == 0
    return UNKNOWN, False


def same_colour(one: Colour, other: Colour) -> bool:
    """Whether text of the one cannot be seen on the other."""
    if one is UNKNOWN or other is UNKNOWN:
        return False
    (red, green, blue), (other_red, other_green, other_blue) = one, other
    return abs(red - other_red) + abs(green - other_green) + abs(blue - other_blue) <= 18


def _hides(rules: dict[str, str]) -> bool:
    get = rules.get
    if get("display") == "none" or get("mso-hide") == "all":
        return True
    if "opacity" in rules and pixels(rules["opacity"]) == 0:
        return True
    clipped = "hidden" in get("overflow", "") or "hidden" in get("overflow-y", "") or "hidden" in get("overflow-x", "")
    height, width = pixels(get("height", "")), pixels(get("width", ""))
    if pixels(get("max-height", "")) == 0 or (height == 0 and width == 0):
        return True
    if clipped and (height == 0 or width == 0 or pixels(get("max-width", "")) == 0):
        return True
    indent = pixels(get("text-indent", ""))
    if indent is not None and indent < -500:
        return True
    if get("position") in ("absolute", "fixed"):
        places = [pixels(get(side, "")) for side in ("left", "top", "right", "bottom")]
        if any(place is not None and place < -500 for place in places):
            return True
        if get("clip", "").replace(" ", "").startswith(("rect(0", "rect(1px,1px,1px,1px")):
            return True
    if get("clip-path", "").replace(" ", "").startswith(("inset(50%", "inset(100%", "circle(0", "polygon(00")):
        return True
    if "opacity(0)" in get("filter", ""):
        return True
    return "scale(0)" in get("transform", "")


def _background(rules: dict[str, str]) -> Colour | None:
    if "url(" in rules.get("background-image", "") or "gradient" in rules.get("background-image", ""):
        return UNKNOWN
    for name in ("background-color", "background"):
        value = rules.get(name, "")
        if not value or value in ("none", "transparent", "inherit"):
            continue
        if "url(" in value or "gradient" in value:
            return UNKNOWN
        colour, transparent = parse_colour(value if value.startswith("rgb") else value.split(" ")[0])
        if colour is not None and not transparent:
            return colour
    return None


def _space(rules: dict[str, str], side: str, place: int) -> float | None:
    """Return margin and padding on one side; ``place`` is its index in the shorthand (top right bottom left)."""
    total: float | None = None
    for kind in ("margin", "padding"):
        value = pixels(rules.get(f"{kind}-{side}", ""))
        if value is None and kind in rules:
            values = rules[kind].split()
            value = pixels(values[place] if place < len(values) else values[0]) if values else None
        if value is not None:
            total = (total or 0.0) + max(value, 0.0)
    return total


def _has_line(border: str) -> bool:
    if not border or "none" in border or "transparent" in border:
        return False
    width = pixels(re.sub(r"[a-z]+\s+(?=[\d.])", "", border))
    return width is None or width > 0
