"""``tidings register``: tell the desktop that Tidings is there, and that it writes mail from links."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.mail.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

NAMES = ("tidings.desktop", "tidings-mailto.desktop")
WITHIN = 10.0
"""Seconds that xdg-mime has."""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options of ``tidings register``."""
    parser.add_argument("--remove", action="store_true", help="take back what this command wrote")


def run(arguments: Namespace) -> int:
    """Write the desktop files into the user's own data folder, and have mailto links open there.

    Raises:
        ConfigError: when they cannot be written.
    """
    data = os.environ.get("XDG_DATA_HOME", "")
    folder = (Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share") / "applications"
    try:
        if arguments.remove:
            for name in NAMES:
                (folder / name).unlink(missing_ok=True)
            print(f"Removed from {folder}.")
            return 0
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in zip(NAMES, _texts(_program()), strict=True):
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror}.") from error
    print(f"Written: {', '.join(NAMES)} in {folder}.")
    return _make_default()


def _program() -> str:
    """Return the absolute path of this program, as the key Exec wants it."""
    found = shutil.which("tidings") or sys.argv[0]
    path = os.path.abspath(found)
    for special in ("\\", '"', "`", "$"):
        path = path.replace(special, f"\\{special}")
    return '"' + path.replace("\\", "\\\\").replace("%", "%%") + '"'


def _texts(program: str) -> tuple[str, str]:
    head = "[Desktop Entry]\nType=Application\nVersion=1.0\nTerminal=true\nComment=A mail client for the terminal\n"
    return (
        f"{head}Name=Tidings\nExec={program}\nCategories=Network;Email;ConsoleOnly;\n",
        f"{head}Name=Tidings (new mail)\nNoDisplay=true\nExec={program} compose %u\n"
        "MimeType=x-scheme-handler/mailto;\n",
    )


def _make_default() -> int:
    found = shutil.which("xdg-mime")
    wanted = ("default", NAMES[1], "x-scheme-handler/mailto")
    if found is None:
        print("xdg-mime is not installed: choose Tidings for mailto links in your desktop's settings.")
        return 0
    try:
        done = subprocess.run([found, *wanted], capture_output=True, text=True, timeout=WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):
        print(f"xdg-mime gave no answer. By hand: xdg-mime {' '.join(wanted)}", file=sys.stderr)
        return 1
    if done.returncode:
        print(f"xdg-mime said no. By hand: xdg-mime {' '.join(wanted)}", file=sys.stderr)
        return 1
    print("mailto links open in Tidings.")
    return 0
