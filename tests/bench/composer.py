"""kill -9 while one writes, again and again: how many seconds of text are lost; the draft is taken up each time."""

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, median, row
from tests.servers.dovecot import ADA, Dovecot

MOST = 2.0
"""Seconds of text that may be lost: the aim."""
BETWEEN = 0.04
"""Seconds between two keys."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when more is lost than may be."""
    parser = argparse.ArgumentParser(prog="scripts/bench composer", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of writing")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds of writing between two kills")
    wanted = parser.parse_args(words)
    dice = random.Random(7)
    lost, forgotten, kills, written = list[float](), 0, 0, 0.0
    with Dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        folder = Path(name)
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(30))
        env = program.configure(folder, dovecot, [ADA])
        heading(f"composer: {wanted.seconds:g} s of writing, kill -9 about every {wanted.every:g} s")
        kept = ""
        while written < wanted.seconds:
            seconds = wanted.every * dice.uniform(0.6, 1.4)
            with program.start(env, width=100, height=30) as tidings:
                _enter(tidings, taken_up=bool(kept))
                typed = _write(tidings, kills, seconds)
                at = time.perf_counter()
                tidings.process.kill()
                tidings.process.wait()
            written += seconds
            kills += 1
            now = _saved(folder)
            forgotten += sum(word not in now for word in kept.split())
            missing = [when for token, when in typed if token not in now]
            lost.append(at - missing[0] if missing else 0.0)
            kept = " ".join(token for token, _ in typed if token in now) or kept
    row("kills", kills, "")
    row("lost, median", median(lost), "s")
    met = row("most that was lost", max(lost), "s", most=MOST)
    met &= row("words of before that were lost", forgotten, "", most=0)
    return 0 if met else 1


def _enter(tidings: PtyProgram, *, taken_up: bool) -> None:
    """Begin a mail, or take up the one that was cut short."""
    if taken_up:
        tidings.until("not finished", program.READY)
        tidings.send("p")
        tidings.until("Draft", 10.0)
    else:
        tidings.until("of 30", program.READY)
        tidings.send("c")
        tidings.until("New message", 10.0)
        tidings.press("\t\t", gap=0.2)
    tidings.quiet(0.15, 3.0)


def _write(tidings: PtyProgram, turn: int, seconds: float) -> list[tuple[str, float]]:
    """Type words for a while; return each with when its last key was pressed."""
    end = time.perf_counter() + seconds
    typed: list[tuple[str, float]] = []
    while time.perf_counter() < end:
        word = f"w{turn}x{len(typed)}z"
        for key in f"{word} ":
            at = tidings.send(key)
            time.sleep(BETWEEN)
        typed.append((word, at))
        if len(typed) % 8 == 0:
            tidings.send("\r")
    return typed


def _saved(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "data" / "tidings" / "precious.db")) as connection:
        return " ".join(str(found[0]) for found in connection.execute("SELECT draft FROM drafts"))
