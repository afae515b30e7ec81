"""Typing the path of a file or folder: Tab goes on as far as there is no choice."""

import asyncio
import os
from pathlib import Path

MOST_NAMES = 20_000
"""Entries of a folder that are looked at."""


async def complete_file(typed: str) -> str:
    """Return a typed path, continued as far as all files and folders that begin like it agree."""
    return await asyncio.to_thread(_complete, typed, False)


async def complete_folder(typed: str) -> str:
    """Return the same, where only folders are looked for."""
    return await asyncio.to_thread(_complete, typed, True)


def last_path(typed: str) -> str:
    """Return the path that is meant: a second one that is typed behind the first, ``/home/ada//etc``, begins anew."""
    start = max(typed.rfind("//") + 1, typed.rfind("/~") + 1, 0)
    return typed[start:]


def _complete(typed: str, only_folders: bool) -> str:
    typed = last_path(typed)
    above, slash, begun = typed.rpartition("/")
    if not slash and typed.startswith("~"):
        return typed + "/"
    folder = Path(above + slash or ".").expanduser()
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST_NAMES:
                    break
                if entry.name.startswith(begun) and _is_offered(entry, begun):
                    if entry.is_dir():
                        found.append(entry.name + "/")
                    elif not only_folders:
                        found.append(entry.name)
    except OSError:
        return typed
    same = os.path.commonprefix(found)  # noqa: RUF071 - by characters is what is wanted
    return above + slash + same if found else typed


def _is_offered(entry: "os.DirEntry[str]", begun: str) -> bool:
    """Hidden entries have to be asked for; names with characters that cannot be shown are left out."""
    return entry.name.isprintable() and (begun.startswith(".") or not entry.name.startswith("."))
