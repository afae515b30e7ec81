"""Themes: roles for our own painting, and a Textual theme for everything else.

A role says what a colour is for (`ROLES`), never what it looks like. A theme's roles reach the screens as variables of
the Textual theme (``$accent``, and ``$accent-style`` for bold or reverse), so that there is one source of colours and
a widget needs only the application it is in: `Roles.from_variables`. `tui.terminal.theme_file` reads the files.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from rich.color import Color as RichColor
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tui.mail.noun import dataclass
from tui.terminal.contrast import MIN_CONTRAST, nearest_in_256, of_256

OWN_ROLES: Final = (
    "text",
    "bright",
    "muted",
    "faint",
    "accent",
    "new",
    "good",
    "warn",
    "bad",
    "link",
    "quote",
    "tint",
)
"""Roles every theme has to give."""
DERIVED: Final = {
    "flag": "warn",
    "live": "good",
    "offline": "warn",
    "quote2": "muted",
    "quote3": "quote",
}
"""Roles a theme may give → the role they look like when it does not."""
ROLES: Final = (*OWN_ROLES, *DERIVED)
NOT_READ: Final = ("faint", "tint")
"""Roles without text in their colour: rules, and the background of the cursor's cell."""
TINTED: Final = ("text", "bright")
"""Roles of the text in the cursor's cell, on the background ``tint``."""
ATTRIBUTES: Final = ("bold", "italic", "underline", "reverse")


class Depth(StrEnum):
    """How many colours the terminal shows."""

    TRUECOLOR = "truecolor"
    EIGHT_BIT = "256"
    STANDARD = "16"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Role:
    """One role of a theme.

    Attributes:
        color: ``#rrggbb``; "" for the terminal's own colour of the name in ``ansi`` at any depth.
        c256: its number among 256 colours, None for the nearest that can be read.
        ansi: one of the 16 names, ``default``, or ``reverse``.
        attributes: of `ATTRIBUTES`.
    """

    color: str
    c256: int | None = None
    ansi: str = "default"
    attributes: tuple[str, ...] = ()

    def variables(self, color: str, depth: Depth) -> tuple[str, str]:
        """Return (colour, text style) in Textual's words.

        Args:
            color: ``#rrggbb`` as a terminal of this depth shows it, "" for one of the terminal's own.
            depth: of the terminal.
        """
        style = list(self.attributes)
        if not color:
            name = "default" if depth is Depth.NONE else self.ansi
            if self.ansi == "reverse":
                style.append("reverse")
                name = "default"
            color = f"ansi_{name}"
        return color, " ".join(dict.fromkeys(style)) or "none"


@dataclass(frozen=True, slots=True)
class ThemeFile:
    """A theme as its file says it.

    Attributes:
        name: the file's name without its suffix.
        dark: made for a dark background.
        background: ``#rrggbb``: painted, or what the terminal is taken to have.
        paint: whether the background is painted; else the terminal's own shows through.
        roles: every one of `ROLES`.
        least: contrast that text has to have.
        title: a few words about it, for the list of themes.
    """

    name: str
    dark: bool
    background: str
    paint: bool
    roles: Mapping[str, Role]
    least: float = MIN_CONTRAST
    title: str = ""

    def ground(self, depth: Depth = Depth.TRUECOLOR) -> str:
        """Return the background as a terminal of this depth shows it, ``#rrggbb``."""
        return nearest_in_256(self.background) if depth is Depth.EIGHT_BIT else self.background

    def color(self, role: str, depth: Depth = Depth.TRUECOLOR) -> str:
        """Return a role's colour as a terminal of this depth shows it, ``#rrggbb``; "" for the terminal's own."""
        own = self.roles[role]
        if depth in (Depth.STANDARD, Depth.NONE) or not own.color:
            return ""
        if depth is Depth.TRUECOLOR:
            return own.color
        if own.c256 is not None:
            return of_256(own.c256)
        if role == "tint":
            return nearest_in_256(own.color, self.color("text", depth), self.least)
        if role in NOT_READ:
            return nearest_in_256(own.color)
        return nearest_in_256(own.color, self.ground(depth), self.least)

    def textual(self, depth: Depth = Depth.TRUECOLOR) -> Theme:
        """Return the theme for Textual; our roles are its variables."""
        painted = self.paint and depth in (Depth.TRUECOLOR, Depth.EIGHT_BIT)
        stock = BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"]
        variables = {} if painted else dict(stock.variables)  # Textual's own styles ask for them
        for name, role in self.roles.items():
            variables[name], variables[f"{name}-style"] = role.variables(self.color(name, depth), depth)
        background = self.ground(depth) if painted else "ansi_default"
        variables |= {
            "background": background,
            "foreground": variables["text"],
            "text-muted": variables["muted"],
            "text-disabled": variables["muted"],
            "input-selection-background": variables["tint"],
            "screen-selection-background": variables["tint"],
        }
        return Theme(
            name=self.name,
            primary=variables["accent"],
            secondary=variables["link"],
            warning=variables["warn"],
            error=variables["bad"],
            success=variables["good"],
            accent=variables["accent"],
            foreground=variables["text"],
            background=background,
            dark=self.dark,
            ansi=not painted,
            variables=variables,
        )


