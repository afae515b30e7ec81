"""What keys and servers take, in a corner of the screen."""

from collections.abc import Callable, Mapping

from textual.content import Content
from textual.widget import Widget

from tui.mail.width import cut, pad
from tui.terminal.meter import Meter
from tui.widgets.plain import say

EVERY = 1.0
"""Seconds between two looks."""
WIDTH = 30
MOST_ACCOUNTS = 6


class Latency(Widget, can_focus=False):
    """Shows key → paint of the newest keys, and the round trip to each account's server.

    Args:
        meter: of the keys.
        trips: gives account → seconds, 0.0 where that is not known.
        done: called when it is gone.
    """

    def __init__(self, meter: Meter, trips: Callable[[], Mapping[str, float]], done: Callable[[], None]) -> None:
        super().__init__()
        self._done = done
        self._meter = meter
        self._trips = trips
        self._lines: tuple[str, ...] = ()

    def on_mount(self) -> None:
        self._look()
        self.set_interval(EVERY, self._look)

    def on_unmount(self) -> None:
        self._done()

    def _look(self) -> None:
        lines = self.lines()
        if lines != self._lines:
            self._lines = lines
            self.styles.height = len(lines)
            self.styles.offset = (max(0, self.screen.size.width - WIDTH), 0)
            self._meter.forget()
            self.refresh(layout=True)

    def lines(self) -> tuple[str, ...]:
        """Return what is known now, a line of text each."""
        meter, trips = self._meter, list(self._trips().items())[:MOST_ACCOUNTS]
        keys = f"p50 {meter.part(0.5) * 1000:.0f} p99 {meter.part(0.99) * 1000:.0f} ms" if meter.spans else "no key yet"
        rows = [("keys", keys), *((name, f"{seconds * 1000:.0f} ms" if seconds else "-") for name, seconds in trips)]
        return tuple(f" {pad(cut(name, 8), 8)} {cut(said, WIDTH - 11)}" for name, said in rows)

    def render(self) -> Content:
        return Content("\n").join(Content.assemble((say(self, pad(line, WIDTH)), "$text")) for line in self._lines)
