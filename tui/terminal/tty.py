"""The settings of a tty: made raw, and put back. Nothing heavy is loaded."""

from __future__ import annotations

import termios

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from typing import Any

Attributes = list["Any"]


def settings(fd: int) -> Attributes:
    """Return a tty's settings.

    Raises:
        termios.error: when it is none.
    """
    return termios.tcgetattr(fd)


def make_raw(fd: int) -> None:
    """Have every key come as it is typed, and output go out as it is written. What was typed before stays there.

    Raises:
        termios.error: when it is no tty.
    """
    attributes = termios.tcgetattr(fd)
    attributes[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


def put_back(fd: int, before: Attributes) -> None:
    """Give a tty the settings it had. A tty that is gone is none any more: nothing is raised."""
    try:
        # Answers of the terminal that nobody reads any more shall not become words on the shell's line.
        termios.tcflush(fd, termios.TCIFLUSH)
        termios.tcsetattr(fd, termios.TCSANOW, before)
    except termios.error:
        pass