class Roles:
    """The styles widgets paint with: ``roles["accent"]``, and combinations of a role with attributes.

    Args:
        styles: role → its style.
        background: behind everything, None where the terminal's own shows through.
    """

    def __init__(self, styles: Mapping[str, Style], background: Style | None = None) -> None:
        base = background or Style.null()
        self._styles = {name: base + styles.get(name, Style.null()) for name in ROLES}
        tint = styles.get("tint", Style.null())
        self._tint = Style(reverse=True) if tint.reverse or tint.color is None else Style(bgcolor=tint.color)
        self._made: dict[tuple[str, bool, bool, bool], Style] = {}
        self._named: dict[str, Style] = {}

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> "Roles":
        """Return the roles a Textual application has in its theme variables; missing ones are the default colour."""
        given = {name: name if name in variables else DERIVED.get(name, name) for name in ROLES}
        styles = {
            name: _style(variables.get(source, ""), variables.get(f"{source}-style", "none"))
            for name, source in given.items()
        }
        ground = variables.get("background", "")
        return cls(styles, Style(bgcolor=_rich_color(ground)) if ground.startswith("#") else None)

    def __getitem__(self, role: str) -> Style:
        return self._styles[role]

    def of(self, name: str) -> Style:
        """Return the style of a role as words name it: "+" behind it for bold, "~" for the cursor's cell."""
        named = self._named.get(name)
        if named is None:
            named = self.style(name.rstrip("+~"), bold="+" in name, tinted="~" in name)
            self._named[name] = named
        return named

    def style(self, role: str, *, bold: bool = False, underline: bool = False, tinted: bool = False) -> Style:
        """Return a role's style with more to it.

        Args:
            role: one of `ROLES`.
            bold, underline: added.
            tinted: on the background of the cursor's cell.
        """
        key = (role, bold, underline, tinted)
        made = self._made.get(key)
        if made is None:
            made = self._styles[role]
            if bold or underline:
                made += Style(bold=bold or None, underline=underline or None)
            if tinted:
                made += self._tint
            self._made[key] = made
        return made


def _rich_color(color: str) -> RichColor | None:
    try:
        return Color.parse(color).rich_color if color else None
    except ValueError:
        return None


def _style(color: str, attributes: str) -> Style:
    words = attributes.split()
    return Style(
        color=_rich_color(color),
        bold="bold" in words or None,
        italic="italic" in words or None,
        underline="underline" in words or None,
        reverse="reverse" in words or None,
    )


def install(app: App[Any], theme: ThemeFile) -> None:
    """Have an application use a theme, in as many colours as its terminal has."""
    app.register_theme(theme.textual(depth_of(app)))
    app.theme = theme.name


def depth_of(app: App[Any]) -> Depth:
    """Return how many colours the application may use; NO_COLOR means none."""
    if app.no_color:
        return Depth.NONE
    return {"truecolor": Depth.TRUECOLOR, "256": Depth.EIGHT_BIT, "standard": Depth.STANDARD}.get(
        app.console.color_system or "", Depth.NONE
    )
