"""Copies of parts for other programs: in a folder of their own that nobody else can look into, gone when we are.

The folder is emptied at the end of the program, and at the next start where it had no end of its own.
"""

import os
import stat
from pathlib import Path


def empty(folder: Path) -> None:
    """Remove the folder with all that is in it; nothing happens where there is none. Blocks.

    Args:
        folder: see `tui.config.paths.Paths.opened`.
    """
    try:
        os.lstat(folder)
    except OSError:
        return
    import shutil  # noqa: PLC0415 - late: start-up time

    try:
        if stat.S_ISDIR(os.lstat(folder).st_mode):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink()
    except OSError:
        return


def make_place(folder: Path) -> Path:
    """Return a new folder below it for one copy, both for the owner only. Blocks.

    Raises:
        OSError: it cannot be made, or is somebody else's.
    """
    import tempfile  # noqa: PLC0415 - late: start-up time

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = os.lstat(folder)
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
        raise PermissionError(1, "not a folder of yours", str(folder))
    if about.st_mode & 0o077:
        folder.chmod(0o700)
    return Path(tempfile.mkdtemp(dir=folder))
