"""Textual's way to the tty, ours: no threads, nothing that blocks, and always a way back to what the terminal was.

Stock Textual reads in one thread and writes in another, whose bounded queue blocks the loop when the terminal does
not read; it spins when the terminal is gone. Here the loop reads when there is something, `Outlet` writes what is
taken, and the loss of the terminal is told to the application.
"""

import asyncio
import os
import signal
import sys
import termios
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from tui.terminal.answers import Answers, Color
from tui.terminal.marks import UNICODE, choose, speaks_utf8
from tui.terminal.modes import ENTER, LEAVE, MOUSE_OFF, MOUSE_ON, QUESTIONS
from tui.terminal.outlet import Outlet
from tui.terminal.painted import Painted
from tui.terminal.tty import Attributes, make_raw, put_back, settings

if TYPE_CHECKING:
    from tui.terminal.graphics import Graphics, Inquiry
    from tui.terminal.meter import Meter

ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
READ = 1024
"""Bytes parsed in one turn of the loop, about a millisecond's worth."""
LAST_WORDS = 0.25
"""Seconds the terminal has at the end to read what is left."""
TICK = 0.02
"""Seconds between looks whether an Escape stays alone."""


class TtyDriver(Driver):
    """Reads and writes the tty of standard input and output; ``meter`` is told of both, where there is one.

    The application may have callbacks: ``end_by(signal)`` when it is to end, ``terminal_lost()`` when the terminal is
    gone, ``terminal_drained()`` when what waited for it is written, ``terminal_resized()``, ``terminal_back()`` when
    the process came back to the foreground, ``terminal_widens()`` when ambiguous characters take two cells, and
    ``terminal_background((red, green, blue))``. Where it says ``keys_wait``, what is typed waits in the tty until
    `listen`; a first screen that is ``painted`` stays.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._in = _fileno(sys.__stdin__, 0)
        self._out = _fileno(sys.__stdout__, 1)
        self._before: Attributes | None = None
        self._outlet: Outlet | None = None
        self._reading = False
        self._parser = XTermParser(debug)
        self._decode = getincrementaldecoder("utf-8")("replace")
        self._ticker: asyncio.TimerHandle | None = None
        self.meter: Meter | None = None
        self._inquiry: Inquiry | None = None
        self._answers: Answers | None = None
        self.farewell = ""
        """Written before the screen is left: takes a picture away."""
        self._signals: list[int] = []
        for number in ENDING:  # for good: they also end a program that waits for an editor
            self._loop.add_signal_handler(number, _call, app, "end_by", number)

    # What Textual asks for

    @property
    def can_suspend(self) -> bool:
        return True

    @property
    def is_clear(self) -> bool:
        """Whether the terminal has taken all that was written."""
        return self._outlet is None or self._outlet.is_clear

    @property
    def sent(self) -> int:
        """Bytes written so far."""
        return self._outlet.sent if self._outlet is not None else 0

    def write(self, data: str) -> None:
        if self._outlet is not None:
            self._outlet.write(data)
            if self.meter is not None:
                self.meter.painted()

    def flush(self) -> None:
        """Nothing: `write` writes."""

    def start_application_mode(self) -> None:
        self._listen()
        self._outlet = Outlet(self._out, self._drained, self._lost, "utf-8" if speaks_utf8() else "ascii")
        painted: Painted | None = getattr(self._app, "painted", None)
        if painted is not None and not painted.is_taken:
            self._before = painted.take()
            self._raw()
            asks = painted.asked
        else:
            self._raw()
            self.write(ENTER + (MOUSE_ON if self._mouse else ""))
            asks = self._answers is None and choose("auto") is UNICODE
            if asks:
                self.write(QUESTIONS)
        if asks:
            self._answers = Answers(self._told_width, self._told_background)
        if not getattr(self._app, "keys_wait", False):
            self._start_reading()
        self._tell_size()

    def listen(self) -> None:
        """Read from now on, what was typed before first."""
        if self._outlet is not None:
            self._start_reading()

    async def graphics(self) -> "Graphics | None":
        """Ask the terminal how it paints pictures, and wait for its answer, but not for long; None for not at all."""
        from tui.terminal.graphics import PATIENCE, QUESTIONS, Graphics, Inquiry, cell_by_window  # noqa: PLC0415 - late

        told: asyncio.Future[Graphics | None] = self._loop.create_future()
        inquiry = self._inquiry = Inquiry(told.set_result, cell_by_window(self._out))
        self.write(QUESTIONS)
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(told)
        except TimeoutError:
            if rest := inquiry.give_up():
                self._take(rest)
            return None

    def disable_input(self) -> None:
        self._stop_reading()

    def stop_application_mode(self) -> None:
        self._stop_reading()
        if self._before is not None:
            put_back(self._in, self._before)
            self._before = None
        if self._outlet is not None:
            self._outlet.close(self.farewell + (MOUSE_OFF if self._mouse else "") + LEAVE, LAST_WORDS)
            self._outlet = None

    def close(self) -> None:
        for number in self._signals:
            self._loop.remove_signal_handler(number)
        self._signals.clear()

    def send_message(self, message: Message) -> None:
        self._app.post_message(message)

    # The tty

    def _raw(self) -> None:
        try:
            if self._before is None:
                self._before = settings(self._in)
            make_raw(self._in)
        except termios.error:
            pass  # no tty; `tui.terminal.depth.refusal` has been asked before

    def _tell_size(self) -> None:
        try:
            size = Size(*os.get_terminal_size(self._out))
        except OSError:
            size = Size(80, 24)
        if not size.width or not size.height:
            size = Size(80, 24)
        self.send_message(events.Resize(size, size))

    # Reading

    def _start_reading(self) -> None:
        if not self._reading:
            self._reading = True
            self._loop.add_reader(self._in, self._read)

    def _stop_reading(self) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._in)

    def _read(self) -> None:
        try:
            data = os.read(self._in, READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:  # hung up; a reader left in place would be called for ever
            self._lost()
            return
        if self.meter is not None:
            self.meter.typed()
        text = self._decode.decode(data)
        if self._answers is not None:
            text = self._answers.take(text)
        if self._inquiry is not None:
            text = self._inquiry.take(text)
        if text:  # an empty one would end the parser
            self._take(text)
        else:
            self._watch_parser()

    def _take(self, text: str) -> None:
        for message in self._parser.feed(text):
            self.process_message(message)
        self._watch_parser()

    def _watch_parser(self) -> None:
        """Give the parser the time of day until an unfinished sequence is done with."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        for message in self._parser.tick():
            self.process_message(message)
        if self._reading and self._parser._timeout_time is not None:
            self._ticker = self._loop.call_later(TICK, self._watch_parser)

    # Signals

    def _listen(self) -> None:
        if not self._signals:
            for number, act in (
                (signal.SIGWINCH, self._resized),
                (signal.SIGTSTP, self._stop),
                (signal.SIGCONT, self._continue),
            ):
                self._loop.add_signal_handler(number, act)
                self._signals.append(number)

    def _resized(self) -> None:
        self._tell_size()
        _call(self._app, "terminal_resized")

    def _stop(self) -> None:
        """Give the terminal back and stop; SIGCONT goes on from there."""
        if self._auto_restart:
            self.stop_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        """The process runs again: after our own stop, or after one we were not asked about."""
        if not self._auto_restart:
            return
        if self._outlet is None:
            self.start_application_mode()
        else:
            self._raw()
            self.write(ENTER + (MOUSE_ON if self._mouse else ""))
            self._tell_size()
        _call(self._app, "terminal_back")

    # The application

    def _told_width(self, cells: int) -> None:
        if cells > 1:
            _call(self._app, "terminal_widens")

    def _told_background(self, color: Color) -> None:
        _call(self._app, "terminal_background", color)

    def _drained(self) -> None:
        _call(self._app, "terminal_drained")

    def _lost(self) -> None:
        self._stop_reading()
        self._loop.call_soon(_call, self._app, "terminal_lost")


def _call(app: App[Any], name: str, *arguments: object) -> None:
    act: Callable[..., None] | None = getattr(app, name, None)
    if act is not None:
        act(*arguments)


def _fileno(stream: Any, default: int) -> int:
    try:
        return int(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return default
