"""``scripts/bench search [MESSAGES …]``: hits as you type, in a store of generated rows.

Each query is timed from the call on the loop to the first screens of hits there, cold in the sense that nothing of the
query is kept from the one before; the file itself is in the machine's memory. Then what another read of the store has
to wait at most while all hits of the query are counted.
"""

import argparse
import asyncio
import random
import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.mailboxes import FIRST, LAST, NEWEST, PEOPLE, TOPICS, WORDS
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.mail.query_syntax import parse
from tui.store.database import Store

AIM = 0.05
"""Seconds from a letter to the hits, at any size."""
SIZES = (10_000, 100_000)
MANY = 1000
WINDOW = 88
"""Rows a list asks for at once: four screens of 22."""
AGAIN = 7
NAME = AccountName("bench")
MAILBOXES = (Mailbox(NAME, b"INBOX", "INBOX", "/", Role.INBOX), Mailbox(NAME, b"Archive", "Archive", "/", Role.ARCHIVE))
QUERIES = (
    "ad",
    "ada",
    "from:ada",
    "the",
    "engi",
    "gine",
    "議",
    "会議",
    'subject:"second draft"',
    "zebra",
    "needle",
    "ada is:unread",
    "from:grace is:flagged has:file",
    "is:unread",
    "is:flagged before:2026",
    "-ada -grace is:read",
    "ada OR hedy in:archive larger:1M",
    "ada needle",
    "body:aptly",
    "aptly weaves",
    "second is:flagged",
    "charles is:flagged",
    "charles is:answered",
    "charles larger:2990k",
    "the charles is:flagged larger:2900k -has:file",
    "hedy ada",
    "charles -the",
    "ada before:2024",
    "is:draft",
    "keyword:todo is:unread",
    "thread:<17@x.example>",
)
"""Common and rare words and flags, and those that are never together: what no index leads to alone."""


def envelopes(count: int, chance: random.Random) -> Iterator[Envelope]:
    """Yield rows, the oldest first, one every five minutes; one in 20,000 has a word that no other has."""
    newest = int(NEWEST.timestamp())
    for uid in range(1, count + 1):
        received = newest - (count - uid) * 300
        if chance.random() < 0.4:
            sender = Address(*chance.choice(PEOPLE))
        else:
            first, last = chance.choice(FIRST), chance.choice(LAST)
            sender = Address(f"{first} {last}", f"{first.lower()}.{last.lower()}{chance.randrange(300)}@x.example")
        words = " ".join(chance.choices(WORDS, k=chance.randrange(5)))
        rare = " needle" if uid % 20_000 == 17 else ""
        flags = {SEEN} if chance.random() < 0.7 else set()
        flags |= {FLAGGED} if chance.random() < 0.01 else set()
        yield Envelope(
            Uid(uid),
            frozenset(flags),
            received,
            received,
            chance.randrange(2_000, 3_000_000),
            f"{chance.choice(TOPICS)} {words}{rare}",
            (sender,),
            (sender,),
            (sender,),
            (Address("Charles Babbage", "charles@mill.example"),),
            message_id=f"<{uid}@x.example>",
            has_file=chance.random() < 0.2,
        )


async def fill(store: Store, count: int, chance: random.Random) -> tuple[float, float]:
    """Put rows into two mailboxes and index them; return the seconds of both."""
    await store.mailboxes.replace(NAME, MAILBOXES)
    inbox, archive = [state.id for state in await store.mailboxes.all()]
    for id in (inbox, archive):
        await store.mailboxes.selected(id, UidValidity(1), None, 0, ModSeq(0))
    began = time.perf_counter()
    rows: list[Envelope] = []
    for row in envelopes(count, chance):
        rows.append(row)
        if len(rows) == 2000:
            await store.envelopes.add(archive if row.uid % 3 else inbox, rows)
            rows.clear()
    await store.envelopes.add(inbox, rows)
    stored = time.perf_counter() - began
    began = time.perf_counter()
    indexed = 0
    while done := await store.search.index():
        indexed += done
    return stored, time.perf_counter() - began


async def add_texts(store: Store, count: int, chance: random.Random) -> float:
    """Index a text of some 150 words for every tenth message; return the seconds."""
    (inbox, archive) = [state.id for state in await store.mailboxes.all()]
    began = time.perf_counter()
    for mailbox in (inbox, archive):
        uids = (await store.envelopes.uids(mailbox))[::10]
        for start in range(0, len(uids), 50):
            texts = [
                ((mailbox << 32) | uid, " ".join(chance.choices(WORDS, k=150))) for uid in uids[start : start + 50]
            ]
            await store.search.index_bodies(texts)
    return time.perf_counter() - began


async def ask(store: Store, text: str) -> tuple[float, float, int]:
    """Return the median and the worst seconds to the first window, and how many hits are in it."""
    node = parse(text, datetime.now(UTC)).node
    assert node is not None, text
    times = []
    hits = 0
    for _ in range(AGAIN):
        began = time.perf_counter()
        hits = len(await store.search.hits(node, None, WINDOW))
        times.append(time.perf_counter() - began)
    return statistics.median(times), max(times), hits


async def waits(store: Store, text: str) -> float:
    """Return the longest seconds another read took while hits were counted, up to as many as the screen counts."""
    node = parse(text, datetime.now(UTC)).node
    assert node is not None, text
    counting = asyncio.create_task(store.search.count(node, MANY))
    longest = 0.0
    while not counting.done():
        began = time.perf_counter()
        await store.search.missing(MailboxId(1), ())
        longest = max(longest, time.perf_counter() - began)
        await asyncio.sleep(0.001)
    await counting
    return longest


async def measure(count: int) -> bool:
    """Measure one size; return whether every query is within the aim."""
    chance = random.Random(7)
    with TemporaryDirectory() as folder:
        paths = Paths.under(Path(folder))
        store = await Store.open(paths)
        stored, indexed = await fill(store, count, chance)
        began = time.perf_counter()
        while await store.search.tend():
            pass
        tended = time.perf_counter() - began
        bare = paths.cache_file.stat().st_size
        texts = await add_texts(store, count, chance)
        size = paths.cache_file.stat().st_size
        print(f"\n{count:,} messages: stored in {stored:.1f} s, indexed in {indexed:.1f} s ({count / indexed:,.0f}/s)")
        print(f"  the index put into one piece in {tended:.1f} s")
        print(f"  {size / count:,.0f} octets a message in the file; {count // 10:,} texts in {texts:.1f} s, ", end="")
        print(f"{(size - bare) / (count / 10):,.0f} octets a text")
        good = True
        for text in QUERIES:
            median, worst, hits = await ask(store, text)
            late = "" if median <= AIM else "  LATE"
            good = good and not late
            waited = await waits(store, text)
            print(f"  {text:<46} {hits:>4} hits {median * 1000:8.1f} ms, worst {worst * 1000:6.1f},", end="")
            print(f" another read {waited * 1000:5.1f}{late}")
        print(f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
        await store.close()
    return good


def main(words: Sequence[str]) -> int:
    """Measure each size given, or the usual ones."""
    parser = argparse.ArgumentParser(prog="scripts/bench search", description=__doc__)
    parser.add_argument("sizes", nargs="*", metavar="MESSAGES", help="as 200000 or 200,000")
    sizes = [int(word.replace(",", "")) for word in parser.parse_args(words).sizes] or list(SIZES)
    results = [asyncio.run(measure(size)) for size in sizes]
    return 0 if all(results) else 1
