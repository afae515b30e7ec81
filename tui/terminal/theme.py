"""Themes: a TOML file per theme becomes roles for our own painting and a Textual theme for everything else.

A role says what a colour is for (`ROLES`), never what it looks like. A theme's roles reach the screens as variables of
the Textual theme (``$accent``, and ``$accent-style`` for bold or reverse), so that there is one source of colours and
a widget needs only the application it is in: `Roles.from_variables`.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from rich.color import Color as RichColor
from rich.color import ColorParseError
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tui.config.table import Table
from tui.mail.errors import ConfigError

ROLES: Final = (
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
NOT_READ: Final = ("faint", "tint")
"""Roles without text in their colour: rules, and the background of the cursor's cell."""
ATTRIBUTES: Final = ("bold", "italic", "underline", "reverse")
MIN_CONTRAST: Final = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text."""
MAX_FILE: Final = 64 * 1024
_BASIC: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ANSI_NAMES: Final = (*_BASIC, *(f"bright_{name}" for name in _BASIC))


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
        color: ``#rrggbb``.
        c256: its number among 256 colours, None for the nearest.
        ansi: one of the 16 names, ``default``, or ``reverse``.
        attributes: of `ATTRIBUTES`.
    """

    color: str
    c256: int | None = None
    ansi: str = "default"
    attributes: tuple[str, ...] = ()

    def variables(self, depth: Depth) -> tuple[str, str]:
        """Return (colour, text style) in Textual's words for a terminal of this depth."""
        style = list(self.attributes)
        color = self.color
        if depth is Depth.EIGHT_BIT and self.c256 is not None:
            triplet = RichColor.from_ansi(self.c256).get_truecolor()
            color = triplet.hex
        elif depth in (Depth.STANDARD, Depth.NONE):
            name = self.ansi if depth is Depth.STANDARD else "default"
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
    """

    name: str
    dark: bool
    background: str
    paint: bool
    roles: Mapping[str, Role]

    def textual(self, depth: Depth = Depth.TRUECOLOR) -> Theme:
        """Return the theme for Textual; our roles are its variables."""
        painted = self.paint and depth in (Depth.TRUECOLOR, Depth.EIGHT_BIT)
        stock = BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"]
        variables = {} if painted else dict(stock.variables)  # Textual's own styles ask for them
        for name, role in self.roles.items():
            variables[name], variables[f"{name}-style"] = role.variables(depth)
        background = self.background if painted else "ansi_default"
        variables |= {
            "background": background,
            "foreground": variables["text"],
            "ground": self.background,
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

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> "Roles":
        """Return the roles a Textual application has in its theme variables; missing ones are the default colour."""
        styles = {name: _style(variables.get(name, ""), variables.get(f"{name}-style", "none")) for name in ROLES}
        ground = variables.get("background", "")
        return cls(styles, Style(bgcolor=_rich_color(ground)) if ground.startswith("#") else None)

    def __getitem__(self, role: str) -> Style:
        return self._styles[role]

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


def folders(config: Path | None = None) -> tuple[Path, ...]:
    """Return where themes are looked for, the user's own first.

    Args:
        config: the folder of config.toml.
    """
    package = Path(__file__).resolve().parents[1]
    ours = [each for each in (package / "themes", package.parent / "themes") if each.is_dir()]
    return (*([config / "themes"] if config is not None else []), *ours)


def names(places: Sequence[Path]) -> tuple[str, ...]:
    """Return the names of all themes in these folders, sorted."""
    return tuple(sorted({file.stem for place in places if place.is_dir() for file in place.glob("*.toml")}))


def load_theme(name: str, places: Sequence[Path]) -> ThemeFile:
    """Read a theme by its name. Blocks for a small file.

    Args:
        name: the file's name without ``.toml``.
        places: folders, see `folders`.

    Raises:
        ConfigError: there is no such theme, or its file is wrong; file, line and key are named.
    """
    for place in places:
        file = place / f"{name}.toml"
        if os.sep not in name and file.is_file():
            return read_theme(file)
    known = ", ".join(names(places)) or "none"
    raise ConfigError(f'there is no theme "{name}".', place="config.toml: look.theme", cure=f"Known themes: {known}.")


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


def read_theme(file: Path) -> ThemeFile:
    """Read one theme file. Blocks.

    Raises:
        ConfigError: naming file, line and key, and what would be right.
    """
    try:
        with file.open("rb") as stream:
            source = stream.read(MAX_FILE).decode("utf-8")
        values = tomllib.loads(source)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}.", place=str(file)) from error
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8.", place=str(file), cure="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not valid TOML: {error}.", place=file.name, cure="See https://toml.io.") from None
    return _theme(Table(values, (), file, source), file.stem)


def _theme(root: Table, name: str) -> ThemeFile:
    dark = root.boolean("dark", True)
    paint = root.boolean("paint", False)
    background = _hex(root, "background", root.text("background", example="#10151B"))
    least = root.integer("contrast", 0, 0, 21) or MIN_CONTRAST
    table = root.table("roles", required=True)
    assert table is not None
    roles = {role: _role(table, role) for role in ROLES}
    table.finish()
    root.finish()
    _refuse_faint(table, roles, background, least)
    return ThemeFile(name, dark, background, paint, roles)


def _role(table: Table, name: str) -> Role:
    inner = table.table(name) if name in table and _is_table(table, name) else None
    if inner is None:
        return Role(_hex(table, name, table.text(name, example="#5CC8BE")))
    color = _hex(table, name, inner.text("color", example="#5CC8BE"))
    c256 = inner.integer("c256", -1, -1, 255)
    ansi = inner.one_of("ansi", ("default", "reverse", *ANSI_NAMES), "default")
    attributes = tuple(attribute for attribute in ATTRIBUTES if inner.boolean(attribute, False))
    inner.finish()
    return Role(color, None if c256 < 0 else c256, ansi, attributes)


def _is_table(table: Table, name: str) -> bool:
    try:
        table.text(name)
    except ConfigError:
        return True
    return False


def _hex(table: Table, key: str, value: str) -> str:
    try:
        if not value.startswith("#") or len(value) != 7:
            raise ColorParseError
        RichColor.parse(value)
    except ColorParseError:
        raise table.wrong(key, f'"{value[:40]}" is no colour.', "Write it as #rrggbb, such as #5CC8BE.") from None
    return value


def _refuse_faint(table: Table, roles: Mapping[str, Role], background: str, least: float) -> None:
    pairs: Iterable[tuple[str, str, str]] = [
        *((name, role.color, background) for name, role in roles.items() if name not in NOT_READ),
        ("tint", roles["bright"].color, roles["tint"].color),
    ]
    for name, color, behind in pairs:
        ratio = contrast(color, behind)
        if ratio < least:
            raise table.wrong(
                name,
                f"{color} on {behind} has a contrast of {ratio:.1f}; text needs {least:g}.",
                "Take a colour that is further from it.",
            )


def contrast(color: str, background: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), 1 to 21.

    Args:
        color, background: ``#rrggbb``.
    """
    one, other = sorted((_luminance(color), _luminance(background)), reverse=True)
    return (one + 0.05) / (other + 0.05)


def _luminance(color: str) -> float:
    triplet = RichColor.parse(color).triplet or ColorTriplet(0, 0, 0)
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in triplet.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
