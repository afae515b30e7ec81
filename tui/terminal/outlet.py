"""Bytes on their way to the terminal. Nobody ever waits for it: what it does not take now waits here."""

import asyncio
import os
import select
import termios
from collections.abc import Callable
from time import monotonic

MOST_WAITING = 256 * 1024
"""Bytes that may wait; what comes beyond is dropped. Frames never wait here, see `Outlet.is_clear`."""
SMALL = 256
"""Bytes at a time where writing cannot be made non-blocking: a tty that polls as writable takes as many."""
ABORT = b"\x18\x1b\\"
"""Ends whatever sequence was cut in the middle: CAN, then ST for what CAN does not end."""


class Outlet:
    """Writes to a tty without blocking.

    A tty's flags are shared with the shell and with our children, so it is opened anew to be made non-blocking.

    Args:
        fd: the tty.
        drained: called when everything that waited is written.
        lost: called once when the terminal is gone.
        encoding: what the terminal takes; other characters become question marks.
    """

    def __init__(self, fd: int, drained: Callable[[], None], lost: Callable[[], None], encoding: str = "utf-8") -> None:
        self._encoding = encoding
        self._tty = fd
        self._own: int | None = None
        try:
            self._own = os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:  # it belongs to another user, after su
            pass
        self._fd = fd if self._own is None else self._own
        self._drained = drained
        self._lost = lost
        self._waiting = bytearray()
        self._loop = asyncio.get_running_loop()
        self._listens = False
        self.is_lost = False
        self.sent = 0
        """Bytes written so far."""

    @property
    def is_clear(self) -> bool:
        """Whether nothing waits: a frame is only worth making then."""
        return not self._waiting

    def write(self, data: str) -> None:
        """Write, now or as soon as the terminal takes it."""
        if self.is_lost or len(self._waiting) > MOST_WAITING:
            return
        self._waiting += data.encode(self._encoding, "replace")
        if not self._listens:
            self._push()
            if self._waiting:
                self._listens = True
                self._loop.add_writer(self._fd, self._on_writable)

    def _on_writable(self) -> None:
        self._push()
        if not self._waiting:
            self._stop_listening()
            self._drained()

    def _push(self) -> None:
        """Write as much as is taken now."""
        while self._waiting:
            if self._own is None and not self._is_writable(0):
                return
            try:
                count = os.write(self._fd, bytes(self._waiting[: SMALL if self._own is None else len(self._waiting)]))
            except BlockingIOError:
                return
            except OSError:
                self._lose()
                return
            del self._waiting[:count]
            self.sent += count

    def _is_writable(self, within: float) -> bool:
        poll = select.poll()  # select would refuse a descriptor above 1023
        poll.register(self._fd, select.POLLOUT)
        return bool(poll.poll(within * 1000))

    def _lose(self) -> None:
        self._waiting.clear()
        if not self.is_lost:
            self.is_lost = True
            self._lost()

    def _stop_listening(self) -> None:
        if self._listens:
            self._listens = False
            self._loop.remove_writer(self._fd)

    def close(self, last: str, within: float) -> None:
        """Write the last bytes and let go; blocks.

        A terminal that does not read within the time has what it did not read taken back, so that the last bytes find
        room in the kernel and are there when it reads again.

        Args:
            last: what restores the terminal.
            within: seconds.
        """
        self._stop_listening()
        self._waiting += last.encode()
        until = monotonic() + within
        while not self.is_lost:
            self._push()
            left = until - monotonic()
            if not self._waiting or left <= 0:
                break
            self._is_writable(left)
        if self._waiting and not self.is_lost:
            try:
                termios.tcflush(self._fd, termios.TCOFLUSH)
            except termios.error:
                pass
            self._waiting[:] = ABORT + last.encode()
            self._push()
        if self._own is not None:
            os.close(self._own)
            self._own = None
