"""Files to attach, read from disk."""

import errno
import mimetypes
import os
import stat
from pathlib import Path

from tui.mail.draft import Attachment
from tui.mail.text import clean_line

LIMIT = 100 * 1024 * 1024


def read_attachment(path: Path, limit: int = LIMIT) -> Attachment:
    """Read a file to attach. Blocks: call it in a worker thread.

    Args:
        path: a regular file; ``~`` already expanded.
        limit: octets above which it is refused.

    Raises:
        OSError: when it cannot be read or is no regular file.
        ValueError: when it is larger than the limit.
    """
    # Not blocking: a FIFO without a writer would hold the thread for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        _check(path, os.fstat(descriptor), limit)
        file = os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise
    with file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"it is larger than {limit // (1024 * 1024)} MB")
    kind, coding = mimetypes.guess_type(path.name, strict=False)
    return Attachment(clean_line(path.name, 255), kind if kind and not coding else _packed(coding), data)


def _check(path: Path, found: os.stat_result, limit: int) -> None:
    """Refuse what is no regular file, before it is made a Python file: that would refuse a folder in worse words."""
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    if found.st_size > limit:
        raise ValueError(f"it is larger than {limit // (1024 * 1024)} MB")


def _packed(coding: str | None) -> str:
    return {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}.get(
        coding or "", "application/octet-stream"
    )
