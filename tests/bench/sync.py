"""50,000 envelopes from Dovecot: read raw, read and parsed, parsed only, and brought into the store by an account."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.mailboxes import letters, load, quoted
from tests.bench.report import heading, median, percentile, row
from tests.bench.stall import Stalls
from tests.servers.dovecot import ADA, Dovecot
from tui.cli.app import loop_first
from tui.config.model import Config, Security
from tui.config.paths import Paths
from tui.imap import fetch, mailboxes
from tui.imap.limits import FETCH
from tui.imap.session import Session
from tui.imap.usual import row_or_data
from tui.imap.wire import Splitter
from tui.mail.envelope import Envelope
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event, MessagesArrived, SyncProgressed

DEADLINE = 240.0
ROUNDS = 5


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench sync", description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000, metavar="N")
    count = parser.parse_args(words).messages
    loop_first()  # as the program does
    with Dovecot(storage="mdbox", compress=True) as dovecot:
        began = time.perf_counter()
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(count))
        print(f"{count:,} messages loaded in {time.perf_counter() - began:.1f} s")
        return asyncio.run(_measure(dovecot, count))


async def _measure(dovecot: Dovecot, count: int) -> int:
    await _raw(dovecot)  # Dovecot makes its cache of envelopes at the first question
    heading(f"{count:,} envelopes with flags, date, size and structure")
    data = b""
    raw, theirs, fetched, alone, parsed, squeezed = (list[float]() for _ in range(6))
    for _ in range(ROUNDS):  # in turns, for the machine is not always equally busy
        used = dovecot.computed
        data, took = await _raw(dovecot)
        raw.append(count / took)
        theirs.append(count / (dovecot.computed - used))
        used = time.process_time()
        fetched.append(await _fetched(dovecot, count))
        alone.append(count / (time.process_time() - used))
        parsed.append(_parsed(data, count))
        squeezed.append(await _fetched(dovecot, count, compress=True))
    limit = max(raw)
    row("raw socket, nothing parsed (the limit)", limit, "msg/s", note=f"{len(data) / 1e6:.1f} MB, best of {ROUNDS}")
    beside = ("raw", limit)
    in_turn = median([ours / limit for ours, limit in zip(fetched, raw, strict=True)])
    by_computing = f"by computing alone {max(alone):,.0f}, {max(alone) / max(theirs):.2f} of the server's"
    met = row(
        "tui.imap.fetch from the socket",
        max(fetched),
        "msg/s",
        beside=beside,
        least=0.6 * limit,
        note=f"{in_turn:.2f} in the middle round; {by_computing}",
    )
    note = "on this machine nothing is gained: there it is off"
    row("  with COMPRESS=DEFLATE", max(squeezed), "msg/s", beside=("plain", max(fetched)), note=note)
    met &= row("the same bytes from memory: parsed", max(parsed), "msg/s", beside=beside, least=0.6 * limit)
    met &= await _account(dovecot, count, limit)
    return 0 if met else 1


async def _raw(dovecot: Dovecot) -> tuple[bytes, float]:
    """Read the answer to the engine's own question without looking at it; return it and the seconds it took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", dovecot.clear_port)
    try:
        await reader.readline()
        writer.write(b"a LOGIN %b %b\r\nb SELECT INBOX\r\n" % (quoted(ADA), quoted(dovecot.users[ADA])))
        while not (await reader.readline()).startswith(b"b "):
            pass
        began = time.perf_counter()
        writer.write(b"c UID FETCH 1:* " + fetch.ENVELOPE_ITEMS + b"\r\n")
        pieces: list[bytes] = []
        end = b""
        while b"\r\nc OK" not in end:
            piece = await asyncio.wait_for(reader.read(1 << 18), DEADLINE)
            if not piece:
                raise ConnectionError("Dovecot closed the line")
            pieces.append(piece)
            end = (end + piece)[-200:]
        took = time.perf_counter() - began
    finally:
        writer.close()
    return b"".join(pieces), took


async def _fetched(dovecot: Dovecot, count: int, *, compress: bool = False) -> float:
    server = dovecot.server(ADA, Security.PLAIN)
    session = await Session.open(server, server.secret.password, timeout=60.0, compress=compress)
    try:
        await mailboxes.select(session, b"INBOX")
        began = time.perf_counter()
        got = 0
        async for batch in fetch.envelopes(session, "1:*"):
            got += len(batch)
        took = time.perf_counter() - began
    finally:
        await session.close()
    assert got == count, f"{got} of {count} came"
    return count / took


def _parsed(data: bytes, count: int) -> float:
    got = 0

    def take(line: bytes, literals: Sequence[bytes]) -> None:
        nonlocal got
        if line.startswith(b"* "):
            got += isinstance(row_or_data(line, literals), Envelope)

    splitter = Splitter(take)
    splitter.limits = FETCH
    began = time.perf_counter()
    for position in range(0, len(data), 1 << 18):
        splitter.feed(data[position : position + (1 << 18)])
    took = time.perf_counter() - began
    assert got == count, f"{got} of {count} were understood"
    return count / took


async def _account(dovecot: Dovecot, count: int, limit: float) -> bool:
    done = asyncio.Event()
    first: list[float] = []

    def emit(event: Event) -> None:
        if isinstance(event, MessagesArrived) and not first:
            first.append(time.perf_counter())
        if isinstance(event, SyncProgressed) and event.done >= event.total:
            done.set()

    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        paths = Paths.under(Path(folder))
        store = await Store.open(paths)
        try:
            config = Config(accounts=(dovecot.account(ADA, security=Security.PLAIN),))
            account = Account(config.accounts[0], config, store, emit)
            used = time.process_time()
            async with Stalls() as stalls:
                began = time.perf_counter()
                account.start()
                await asyncio.wait_for(done.wait(), DEADLINE)
                took = time.perf_counter() - began
            used = time.process_time() - used
            inbox = (await store.mailboxes.all(account.name))[0]
            await account.stop()
            assert inbox.held == count, f"{inbox.held} of {count} are in the store"
        finally:
            await store.close()
        size = paths.cache_file.stat().st_size
    met = row(
        "an account brings them into its store",
        count / took,
        "msg/s",
        beside=("raw", limit),
        least=15_000,
        note=f"{took:.1f} s, {used:.1f} s of CPU alone: {count / used:,.0f}",
    )
    row("first page in the store after", (first[0] - began) * 1000, "ms")
    met &= row(
        "longest stall of the loop meanwhile",
        stalls.longest * 1000,
        "ms",
        most=50,
        note=f"{stalls.longest_busy * 1000:.0f} ms of it computing, p99 {percentile(stalls.gaps, 0.99) * 1000:.0f} ms",
    )
    row("cache.db", size / 1e6, "MB")
    return met
