"""A terminal in the test's own loop: it runs a program, shows what comes, and can stop reading."""

import asyncio
import codecs
import fcntl
import os
import re
import struct
import sys
import termios
import unicodedata
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyte
from rich.cells import get_character_cell_size

from tests.emulator import Screen

UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<=>][\d;]*[A-Za-z]|\x1bP[^\x1b]*\x1b\\|\x1b_[^\x1b]*\x1b\\")
UNFINISHED = re.compile(r"\x1b(?:\[[<=>?]?[\d;]*[ $]?|[P_\]][^\x1b\x07]*\x1b?)?\Z")
MODE = re.compile(r"\x1b\[\?(\d+)([hl])|\x1b\[(>\d+u|<u)")

OURS = re.compile(
    r"\x1b\[[0-9;]*[CGHKJLMXdmr]|\r|\n\x08{0,4}"
    r"|\x1b\[6n|\x1b\]11;\?\x1b\\"
    r"|\x1b\[\?(?:1049|25|7|1004|2004|2026|1000|1002|1006)[hl]|\x1b\[\?2026\$p|\x1b\[>25u|\x1b\[<u|\x1b\[2[23];2t"
    r"|\x1b\]8;;[!-~]*\x1b\\|\x1b\](?:2|777;notify);[^\x00-\x1f\x7f-\x9f]*\x1b\\"
)
"""Every sequence the program is meant to send."""
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def leaks(output: str) -> list[str]:
    """Return what a terminal would obey that is not ours, with what stands around it."""
    rest = OURS.sub("\N{SYMBOL FOR NULL}", output)
    return [rest[max(0, found.start() - 20) : found.end() + 20] for found in OBEYED.finditer(rest)]


def picture(screen: Any) -> list[list[tuple[Any, ...]]]:
    """Return what can be seen: each cell's text, and its style where it shows."""
    rows = []
    for y in range(screen.lines):
        row = []
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            shows = cell.data != " " or cell.underscore or cell.reverse or cell.strikethrough
            row.append((cell.data, cell.bg, *((cell.fg, cell.bold, cell.underscore, cell.reverse) if shows else ())))
        rows.append(row)
    return rows


def for_pyte(text: str) -> str:
    """Return output as pyte understands it.

    It takes a regional indicator for two cells, where two of them are a flag of two, and a spacing mark for none; and
    drops what stands behind a mark of combining class 0, such as Thai vowels. A wide space is two narrow ones.
    """
    if text.isascii():
        return text
    text = text.replace("\u3000", "  ")
    return "".join(
        chr(ord(each) - 0x1F1E6 + 0x41)
        if "\U0001f1e6" <= each <= "\U0001f1ff"
        else "m"
        if unicodedata.category(each) == "Mc" and get_character_cell_size(each)
        else each
        for each in text
        if each < "\u0300" or unicodedata.combining(each) or get_character_cell_size(each)
    )


