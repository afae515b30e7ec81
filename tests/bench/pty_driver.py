"""A program on a real pseudo-terminal: keys go in, bytes come out with the time they came, and a screen shows them.

A thread does nothing but read and note the time; what the bytes look like is worked out later, chunk by chunk, so that
the picture never makes a measurement late.
"""

import codecs
import fcntl
import itertools
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import pyte

from tests.emulator import Screen

PUBLIC_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV")
"""What a program may know of the environment it is measured in."""
_FOREIGN = re.compile(r"\x1b\[[<=>][\d;]*[A-Za-z]|\x1bP[^\x1b]*\x1b\\|\x1b_[^\x1b]*\x1b\\")
_UNFINISHED = re.compile(r"\x1b(?:\[[<=>?]?[\d;]*[ $]?|[P_\]][^\x1b\x07]*\x1b?)?\Z")


class Chunk(NamedTuple):
    """What one read gave.

    Attributes:
        at: when, by `time.perf_counter`.
        data: the bytes.
    """

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Burst:
    """What a program sent from one moment until it was quiet.

    Attributes:
        began: when the moment was, by `time.perf_counter`.
        size: bytes.
        first, last: seconds from then to the first and the last byte; 0.0 when there was none.
    """

    began: float
    size: int
    first: float
    last: float


class _Stream(pyte.Stream):
    """pyte's reader, which also knows how to scroll (SU, SD)."""

    csi = {**pyte.Stream.csi, "S": "scroll_up", "T": "scroll_down"}  # noqa: RUF012 - pyte's own way
    events = frozenset(itertools.chain(pyte.Stream.events, ("scroll_up", "scroll_down")))


class _Screen(Screen):
    """A terminal's screen, in what pyte leaves out."""

    def set_margins(self, top: int | None = None, bottom: int | None = None) -> None:
        super().set_margins(top, bottom)
        self.cursor_position()  # pyte leaves the cursor where it is when margins are taken away; terminals do not

    def scroll_up(self, count: int | None = None, **_: bool) -> None:
        top = self.margins.top if self.margins else 0
        column, row = self.cursor.x, self.cursor.y
        self.cursor.y = top
        self.delete_lines(count or 1)
        self.cursor.x, self.cursor.y = column, row

    def scroll_down(self, count: int | None = None, **_: bool) -> None:
        top = self.margins.top if self.margins else 0
        column, row = self.cursor.x, self.cursor.y
        self.cursor.y = top
        self.insert_lines(count or 1)
        self.cursor.x, self.cursor.y = column, row

    def report_device_status(self, mode: int, **_: bool) -> None:
        """Nobody is answered: `PtyProgram` is deaf to questions."""

    def report_device_attributes(self, mode: int = 0, **_: bool) -> None:
        """As above."""


