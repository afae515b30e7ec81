"""Theme files: where they are, and what is in them.

One TOML file is one theme, its name is the theme's name. A role is ``"#rrggbb"`` or a table::

    accent = { color = "#5CC8BE", c256 = 79, ansi = "cyan", bold = true }

``color`` for millions of colours, ``c256`` for 256 (else the nearest that can be read), ``ansi`` for 16; then bold,
italic, underline, reverse. With ``terminal_colors = true`` roles are made of the terminal's own 16 colours only:
``"cyan"``, or a table without ``color``. What cannot be read is refused: text needs a contrast of `MIN_CONTRAST`.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tui.config.table import Table
from tui.mail.errors import ConfigError
from tui.terminal.contrast import ANSI_NAMES, MIN_CONTRAST, PALETTES, contrast, in_palette, is_hex
from tui.terminal.theme import ATTRIBUTES, DERIVED, NOT_READ, OWN_ROLES, TINTED, Depth, Role, ThemeFile
from tui.terminal.theme_places import find
from tui.terminal.theme_places import folders as folders
from tui.terminal.theme_places import names as names

MAX_FILE: Final = 64 * 1024
DEFAULT: Final = "tidings-dark"
"""The theme that is used when the wanted one cannot be."""
_NAMES: Final = ("default", "reverse", *ANSI_NAMES)


def load_theme(name: str, places: Sequence[Path]) -> ThemeFile:
    """Read a theme by its name. Blocks for a small file.

    Args:
        name: the file's name without ``.toml``.
        places: folders, see `folders`.

    Raises:
        ConfigError: there is no such theme, or its file is wrong; file, line and key are named.
    """
    file = find(name, places)
    return read_theme(file, legible=file.parent in folders())


def load_or_default(name: str, places: Sequence[Path]) -> tuple[ThemeFile, ConfigError | None]:
    """Read a theme by its name; where that fails, the default one of ours, and why. Blocks for a small file.

    Raises:
        ConfigError: our own default theme is missing or wrong: the program is not whole.
    """
    try:
        return load_theme(name, places), None
    except ConfigError as error:
        return load_theme(DEFAULT, folders()), error


def load_all(places: Sequence[Path]) -> dict[str, ThemeFile | ConfigError]:
    """Read every theme there is, by name; those that are wrong say so. Blocks."""
    found: dict[str, ThemeFile | ConfigError] = {}
    for name in names(places):
        try:
            found[name] = load_theme(name, places)
        except ConfigError as error:
            found[name] = error
    return found


def read_theme(file: Path, *, legible: bool = False) -> ThemeFile:
    """Read one theme file. Blocks.

    Args:
        file: which.
        legible: it is known that it can be read: ours are tested, and working that out takes 10 ms of the start.

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
    return _theme(Table(values, (), file, source), file.stem, legible)


def _theme(root: Table, name: str, legible: bool) -> ThemeFile:
    table = root.table("roles", required=True)
    assert table is not None
    terminal = root.boolean("terminal_colors", False)
    read = _terminal_role if terminal else _role
    roles = {role: read(table, role) for role in OWN_ROLES}
    for role, source in DERIVED.items():
        roles[role] = read(table, role) if role in table else roles[source]
    theme = ThemeFile(
        name=name,
        dark=root.boolean("dark", True),
        background=_hex(root, "background", root.text("background", example="#10151B")),
        paint=root.boolean("paint", False),
        roles=roles,
        least=root.integer("contrast", 0, 0, 21) or MIN_CONTRAST,
        title=root.text("title", ""),
    )
    if terminal and theme.paint:
        raise root.wrong("paint", "a theme of the terminal's own colours paints no background.", "Take one line out.")
    table.finish()
    root.finish()
    if not legible:
        _refuse_illegible(table, theme)
    return theme


def _role(table: Table, name: str) -> Role:
    inner = table.table(name) if table.is_table(name) else None
    if inner is None:
        return Role(_hex(table, name, table.text(name, example="#5CC8BE")))
    color = _hex(table, name, inner.text("color", example="#5CC8BE"))
    c256 = inner.integer("c256", -1, -1, 255)
    ansi = inner.one_of("ansi", _NAMES, "default")
    attributes = _attributes(inner)
    inner.finish()
    return Role(color, None if c256 < 0 else c256, ansi, attributes)


def _terminal_role(table: Table, name: str) -> Role:
    inner = table.table(name) if table.is_table(name) else None
    if inner is None:
        if name not in table:
            table.text(name, example="cyan")
        return Role("", ansi=table.one_of(name, _NAMES, "default"))
    ansi = inner.one_of("ansi", _NAMES, "default")
    attributes = _attributes(inner)
    inner.finish()
    return Role("", ansi=ansi, attributes=attributes)


def _attributes(table: Table) -> tuple[str, ...]:
    return tuple(attribute for attribute in ATTRIBUTES if table.boolean(attribute, False))


def _hex(table: Table, key: str, value: str) -> str:
    if not is_hex(value):
        raise table.wrong(key, f'"{value[:40]}" is no colour.', "Write it as #rrggbb, such as #5CC8BE.")
    return value


def _refuse_illegible(table: Table, theme: ThemeFile) -> None:
    for name, color, behind, where in (*_pairs(theme), *_terminal_pairs(theme.roles, theme.background)):
        ratio = contrast(color, behind)
        if ratio < theme.least:
            raise table.wrong(
                name,
                f"{color} on {behind} has a contrast of {ratio:.1f}{where}; text needs {theme.least:g}.",
                "Take a colour that is further from it.",
            )


def _pairs(theme: ThemeFile) -> Iterable[tuple[str, str, str, str]]:
    """Yield (key, colour, background, words) of every text a theme of its own colours paints."""
    for depth, where in ((Depth.TRUECOLOR, ""), (Depth.EIGHT_BIT, " in 256 colours")):
        chosen = [name for name, role in theme.roles.items() if role.color and _is_chosen(role, depth)]
        for name in chosen:
            if name in NOT_READ:
                continue
            yield name, theme.color(name, depth), theme.ground(depth), where
        if "tint" in chosen:
            for name in TINTED:
                yield "tint", theme.color(name, depth), theme.color("tint", depth), where


def _is_chosen(role: Role, depth: Depth) -> bool:
    """Whether the file says what is shown; what it leaves to us is chosen so that it can be read."""
    return depth is Depth.TRUECOLOR or role.c256 is not None


def _terminal_pairs(roles: Mapping[str, Role], background: str) -> Iterable[tuple[str, str, str, str]]:
    """Yield the same for roles of the terminal's own colours, as two common terminals show them."""
    for name, role in roles.items():
        if not role.color and name not in NOT_READ and role.ansi in ANSI_NAMES:
            for palette in PALETTES:
                yield name, in_palette(role.ansi, palette), background, f" on {palette}"
