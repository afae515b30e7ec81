"""The terminal as a sheet that is written on line below line: keys, whole lines, and one line asked for at a time.

No sequence moves the cursor about. It rests on the newest line, at its beginning, so that a braille display shows who
and what; while a line is asked for it stands where the next character goes.
"""

import asyncio
import os
import termios
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser

from tui.linear.editor import Editor, Typed
from tui.mail.noun import dataclass
from tui.mail.text import clean
from tui.terminal.keys import canonical_key
from tui.terminal.outlet import Outlet

READ = 1024
TICK = 0.02
"""Seconds between looks whether an Escape stays alone."""
LAST_WORDS = 0.25
"""Seconds the terminal has at the end to read what is left."""
PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
MOST_AHEAD = 20_000
"""Keys kept until somebody asks for them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How a line that was asked for was ended.

    Attributes:
        key: by this one: ``enter``, ``escape`` or one of those that were asked for.
        text: what stood in it, cleaned, as it was typed.
    """

    key: str
    text: str


class Sheet:
    """Writes lines and reads keys.

    Args:
        reads, writes: descriptors of the tty.
        lost: called once when the terminal is gone.
        escaped: called at an Escape that nobody waits for.
        plain: the terminal understands no sequences at all (TERM=dumb).
        encoding: what it takes; other characters become question marks.
    """

    def __init__(
        self,
        reads: int,
        writes: int,
        *,
        lost: Callable[[], None],
        escaped: Callable[[], None] = lambda: None,
        plain: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        self._in = reads
        self._out = writes
        self._lost = lost
        self._escaped = escaped
        self._plain = plain
        self._encoding = encoding
        self._loop = asyncio.get_running_loop()
        self._before: list[Any] | None = None
        self._outlet: Outlet | None = None
        self._parser = XTermParser()
        self._decode = getincrementaldecoder("utf-8")("replace")
        self._ticker: asyncio.TimerHandle | None = None
        self._keys: deque[Typed] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._is_blank = True
        self._is_asking = False
        self._later: list[str] = []

    # From start to end

    def open(self) -> None:
        """Take the terminal: keys come one by one, and nothing is shown but what is written here."""
        self._outlet = Outlet(self._out, lambda: None, self._lost, self._encoding)
        try:
            attributes = termios.tcgetattr(self._in)
            if self._before is None:
                self._before = [*attributes[:6], list(attributes[6])]
            attributes[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
            attributes[1] |= termios.OPOST | termios.ONLCR
            attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self._in, termios.TCSANOW, attributes)
        except termios.error:
            pass  # it was asked before whether this is a terminal
        self._write("" if self._plain else PASTE_ON)
        self._is_blank = True
        self._loop.add_reader(self._in, self._read)

    def close(self) -> None:
        """Give the terminal back, the cursor on a line of its own."""
        self._loop.remove_reader(self._in)
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        if self._before is not None:
            try:
                termios.tcsetattr(self._in, termios.TCSANOW, self._before)
            except termios.error:
                pass
            self._before = None
        if self._outlet is not None:
            last = "" if self._is_blank else "\n"
            self._outlet.close(last + ("" if self._plain else PASTE_OFF), LAST_WORDS)
            self._outlet = None

    @property
    def width(self) -> int:
        """The terminal's columns."""
        try:
            return os.get_terminal_size(self._out).columns or 80
        except OSError:
            return 80

    # Lines

    def say(self, line: str) -> None:
        """Write a whole line below the others; while a line is asked for it waits until that is ended.

        Args:
            line: cleaned, without a newline.
        """
        if self._is_asking:
            self._later.append(line)
            return
        self._write(f"{self._newline()}{line}\r")
        self._is_blank = False

    def _newline(self) -> str:
        return "" if self._is_blank else "\n"

    def _write(self, text: str) -> None:
        if self._outlet is not None:
            self._outlet.write(text)

    # Keys

    async def typed(self) -> Typed:
        """Return the next key, or what is pasted next."""
        while not self._keys:
            self._waiting = self._loop.create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        return self._keys.popleft()

    def forget(self) -> None:
        """Drop what was typed and not asked for yet."""
        self._keys.clear()

    def _read(self) -> None:
        try:
            data = os.read(self._in, READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:  # hung up; a reader left in place would be called for ever
            self._loop.remove_reader(self._in)
            self._lost()
            return
        text = self._decode.decode(data)
        if text:  # an empty one would end the parser
            for message in self._parser.feed(text):
                self._take(message)
        self._watch_parser()

    def _watch_parser(self) -> None:
        """Give the parser the time of day until an unfinished sequence is done with."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        for message in self._parser.tick():
            self._take(message)
        if self._parser._timeout_time is not None:
            self._ticker = self._loop.call_later(TICK, self._watch_parser)

    def _take(self, message: object) -> None:
        if isinstance(message, events.Key):
            text = message.character if message.is_printable and message.character else ""
            typed = Typed(canonical_key(message.key, message.character), text)
        elif isinstance(message, events.Paste):
            typed = Typed("", clean(message.text))
        else:
            return
        if typed.key == "escape" and self._waiting is None and not self._is_asking:
            self._escaped()
            return
        if len(self._keys) < MOST_AHEAD:
            self._keys.append(typed)
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    # One line

    async def line(
        self,
        label: str,
        value: str = "",
        *,
        ends: Callable[[Typed, str], str | None] = lambda typed, text: "",
        complete: Callable[[str], Awaitable[str]] | None = None,
        hidden: bool = False,
    ) -> Entry:
        """Ask for a line.

        Args:
            label: written before it, such as ``To:``.
            value: what stands in it already.
            ends: is given each key and what stands in the line; it returns how the key ends it, "" where the key is
                for the line, None where it does nothing here.
            complete: continues what is typed, at the Tab key.
            hidden: nothing of what is typed is written.
        """
        shown = f"{label} " if label else ""
        editor = Editor((lambda text: None) if hidden else self._write, shown, value, lambda: self.width)
        self._is_asking = True
        self._write(self._newline() + (shown if hidden else ""))
        self._is_blank = False
        editor.show()
        try:
            while True:
                typed = await self.typed()
                ended = ends(typed, editor.text)
                if ended is None:
                    continue
                if ended or typed.key in ("enter", "escape"):
                    return Entry(ended or typed.key, editor.text)
                if typed.key == "tab" and complete is not None:
                    editor.replace(await complete(editor.text))
                elif not typed.key and "\n" in typed.text:
                    first, _, rest = typed.text.partition("\n")
                    editor.insert(first)
                    self._keys.extendleft(reversed(_as_keys(rest)))
                    return Entry("enter", editor.text)
                else:
                    editor.press(typed)
        finally:
            self._is_asking = False
            said, self._later = self._later, []
            for line in said:
                self.say(line)


def _as_keys(text: str) -> list[Typed]:
    """Return the rest of a paste: its lines go on like typed ones."""
    first, newline, rest = text.partition("\n")
    return [Typed("", first)] + ([Typed("", "\n" + rest)] if newline else [])
