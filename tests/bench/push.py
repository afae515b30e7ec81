"""From LMTP delivery to the row on the screen of the real program, beside a raw socket that sits in IDLE.

Dovecot itself waits 100 or 500 ms before it tells anybody, so what counts is the surplus: how much later than the
socket heard of it the row was there.
"""

import argparse
import asyncio
import random
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.bench import program
from tests.bench.mailboxes import PEOPLE, letter, letters, load, quoted
from tests.bench.report import heading, median, percentile, row
from tests.servers.dovecot import ADA, Dovecot
from tui.config.model import Config, Security
from tui.config.paths import Paths
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event, Link, LinkChanged, MessagesArrived

MOST = 15.0
"""Milliseconds of surplus that are the aim."""


class RawIdle:
    """A socket in IDLE on INBOX that does nothing but note when an EXISTS came; a context manager.

    Attributes:
        heard: when, by `time.perf_counter`.
    """

    def __init__(self, port: int, user: str, password: str) -> None:
        self.heard: list[float] = []
        self._line = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._line.sendall(b"a LOGIN %b %b\r\nb SELECT INBOX\r\nc IDLE\r\n" % (quoted(user), quoted(password)))
        said = b""
        while b"\r\n+ " not in said:
            said += self._line.recv(65536)
        self._line.settimeout(None)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                data = self._line.recv(65536)
            except OSError:
                return
            at = time.perf_counter()
            if b" EXISTS" in data:
                self.heard.append(at)
            if not data:
                return

    def __enter__(self) -> "RawIdle":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self._thread.join(1.0)


def main(words: Sequence[str]) -> int:
    """Run it; 1 when the aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench push", description=__doc__)
    parser.add_argument("--trials", type=int, default=20, metavar="N")
    parser.add_argument("--messages", type=int, default=1000, metavar="N", help="in the mailbox before")
    parser.add_argument("--flood", type=int, default=0, metavar="N", help="N mails at random instead: which are missed")
    wanted = parser.parse_args(words)
    if wanted.flood:
        with Dovecot(storage="mdbox") as dovecot:
            return 0 if asyncio.run(_flood(dovecot, wanted.flood)) else 1
    with Dovecot(storage="mdbox") as dovecot, tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(wanted.messages))
        env = program.configure(Path(folder), dovecot, [ADA])
        with (
            program.start(env, width=120, height=40) as tidings,
            RawIdle(dovecot.clear_port, ADA, dovecot.users[ADA]) as raw,
        ):
            tidings.until("live", program.READY)
            tidings.quiet(2.0)
            tidings.press("gg", gap=0.5)
            heading(f"push: {wanted.trials} mails by LMTP into a mailbox of {wanted.messages:,}, 120x40")
            surplus, whole, theirs = [], [], []
            dice = random.Random(7)
            for number in range(wanted.trials):
                subject = f"Trial {number} of the push"
                before = len(raw.heard)
                dovecot.deliver(ADA, letter(subject, sender=PEOPLE[number % 5], number=number))
                accepted = time.perf_counter()
                row_at = tidings.until(lambda screen, subject=subject: _in_list(screen, subject), 10.0)  # type: ignore[misc]
                until = time.perf_counter() + 5.0
                while len(raw.heard) == before and time.perf_counter() < until:
                    time.sleep(0.005)
                if len(raw.heard) == before:
                    continue  # told together with the one before
                surplus.append((row_at - raw.heard[before]) * 1000)
                whole.append((row_at - accepted) * 1000)
                theirs.append((raw.heard[before] - accepted) * 1000)
                tidings.press("gg", gap=0.8 + dice.random())
    met = row("surplus over the raw socket, median", median(surplus), "ms", most=MOST)
    row(
        "  the worst of them",
        max(surplus),
        "ms",
        note=f"p90 {percentile(surplus, 0.9):.1f} ms, least {min(surplus):.1f} ms",
    )
    row("250 by LMTP to the row on screen, median", median(whole), "ms", beside=("raw", median(theirs)))
    return 0 if met and len(surplus) > wanted.trials // 2 else 1


def _in_list(screen: str, subject: str) -> bool:
    """Whether the subject is in the list, not only in the notice at the bottom."""
    return any(subject in line for line in screen.split("\n")[:-3])


async def _flood(dovecot: Dovecot, count: int) -> bool:
    """Deliver mails one by one and in bursts at random; each is to be told as new exactly once."""
    fresh: list[Uid] = []
    live, complete = asyncio.Event(), asyncio.Event()

    def emit(event: Event) -> None:
        if isinstance(event, MessagesArrived) and event.fresh:
            fresh.extend(event.uids)
            if len(fresh) >= count:
                complete.set()
        if isinstance(event, LinkChanged) and event.state.link is Link.LIVE:
            live.set()

    heading(f"push: {count:,} mails at random, one by one and in bursts")
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        store = await Store.open(Paths.under(Path(folder)))
        try:
            config = Config(accounts=(dovecot.account(ADA, security=Security.PLAIN),))
            account = Account(config.accounts[0], config, store, emit)
            account.start()
            await asyncio.wait_for(live.wait(), 30.0)
            began = time.perf_counter()
            await asyncio.to_thread(_deliver_at_random, dovecot, count)
            try:
                await asyncio.wait_for(complete.wait(), 30.0)
            except TimeoutError:
                pass
            took = time.perf_counter() - began
            await asyncio.sleep(2.0)  # one that is told twice is told late
            held = (await store.mailboxes.all(account.name))[0].held
            await account.stop()
        finally:
            await store.close()
    met = row("missed", count - len(set(fresh)), "mails", most=0, note=f"in {took:.0f} s; {held} are in the store")
    met &= row("told twice", len(fresh) - len(set(fresh)), "mails", most=0)
    return met


def _deliver_at_random(dovecot: Dovecot, count: int) -> None:
    dice = random.Random(5)
    sent = 0
    while sent < count:
        burst = min(count - sent, dice.choice((1, 1, 1, 2, 5, 20)))
        mails = [letter(f"Flood {sent + each}", number=sent + each) for each in range(burst)]
        dovecot.deliver(ADA, *mails)
        sent += burst
        time.sleep(dice.choice((0.0, 0.0, 0.01, 0.1, 0.6)))
