"""What a key costs on the line and until the last byte of its repaint: Tidings, Textual's own output, and neomutt.

The terminal is what SSH makes of most: xterm-256color, without a word that it has more colours; what Tidings sends to
one that says truecolor is noted beside. Where there is room for the message beside the list, j brings both.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letters, load
from tests.bench.peers import Neomutt, neomutt
from tests.bench.pty_driver import Burst, PtyProgram
from tests.bench.report import heading, median, number, percentile, row
from tests.servers.dovecot import ADA, Dovecot

SIZES = ((80, 24), (200, 50))
GAP = 0.06
"""Seconds of silence that end a key's repaint: less than the pause before a message is shown beside the list."""
TYPING = 40
FIRST_SCREEN = 4096
TYPICAL, RARE = 8.0, 25.0
"""Milliseconds that are the aims for the median and p99."""
IDLE = 10.0


@dataclass
class Figures:
    """What one program took on one screen.

    Attributes:
        bursts: act → what every key of it brought.
        first_size, first_ms: bytes and time until the rows were there and it was quiet.
        idle: bytes while nobody touched it.
    """

    bursts: dict[str, list[Burst]] = field(default_factory=dict)
    first_size: int = 0
    first_ms: float = 0.0
    idle: int = 0

    def size(self, act: str) -> float:
        return median([burst.size for burst in self.bursts.get(act, ())])

    def first(self, act: str) -> float:
        return median([burst.first * 1000 for burst in self.bursts.get(act, ()) if burst.size])

    def times(self, act: str) -> list[float]:
        return [burst.last * 1000 for burst in self.bursts.get(act, ()) if burst.size]


@dataclass(frozen=True)
class Hands:
    """The keys of a program.

    Attributes:
        top: to the first row.
        page: a page on.
        letter: begin a new letter, with the cursor in a field.
        ready: whether the screen shows rows.
    """

    top: str
    page: str
    letter: str
    ready: Callable[[str], bool]


def _has_rows(screen: str) -> bool:
    return sum("yest." in line for line in screen.split("\n")) > 5


TIDINGS = Hands("gg", " ", "c", _has_rows)
YESTERDAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
NEOMUTT = Hands("=", "z", "m", lambda screen: screen.count(f"{YESTERDAY:%b %d}") > 5)

