"""10,000 messages from Dovecot by POP3, beside fetchmail and a raw socket; then kill -9 at random moments."""

import argparse
import asyncio
import random
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.mailboxes import letters, load
from tests.bench.report import heading, percentile, row
from tests.bench.stall import Stalls
from tests.pop3.killing import Trials, forked
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.packages import environment, laid_over, overlaid
from tui.cli.app import loop_first
from tui.config.model import Config, Security, SyncConfig
from tui.config.paths import Paths
from tui.pop3.login import enter
from tui.pop3.session import Session
from tui.store.database import Store
from tui.sync.events import Event, Link, LinkChanged, MessagesArrived
from tui.sync.pop3_account import Pop3Account

DEADLINE = 600.0
ROUNDS = 2


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench pop3", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, metavar="N")
    parser.add_argument("--kills", type=int, default=120, metavar="N")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    wanted = parser.parse_args(words)
    met = _kills(wanted.kills, wanted.seed) if wanted.kills else True  # forks: before there are threads
    if wanted.messages:
        loop_first()
        with Dovecot(storage="mdbox") as dovecot:
            load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(wanted.messages))
            met &= asyncio.run(_measure(dovecot, wanted.messages))
    return 0 if met else 1


async def _measure(dovecot: Dovecot, count: int) -> bool:
    await _raw(dovecot, count)  # Dovecot looks at every message for the first time
    heading(f"{count:,} messages taken by POP3, no TLS")
    raw, read = list[float](), list[float]()
    for _ in range(ROUNDS):  # in turns, for the machine is not always equally busy
        octets, took = await _raw(dovecot, count)
        raw.append(count / took)
        read.append(count / await _read(dovecot, count))
    limit = max(raw)
    row("raw socket, nothing parsed (the limit)", limit, "msg/s", note=f"{octets / 1e6:.1f} MB, best of {ROUNDS}")
    row("tui.pop3 from the socket", max(read), "msg/s", beside=("raw", limit))
    fetched = await asyncio.to_thread(_fetchmail, dovecot, count)
    row("fetchmail, into one file", fetched, "msg/s", beside=("raw", limit))
    return await _account(dovecot, count, fetched)


