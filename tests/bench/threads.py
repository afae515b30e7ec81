"""``scripts/bench threads [MESSAGES …]``: finding what belongs together, and the windows of conversations.

The rows are generated: six in ten answer an earlier one, mostly of the last weeks.
They are stored as a backfill brings them, the newest first. The file itself is in the machine's memory.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.filled import envelopes
from tests.bench.report import heading, row
from tui.config.paths import Paths
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.mail.thread import Conversation
from tui.store.database import Store

NAME = AccountName("bench")
BOXES = (Mailbox(NAME, b"INBOX", "INBOX", "/", Role.INBOX), Mailbox(NAME, b"Archive", "Archive", "/", Role.ARCHIVE))
SIZES = (100_000,)
CHUNK = 5_000
WINDOW = 50
AGAIN = 40
BULK = 10_000
UNION_AIM = 25.0
"""Microseconds a message."""
WINDOW_AIM = 1.0
ARRIVAL_AIM = 10.0
BULK_AIM = 100.0
"""Milliseconds."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    met = True
    parser = argparse.ArgumentParser(prog="scripts/bench threads", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, metavar="MESSAGES")
    for size in parser.parse_args(words).sizes or SIZES:
        with TemporaryDirectory(prefix="tidings-bench-") as folder:
            met &= asyncio.run(_measure(Path(folder), size))
    return 0 if met else 1


def answering(count: int) -> Iterator[Envelope]:
    """Yield rows, the newest first."""
    chance = random.Random(3)
    everything = list(envelopes(count))
    for index, each in enumerate(everything):
        before = index - 1 - int(chance.expovariate(1 / 300))
        if before >= 0 and chance.random() < 0.6:
            everything[index] = replace(each, in_reply_to=everything[before].message_id)
    return reversed(everything)


async def _measure(folder: Path, size: int) -> bool:
    store = await Store.open(Paths.under(folder))
    try:
        await store.mailboxes.replace(NAME, BOXES)
        inbox = (await store.mailboxes.all())[0].id
        await store.mailboxes.selected(inbox, UidValidity(7), Uid(size + 1), size, ModSeq(0))
        heading(f"{size:,} messages")
        stored, batch = 0.0, list[Envelope]()
        for each in answering(size):
            batch.append(each)
            if len(batch) == CHUNK:
                stored += await _timed(store.envelopes.add(inbox, batch))
                batch = []
        row("stored, before they have their threads", size / (stored or 1), "msg/s")
        used = time.process_time()
        gathered = await _timed(_gather(store))
        used = time.process_time() - used
        state = await store.mailboxes.get(inbox)
        note = (
            f"by CPU alone {used / size * 1e6:.1f}; {state.conversations if state is not None else 0:,} conversations"
        )
        met = row("what belongs together found", gathered / size * 1e6, "µs/msg", most=UNION_AIM, note=note)
        met &= await _windows(store, inbox, size)
        return met & await _changes(store, inbox, size)
    finally:
        await store.close()


async def _gather(store: Store) -> None:
    while (await store.threads.gather())[0]:
        pass


async def _windows(store: Store, inbox: MailboxId, size: int) -> bool:
    chance = random.Random(5)
    flat, threaded = list[float](), list[float]()
    for _ in range(AGAIN):
        uid = chance.randint(1, size)
        (here,) = await store.envelopes.many(inbox, [Uid(uid)])
        flat.append(await _timed(store.envelopes.older(inbox, here.key, WINDOW)))
        threaded.append(await _timed(store.threads.older(inbox, here.key, WINDOW)))
    beside = ("messages", 1e3 * statistics.median(flat))
    return row(
        f"{WINDOW} conversations anywhere, median of {AGAIN}",
        1e3 * statistics.median(threaded),
        "ms",
        beside=beside,
        most=WINDOW_AIM,
    )


async def _changes(store: Store, inbox: MailboxId, size: int) -> bool:
    newest = (await store.threads.older(inbox, None, 200))[-1]
    arrivals = []
    for number in range(20):
        answer = Envelope(
            Uid(size + 1 + number), received=2_000_000_000 + number, message_id=f"<new{number}@x>",
            in_reply_to=newest.message_id,
        )  # fmt: skip
        arrivals.append(await _timed(store.envelopes.add(inbox, [answer])))
    met = row("an answer arrives: stored, with its thread", 1e3 * statistics.median(arrivals), "ms", most=ARRIVAL_AIM)
    count = min(BULK, size // 2)
    uids = [Uid(uid) for uid in range(size - count + 1, size + 1)]
    state = await store.mailboxes.get(inbox)
    assert state is not None
    took = await _timed(store.journal.flags(state, uids, frozenset({FLAGGED}), frozenset({SEEN})))
    met &= row(f"{count:,} messages flagged and unread, shown", 1e3 * took, "ms", most=BULK_AIM)
    whole: list[Conversation] = await store.threads.older(inbox, None, 300)
    threads = [each.thread for each in whole]
    archive = (await store.mailboxes.all())[1]
    uids = await store.threads.uids(inbox, threads)
    from tui.mail.act import Verb  # noqa: PLC0415 - the only use

    took = await _timed(store.journal.move(state, uids, archive, Verb.ARCHIVED))
    row(f"300 conversations ({len(uids):,} messages) archived", 1e3 * took, "ms")
    return met


async def _timed(work: object) -> float:
    began = time.perf_counter()
    await work  # type: ignore[misc]
    return time.perf_counter() - began
