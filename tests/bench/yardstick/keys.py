"""What a key takes until the last byte of its repaint has come, how many bytes that is, and what is held meanwhile.

On a screen that has only the list, as most of the others have it everywhere.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.bench.pty_driver import Burst, PtyProgram
from tests.bench.report import median
from tests.bench.yardstick import limits
from tests.bench.yardstick.clients import Client
from tests.bench.yardstick.ground import NARROW, Ground, memory, tried
from tests.bench.yardstick.post import OLDEST, subject, text
from tests.bench.yardstick.start import WARM
from tests.bench.yardstick.table import Figure

GAP = 0.06
"""Seconds of silence that end a repaint."""
OPENED = 8.0
KEYS = "From a key to the last byte of its repaint"
BYTES = "Bytes to the terminal"
OPEN = "From Enter to the text of a message"
MEMORY = "Memory (PSS) with the Inbox on the screen, after some hundred keys"
STEP = 25
"""Rows between letters that nobody has seen."""


@dataclass
class Found:
    """Figures by what was done, then by program."""

    times: dict[str, dict[str, Figure]] = field(default_factory=dict)
    sizes: dict[str, dict[str, Figure]] = field(default_factory=dict)
    opened: dict[str, dict[str, Figure]] = field(default_factory=dict)
    memory: dict[str, Figure] = field(default_factory=dict)

    def note(self, client: Client, what: str, bursts: list[Burst]) -> None:
        """Keep what pressing a key some times brought."""
        felt = [burst for burst in bursts if burst.size]
        if felt:
            self.times.setdefault(f"{what}, median", {})[client.name] = median([each.last * 1000 for each in felt])
            self.times.setdefault(f"{what}, worst", {})[client.name] = max(each.last * 1000 for each in felt)
            self.sizes.setdefault(what, {})[client.name] = median([each.size for each in felt])


def measure(ground: Ground, delay: int, *, only_open: bool = False) -> None:
    """Press keys in every program that has been on this road.

    Args:
        only_open: only open messages: what is shown from this machine's memory is the same on every road.
    """
    found = Found()
    for client in ground.awake():
        tried(client, "keys", partial(_session, ground, client, delay, found, only_open))
    where = ground.where(delay)
    bare = None if only_open else ("a bare terminal's echo", limits.echo())
    for what, figures in found.times.items():
        ground.row(KEYS, what, ground.where(), "ms", figures, bare)
    for what, figures in found.sizes.items():
        ground.row(BYTES, what, ground.where(), "B", figures)
    one = limits.one_text(ground.line(delay))
    for what, figures in found.opened.items():
        ground.row(OPEN, what, where, "ms", figures, ("a raw socket", one))
    ground.row(MEMORY, "PSS", ground.where(), "MiB", found.memory, ("a bare interpreter", limits.bare_memory()))


def _session(ground: Ground, client: Client, delay: int, found: Found, only_open: bool) -> Figure:
    hands = client.hands
    with ground.running(client, delay, NARROW) as program:
        ground.shown(program, WARM)
        ground.settle(client, program, delay, WARM)
        if not only_open:
            _moves(ground, client, program, found)
        program.press(hands.top, gap=0.4)
        opened: dict[str, list[float]] = {"the newest": [], "again": []}
        for number in range(ground.count, ground.count - (3 if ground.quick or only_open else 5), -1):
            opened["the newest"].append(_open(program, client, number))
            opened["again"].append(_open(program, client, number))
            program.press(hands.next, gap=0.1)
        program.press(hands.bottom.format(count=ground.count), gap=0.6)
        program.until(subject(1), OPENED)
        opened["the oldest, never seen"] = []
        for number in range(1, OLDEST, STEP):
            opened["the oldest, never seen"].append(_open(program, client, number))
            program.press(hands.previous * STEP, gap=0.5)
            program.until(subject(number + STEP), OPENED)
            if len(opened["the oldest, never seen"]) == (2 if ground.quick or only_open else 4):
                break
        if not only_open:
            program.press(hands.top, gap=0.4)
            found.memory[client.name] = memory(program.process.pid)
        for what, times in opened.items():
            found.opened.setdefault(what, {})[client.name] = median(times)
    return None


def _moves(ground: Ground, client: Client, program: PtyProgram, found: Found) -> None:
    hands, count = client.hands, 15 if ground.quick else 20
    in_view: list[Burst] = []
    while len(in_view) < count:
        program.press(hands.top, gap=0.4)
        program.press(hands.next, gap=0.2)
        in_view += [program.press(hands.next, GAP) for _ in range(min(12, count - len(in_view)))]
    found.note(client, "next message", in_view)
    program.press(hands.next * 30, gap=0.5)
    found.note(client, "next message, rows scroll", [program.press(hands.next, GAP) for _ in range(count)])
    program.press(hands.top, gap=0.4)
    program.press(hands.page * 2, gap=0.4)
    found.note(client, "a page on", [program.press(hands.page, 2 * GAP) for _ in range(count // 2)])


def _open(program: PtyProgram, client: Client, number: int) -> float:
    at = program.send(client.hands.open)
    shown = (program.until(_reads(text(number)), OPENED) - at) * 1000
    program.quiet(0.15, 2.0)
    program.send(client.hands.back)
    program.until(_reads(text(number)), OPENED, gone=True)
    program.quiet(0.15, 2.0)
    time.sleep(0.05)
    return shown


def _reads(words: str) -> Callable[[str], bool]:
    """Return whether a line begins with the words: in a list they may follow a subject."""
    return lambda screen: any(line.strip(" │|▌").startswith(words) for line in screen.split("\n"))
