"""One instance at a time: a lock on a file, which the system takes off when the process ends, however it ends."""

import fcntl
import os
from pathlib import Path

from tui.mail.errors import StoreError


class InstanceLock:
    """An exclusive flock(2) on a file that names its holder.

    Args:
        path: the file; made when missing, never deleted (deleting it would let two instances in).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock, or say who holds it.

        Raises:
            StoreError: when another process has it, or the file cannot be written.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be opened: {error.strerror}.", cure=f"Make {self._path.parent} writable for you."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        except OSError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                raise StoreError(f"{self._path} cannot be locked: {error.strerror}.") from error
            raise StoreError(
                f"Tidings runs already, as process {holder or 'unknown'}.",
                cure=f"Use that one, or end it: kill {holder}" if holder.isdigit() else "Use that one, or end it.",
            ) from None
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. May be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
