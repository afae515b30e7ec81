"""What keys cost where a million messages are: j, pages, both ends, a cached message, 9,999 flags at once."""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letter
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, median, percentile, row
from tests.bench.start import WORK, stored
from tui.config.paths import Paths
from tui.mail.ids import Uid
from tui.mail.mailbox import Role
from tui.store.database import Store

GAP = 0.08
MOST_J, MOST_STEP, MOST_FLAGS = 16.0, 20.0, 100.0
"""Milliseconds of p99 for j, for the other steps, and for the flags of 9,999 messages."""
OPENED = 31
CALM, SETTLES = 0.05, 60.0
"""Seconds of a processor in a second below which the index counts as made, and seconds it is given for that."""
CACHED = 60
"""Newest messages whose bodies are in the store."""
MANY = 9_999
"""The largest count that can be typed before a key."""
ASKED = "This will mark {:,} messages"


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench large", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--keys", type=int, default=200, metavar="N", help="j and k pressed")
    wanted = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        folder = Path(name) / "large"
        env = stored(folder, wanted.messages)
        asyncio.run(_cache(folder, wanted.messages))
        heading(f"large: {wanted.messages:,} messages, server away, 80x24")
        with program.start(env, width=80, height=24) as tidings:
            tidings.until(f" {wanted.messages}", program.READY)
            tidings.until("offline", program.READY)
            tidings.quiet(3.0, 20.0)
            _settle(tidings)
            return 0 if _measure(tidings, wanted.messages, wanted.keys) else 1


async def _cache(folder: Path, count: int) -> None:
    """Put the newest messages' bodies into the store, as reading them would."""
    store = await Store.open(Paths(*(folder / part / "tidings" for part in ("config", "data", "cache", "state"))))
    try:
        inbox = await store.mailboxes.by_role(WORK, Role.INBOX)
        assert inbox is not None
        uids = [Uid(count - each) for each in range(CACHED)]
        bodies = {uid: _kept(letter("cached", body=f"It compiles, says {uid}.\r\n")) for uid in uids}
        await store.bodies.put_many(inbox.id, bodies)
    finally:
        await store.close()


def _settle(tidings: PtyProgram) -> None:
    """Wait until the index of the search is made, for a while: of a million messages it goes on behind the keys."""
    until = time.monotonic() + SETTLES
    calm = 0
    while calm < 3 and time.monotonic() < until:
        before = tidings.cpu
        time.sleep(1.0)  # over which `CALM` is measured
        calm = calm + 1 if tidings.cpu - before < CALM else 0
    row("processor before the first key", tidings.cpu, "s", note="" if calm == 3 else "busy with the index meanwhile")


def _kept(mail: bytes) -> dict[str, bytes]:
    """Return what is kept of a mail of one text that was read, or fetched ahead."""
    header, _, text = mail.partition(b"\r\n\r\n")
    return {"HEADER": header + b"\r\n\r\n", "1": text}


def _measure(tidings: PtyProgram, count: int, keys: int) -> bool:
    tidings.press("gg", gap=0.5)
    met = _tell_moves(tidings, "j", [count - each for each in range(1, keys + 1)])
    met &= _tell_moves(tidings, "k", [count - each for each in range(keys - 1, -1, -1)])
    met &= _tell("PageDown: key to last byte", _pressed(tidings, "\x1b[6~", 25), MOST_STEP)
    ends = [_until(tidings, *(("gg", count) if turn % 2 else ("G", 1))) for turn in range(12)]
    met &= _tell("G: to the oldest row", ends[::2], MOST_STEP)
    met &= _tell("g g: to the newest row", ends[1::2], MOST_STEP)
    opened, cpu = [], tidings.cpu
    for uid in range(count, count - OPENED, -1):
        opened.append(_seen(tidings, "\r", f"says {uid}"))
        tidings.press("q", gap=GAP)
        tidings.press("j", gap=GAP)
    met &= _tell("Enter: a cached message, its text", opened[1:], MOST_STEP)
    row("  processor for each, with q and j", (tidings.cpu - cpu) * 1000 / OPENED, "ms")
    tidings.press("gg", gap=GAP)
    flags, most = [], min(MANY, count // 2)
    for key in random.Random(1).sample("UI", 2) * 2:
        before = tidings.screen
        tidings.press(str(most), gap=GAP)
        tidings.send(key)
        tidings.until(ASKED.format(most), 5.0)
        tidings.quiet(GAP)
        flags.append(_seen(tidings, "y", _differs(before)))
        tidings.quiet(1.0, 20.0)
    return met & _tell(f"{most:,} messages read or unread: shown", flags, MOST_FLAGS)


def _tell_moves(tidings: PtyProgram, key: str, uids: Sequence[int]) -> bool:
    """Press a key that moves the cursor; what else is told meanwhile, as that the server is away, does not count."""
    before = tidings.cpu
    times = [_until(tidings, key, uid) for uid in uids]
    took = (tidings.cpu - before) * 1000 / len(uids)
    met = _tell(f"{key}: key to its row", times, MOST_J)
    row("  processor for each", took, "ms", note="whatever else runs here")
    return met


def _pressed(tidings: PtyProgram, key: str, count: int) -> list[float]:
    found = [tidings.press(key, gap=GAP) for _ in range(count)]
    return [burst.last * 1000 for burst in found if burst.size]


def _until(tidings: PtyProgram, key: str, uid: int) -> float:
    """Press a key that brings the cursor to a message; return the milliseconds until it stands there."""
    return _seen(tidings, key, _stands_on(uid))


def _seen(tidings: PtyProgram, key: str, what: str | Callable[[str], bool]) -> float:
    """Press a key; return the milliseconds until something is on the screen, which is looked at when it is quiet."""
    at = tidings.send(key)
    tidings.quiet(GAP, since=at)
    return (tidings.until(what, 10.0) - at) * 1000


def _stands_on(uid: int) -> Callable[[str], bool]:
    """Return whether the cursor is on the message whose subject ends in this number."""
    return lambda screen: any(line.startswith("▌") and f" {uid} " in f"{line[:-8]} " for line in screen.split("\n"))


def _differs(before: str) -> Callable[[str], bool]:
    """Return whether rows or counts changed: what is said on the last line meanwhile is not counted."""
    rows = before.rstrip().split("\n")[1:-2]
    return lambda screen: screen.rstrip().split("\n")[1:-2] != rows


def _tell(what: str, times: Sequence[float], most: float) -> bool:
    row(f"{what}, median", median(times), "ms", note=f"{len(times)} times, worst {max(times, default=0.0):.0f}")
    return row("  p99", percentile(times, 0.99), "ms", most=most)