class PtyProgram:
    """A program under a pty; a context manager, whose end ends the program.

    Args:
        command: what to run.
        width, height: cells of the terminal.
        term: the terminal's name.
        env: variables on top of `PUBLIC_VARIABLES`.
        folder: where it is started.

    Attributes:
        chunks: everything that came so far.
        began: when it was started, by `time.perf_counter`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        width: int = 80,
        height: int = 24,
        term: str = "xterm-256color",
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        known = {name: os.environ[name] for name in PUBLIC_VARIABLES if name in os.environ}
        surroundings = {"LANG": "C.UTF-8", **known, "TERM": term, **(env or {})}
        self.chunks: list[Chunk] = []
        self._screen = _Screen(width, height)
        self._stream = _Stream(self._screen)
        self._shown = 0  # chunks the screen has taken
        self._rest = ""  # an unfinished sequence at their end
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._more = threading.Condition()
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.began = time.perf_counter()
        try:
            # setsid makes the pty the controlling terminal, without code of ours between fork and exec.
            self.process = subprocess.Popen(
                ["setsid", "--ctty", *command],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env=surroundings,
                cwd=folder,
                close_fds=True,
            )
        except BaseException:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        self._reader = threading.Thread(target=self._read, name="pty reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> "PtyProgram":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # Linux: nobody holds the other end any more
                data = b""
            at = time.perf_counter()
            with self._more:
                if data:
                    self.chunks.append(Chunk(at, data))
                self._more.notify_all()
            if not data:
                return

    # In

    def send(self, keys: str) -> float:
        """Press keys, as the bytes a terminal sends for them. Return when, by `time.perf_counter`."""
        data = keys.encode()
        at = time.perf_counter()
        while data:
            data = data[os.write(self._master, data) :]
        return at

    def resize(self, width: int, height: int) -> None:
        """Give the terminal another size; the kernel tells the program."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._catch_up()
        self._screen.resize(height, width)

    # Out

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def cpu(self) -> float:
        """Seconds of a processor that the program took so far, to a hundredth: the load hardly changes it."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def size(self) -> int:
        """Bytes that came so far."""
        return sum(len(chunk.data) for chunk in self.chunks)

    def quiet(self, gap: float = 0.06, timeout: float = 10.0, since: float | None = None) -> Burst:
        """Wait until nothing has come for a while.

        Args:
            gap: seconds of silence that are enough.
            timeout: seconds after which it is taken as it is.
            since: from when on bytes count, by `time.perf_counter`; None: now.
        """
        began = time.perf_counter() if since is None else since
        until = time.perf_counter() + timeout
        with self._more:
            while True:
                now = time.perf_counter()
                last = max(began, self.chunks[-1].at if self.chunks else began)
                left = min(last + gap, until) - now
                if left <= 0:
                    break
                self._more.wait(left)
            chunks = self._newest(began)
        size = sum(len(chunk.data) for chunk in chunks)
        return Burst(began, size, chunks[0].at - began, chunks[-1].at - began) if chunks else Burst(began, 0, 0.0, 0.0)

    def _newest(self, since: float) -> list[Chunk]:
        first = len(self.chunks)
        while first and self.chunks[first - 1].at >= since:
            first -= 1
        return self.chunks[first:]

    def press(self, keys: str, gap: float = 0.06, timeout: float = 10.0) -> Burst:
        """Press keys and wait until what they bring has come; arguments as for `send` and `quiet`."""
        return self.quiet(gap, timeout, since=self.send(keys))

    def until(self, text: str | Callable[[str], bool], timeout: float = 10.0, *, gone: bool = False) -> float:
        """Wait for a text on the screen. Return when the bytes that brought it came, by `time.perf_counter`.

        Args:
            text: what is looked for within a line, or a question about the whole screen.
            timeout: seconds.
            gone: wait until it is there no longer.

        Raises:
            TimeoutError: it never came; with what was on the screen.
        """
        asked: Callable[[str], bool] = (lambda screen: text in screen) if isinstance(text, str) else text
        until = time.perf_counter() + timeout
        at = time.perf_counter()
        while asked(self._picture()) is gone:
            with self._more:
                while self._shown == len(self.chunks):
                    left = until - time.perf_counter()
                    if left <= 0 or (not self.is_alive and not self._reader.is_alive()):
                        raise TimeoutError(f"never came: {text!r}\n{self._picture()}")
                    self._more.wait(left)
            at = self._take_one()
        return at

    @property
    def screen(self) -> str:
        """What is on the screen now, lines without blanks at their ends."""
        self._catch_up()
        return self._picture()

    @property
    def lines(self) -> list[str]:
        """The screen's lines."""
        return self.screen.split("\n")

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the terminal's cursor, from 0."""
        self._catch_up()
        return self._screen.cursor.x, self._screen.cursor.y

    def _picture(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def _catch_up(self) -> None:
        while self._shown < len(self.chunks):
            self._take_one()

    def _take_one(self) -> float:
        chunk = self.chunks[self._shown]
        self._shown += 1
        text = self._rest + self._decoder(chunk.data)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished is not None and len(unfinished.group()) < 4096 else ""
        self._stream.feed(_FOREIGN.sub("", text[: len(text) - len(self._rest)]))
        return chunk.at

    # The end

    def wait(self, timeout: float = 10.0) -> int | None:
        """Wait for the program's own end; None when it goes on."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """End the program, in good order if it can, and let go of the terminal. The second time nothing happens."""
        if self._master < 0:
            return
        if self.is_alive:
            self.process.send_signal(signal.SIGTERM)
            if self.wait(6.0) is None:
                self.process.kill()
                self.process.wait()
        self._reader.join(1.0)
        os.close(self._master)
        self._master = -1
