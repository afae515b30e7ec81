"""Lines that break after N octets from Dovecot: what is shown, when they are up again, missed mail found."""

import argparse
import asyncio
import re
from collections import Counter
from collections.abc import Sequence

from tests.bench.report import heading, median, row
from tests.crash.cuts import Cut, cut_all
from tests.servers.dovecot import Dovecot

AT_ONCE = 8
BIN = 500
MOST_BACK = 30.0
"""Seconds until a missed mail is here, once the server is well: the aim."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when a mail is missing, not whole, or late."""
    parser = argparse.ArgumentParser(prog="scripts/bench cuts", description=__doc__)
    parser.add_argument("--most", type=int, default=4000, metavar="N", help="octets")
    parser.add_argument("--step", type=int, default=13, metavar="N", help="octets between two trials; acceptance: 37")
    parser.add_argument("--haste", type=float, default=1.0, metavar="S", help="what a second of back-off takes")
    wanted = parser.parse_args(words)
    octets = range(1, wanted.most + 1, wanted.step)
    heading(f"cuts: every line breaks after N octets, N = 1 to {wanted.most} in steps of {wanted.step}")
    users = {f"u{number}@example.org": "pw" for number in range(AT_ONCE)}
    with Dovecot(users=users) as dovecot:
        cuts = asyncio.run(cut_all(dovecot, list(users), octets, wanted.haste))
    print(
        f"  {'octets':<12}{'trials':>7}{'up, median':>12}{'most':>7}{'mail, median':>14}{'most':>7}{'found':>7}  shown"
    )
    for low in range(0, wanted.most, BIN):
        some = [cut for cut in cuts if low < cut.after <= low + BIN]
        if some:
            _tell(f"{low + 1}–{low + BIN}", some)
    for reason, count in Counter(re.sub(r":\d+", "", cut.reason) for cut in cuts).most_common(8):
        print(f"  {count:>5} × {reason or '(none)'}")
    for cut in cuts:
        for wrong in cut.wrong:
            print(f"  WRONG after {cut.after} octets: {wrong}")
    met = row("trials", len(cuts), "", least=len(octets))
    met &= row("missed mail not found, or not whole", sum(bool(cut.wrong) for cut in cuts), "", most=0)
    met &= row("longest until the missed mail is here", max(cut.found for cut in cuts), "s", most=MOST_BACK)
    return 0 if met else 1


def _tell(what: str, cuts: Sequence[Cut]) -> None:
    back, found = [cut.back for cut in cuts], [cut.found for cut in cuts]
    shown = Counter(" → ".join(cut.shown) for cut in cuts).most_common(1)[0][0]
    up = f"{median(back):>10.2f} s{max(back):>5.1f} s"
    here = f"{median(found):>12.2f} s{max(found):>5.1f} s{sum(not cut.wrong for cut in cuts):>7}"
    print(f"  {what:<12}{len(cuts):>7}{up}{here}  {shown}")
