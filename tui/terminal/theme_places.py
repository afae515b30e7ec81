"""Where themes are and what they are called; what is in them is in `tui.terminal.theme_file`. No Textual."""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from tui.mail.errors import ConfigError


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


def find(name: str, places: Sequence[Path], written: str = "look.theme") -> Path:
    """Return the file of a theme. Blocks for a look at these folders.

    Args:
        name: the file's name without ``.toml``.
        places: folders, the first that has it counts.
        written: where the name is written, for the error.

    Raises:
        ConfigError: there is no such theme; those that there are are named.
    """
    for folder in places:
        file = folder / f"{name}.toml"
        if os.sep not in name and file.is_file():
            return file
    known = names(places)
    near = difflib.get_close_matches(name, known, 1)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    cure = f'Use "auto" or one of {", ".join(known) or "none"}.{meant}'
    raise ConfigError(f'there is no theme "{name[:60]}".', place=written, cure=cure)
