"""From exec to the newest rows on the screen, and to the first keys obeyed: warm, at several sizes, with and without a
server, beside ``python -c pass`` in the same run.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench import program
from tests.bench.filled import envelopes, fill
from tests.bench.mailboxes import letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, median, row
from tests.pty.mail import loopback, write_config
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.packages import ServersMissing
from tui.config.paths import Paths
from tui.mail.ids import AccountName

SIZES = (1_000, 100_000)
SCREEN = (120, 40)
MOST_ROWS, MOST_RATIO = 60.0, 3.0
"""Milliseconds to the newest rows, and how many times ``python -c pass``."""
MOST_KEYS = 400.0
"""Milliseconds from exec until keys that were typed at once are obeyed."""
LEAST_ALIKE, MOST_ALIKE = 0.8, 1.2
_PLACE = re.compile(r"([\d,]+) of ([\d,]+) *$")
WORK = AccountName("work")


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench start", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="messages")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    parser.add_argument("--no-dovecot", action="store_true", help="only with the server away")
    wanted = parser.parse_args(words)
    met = True
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        medians: list[float] = []
        for size in wanted.sizes:
            env = _stored(Path(name) / str(size), size)
            newest = list(envelopes(size))[-1].subject if size <= max(SIZES) else f" {size}"
            heading(f"start: {size:,} messages, server away, {wanted.rounds} rounds")
            first, good = _measure(env, newest, wanted.rounds)
            met &= good
            medians.append(first)
        for size, first in zip(wanted.sizes[1:], medians[1:], strict=True):
            beside = (f"{wanted.sizes[0]:,}", medians[0])
            ratio = first / medians[0]
            met &= row(f"{size:,} messages to {beside[0]}", ratio, "times", least=LEAST_ALIKE, most=MOST_ALIKE)
        if not wanted.no_dovecot:
            met &= _with_server(Path(name) / "served", wanted.sizes[0], wanted.rounds)
    return 0 if met else 1


def _stored(folder: Path, count: int) -> dict[str, str]:
    """Fill a store, and have the program run once, as it has on the day before."""
    paths = Paths(*(folder / part / "tidings" for part in ("config", "data", "cache", "state")))
    folder.mkdir()
    write_config(paths, loopback(1, 1))
    began = time.perf_counter()
    asyncio.run(fill(paths, WORK, count))
    print(f"{count:,} messages stored in {time.perf_counter() - began:.0f} s", flush=True)
    env = program.environment(folder)
    _once(env, "offline")
    return env


def _with_server(folder: Path, count: int, rounds: int) -> bool:
    try:
        with Dovecot(storage="mdbox") as dovecot:
            folder.mkdir()
            load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(count))
            env = program.configure(folder, dovecot, [ADA])
            _once(env, f" of {count:,}")
            heading(f"start: {count:,} messages, with Dovecot")
            return _measure(env, f" {count}", rounds)[1]
    except ServersMissing as error:
        print(f"no Dovecot: {error}")
        return True


def _once(env: Mapping[str, str], shown: str) -> None:
    with _start(env) as tidings:
        tidings.until(shown, program.READY)
        tidings.quiet(0.5)
        tidings.send("Q")
        tidings.wait()


def _start(env: Mapping[str, str]) -> PtyProgram:
    width, height = SCREEN
    script = Path(sys.executable).with_name("tidings")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "tui"]
    return PtyProgram(command, width=width, height=height, env=env, folder=program.CHECKOUT)


def _measure(env: Mapping[str, str], newest: str, rounds: int) -> tuple[float, bool]:
    """Return the median of the milliseconds to the newest rows, and whether every aim is met."""
    bare, rows, keys, lost = list[float](), list[float](), list[float](), 0
    for _ in range(rounds):  # in turns, for the machine is not always equally busy
        bare.append(_bare() * 1000)
        with _start(env) as tidings:
            tidings.send("jj")
            rows.append((tidings.until(lambda screen: newest in screen, program.READY) - tidings.began) * 1000)
            begins = _rank(tidings.screen)
            try:
                at = tidings.until(lambda screen, to=begins + 2: _rank(screen) == to, 5.0)  # type: ignore[misc]
                keys.append((at - tidings.began) * 1000)
            except TimeoutError:
                lost += 1
            tidings.quiet(0.2, 1.0)
            tidings.send("Q")
            tidings.wait()
    limit = ("python -c pass", median(bare))
    met = row("newest rows on the screen", median(rows), "ms", beside=limit, most=MOST_ROWS)
    met &= row("  times python -c pass", median(rows) / median(bare), "times", most=MOST_RATIO)
    met &= row("  the best of them", min(rows), "ms", beside=("its best", min(bare)))
    met &= row("j j typed at once obeyed", median(keys), "ms", beside=limit, most=MOST_KEYS)
    met &= row("  the best of them", min(keys, default=0.0), "ms")
    met &= row("  starts with a key lost", lost, "", most=0)
    return median(rows), met


def _rank(screen: str) -> int:
    found = _PLACE.search(screen.rstrip().split("\n")[-1])
    return int(found[1].replace(",", "")) if found is not None else -1


def _bare() -> float:
    """Return the seconds an interpreter takes to do nothing, started as the program is."""
    began = time.perf_counter()
    subprocess.run(["setsid", sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began
