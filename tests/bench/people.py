"""Completing addresses among many people: milliseconds from the letters to the likeliest, through the store's thread.

Usage: scripts/bench people [--people N]
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tui.config.paths import Paths
from tui.mail.address import Address
from tui.store.database import Store

FIRST = ("Ada", "Grace", "Alan", "Emmy", "Sofja", "Rózsa", "Hypatia", "Maryam", "Zelda", "Quentin", "Xenia", "Olga")
SECOND = ("Lovelace", "Hopper", "Turing", "Noether", "Péter", "Liskov", "Clarke", "Zorn", "Quine", "Xu", "Taussky")
ASKED = ("a", "z", "q", "ad", "xu", "lov", "ada lo", "sofja.quine", "domain7.ex", "nobody at all", "example")
ROUNDS = 30


def main(words: Sequence[str]) -> int:
    """Fill a store and ask it."""
    parser = argparse.ArgumentParser(prog="scripts/bench people", description="Complete addresses among many people.")
    parser.add_argument("--people", type=int, default=50_000, metavar="N")
    count = parser.parse_args(words).people
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        asyncio.run(_measure(Paths.under(Path(name)), count))
    return 0


async def _measure(paths: Paths, count: int) -> None:
    chance = random.Random(1)
    store = await Store.open(paths)
    try:
        began = time.perf_counter()
        now = time.time()
        for start in range(0, count, 1000):
            people = [_person(number, chance) for number in range(start, min(start + 1000, count))]
            for at in range(0, len(people), 100):
                await store.people.wrote(people[at : at + 100], now - chance.random() * 3e8)
        print(f"{count:,} people noted, {(time.perf_counter() - began) / count * 1e6:.0f} µs each")
        print(f"{'typed':<16}{'found':>6}{'median ms':>11}{'worst':>8}")
        for typed in ASKED:
            took = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                found = await store.people.complete(typed, 6)
                took.append((time.perf_counter() - began) * 1e3)
            took.sort()
            print(f"{typed:<16}{len(found):>6}{took[ROUNDS // 2]:>11.2f}{took[-1]:>8.2f}")
    finally:
        await store.close()


def _person(number: int, chance: random.Random) -> Address:
    first, second = chance.choice(FIRST), chance.choice(SECOND)
    spec = f"{first}.{second}{number}@domain{number % 997}.example".casefold()
    return Address(f"{first} {second}", spec.encode("ascii", "ignore").decode())
