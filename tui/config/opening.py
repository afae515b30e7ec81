"""``[open]`` of config.toml: by which program links and files are opened; what stands in for a mailcap.

::

    [open]
    link = ["firefox", "%s"]
    "application/pdf" = ["zathura", "%s"]
    "image/*" = ["feh", "%s"]
    other = ["xdg-open", "%s"]

A program is its arguments, no shell; ``%s`` is the link or the file, one argument whatever is in it. Nothing else that
a sender wrote gets there: no name, no charset.
"""

import os
import re
import shutil
import sys
from collections.abc import Mapping

from tui.config.table import Table

LINK, OTHER = "link", "other"
PLACE = "%s"

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+\-]{0,60}/(?:\*|[a-z0-9][a-z0-9!#$&^_.+\-]{0,60})\Z")


def read_opening(root: Table) -> dict[str, tuple[str, ...]]:
    """Return what ``[open]`` says: media type, ``image/*``, ``link`` or ``other`` → a program's arguments.

    Raises:
        ConfigError: a key is no media type, or a value no program.
    """
    table = root.table("open")
    if table is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for key in table.keys():  # noqa: SIM118 - a Table is no mapping
        if key not in (LINK, OTHER) and not _TYPE.match(key):
            raise table.wrong(key, "this is no media type.", 'Write "application/pdf", "image/*", link or other.')
        found[key] = table.argv(key)
    return found


def program_for(kind: str, programs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the program for a media type, or for ``link``; () where there is none on this desktop.

    Args:
        kind: a media type, lower case, or ``link``.
        programs: the user's own.
    """
    names = (kind,) if kind == LINK else (kind, f"{kind.partition('/')[0]}/*")
    for name in (*names, OTHER):
        if name in programs:
            return programs[name]
    if not has_desktop(os.environ):
        return ()
    usual = "open" if sys.platform == "darwin" else "xdg-open"
    found = shutil.which(usual)
    return (found, PLACE) if found else ()


def has_desktop(environment: Mapping[str, str]) -> bool:
    """Whether what is opened would be seen by whoever sits here: not over SSH, not on a console.

    Args:
        environment: the process's variables.
    """
    if is_remote(environment):
        return False
    return sys.platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def is_remote(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def filled(program: tuple[str, ...], what: str) -> list[str]:
    """Return the arguments with a link or path in its place; at the end where none is named."""
    if not any(PLACE in word for word in program):
        return [*program, what]
    return [program[0], *(word.replace(PLACE, what) for word in program[1:])]
