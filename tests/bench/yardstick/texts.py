"""All messages with their text onto this machine: Tidings beside mbsync and a raw socket."""

import tempfile
import time
from pathlib import Path

from tests.bench.bodies import mbsync
from tests.bench.yardstick import limits
from tests.bench.yardstick.ground import WIDE, Ground
from tests.bench.yardstick.table import Figure
from tests.bench.yardstick.tidings import Tidings

GROUP = "All messages with their text onto this machine, from exec"
DEADLINE = 90.0


def measure(ground: Ground) -> None:
    """Let both fetch everything, without a slow road."""
    figures: dict[str, Figure] = {}
    whole = b"(UID FLAGS BODY.PEEK[])"
    limits.everything(ground.line(0), whole)  # Dovecot makes its caches
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        if any(isinstance(client, Tidings) for client in ground.clients):
            figures["tidings"] = _tidings(ground, Path(name, "tidings"))
        figures["mbsync"] = mbsync(ground.dovecot, Path(name, "mbsync"), ground.count)
    took, octets = limits.everything(ground.line(0), whole)
    limit = (f"a raw socket, {octets / 1e6:.0f} MB", ground.count / took)
    ground.row(GROUP, "messages", ground.where(0), "/s", figures, limit, more_is_better=True)


def _tidings(ground: Ground, home: Path) -> Figure:
    ours = Tidings(offline=ground.count, megabytes=10_000)
    home.mkdir()
    ours.prepare(home, ground.line(0))
    with ours.start(home, width=WIDE[0], height=WIDE[1]) as program:
        until = time.monotonic() + DEADLINE
        while (done := ours.texts(home)) < ground.count and time.monotonic() < until:
            time.sleep(0.05)
        rate = ground.count / (time.perf_counter() - program.began)
        program.send(ours.hands.end)
        program.wait(5.0)
    if done < ground.count:
        print(f"  (tidings: {done:,} of {ground.count:,} texts in {DEADLINE:.0f} s)", flush=True)
        return None
    return rate