async def _raw(dovecot: Dovecot, count: int) -> tuple[int, float]:
    """Ask for everything at once, look at nothing; return octets and seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", dovecot.clear_pop3_port)
    try:
        await reader.readline()
        writer.write(b"USER %b\r\nPASS %b\r\n" % (ADA.encode(), dovecot.users[ADA].encode()))
        for _ in range(2):
            await reader.readline()
        began = time.perf_counter()
        asking = asyncio.create_task(_ask(writer, count))
        octets = 0
        while piece := await asyncio.wait_for(reader.read(1 << 18), DEADLINE):
            octets += len(piece)
        took = time.perf_counter() - began
        await asking
    finally:
        writer.close()
    return octets, took


async def _ask(writer: asyncio.StreamWriter, count: int) -> None:
    for first in range(1, count + 1, 100):
        writer.write(b"".join(b"RETR %d\r\n" % number for number in range(first, min(first + 100, count + 1))))
        await writer.drain()
    writer.write(b"QUIT\r\n")


async def _read(dovecot: Dovecot, count: int) -> float:
    server = dovecot.pop3_server(ADA, Security.PLAIN)
    session = await Session.connect(server, timeout=60.0)
    try:
        await enter(session, server.secret.password)
        began = time.perf_counter()
        got = 0
        async for each in session.retrieve(range(1, count + 1)):
            got += each.data is not None
        took = time.perf_counter() - began
    finally:
        await session.leave()
    assert got == count, f"{got} of {count} came"
    return took


def _fetchmail(dovecot: Dovecot, count: int) -> float:
    tree = laid_over("fetchmail", ("fetchmail",), Path("usr/bin/fetchmail"))
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        rules, out = Path(folder, "rc"), Path(folder, "out")
        rules.touch(mode=0o600)
        rules.write_text(
            f'poll 127.0.0.1 service {dovecot.clear_pop3_port} protocol pop3 user "{ADA}"'
            f' password "{dovecot.users[ADA]}" sslproto "" fetchall keep bsmtp "{out}"\n'
        )
        began = time.perf_counter()
        words = ["fetchmail", "--silent", "-f", str(rules), "--pidfile", str(Path(folder, "pid"))]
        _run([*overlaid(tree), *words], folder)
        took = time.perf_counter() - began
        got = out.read_bytes().count(b"\nMAIL FROM:") + out.read_bytes().startswith(b"MAIL FROM:")
    assert got == count, f"fetchmail took {got} of {count}"
    return count / took


def _run(argv: list[str], home: str) -> None:
    done = subprocess.run(
        argv, env={**environment(), "HOME": home}, capture_output=True, text=True, timeout=DEADLINE, cwd=home
    )
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout)[-500:])


async def _account(dovecot: Dovecot, count: int, peer: float) -> bool:
    settled = asyncio.Event()
    first: list[float] = []

    def emit(event: Event) -> None:
        if isinstance(event, MessagesArrived) and not first:
            first.append(time.perf_counter())
        if isinstance(event, LinkChanged) and event.state.link is Link.POLLING:
            settled.set()

    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        store = await Store.open(Paths.under(Path(folder)))
        config = dovecot.pop3_account(ADA, security=Security.PLAIN)
        account = Pop3Account(config, Config((config,), sync=SyncConfig(timeout=60, poll=86_400)), store, emit)
        try:
            used = time.process_time()
            async with Stalls() as stalls:
                began = time.perf_counter()
                account.start()
                await asyncio.wait_for(settled.wait(), DEADLINE)
                took = time.perf_counter() - began
            used = time.process_time() - used
            inbox = await store.mailboxes.by_wire(account.name, b"INBOX")
            assert inbox is not None
            assert inbox.held == count, f"{inbox.held} of {count} are in the list"
            again = await _visit_again(account, settled)
        finally:
            await account.stop()
            await store.close()
    met = row(
        "an account: on disk and in the list",
        count / took,
        "msg/s",
        beside=("fetchmail", peer),
        note=f"{took:.1f} s, {used:.1f} s of CPU alone: {count / used:,.0f}",
    )
    row("first mails in the list after", (first[0] - began) * 1000, "ms")
    row("the next visit, nothing new", again * 1000, "ms")
    met &= row(
        "longest stall of the loop meanwhile",
        stalls.longest * 1000,
        "ms",
        most=50,
        note=f"{stalls.longest_busy * 1000:.0f} ms of it computing, p99 {percentile(stalls.gaps, 0.99) * 1000:.0f} ms",
    )
    return met


async def _visit_again(account: Pop3Account, settled: asyncio.Event) -> float:
    settled.clear()
    began = time.perf_counter()
    account.look_now()
    await asyncio.wait_for(settled.wait(), DEADLINE)
    return time.perf_counter() - began


def _kills(kills: int, seed: int) -> bool:
    heading(f"kill -9 while mail is taken and deleted on the server: seed {seed}")
    dice = random.Random(seed)
    with Dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        trials = Trials(dovecot, Path(folder), forked(dovecot, Path(folder)))
        trials.deliver(60)
        whole = trials.undisturbed()
        for _ in range(kills):
            trials.deliver(20)
            trials.kill_after(dice.uniform(0.0, 0.7 * whole))
        outcome = trials.reckon()
    met = row("kills", outcome.kills, "", note=f"{outcome.struck} of them with mail left on the server")
    row("mails delivered meanwhile", outcome.delivered, "")
    met &= row("lost", len(outcome.lost), "", most=0)
    met &= row("doubled", len(outcome.doubled), "", most=0)
    met &= row("damaged", len(outcome.damaged), "", most=0)
    return met & row("left on the server, or in no list", outcome.left + outcome.unlisted, "", most=0)