class Terminal:
    """See the module.

    Attributes:
        output: everything that came so far, decoded.
        process: the program.
        status: its exit status, None while it runs.
    """

    def __init__(self, width: int, height: int) -> None:
        self.screen: Any = Screen(width, height)
        self._stream: Any = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._loop = asyncio.get_running_loop()
        self._reads = False
        self._more = asyncio.Event()
        self.master, self.slave = os.openpty()
        self.process: asyncio.subprocess.Process | None = None
        self.output = ""
        self.received = 0
        self._size(width, height)
        self.resume()

    async def run(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a program, whose controlling terminal this is."""
        known = {name: os.environ[name] for name in ("PATH", "HOME", "VIRTUAL_ENV") if name in os.environ}
        self.process = await asyncio.create_subprocess_exec(
            *("env", "--default-signal=INT"),  # behind a shell's & it is ignored, and that is inherited
            *("setsid", "--ctty"),
            *command,
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env={"LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor", **known, **environment},
        )

    # In

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def resize(self, width: int, height: int) -> None:
        self._size(width, height)
        self.screen.resize(height, width)

    def _size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    # Out

    def pause(self) -> None:
        """Stop reading."""
        if self._reads:
            self._reads = False
            self._loop.remove_reader(self.master)

    def resume(self) -> None:
        if not self._reads:
            self._reads = True
            self._loop.add_reader(self.master, self._read)

    def hang_up(self) -> None:
        """Be gone, as when the line breaks."""
        self.pause()
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)
        self.master = self.slave = -1

    def _read(self) -> None:
        try:
            data = os.read(self.master, 65536)
        except OSError:
            self.pause()
            return
        self.received += len(data)
        new = self._decode(data)
        self.output += new
        text = self._rest + new
        unfinished = UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished is not None else ""
        self._stream.feed(for_pyte(UNKNOWN_TO_PYTE.sub("", text[: len(text) - len(self._rest)])))
        self._more.set()

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    async def until(self, condition: Callable[[], object], what: str, within: float = 30.0) -> None:
        """Wait for a state.

        Raises:
            AssertionError: when it does not come about, with the screen.
        """
        try:
            async with asyncio.timeout(within):
                while not condition():
                    if self.process is not None and self.process.returncode is not None:
                        await self.quiet(0.05)
                        raise TimeoutError
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"never came: {what}\n{self.text}\n{self.output[-1500:]!r}") from None

    async def sees(self, text: str, within: float = 30.0) -> None:
        """Wait for a text within a line of the screen."""
        await self.until(lambda: text in self.text, text, within)

    async def quiet(self, gap: float = 0.15, within: float = 20.0) -> int:
        """Wait until nothing comes for a while, and return the bytes that came meanwhile."""
        before = self.received
        async with asyncio.timeout(within):
            while True:
                self._more.clear()
                try:
                    await asyncio.wait_for(self._more.wait(), gap)
                except TimeoutError:
                    return self.received - before

    async def ends(self, within: float = 15.0) -> int:
        """Wait for the program's end and return its exit status."""
        assert self.process is not None
        try:
            async with asyncio.timeout(within):
                status = await self.process.wait()
        except TimeoutError:
            raise AssertionError(f"it does not end\n{self.text}") from None
        if self.master >= 0:
            await self.quiet(0.05)
        return status

    # What it is left as

    def attributes(self) -> list[Any]:
        """Return the terminal's settings."""
        return termios.tcgetattr(self.slave)

    @property
    def modes(self) -> dict[str, str]:
        """What was switched on and not off again, or off and not on."""
        state = {"25": "h", "7": "h"}
        keyboard = 0
        for number, switch, keys in MODE.findall(self.output):
            if keys:
                keyboard += 1 if keys.startswith(">") else -1
            else:
                state[number] = switch
        usual = {"25": "h", "7": "h"}
        odd = {number: switch for number, switch in state.items() if switch != usual.get(number, "l")}
        return odd | ({"keyboard": str(keyboard)} if keyboard > 0 else {})

    async def close(self) -> None:
        """End the program and let go."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        self.hang_up()


@asynccontextmanager
async def tidings(
    folder: Path, *arguments: str, width: int = 80, height: int = 24, **environment: str
) -> AsyncIterator[Terminal]:
    """Run `tests.pty.program` on the files below a folder.

    Args:
        folder: with config/config.toml.
        arguments: for it.
        width, height: of the terminal.
        environment: on top of the usual.
    """
    terminal = Terminal(width, height)
    try:
        command = [sys.executable, "-m", "tests.pty.program", str(folder), *arguments]
        await terminal.run(command, {"PYTHONPATH": str(Path(__file__).parents[2]), **environment})
        yield terminal
    finally:
        await terminal.close()


def user_folders(folder: Path) -> dict[str, str]:
    """Return the XDG variables of a user whose config.toml is in ``folder``/config."""
    paths = {f"XDG_{name.upper()}_HOME": folder / "xdg" / name for name in ("config", "data", "cache", "state")}
    for path in paths.values():
        path.mkdir(parents=True)
    (folder / "xdg" / "config" / "tidings").symlink_to(folder / "config")
    return {name: str(path) for name, path in paths.items()}


@asynccontextmanager
async def as_typed(folder: Path, *arguments: str, **environment: str) -> AsyncIterator[Terminal]:
    """Run ``tidings`` as a user does, with the files below a folder, in a terminal of 80x24.

    Args:
        folder: with config/config.toml of `Paths.under`.
        arguments: behind the program's name.
        environment: on top of the usual; an empty value takes a variable away.
    """
    paths = user_folders(folder)
    terminal = Terminal(80, 24)
    try:
        unset = [word for name, value in environment.items() if not value for word in ("-u", name)]
        command = ["env", *unset, sys.executable, "-m", "tui", *arguments]
        await terminal.run(command, {"PYTHONPATH": str(Path(__file__).parents[2]), **paths, **environment})
        yield terminal
    finally:
        await terminal.close()
