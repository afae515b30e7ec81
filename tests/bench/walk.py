"""One person's way through 10,000 messages, by keys alone: open, to the end and back, read, reply, archive.

The reply leaves through Postfix and arrives in the Inbox of the other account, which is open in a second Tidings.
"""

import argparse
import imaplib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import program
from tests.bench.mailboxes import letter, letters, load
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import heading, row
from tests.servers.dovecot import ADA, GRACE, Dovecot
from tests.servers.postfix import Postfix
from tui.config.model import Security

SUBJECT = "Does the engine weave"
SEND = "\x18"


def main(words: Sequence[str]) -> int:
    """Run it; an exception when a step never ends."""
    parser = argparse.ArgumentParser(prog="scripts/bench walk", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, metavar="N")
    count = parser.parse_args(words).messages
    with (
        Dovecot(storage="mdbox") as dovecot,
        Postfix(dovecot) as postfix,
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder,
    ):
        load(dovecot.clear_port, ADA, dovecot.users[ADA], letters(count - 1))
        dovecot.deliver(ADA, letter(SUBJECT, sender=("Grace Hopper", GRACE), body="Well?\r\n"))
        hers, theirs = Path(folder) / "ada", Path(folder) / "grace"
        env = program.configure(hers, dovecot, [ADA], postfix=postfix, security=Security.TLS)
        other = program.configure(theirs, dovecot, [GRACE], postfix=postfix, security=Security.TLS)
        heading(f"walk: {count:,} messages, TLS, 120x40")
        with program.start(other, width=80, height=24) as grace, program.start(env, width=120, height=40) as tidings:
            _walk(tidings, grace, dovecot, count)
    return 0


def _walk(tidings: PtyProgram, grace: PtyProgram, dovecot: Dovecot, count: int) -> None:
    at = tidings.until(SUBJECT, program.READY)
    _step("open: start to the newest row", tidings.began, at)
    at = tidings.until(
        lambda screen: f" of {count:,}" in _status(screen) and f"of {count:,}  " not in _status(screen), 90
    )
    _step("every envelope here", tidings.began, at)
    tidings.quiet(1.0)

    key = tidings.send("G")
    _step("G: to the oldest row", key, tidings.until(lambda screen: f"{count:,} of {count:,}" in _status(screen)))
    key = tidings.send("gg")
    _step("g g: back to the newest", key, tidings.until(lambda screen: f" 1 of {count:,}" in _status(screen)))
    tidings.quiet(0.5)

    key = tidings.send("\r")
    _step("Enter: in the message", key, tidings.until("Space page on"))
    tidings.quiet(0.5)
    key = tidings.send("r")
    _step("r: the reply, quoted", key, tidings.until("> Well?"))
    tidings.press("It does.", gap=0.3)
    key = tidings.send(SEND)
    _step("Ctrl+X: accepted by the server", key, tidings.until("accepted", 20.0))
    _step("  in the other account's Inbox, by another client", key, _arrived(dovecot))
    _step("  on the screen of the other account", key, grace.until(f"Re: {SUBJECT}", 20.0))

    tidings.quiet(0.5)
    key = tidings.send("e")
    _step("e: archived, gone from the list", key, tidings.until(lambda screen: f" of {count - 1:,}" in _status(screen)))
    _step("  in Archive, by another client", key, _archived(dovecot))


def _step(what: str, began: float, ended: float) -> None:
    row(what, (ended - began) * 1000, "ms")


def _status(screen: str) -> str:
    return screen.rstrip("\n").rsplit("\n", 1)[-1]


def _arrived(dovecot: Dovecot) -> float:
    """Wait for the reply in Grace's Inbox, as another client sees it."""
    with dovecot.imap(GRACE) as line:
        return _found(line, "INBOX", f'SUBJECT "Re: {SUBJECT}"')


def _archived(dovecot: Dovecot) -> float:
    with dovecot.imap(ADA) as line:
        return _found(line, "Archive", f'SUBJECT "{SUBJECT}"')


def _found(line: imaplib.IMAP4_SSL, mailbox: str, query: str) -> float:
    line.select(mailbox, readonly=True)
    until = time.perf_counter() + 20.0
    while time.perf_counter() < until:
        line.noop()
        if line.search(None, query)[1][0]:
            return time.perf_counter()
        time.sleep(0.02)
    raise TimeoutError(f"{mailbox}: nothing with {query}")
