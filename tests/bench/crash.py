"""kill -9 after every named step and at random moments, against Dovecot and Postfix: what is lost, what is doubled."""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from itertools import islice

from tests.bench.report import heading, row
from tests.crash import suite
from tests.crash.suite import HEAD, Suite, Tally

BATCH = 30
"""Random trials between two looks at the clock."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when anything was lost, doubled or otherwise wrong."""
    parser = argparse.ArgumentParser(prog="scripts/bench crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, metavar="N", help="random kills, at least")
    parser.add_argument("--times", type=int, default=3, metavar="N", help="visits of each named point")
    parser.add_argument("--minutes", type=float, default=6.0, help="after which no more random trials are begun")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    wanted = parser.parse_args(words)
    end = time.monotonic() + wanted.minutes * 60
    heading(f"crash: seed {wanted.seed}")
    print(HEAD, flush=True)
    tallies: list[Tally] = []

    def tell(tally: Tally) -> None:
        tallies.append(tally)
        print(tally.line(), flush=True)

    settings = suite.named(wanted.times)
    with Suite(len(settings) + 3 * wanted.kills + BATCH) as running:
        for kind in ("outbox", "smtp", "imap", ""):
            some = [each for each in settings if _kind(each.point) == kind]
            tell(running.run(f"named: {kind or 'commits of changes'}", some))
        tell(_random(running, wanted.kills, wanted.seed, end))
    for capability in suite.OLD_SERVERS:
        old = suite.named_of_old(capability, wanted.times)
        with Suite(len(old), capability) as running:
            tell(running.run(f"named, only {capability}", old))
    return _tell(tallies, wanted.kills)


def _kind(point: str) -> str:
    word = point.partition(" ")[0]
    return word if word in ("outbox", "smtp", "imap") else ""


def _random(running: Suite, kills: int, seed: int, end: float) -> Tally:
    all_of_them = Tally("random moments")
    dice = suite.at_random(seed)
    while all_of_them.kills < kills and time.monotonic() < end and len(all_of_them.outcomes) < 3 * kills:
        all_of_them.outcomes += running.run("", list(islice(dice, BATCH))).outcomes
    return all_of_them


def _tell(tallies: Sequence[Tally], kills: int) -> int:
    total = Tally("all", [outcome for tally in tallies for outcome in tally.outcomes])
    print(total.line())
    wrong = [words for tally in tallies for words in tally.wrong]
    for words in wrong:
        print(f"  WRONG {words}", file=sys.stderr)
    struck = sum(tally.kills for tally in tallies if tally.kind.startswith("random"))
    met = row("random kills", struck, "", least=min(kills, 200))
    met &= row("lost", sum(len(each.lost) for each in total.outcomes), "", most=0)
    met &= row("doubled", sum(len(each.doubled) for each in total.outcomes), "", most=0)
    return 0 if met and not wrong else 1