MOTIONS = ("j", "k", "scrolling j", "page on")
BOTH_FROM = 100
"""Cells of width from which the message is shown beside the list, and a motion brings both."""
ACTS = ("j", "k", "scrolling j", "page on", "open message", "back", "type a character")


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench keys", description=__doc__)
    parser.add_argument("--keys", type=int, default=16, metavar="N", help="of each kind")
    parser.add_argument("--messages", type=int, default=1000, metavar="N")
    parser.add_argument("--size", metavar="WxH", help="only this screen")
    parser.add_argument("--idle", type=float, default=IDLE, metavar="S", help="seconds of looking on")
    wanted = parser.parse_args(words)
    sizes = [tuple(map(int, wanted.size.split("x")))] if wanted.size else SIZES
    peer = neomutt()
    met = True
    with Dovecot(storage="mdbox") as dovecot, tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        folder = Path(name)
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(wanted.messages, newest=YESTERDAY))
        env = program.configure(folder, dovecot, [ADA])
        _fill(env, wanted.messages)
        for width, height in sizes:
            heading(f"keys: {width}x{height}, {wanted.messages:,} messages, {wanted.keys} of each")
            idle = wanted.idle if (width, height) == sizes[0] else 0.0
            tidings = partial(program.start, env, width=width, height=height)
            ours = _measure(tidings, TIDINGS, wanted.keys, idle)
            few = max(5, wanted.keys // 4)
            stock = _measure(partial(tidings, module="tests.bench.stock"), TIDINGS, few, 0.0)
            colours = partial(program.start, {**env, "COLORTERM": "truecolor"}, width=width, height=height)
            rich = _measure(colours, TIDINGS, few, 0.0) if (width, height) == sizes[0] else None
            theirs = _theirs(peer, folder, dovecot, width, height, wanted.keys, idle)
            met &= _tell(ours, stock, rich, theirs, (width, height), idle > 0)
    return 0 if met else 1


def _fill(env: dict[str, str], count: int) -> None:
    """Let the store be filled, so that nothing but the keys is measured."""
    with program.start(env, width=120, height=40) as tidings:
        tidings.until(lambda screen: f"of {count:,}" in screen, program.READY)
        tidings.until("live", program.READY)
        tidings.quiet(1.5, 30.0)


def _theirs(
    peer: Neomutt | None, folder: Path, dovecot: Dovecot, width: int, height: int, keys: int, idle: float
) -> Figures | None:
    if peer is None:
        return None

    def start() -> PtyProgram:
        return peer.start(folder / "neomutt", dovecot.clear_port, ADA, dovecot.users[ADA], width=width, height=height)

    with start() as once:  # its header cache
        once.until(NEOMUTT.ready, program.READY)
    return _measure(start, NEOMUTT, keys, idle)


def _measure(start: Callable[[], AbstractContextManager[PtyProgram]], hands: Hands, keys: int, idle: float) -> Figures:
    figures = Figures()
    with start() as running:
        at = running.until(hands.ready, program.READY)
        figures.first_ms = (at - running.began) * 1000
        running.quiet(1.0)
        figures.first_size = running.size
        if idle:
            figures.idle = _idle(running, idle)
        for act, act_keys in (("j", "j"), ("k", "k")):
            figures.bursts[act] = _in_view(running, hands, act_keys, keys)
        figures.bursts["scrolling j"] = _scrolling(running, hands, keys)
        running.press(hands.top, gap=0.5)
        figures.bursts["page on"] = [running.press(hands.page, GAP) for _ in range(min(keys, 20))]
        running.press(hands.top, gap=0.5)
        figures.bursts["open message"], figures.bursts["back"] = _open(running, min(keys, 8))
        running.press(hands.letter, gap=0.5)
        running.press("a", gap=0.3)
        figures.bursts["type a character"] = [running.press("o", GAP) for _ in range(min(keys, 30))]
    return figures


def _idle(running: PtyProgram, seconds: float) -> int:
    before = running.size
    time.sleep(seconds)
    return running.size - before


def _in_view(running: PtyProgram, hands: Hands, key: str, keys: int) -> list[Burst]:
    """Press a key that moves the cursor while the rows stand still."""
    found: list[Burst] = []
    while len(found) < keys:
        running.press(hands.top, gap=0.4)
        if key == "k":
            running.press("j" * 12, gap=0.4)
        running.press(key, gap=0.2)
        found += [running.press(key, GAP) for _ in range(min(10, keys - len(found)))]
    return found


def _scrolling(running: PtyProgram, hands: Hands, keys: int) -> list[Burst]:
    """Press j where every row moves up."""
    running.press(hands.top, gap=0.4)
    running.press("j" * 60, gap=0.5)
    found = [running.press("j", GAP) for _ in range(keys)]
    if not any(burst.size for burst in found):
        raise RuntimeError(f"the rows do not move:\n{running.screen}")
    return found


def _open(running: PtyProgram, count: int) -> tuple[list[Burst], list[Burst]]:
    opened, back = [], []
    for _ in range(count):
        opened.append(running.press("\r", gap=0.25))
        back.append(running.press("q", gap=0.2))
        running.press("j", gap=0.15)
    return opened, back


def _tell(
    ours: Figures,
    stock: Figures,
    rich: Figures | None,
    theirs: Figures | None,
    size: tuple[int, int],
    is_idle_told: bool,
) -> bool:
    met = _first(ours, stock, theirs, size)
    for act in ACTS:
        beside = ("neomutt", theirs.size(act)) if theirs is not None else None
        both = size[0] >= BOTH_FROM and act in MOTIONS
        most: float | None = None
        if act in ("j", "scrolling j", "page on") and theirs is not None and not both:
            most = theirs.size(act)
        elif act == "type a character":
            most = TYPING
        note = f"Textual's own {number(stock.size(act))}"
        note += f", in truecolor {number(rich.size(act))}" if rich is not None else ""
        note += ", its message too" if both else ""
        met &= row(f"{act}: bytes", ours.size(act), "B", beside=beside, most=most, note=note)
        met &= _tell_times(act, ours, stock, theirs, both)
    if not is_idle_told:
        return met
    met &= row(
        "idle: bytes while nobody touches it",
        ours.idle,
        "B",
        most=0,
        note=f"neomutt {theirs.idle}" if theirs is not None else "",
    )
    return met


def _tell_times(act: str, ours: Figures, stock: Figures, theirs: Figures | None, both: bool) -> bool:
    times = ours.times(act)
    aimed = act in (*MOTIONS, "type a character")
    met = True
    if both:
        met &= row(f"{act}: key to its row, median", ours.first(act), "ms", most=TYPICAL)
    met &= row(
        f"{act}: key to last byte, median",
        median(times),
        "ms",
        beside=("neomutt", median(theirs.times(act))) if theirs is not None else None,
        most=TYPICAL if aimed and not both else None,
        note=f"Textual's own {number(median(stock.times(act)))}",
    )
    met &= row(
        f"{act}: key to last byte, p99",
        percentile(times, 0.99),
        "ms",
        beside=("neomutt", percentile(theirs.times(act), 0.99)) if theirs is not None else None,
        most=RARE if aimed and not both else None,
    )
    return met


def _first(ours: Figures, stock: Figures, theirs: Figures | None, size: tuple[int, int]) -> bool:
    met = row(
        "first screen: bytes",
        ours.first_size,
        "B",
        beside=("neomutt", theirs.first_size) if theirs is not None else None,
        most=FIRST_SCREEN if size == (80, 24) else None,
        note=f"Textual's own {number(stock.first_size)}",
    )
    row(
        "start to rows on screen",
        ours.first_ms,
        "ms",
        beside=("neomutt", theirs.first_ms) if theirs is not None else None,
    )
    return met
