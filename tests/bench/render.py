"""HTML mails laid out beside ``w3m -dump``, in turn, and what of the sender's hidden text gets out of either.

The letters are those of the golden texts; the large one is a newsletter's lines over and over. Both do the same: HTML
in, lines of 78 cells out. What counts is the processor's time of either, so that other people's work does not. w3m
starts anew for every mail, as filters in other mail programs do; how long it takes to start with nothing to do is told
too, so that both ways of counting can be seen. The collector of garbage is set as the program sets it once it is loaded
(`tui.cli.app.loop_first`), and every letter is laid out once before: the program runs for days.
"""

import argparse
import gc
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.peers import Peer, peer
from tests.bench.report import heading, number, row
from tests.render import golden
from tests.render.test_hidden import TRICKS
from tui.cli.app import loop_first
from tui.render.html import layout_html
from tui.render.lines import line_text
from tui.render.links import LinkList

LARGE = 200_000
"""Characters of the large newsletter."""
MOST = 1.5
"""Times what w3m takes."""
MOST_LARGE = 60.0
"""Milliseconds for the large one."""
TIMEOUT = 30.0


def main(words: Sequence[str]) -> int:
    """Run it; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(prog="scripts/bench render", description=__doc__)
    parser.add_argument("--times", type=int, default=7, metavar="N", help="how often each mail is laid out by each")
    times = parser.parse_args(words).times
    w3m = peer("w3m")
    letters = {name: (golden.MAILS / f"{name}.html").read_text("utf-8") for name in golden.names()}
    called = w3m.version("-version")[:20]
    heading(f"{len(letters)} HTML mails at {golden.WIDTH} cells, beside {called}, least CPU time of {times}")
    ours_all, theirs_all = [], []
    large = _large(letters["newsletter"])
    for html in (*letters.values(), large):
        _ours(html)
    gc.collect()
    loop_first()
    with tempfile.TemporaryDirectory() as folder:
        started = min([_dump(w3m, "", Path(folder)) for _ in range(times)])
        for name, html in letters.items():
            ours, theirs = _both(w3m, html, Path(folder), times)
            ours_all.append(ours)
            theirs_all.append(theirs)
            row(name, ours, "ms", beside=("w3m", theirs), note=f"{len(html) / 1000:.1f} kB")
        met = row("all of them", sum(ours_all), "ms", beside=("w3m", sum(theirs_all)))
        ratio = sum(ours_all) / sum(theirs_all)
        met = row("times what w3m takes", ratio, "", most=MOST) and met
        row("w3m with nothing to do", started, "ms")
        ours, theirs = _both(w3m, large, Path(folder), times)
        note = f"w3m less its start {number(max(theirs - started, 0.0))}"
        met = row(f"{len(large) / 1000:.0f} kB", ours, "ms", beside=("w3m", theirs), most=MOST_LARGE, note=note) and met
        heading(f"{len(TRICKS)} ways to hide text")
        out = [name for name, html in TRICKS.items() if "SECRET" in _ours(html)]
        met = row("leaked", len(out), "", most=0, note=", ".join(out)) and met
        row("leaked by w3m", sum("SECRET" in _text(w3m, html, Path(folder)) for html in TRICKS.values()), "")
    return 0 if met else 1


def _large(letter: str) -> str:
    """Return one letter with its body repeated."""
    body = letter[letter.index("<body") : letter.rindex("</body>")]
    body = body[body.index(">") + 1 :]
    return letter.replace(body, body * (LARGE // len(body) + 1))


def _both(w3m: Peer, html: str, folder: Path, times: int) -> tuple[float, float]:
    """Return the milliseconds that both take at least, by turns: more is what other people do on the machine."""
    ours, theirs = [], []
    for _ in range(times):
        began = time.thread_time()
        _ours(html)
        ours.append((time.thread_time() - began) * 1000)
        theirs.append(_dump(w3m, html, folder))
    return min(ours), min(theirs)


def _ours(html: str) -> str:
    laid = layout_html(html, golden.WIDTH, LinkList())
    return "\n".join(line_text(line) for line in laid.lines)


def _dump(w3m: Peer, html: str, folder: Path) -> float:
    before = _children()
    _text(w3m, html, folder)
    return (_children() - before) * 1000


def _text(w3m: Peer, html: str, folder: Path) -> str:
    argv = [str(w3m.program), "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", str(golden.WIDTH)]
    env = {"HOME": str(folder), "LC_ALL": "C.UTF-8", **w3m.env}
    done = subprocess.run(argv, input=html, capture_output=True, encoding="utf-8", env=env, timeout=TIMEOUT, check=True)
    return done.stdout


def _children() -> float:
    """Return the seconds of processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
