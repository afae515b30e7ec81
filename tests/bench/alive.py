"""Keys echo whatever goes on: a server that hangs, 100,000 envelopes on their way in, 25 MB on their way out."""

import argparse
import random
import string
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, median, percentile, row
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix

MOST = 50.0
"""Milliseconds of p99: the aim."""
LINE = 40
PAUSE = 0.02
FILE = 25_000_000
SEND = "\x18"


def main(words: Sequence[str]) -> int:
    """Run it; 1 when the aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench alive", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=15.0, help="of typing in each case")
    wanted = parser.parse_args(words)
    heading(f"alive: typing in the composer, {wanted.seconds:g} s in each case")
    met = True
    with _tidings(200) as (dovecot, tidings):
        _compose(tidings)
        met &= _tell("nothing goes on", _typing(tidings, wanted.seconds))
        dovecot.freeze()
        try:
            met &= _tell("the server is stopped", _typing(tidings, wanted.seconds))
            tidings.press("\x1b", gap=0.3)
            met &= _tell("  j and k in the list", _moving(tidings, wanted.seconds / 2))
        finally:
            dovecot.thaw()
    with _tidings(200) as (_, tidings):
        met &= _sending(tidings, wanted.seconds)
    with _tidings(wanted.messages) as (_, tidings):
        _compose(tidings)
        met &= _tell(f"{wanted.messages:,} envelopes come", _typing(tidings, wanted.seconds))
    return 0 if met else 1


@contextmanager
def _tidings(messages: int) -> Iterator[tuple[Dovecot, PtyProgram]]:
    with (
        Dovecot(storage="mdbox") as dovecot,
        Postfix(dovecot) as postfix,
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as name,
    ):
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(messages))
        env = program.configure(Path(name), dovecot, [ADA], postfix=postfix)
        (Path(name) / "large.bin").write_bytes(random.Random(7).randbytes(FILE))
        with program.start(env, width=100, height=30) as tidings:
            tidings.until(lambda screen: f"of {messages:,}" in screen, program.READY)
            if messages < 1000:
                tidings.until("live", program.READY)
                tidings.quiet(1.0)
            yield dovecot, tidings


def _compose(tidings: PtyProgram) -> None:
    tidings.send("c")
    tidings.until("New message")
    tidings.press("\t\t", gap=0.3)


def _typing(tidings: PtyProgram, seconds: float) -> list[float]:
    """Type letters, each once the one before it is there; return the seconds each took to be on the screen."""
    dice = random.Random()  # a line is not to be on the screen already
    end = time.perf_counter() + seconds
    times: list[float] = []
    while time.perf_counter() < end:
        line = ""
        for letter in dice.choices(string.ascii_lowercase, k=LINE):
            line += letter
            at = tidings.send(letter)
            times.append(max(0.0, tidings.until(line, 30.0) - at))
            time.sleep(PAUSE)
        tidings.press("\r", gap=0.03)
    return times


def _moving(tidings: PtyProgram, seconds: float) -> list[float]:
    end = time.perf_counter() + seconds
    times: list[float] = []
    while time.perf_counter() < end:
        for key in "jjjjjkkkkk":
            burst = tidings.press(key, gap=0.05)
            if burst.size:
                times.append(burst.first)
    return times


def _sending(tidings: PtyProgram, seconds: float) -> bool:
    tidings.send("c")
    tidings.until("New message")
    tidings.press(f"{GRACE}\t", gap=0.3)
    tidings.press("large\t", gap=0.3)
    tidings.press("It is attached.\x06", gap=0.5)
    tidings.press("\x15", gap=0.2)
    tidings.press("~/large.bin\r", gap=0.3)
    tidings.until("large.bin")
    tidings.quiet(1.0, 15.0)
    tidings.send(SEND)
    began = time.perf_counter()
    tidings.until("New message", 30.0, gone=True)
    _compose(tidings)
    times = _typing(tidings, seconds)
    met = _tell(f"{FILE / 1e6:.0f} MB are sent", times)
    tidings.press("\x1b", gap=0.3)
    tidings.send("O")
    tidings.until(lambda screen: "accepted" in screen or "sent" in screen.lower(), 60.0)
    row("  the mail is out at the latest after", time.perf_counter() - began, "s")
    return met


def _tell(what: str, times: Sequence[float]) -> bool:
    spans = [each * 1000 for each in times]
    row(f"{what}: key to echo, median", median(spans), "ms", note=f"{len(spans)} keys")
    return row("  p99", percentile(spans, 0.99), "ms", most=MOST, note=f"the worst {max(spans, default=0.0):.0f} ms")
