"""10,000 messages with their texts (73 MB) from Dovecot: an account with ``[sync] offline`` beside mbsync, in one run.

mbsync writes each message into a file of a Maildir. Tidings keeps the list and what is needed to read each one in its
store; here that is all there is of them, for none has a file.
"""

import argparse
import asyncio
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.mailboxes import Letter, letters, load, quoted
from tests.bench.peers import peer
from tests.bench.report import heading, percentile, row
from tests.bench.stall import Stalls
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.packages import ServersMissing
from tui.cli.app import loop_first
from tui.config.model import Config, Security, SyncConfig
from tui.config.paths import Paths
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event

DEADLINE = 600.0
CONFIG = """
FSync no

IMAPAccount here
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
AuthMechs LOGIN
{tls} None

IMAPStore there
Account here

MaildirStore files
Path {folder}/
Inbox {folder}/INBOX

Channel all
Far :there:
Near :files:
Patterns INBOX
Create Near
Sync Pull
SyncState *
"""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench bodies", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, metavar="N")
    count = parser.parse_args(words).messages
    loop_first()
    with (
        Dovecot(storage="mdbox", compress=True) as dovecot,
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder,
    ):
        load(dovecot.clear_port, ADA, dovecot.users[ADA], long_letters(count))
        heading(f"{count:,} messages of about 7 kB with their texts")
        mbsync(dovecot, Path(folder) / "first", count)  # Dovecot makes its caches
        theirs = mbsync(dovecot, Path(folder) / "second", count)
        if theirs:
            row("mbsync", theirs, "msg/s", note=f"{count / theirs:.1f} s")
        return 0 if asyncio.run(_account(dovecot, Path(folder), count, theirs)) else 1


def long_letters(count: int) -> Iterator[Letter]:
    """Yield the usual messages, each as one plain text of some 7 kB."""
    chance = random.Random(11)
    for each in letters(count):
        head, _, text = each.raw.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-type:")]
        words = text.split() or [b"-"]
        body = b"\r\n".join(b" ".join(chance.choices(words, k=9)) for _ in range(chance.randint(60, 200)))
        lines += [b"Content-Type: text/plain; charset=utf-8"]
        yield Letter(b"\r\n".join(lines) + b"\r\n\r\n" + body + b"\r\n", each.flags, each.received)


def mbsync(dovecot: Dovecot, folder: Path, count: int) -> float | None:
    """Return the messages a second of mbsync; None, after a line that says why, when it cannot be had.

    Args:
        dovecot: where the mail of `ADA` is.
        folder: for its files.
        count: messages in the INBOX.
    """
    try:
        found = peer("mbsync", "isync")
    except ServersMissing as error:
        print(f"mbsync: not to be had ({error})")
        return None
    files = folder / "files"
    files.mkdir(parents=True)
    env = {"HOME": str(folder), "PATH": os.environ["PATH"], **found.env}
    config = folder / "mbsyncrc"
    config.touch(mode=0o600)
    for tls in ("SSLType", "TLSType"):  # newer ones call it otherwise
        words = {"user": quoted(ADA).decode(), "password": quoted(dovecot.users[ADA]).decode()}
        config.write_text(CONFIG.format(port=dovecot.clear_port, folder=files, tls=tls, **words))
        began = time.perf_counter()
        argv = [str(found.program), "-q", "-c", str(config), "all"]
        try:
            done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            print(f"mbsync: not done in {DEADLINE:.0f} s")
            return None
        took = time.perf_counter() - began
        got = sum(len(list((files / "INBOX" / part).glob("*"))) for part in ("cur", "new"))
        if got == count:
            return count / took
    print(f"mbsync: brought {got} of {count}: {done.stderr.strip()[:300]}")
    return None


async def _account(dovecot: Dovecot, folder: Path, count: int, theirs: float | None) -> bool:
    paths = Paths.under(folder / "ours")
    store = await Store.open(paths)

    def emit(event: Event) -> None:
        pass

    try:
        sync = SyncConfig(offline=count, offline_size=1_000)
        config = Config(accounts=(dovecot.account(ADA, security=Security.PLAIN),), sync=sync)
        account = Account(config.accounts[0], config, store, emit)
        used = time.process_time()
        async with Stalls() as stalls:
            began = time.perf_counter()
            account.start()
            octets = await asyncio.wait_for(_all_here(store, account, count), DEADLINE)
            took = time.perf_counter() - began
        used = time.process_time() - used
        await account.stop()
    finally:
        await store.close()
    beside = ("mbsync", theirs) if theirs else None
    note = f"{took:.1f} s, {octets / 1e6:.0f} MB, {used:.1f} s of CPU"
    met = row("an account: list and texts", count / took, "msg/s", beside=beside, least=theirs, note=note)
    row("p99 of the loop's stalls meanwhile", percentile(stalls.gaps, 0.99) * 1000, "ms")
    return met


async def _all_here(store: Store, account: Account, count: int) -> int:
    """Wait until every text is here; return the octets of the messages."""
    last = [Uid(uid) for uid in range(1, 201)]  # the oldest come last
    while True:
        states = await store.mailboxes.all(account.name)
        whole = bool(states) and states[0].held == count
        if whole and len(await store.bodies.kept(states[0].id, last)) == len(last):
            break
        await asyncio.sleep(0.1)
    everything = [Uid(uid) for uid in range(1, count + 1)]
    assert len(await store.bodies.kept(states[0].id, everything)) == count
    return sum(each.size for each in await store.envelopes.older(states[0].id, None, count))
