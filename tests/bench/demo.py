"""``tidings demo``: a reply is sent, and the answer comes onto the screen without another key."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import program
from tests.bench.report import heading, row

SEND = "\x18"
MOST = 15.0
"""Seconds in which a newcomer still looks at the screen; three of them the mail is held."""


def main(words: Sequence[str]) -> int:
    """Run it; 1 when no answer comes."""
    parser = argparse.ArgumentParser(prog="scripts/bench demo", description=__doc__)
    parser.add_argument("--messages", type=int, default=0, metavar="N")
    wanted = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder:
        env = program.environment(Path(folder))
        options = ("--messages", str(wanted.messages)) if wanted.messages else ()
        with program.start(env, "demo", *options, width=120, height=40) as demo:
            heading("demo, 120x40")
            at = demo.until("Ada Lovelace", program.READY)
            row("start to rows on screen", (at - demo.began) * 1000, "ms")
            demo.until("live", program.READY)
            demo.quiet(1.0)
            demo.press("r", gap=0.3)
            demo.until("Reply  to", 10.0)
            subject = next(line for line in demo.lines if "Subject" in line).split("Subject", 1)[1].strip()
            demo.press("It will be at the printer by Thursday.", gap=0.3)
            sent = demo.send(SEND)
            accepted = demo.until("accepted", 20.0)
            row("send key to accepted by the server", accepted - sent, "s", note="held for 3 s, to be taken back")
            answered = demo.until(lambda screen: _in_list(screen, subject), 40.0)
            return (
                0 if row("send key to the answer in the list, no key touched", answered - sent, "s", most=MOST) else 1
            )


def _in_list(screen: str, subject: str) -> bool:
    return any(subject[:20] in line and line.rstrip().endswith("now") for line in screen.split("\n")[:-3])
