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
from tests.bench.delay import Delay
from tests.bench.filled import fill
from tests.bench.mailboxes import letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, median, row
from tests.pty.mail import loopback, write_config
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.packages import ServersMissing
from tui.config.model import Security
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


class Runs:
    """Starts with one store.

    Args:
        env: leads the program to it.
        count: messages; the newest one's subject ends in this number.

    Attributes:
        bare: milliseconds ``python -c pass`` took beside each of them.
        rows: to the newest rows. keys: to the keys obeyed.
        lost: starts in which a key was not obeyed.
    """

    def __init__(self, env: Mapping[str, str], count: int) -> None:
        self._env = env
        self.count = count
        self.bare: list[float] = []
        self.rows: list[float] = []
        self.keys: list[float] = []
        self.lost = 0

    def once_more(self) -> None:
        """Start it, type at once, and leave."""
        self.bare.append(_bare() * 1000)
        with started(self._env) as tidings:
            tidings.send("jj")
            self.rows.append((tidings.until(f" {self.count}", program.READY) - tidings.began) * 1000)
            wanted = _rank(tidings.screen) + 2
            try:
                at = tidings.until(lambda screen: _rank(screen) == wanted, 5.0)
                self.keys.append((at - tidings.began) * 1000)
            except TimeoutError:
                self.lost += 1
            tidings.quiet(0.2, 1.0)
            tidings.send("Q")
            tidings.wait()

    def tell(self) -> bool:
        """Print what was measured; return whether every aim is met."""
        limit = ("python -c pass", median(self.bare))
        ratio = median(self.rows) / median(self.bare)
        met = row("newest rows on the screen", median(self.rows), "ms", beside=limit, most=MOST_ROWS)
        met &= row("  times python -c pass", ratio, "times", most=MOST_RATIO)
        met &= row("  the best of them", min(self.rows), "ms", beside=("its best", min(self.bare)))
        met &= row("j j typed at once obeyed", median(self.keys), "ms", beside=limit, most=MOST_KEYS)
        met &= row("  the best of them", min(self.keys, default=0.0), "ms")
        return met & row("  starts with a key lost", self.lost, "", most=0)


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench start", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="messages")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    parser.add_argument("--served", type=int, nargs="+", metavar="N", help="messages in Dovecot; the first size")
    parser.add_argument("--round-trips", type=int, nargs="+", default=[0, 200], metavar="MS", help="to Dovecot")
    parser.add_argument("--no-dovecot", action="store_true", help="only with the server away")
    wanted = parser.parse_args(words)
    met = True
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        runs = [Runs(stored(Path(name) / str(size), size), size) for size in wanted.sizes]
        for _ in range(wanted.rounds):  # in turns, for the machine is not always equally busy
            for each in runs:
                each.once_more()
        for each in runs:
            heading(f"start: {each.count:,} messages, server away, {wanted.rounds} rounds")
            met &= each.tell()
        for each in runs[1:]:
            ratio = median(each.rows) / median(runs[0].rows)
            what = f"{each.count:,} messages to {runs[0].count:,}"
            met &= row(what, ratio, "times", least=LEAST_ALIKE, most=MOST_ALIKE)
        if not wanted.no_dovecot:
            for size in wanted.served or wanted.sizes[:1]:
                met &= _with_server(Path(name) / f"served-{size}", size, wanted.rounds, wanted.round_trips)
    return 0 if met else 1


def stored(folder: Path, count: int) -> dict[str, str]:
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


def _with_server(folder: Path, count: int, rounds: int, round_trips: Sequence[int]) -> bool:
    try:
        with Dovecot(storage="mdbox") as dovecot:
            folder.mkdir()
            load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(count))
            env = program.configure(folder, dovecot, [ADA])
            file = folder / "config" / "tidings" / "config.toml"
            text, met = file.read_text(), True
            for milliseconds in round_trips:
                with Delay(dovecot.server(ADA, Security.PLAIN).port, milliseconds / 1000) as line:
                    port = dovecot.server(ADA, Security.PLAIN).port
                    file.write_text(text.replace(f"port = {port}", f"port = {line.port}"))
                    _once(env, f" of {count:,}")
                    runs = Runs(env, count)
                    for _ in range(rounds):
                        runs.once_more()
                heading(f"start: {count:,} messages, Dovecot at {milliseconds} ms, {rounds} rounds")
                met &= runs.tell()
            return met
    except ServersMissing as error:
        print(f"no Dovecot: {error}")
        return True


def _once(env: Mapping[str, str], shown: str) -> None:
    with started(env) as tidings:
        tidings.until(shown, program.READY)
        tidings.quiet(0.5)
        tidings.send("Q")
        tidings.wait()


def started(env: Mapping[str, str], *, width: int = SCREEN[0], height: int = SCREEN[1]) -> PtyProgram:
    """Start the program as a user does."""
    script = Path(sys.executable).with_name("tidings")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "tui"]
    return PtyProgram(command, width=width, height=height, env=env, folder=program.CHECKOUT)


def _rank(screen: str) -> int:
    found = _PLACE.search(screen.rstrip().split("\n")[-1])
    return int(found[1].replace(",", "")) if found is not None else -1


def _bare() -> float:
    """Return the seconds an interpreter takes to do nothing, started as the program is."""
    began = time.perf_counter()
    subprocess.run(["setsid", sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began
