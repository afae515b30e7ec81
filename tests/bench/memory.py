"""What the process holds: PSS with the Inbox on the screen, after 1,000 rows, at the far end, and with a server.

The same store sizes as `start`; PSS counts a page that is shared among processes to each of them in part.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, row
from tests.bench.start import started, stored
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.packages import ServersMissing

SIZES = (1_000, 1_000_000)
MOST, MOST_GROWTH = 80.0, 1.2
"""MiB at the smallest size, and how many times that at the largest."""
ROWS = 1_000


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench memory", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N", help="messages")
    parser.add_argument("--served", type=int, nargs="*", default=[SIZES[0]], metavar="N", help="of them, with Dovecot")
    wanted = parser.parse_args(words)
    met, smallest = True, 0.0
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        for size in wanted.sizes:
            env = stored(Path(name) / str(size), size)
            heading(f"memory: {size:,} messages, server away")
            with started(env) as tidings:
                tidings.until(f" {size}", program.READY)
                tidings.until("offline", program.READY)
                most = _walk(tidings, size)
            smallest = smallest or most
            met &= row("  the most", most, "MiB", most=MOST if size == wanted.sizes[0] else None)
            if size != wanted.sizes[0]:
                what = f"{size:,} messages to {wanted.sizes[0]:,}"
                met &= row(what, most / smallest, "times", most=MOST_GROWTH)
        for size in wanted.served:
            met &= _served(Path(name) / f"served-{size}", size)
    return 0 if met else 1


def pss(pid: int) -> float:
    """Return the proportional set size of a process, MiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell the PSS")


def _walk(tidings: PtyProgram, size: int) -> float:
    pid, found = tidings.process.pid, []

    def tell(what: str) -> None:
        tidings.quiet(1.0, 20.0)
        found.append(pss(pid))
        row(what, found[-1], "MiB")

    tell("the Inbox on the screen")
    for _ in range(min(ROWS, size - 1) // 50):
        tidings.press("j" * 50, gap=0.1)
    tell(f"after {ROWS:,} j")
    tidings.press("G", gap=0.3)
    tell("at the oldest row")
    return max(found)


def _served(folder: Path, size: int) -> bool:
    try:
        with Dovecot(storage="mdbox") as dovecot:
            folder.mkdir()
            load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(size))
            env = program.configure(folder, dovecot, [ADA])
            heading(f"memory: {size:,} messages, Dovecot")
            with started(env) as tidings:
                tidings.until(lambda screen: f" of {size:,}" in screen, 600.0)
                tidings.until("live", program.READY)
                tidings.quiet(2.0, 600.0)
                row("  just synchronised", pss(tidings.process.pid), "MiB")
            with started(env) as tidings:
                tidings.until(lambda screen: f" of {size:,}" in screen, program.READY)
                tidings.until("live", program.READY)
                return row("  the most, in IDLE", _walk(tidings, size), "MiB", most=MOST)
    except ServersMissing as error:
        print(f"no Dovecot: {error}")
        return True
