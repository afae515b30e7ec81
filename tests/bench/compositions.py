"""Adversarial compositions through outbox and submission: to whom the server was told to send, and what it got.

The server is a scripted one, because no real one takes all these addresses; what it got is read by the standard
library's parser, and judged by what the compositions are known to be made of.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.bench.report import heading, row
from tests.mail.composition_judge import faults
from tests.mail.compositions import COUNT, composition
from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import ScriptedSmtp, scripted_smtp
from tests.sync.desk import desk as open_desk
from tests.sync.desk import open_store
from tui.mail.errors import MailError
from tui.mail.ready_made import ReadyMade
from tui.mail.submission import SubmissionState

SECONDS = 300.0
"""In which all must have left."""
FIGURES = {
    "wrong recipients": ("recipients", "shown recipients", "resent to", "hidden", "sender", "from", "refused", "lost"),
    "injected or doubled header fields": ("fields", "doubled fields", "subject", "file names"),
    "broken ids": ("ids",),
    "lines or parts that are none": ("lines", "long lines", "defects", "text"),
}
"""What is told, and the faults that count for it."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="scripts/bench compositions", description=__doc__)
    parser.add_argument("--mails", type=int, default=COUNT, metavar="N", help="how many are sent")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first")
    options = parser.parse_args(words)
    heading(f"{options.mails} adversarial compositions")
    began = time.monotonic()
    wrong = asyncio.run(measure(range(options.first, options.first + options.mails)))
    for each in wrong:
        print(f"  WRONG {each}", file=sys.stderr)
    row("seconds", time.monotonic() - began, "s")
    found = Counter(each.rpartition(": ")[2] for each in wrong)
    figures = {what: sum(found[name] for name in names) for what, names in FIGURES.items()}
    for what, value in figures.items():
        row(what, value, "", most=0)
    return 1 if wrong else 0


async def measure(seeds: Sequence[int]) -> list[str]:
    """Send them all, and return what is wrong."""
    given = {seed: composition(seed) for seed in seeds}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_store(Path(folder)) as store,
            scripted_imap() as imap,
            scripted_smtp() as smtp,
            open_desk(store, imap, smtp, sent_copy="server") as desk,
        ):
            sent = {}
            for seed, each in given.items():
                try:
                    if isinstance(each.mail, ReadyMade):
                        sent[seed] = await desk.account.submit_ready(each.mail)
                    else:
                        sent[seed] = await desk.account.submit(each.mail)
                except MailError as error:
                    wrong.append(f"{seed} {error} {each.kind}: refused")
                    continue
                await desk.until(partial(_came, smtp, len(sent)), SECONDS)
                got = smtp.accepted[-1]
                wrong += [f"{seed} {what}" for what in faults(each, got.sender, got.recipients, got.data)]
            if len(smtp.accepted) != len(sent):
                wrong.append(f"{len(smtp.accepted)} mails came of {len(sent)}: lost")
            for submission in list(sent.values())[-1:]:
                await desk.becomes(submission, SubmissionState.COPIED, SubmissionState.ACCEPTED, timeout=10)
    return wrong


def _came(smtp: ScriptedSmtp, count: int) -> bool:
    return len(smtp.accepted) >= count
