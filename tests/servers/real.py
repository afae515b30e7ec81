"""What every real server of these tests does alike: a folder, ports, a start, and three ways to end."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.process import ServerProcess, remove, server_folder, start_on_free_ports


class RealServer(ABC):
    """One server below one folder; a context manager, and what it has stored outlives its starts.

    Args:
        name: what its folder is called after.
        folder: where everything of it lies; made in the temporary folder, and removed at the end, when None.

    Attributes:
        folder: that folder, from entering on.
    """

    folder: Path

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self._name = name
        self._given = folder
        self._process: ServerProcess | None = None

    @abstractmethod
    def _write(self) -> None:
        """Choose ports and write the configuration; done again when a port was taken."""

    @abstractmethod
    def _made(self) -> ServerProcess:
        """Return the process of what was written, not started yet."""

    @property
    def _ours(self) -> Path | None:
        """The folder, when nobody misses it once we are gone."""
        return None if self._given else self.folder

    def _write_anew(self) -> None:
        self._process = None
        self._write()

    def __enter__(self) -> Self:
        self.folder = self._given or server_folder(self._name)
        try:
            start_on_free_ports(self._write_anew, self.start)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._given is None:
            self.kill()
            remove(self.folder)
        else:
            self.stop()

    def start(self) -> None:
        """Start it (again): the same ports, the same mail."""
        if self._process is None:
            self._process = self._made()
        self._process.start()

    def stop(self) -> None:
        """End it as an administrator would: clients are told."""
        if self._process is not None:
            self._process.stop()

    def kill(self) -> None:
        """End it as a crash would: lines just break."""
        if self._process is not None:
            self._process.kill()

    @property
    def computed(self) -> float:
        """Seconds of computing since it started."""
        return self._process.computed if self._process is not None else 0.0

    def freeze(self) -> None:
        """Stop it without a word, as a machine does that hangs."""
        if self._process is not None:
            self._process.freeze()

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.thaw()

    @property
    def log(self) -> str:
        """All it has logged."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""
