"""Typing the path of a file or folder: Tab goes on as far as there is no choice."""

import asyncio
import os
import shlex
from pathlib import Path
from urllib.parse import unquote

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


def paths_meant(typed: str) -> list[Path]:
    """Return the files that are meant by what was typed or pasted: one path, several as a terminal pastes files that
    are dropped on it (quoted, or as file: links), or a pattern such as ``~/scans/*.pdf``. Blocks.
    """
    one = Path(last_path(typed)).expanduser()
    if one.exists():
        return [one]
    pasted = [_pasted(word) for word in _words(_behind_home(typed))]
    if pasted and all(path is not None and path.exists() for path in pasted):
        return [path for path in pasted if path is not None]
    if any(sign in one.name for sign in "*?["):
        found = (each for each in one.parent.glob(one.name) if each.is_file() and not each.name.startswith("."))
        return sorted(each for each, _ in zip(found, range(MOST_NAMES), strict=False)) or [one]
    return [one]


def _behind_home(typed: str) -> str:
    """Return what was pasted behind a path that stood there already."""
    starts = [at for mark in ("/'/", '/"/', "/file:///") if (at := typed.find(mark)) > 0]
    if starts:
        return typed[min(starts) + 1 :]
    return typed if typed.startswith("file://") else last_path(typed)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text.strip())
    except ValueError:
        return []


def _pasted(word: str) -> Path | None:
    if word.startswith("file://"):
        rest = word.removeprefix("file://").removeprefix("localhost")
        return Path(unquote(rest)) if rest.startswith("/") else None
    return Path(word).expanduser() if word.startswith(("/", "~/")) and len(word) > 2 else None


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
