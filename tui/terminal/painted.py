"""A first screen that was painted before the application was there, and how the application takes it over."""

from __future__ import annotations

import os

from tui.terminal.modes import LEAVE, MOUSE_OFF
from tui.terminal.tty import Attributes, put_back

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from tui.terminal.grid import Grid


class Painted:
    """What stands on the terminal, and what the terminal was before. Whoever has it gives the terminal back.

    Args:
        grid: the cells that are shown.
        before: the terminal's settings before.
        asked: the terminal has been asked what `tui.terminal.answers` takes.
        ascii_marks: the marks are in ASCII.
        reads, writes: the tty's descriptors.

    Attributes:
        is_stale: the terminal may show something else by now: it had another size for a while, or the process slept.
        is_taken: the application has it.
    """

    def __init__(
        self, grid: Grid, before: Attributes, *, asked: bool, ascii_marks: bool, reads: int = 0, writes: int = 1
    ) -> None:
        self.grid = grid
        self.before = before
        self.asked = asked
        self.ascii_marks = ascii_marks
        self.is_stale = False
        self.is_taken = False
        self._reads = reads
        self._writes = writes

    def take(self) -> Attributes:
        """Return the terminal's settings of before: from now on it is the caller's to give them back."""
        self.is_taken = True
        return self.before

    def give_back(self) -> None:
        """Leave the terminal as it was, unless the application has it. May be called twice."""
        if self.is_taken:
            return
        self.is_taken = True
        put_back(self._reads, self.before)
        try:
            os.write(self._writes, (MOUSE_OFF + LEAVE).encode())
        except OSError:
            pass
