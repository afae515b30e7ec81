"""Two sessions at random acts in one account, with cuts and restarts: at every checkpoint the store is the server."""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.report import heading, row
from tests.crash.soak import Checkpoint, Soak
from tests.servers.dovecot import Dovecot


def main(words: Sequence[str]) -> int:
    """Run it; 1 when store and server differ at a checkpoint."""
    parser = argparse.ArgumentParser(prog="scripts/bench soak", description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=10.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    wanted = parser.parse_args(words)
    heading(f"soak: {wanted.minutes:g} minutes, seed {wanted.seed}")
    points: list[Checkpoint] = []

    def told(point: Checkpoint) -> None:
        points.append(point)
        ours = sum(count for name, count in point.acts.items() if not name.startswith("other"))
        others = sum(point.acts.values()) - ours
        print(
            f"  {point.at:6.0f} s  {ours:6} acts of ours, {others:6} of another client, {point.acts['cut']:4} cuts,"
            f" {point.acts['restart']:3} restarts, {point.messages:4} messages: alike after {point.waited:4.1f} s,"
            f" {len(point.differences)} differences",
            flush=True,
        )
        for words in point.differences:
            print(f"    {words}", flush=True)

    with Dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="tidings-soak-") as folder:
        asyncio.run(_soak(Soak(dovecot, Path(folder), wanted.seed), wanted.minutes * 60, told))
    print("  " + ", ".join(f"{count} {name}" for name, count in sorted(points[-1].acts.items())))
    met = row("checkpoints", len(points), "", least=1)
    met &= row("differences", sum(len(point.differences) for point in points), "", most=0)
    return 0 if met else 1


async def _soak(soak: Soak, seconds: float, told: Callable[[Checkpoint], None]) -> None:
    async with soak:
        await soak.run(seconds, told)
