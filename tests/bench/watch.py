"""``tidings watch`` on a line that is cut, at a server that is restarted: every mail once, and how late; at rest, too.

Mails come at random times. How late: beside a raw socket in IDLE, for mails that came while the line was up.
"""

import argparse
import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.bench import program
from tests.bench.filled import fill
from tests.bench.mailboxes import letter, quoted
from tests.bench.report import heading, median, percentile, row
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.proxy import Proxy
from tui.config.paths import Paths
from tui.mail.ids import AccountName

MOST_SURPLUS = 15.0
"""Milliseconds: the aim."""
MOST_MEMORY = 60.0
"""MiB: the aim."""
MOST_STATUS = 60.0
"""Milliseconds: the aim."""
STORED = 10_000
"""Messages in the store of ``status``."""
PATIENCE = 120.0
RAW_LATE = 2.0
"""Seconds after which the raw socket says nothing of a mail: its line was down, or Dovecot polled for it."""
Take = Callable[[str, float], None]
_EXISTS = re.compile(rb"\* (\d+) EXISTS")


class RawCounts:
    """A socket in IDLE that notes when it heard of how many messages; it comes back when its server does."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self._heard: list[tuple[int, int, float]] = []  # from how many messages to how many, and when
        self._ask = b"a LOGIN %b %b\r\nb EXAMINE INBOX\r\nc IDLE\r\n" % (quoted(user), quoted(password))
        self._port = port
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=30) as line:
                    line.sendall(self._ask)
                    said = b""
                    while b"\r\n+ " not in said:
                        if not (data := line.recv(65536)):
                            raise ConnectionError
                        said += data
                    line.settimeout(None)
                    before = int(_EXISTS.findall(said)[-1])
                    while data := line.recv(65536):
                        at = time.perf_counter()
                        for count in map(int, _EXISTS.findall(data)):
                            self._heard.append((before, count, at))
                            before = count
            except OSError:
                pass
            time.sleep(0.05)

    def of(self, number: int) -> float | None:
        """Return when it heard of the mail with this number, None if it did not hear of it in IDLE."""
        return next((at for before, count, at in self._heard if before < number <= count), None)


@dataclass
class Said:
    """What the command said: for each UID when; and when its line went down and came up."""

    at: dict[int, list[float]] = field(default_factory=dict)
    turns: list[tuple[float, bool]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def was_up(self, start: float, end: float) -> bool:
        """Whether the line was up all the time in between, and a second before."""
        start -= 1.0
        before = [up for at, up in self.turns if at <= start]
        return bool(before) and before[-1] and not any(start < at <= end for at, _ in self.turns)


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench watch", description=__doc__)
    parser.add_argument("--mails", type=int, default=1000, metavar="N")
    parser.add_argument("--cuts", type=int, default=20, metavar="N")
    parser.add_argument("--restarts", type=int, default=5, metavar="N")
    parser.add_argument("--every", type=float, default=0.5, metavar="S", help="seconds between two mails, on average")
    parser.add_argument("--idle", type=float, default=60.0, metavar="S", help="seconds of rest; acceptance: 600")
    wanted = parser.parse_args(words)
    met = True
    with (
        Dovecot(storage="mdbox") as dovecot,
        Proxy(dovecot.clear_port) as proxy,
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder,
    ):
        env = program.configure(Path(folder), dovecot, [ADA])
        config = Path(folder) / "config" / "tidings" / "config.toml"
        config.write_text(config.read_text().replace(f"port = {dovecot.clear_port}", f"port = {proxy.port}"))
        raw = RawCounts(dovecot.clear_port, ADA, dovecot.users[ADA])
        with _started(env, "watch", "--json", "--since", "bench") as process:
            said = Said()
            for stream, take in ((process.stdout, _line_taker(said)), (process.stderr, _turn_taker(said))):
                assert stream is not None
                threading.Thread(target=_follow, args=(stream, take), daemon=True).start()
            _until(lambda: said.turns, "watching")
            met &= _deliver(wanted, dovecot, proxy, raw, said)
            met &= _rest(process.pid, wanted.idle)
            process.terminate()
            process.wait(30)
    return 0 if _status() and met else 1


def _deliver(wanted: argparse.Namespace, dovecot: Dovecot, proxy: Proxy, raw: RawCounts, said: Said) -> bool:
    heading(f"watch: {wanted.mails:,} mails, {wanted.cuts} cuts, {wanted.restarts} restarts")
    dice = random.Random(7)
    breaks = dice.sample(range(wanted.mails), wanted.cuts + wanted.restarts)
    cuts, restarts = set(breaks[: wanted.cuts]), set(breaks[wanted.cuts :])
    sent: list[float] = []
    for number in range(wanted.mails):
        if number in cuts:
            proxy.cut()
        if number in restarts:
            dovecot.kill()
            time.sleep(dice.uniform(0.0, 3.0))
            dovecot.start()
        dovecot.deliver(ADA, letter(f"Mail {number}", number=number))
        sent.append(time.perf_counter())
        time.sleep(dice.expovariate(1 / wanted.every))
    _until(lambda: len(said.at) >= wanted.mails, f"{wanted.mails} lines", fails=False)
    time.sleep(2.0)  # for one that would come twice
    surplus, whole = [], []
    for uid, times in sorted(said.at.items()):
        heard, at = raw.of(uid), times[0]
        if (
            heard is not None
            and uid <= len(sent)
            and heard - sent[uid - 1] < RAW_LATE
            and said.was_up(sent[uid - 1], at)
        ):
            surplus.append((at - heard) * 1000)
            whole.append((at - sent[uid - 1]) * 1000)
    lines = sum(map(len, said.at.values()))
    met = row("lines", lines, "", least=wanted.mails, most=wanted.mails)
    met &= row("mails of which there is none", wanted.mails - len(said.at), "", most=0)
    met &= row("mails told twice", sum(len(times) > 1 for times in said.at.values()), "", most=0)
    kinds = Counter(re.sub(r"\d+", "N", error)[:60] for error in said.errors)
    for sentence, count in kinds.most_common(6):
        print(f"  {count:>5} × {sentence}")
    note = f"of {len(surplus)} while up; p90 {percentile(surplus, 0.9):.1f}, least {min(surplus, default=0):.1f} ms"
    met &= row("surplus over the raw socket, median", median(surplus), "ms", most=MOST_SURPLUS, note=note)
    row("250 by LMTP to the line, median", median(whole), "ms")
    return met


def _rest(pid: int, seconds: float) -> bool:
    heading(f"watch: {seconds:g} s of rest")
    before = _cpu(pid)
    time.sleep(seconds)
    used = _cpu(pid) - before
    row("CPU at rest", used / seconds * 100, "%", note=f"{used * 1000:.0f} ms in {seconds:g} s")
    return row("RSS", _memory(pid, "Rss"), "MiB", most=MOST_MEMORY, note=f"PSS {_memory(pid, 'Pss'):.1f} MiB")


def _status() -> bool:
    """Time ``tidings status`` beside ``python -c pass``, in turn, over a store with some thousand messages."""
    heading(f"status beside python -c pass, {STORED:,} messages")
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        env = program.environment(Path(name))
        paths = Paths(*(Path(name, part, "tidings") for part in ("config", "data", "cache", "state")))
        paths.make()
        asyncio.run(fill(paths, AccountName("ada"), STORED))
        ours, bare = [], []
        for _ in range(20):
            ours.append(_run(env, "-m", "tui", "status"))
            bare.append(_run(env, "-c", "pass"))
    spent = ("python", median([cpu for _, cpu in bare]))
    row("tidings status, CPU, median", median([cpu for _, cpu in ours]), "ms", beside=spent)
    passed = ("python", median([took for took, _ in bare]))
    return row("tidings status, median", median([took for took, _ in ours]), "ms", beside=passed, most=MOST_STATUS)


def _run(env: Mapping[str, str], *words: str) -> tuple[float, float]:
    """Run a command; return how long it took and its CPU time, milliseconds."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, **env},
        cwd=program.CHECKOUT,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return took * 1000, (used.ru_utime + used.ru_stime) * 1000


def _started(env: Mapping[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tui", *words],
        env={**os.environ, **env},
        cwd=program.CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _follow(stream: IO[str], take: Take) -> None:
    for line in stream:
        take(line, time.perf_counter())


def _line_taker(said: Said) -> Take:
    return lambda line, at: said.at.setdefault(json.loads(line)["uid"], []).append(at)


def _turn_taker(said: Said) -> Take:
    def take(line: str, at: float) -> None:
        said.errors.append(line.rstrip())
        said.turns.append((at, "watching" in line))

    return take


def _memory(pid: int, kind: str) -> float:
    """Return what a process holds, MiB: ``Rss``, or ``Pss``, which counts shared pages in part."""
    found = re.search(rf"^{kind}:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _cpu(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _until(is_so: Callable[[], object], what: str, *, fails: bool = True) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            if fails:
                raise TimeoutError(what)
            return
        time.sleep(0.02)
