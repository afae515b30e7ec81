"""Lines that are cut, dead or frozen, servers that restart, a client that slept: what is shown, and when mail is back.

The real program on a pty, with Dovecot behind a proxy that can be cut. In every case a mail arrives that nobody is told
of; what counts is when its row is on the screen, from the moment on at which the server can be reached again.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letter, letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, percentile, row
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.proxy import Proxy
from tests.servers.road import alone, forbidden
from tui.sync.retry import SETTLED

PROBE = 5
"""Seconds of silence after which a server is asked, in these trials; `sync.probe` is 120 without."""
PATIENCE = 180.0
MOST_BACK = 30.0
"""Seconds to the missed mail from when the server can be reached: the aim."""
MOST_LINES = 3


@dataclass(frozen=True)
class Trial:
    """One case.

    Attributes:
        what: it is called.
        breaks: makes the line useless; returns when it is over, or was at once.
        mends: makes a new line possible.
        shows: the word that is waited for in between; "" for none.
    """

    what: str
    breaks: Callable[[], None]
    mends: Callable[[], None]
    shows: str = "offline since"


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench recovery", description=__doc__)
    parser.add_argument(
        "--stopped", type=float, default=60.0, metavar="S", help="seconds server and client are stopped"
    )
    parser.add_argument("--messages", type=int, default=1000, metavar="N", help="in the mailbox before")
    parser.add_argument("--settled", type=float, default=SETTLED + 1, metavar="S", help="a line's age at each trial")
    wanted = parser.parse_args(words)
    with (
        Dovecot(storage="mdbox") as dovecot,
        Proxy(dovecot.clear_port) as proxy,
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder,
    ):
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(wanted.messages))
        env = program.configure(Path(folder), dovecot, [ADA])
        config = Path(folder) / "config" / "tidings" / "config.toml"
        text = config.read_text().replace(f"port = {dovecot.clear_port}", f"port = {proxy.port}")
        config.write_text(f"[sync]\nprobe = {PROBE}\n{text}")
        with program.start(env, width=120, height=40) as tidings:
            tidings.until("live", program.READY)
            tidings.quiet(2.0)
            tidings.press("gg", gap=0.5)
            heading(f"recovery: {wanted.messages:,} messages, probe {PROBE} s, stops of {wanted.stopped:g} s")
            met = True
            for number, trial in enumerate(_trials(dovecot, proxy, tidings, wanted.stopped)):
                time.sleep(wanted.settled)

                def deliver(mail: bytes) -> None:
                    dovecot.deliver(ADA, mail)

                met &= run(tidings, deliver, trial, number, proxy)
    return 0 if _on_a_bad_road(wanted.settled) and met else 1


def _on_a_bad_road(settled: float) -> bool:
    """Lose packets in a network of our own, where that is allowed: see `tests.bench.dropped`."""
    why = forbidden()
    if why:
        print(f"  packets lost: left out. {why}", flush=True)
        return True
    return subprocess.run([*alone(), sys.executable, "-m", "tests.bench.dropped", str(settled)]).returncode == 0


def _trials(dovecot: Dovecot, proxy: Proxy, tidings: PtyProgram, stopped: float) -> list[Trial]:
    def nothing() -> None:
        pass

    def unplugged() -> None:
        proxy.unplug()
        tidings.until("offline since", PATIENCE)
        time.sleep(10.0)

    def frozen() -> None:
        dovecot.freeze()
        time.sleep(stopped)

    def asleep() -> None:
        pid = tidings.process.pid
        os.kill(pid, signal.SIGSTOP)
        time.sleep(stopped)

    def dead_while_asleep() -> None:
        asleep()
        proxy.deaden()

    def wake() -> None:
        os.kill(tidings.process.pid, signal.SIGCONT)

    return [
        Trial("line cut", proxy.cut, nothing, ""),
        Trial("network gone for 10 s", unplugged, proxy.plug),
        Trial("line dead without a word", proxy.deaden, nothing),
        Trial("server restarted", dovecot.stop, dovecot.start),
        Trial("server killed", dovecot.kill, dovecot.start),
        Trial("server stopped", frozen, dovecot.thaw),
        Trial("client stopped, line good", asleep, wake, ""),
        Trial("client stopped, line dead", dead_while_asleep, wake, ""),
    ]


def run(
    tidings: PtyProgram, deliver: Callable[[bytes], None], trial: Trial, number: int, proxy: Proxy | None = None
) -> bool:
    """Do one trial; return whether its aims are met.

    Args:
        tidings: live.
        deliver: puts a mail into Ada's INBOX.
        trial: what is done to the line.
        number: the trial's, told apart by it.
        proxy: counts lines, where there is one that can.
    """
    tidings.until(lambda screen: "live" in screen.split("\n")[-1], PATIENCE)
    tidings.quiet(1.0)
    if proxy is not None:
        proxy.most = proxy.open
    seen = len(tidings.chunks)
    subject = f"Missed in trial {number}"
    broke = time.perf_counter()
    trial.breaks()
    if trial.shows and "stopped" not in trial.what:
        tidings.until(trial.shows, PATIENCE)
        said = [chunk.at for chunk in tidings.chunks[seen:] if trial.shows.encode() in chunk.data]
        if said:
            row(f"{trial.what}: shown after", said[0] - broke, "s")
    echo = _echo(tidings) if trial.what == "server stopped" else None
    mended = time.perf_counter()
    trial.mends()
    up = time.perf_counter()
    deliver(letter(subject, number=number))
    shown = tidings.until(lambda screen: any(subject in line for line in screen.split("\n")[:-3]), PATIENCE)
    live = tidings.until(lambda screen: "live" in screen.split("\n")[-1], PATIENCE)
    met = row(f"{trial.what}: mail on screen", shown - up, "s", most=MOST_BACK, note=f"of {up - broke:.0f} s away")
    row("  live again", max(0.0, live - mended), "s", note=f"said: {', '.join(_said(tidings, seen))}")
    if proxy is not None:
        met &= row("  lines at the same time, most", float(proxy.most), "", most=MOST_LINES)
    if echo is not None:
        met &= row("  key to screen meanwhile, p99", echo * 1000, "ms", most=50.0)
    tidings.press("gg", gap=0.5)
    return met


def _echo(tidings: PtyProgram) -> float:
    """Walk up and down while nobody answers; return the p99 of the seconds from key to screen."""
    bursts = [tidings.press(key) for key in "jk" * 20]
    return percentile([burst.first for burst in bursts if burst.size], 0.99)


def _said(tidings: PtyProgram, seen: int) -> list[str]:
    """Return the words of the trust meter that were sent since, in order."""
    sent = b"".join(chunk.data for chunk in tidings.chunks[seen:])
    words = (b"asking", b"offline since", b"connecting", b"caught up", b"live again")
    places = sorted((sent.find(word), word.decode()) for word in words if word in sent)
    return [word for _, word in places] or ["nothing but live"]
