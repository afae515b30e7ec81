"""One line asked for on the terminal and shown nowhere: a password, an address with a code in it. No Textual here.

The terminal's own line editing is off meanwhile: it would cut a line at 4,095 octets.
"""

import asyncio
import os
import termios
from collections.abc import Awaitable, Callable

TTY = "/dev/tty"
MAX_LINE = 64 * 1024

_CANCEL, _ERASE, _KILL = b"\x04\x1b", b"\x7f\x08", b"\x15"


def asker() -> Callable[[str], Awaitable[str | None]] | None:
    """Return what asks for a password on the terminal; None where there is none."""
    try:
        os.close(os.open(TTY, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return None

    async def ask_password(whose: str) -> str | None:
        return await ask(f"Password of {whose}: ")

    return ask_password


async def ask(label: str) -> str | None:
    """Ask for a line. Return it without its end; None when it was left by Ctrl+D or Escape, or is empty.

    Args:
        label: written before it.

    Raises:
        OSError: there is no terminal.
    """
    descriptor = os.open(TTY, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return await _ask(descriptor, label)
    finally:
        os.close(descriptor)


async def _ask(descriptor: int, label: str) -> str | None:
    loop = asyncio.get_running_loop()
    before = termios.tcgetattr(descriptor)
    answer: asyncio.Future[bytes | None] = loop.create_future()
    typed = bytearray()

    def read() -> None:
        try:
            data = os.read(descriptor, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not answer.done() and (not data or _type(typed, data)):
            answer.set_result(bytes(typed) if data else None)

    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSADRAIN, quiet)
    loop.add_reader(descriptor, read)
    try:
        os.write(descriptor, label.encode())
        line = await answer
    finally:
        loop.remove_reader(descriptor)
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        os.write(descriptor, b"\n")
    return line.decode("utf-8", "replace") or None if line is not None else None


def _type(typed: bytearray, data: bytes) -> bool:
    """Add what was typed to the line; return whether it has ended. A cancelled one is empty."""
    for octet in data:
        key = bytes((octet,))
        if key in b"\r\n":
            return True
        if key in _CANCEL:
            typed.clear()
            return True
        if key in _KILL:
            typed.clear()
        elif key in _ERASE:
            while typed and typed.pop() & 0xC0 == 0x80:
                pass  # the rest of a character of several octets
        elif len(typed) < MAX_LINE:
            typed += key
    return False
