"""Where tmux comes from: installed, or unpacked below ``.cache/servers`` beside the servers."""

import platform
import shutil
from pathlib import Path

from tests.servers.packages import unpacked

BINARY = Path("usr/bin/tmux")


def program() -> tuple[str, dict[str, str]]:
    """Return the program and what its environment needs, fetching it first when it is missing.

    Raises:
        ServersMissing: it cannot be had here.
    """
    installed = shutil.which("tmux")
    if installed is not None:
        return installed, {}
    tree = unpacked("tmux", ("tmux",), BINARY)
    libraries = tree / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
    return str(tree / BINARY), {"LD_LIBRARY_PATH": str(libraries)}
