"""All messages with their text onto this machine: Tidings beside mbsync and a raw socket."""

import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.peers import peer
from tests.bench.yardstick import limits
from tests.bench.yardstick.ground import WIDE, Ground
from tests.bench.yardstick.table import Figure
from tests.bench.yardstick.tidings import Tidings
from tests.servers.dovecot import ADA
from tests.servers.packages import ServersMissing

GROUP = "All messages with their text onto this machine, from exec"
DEADLINE = 90.0
RULES = """IMAPAccount yard
Host 127.0.0.1
Port {port}
User {user}
Pass "{password}"
SSLType None
AuthMechs LOGIN

IMAPStore far
Account yard

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
"""


def measure(ground: Ground) -> None:
    """Let both fetch everything, without a slow road."""
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory(prefix="tidings-bench-") as name:
        if any(isinstance(client, Tidings) for client in ground.clients):
            figures["tidings"] = _tidings(ground, Path(name, "tidings"))
        figures["mbsync"] = _mbsync(ground, Path(name, "mbsync"))
    took, octets = limits.everything(ground.line(0), b"(UID FLAGS BODY.PEEK[])")
    limit = (f"a raw socket, {octets / 1e6:.0f} MB", ground.count / took)
    ground.row(GROUP, "messages", ground.where(0), "/s", figures, limit, more_is_better=True)


def _tidings(ground: Ground, home: Path) -> Figure:
    ours = Tidings(offline=ground.count, megabytes=10_000)
    home.mkdir()
    ours.prepare(home, ground.line(0))
    with ours.start(home, width=WIDE[0], height=WIDE[1]) as program:
        until = time.monotonic() + DEADLINE
        while (done := ours.texts(home)) < ground.count and time.monotonic() < until:
            time.sleep(0.05)
        rate = ground.count / (time.perf_counter() - program.began)
        program.send(ours.hands.end)
        program.wait(5.0)
    if done < ground.count:
        print(f"  (tidings: {done:,} of {ground.count:,} texts in {DEADLINE:.0f} s)", flush=True)
        return None
    return rate


def _mbsync(ground: Ground, home: Path) -> Figure:
    try:
        found = peer("mbsync", "isync")
    except ServersMissing as error:
        print(f"  (mbsync: {error})", flush=True)
        return None
    (home / "mail").mkdir(parents=True)
    rules = home / "rc"
    rules.touch(mode=0o600)
    line = ground.line(0)
    rules.write_text(RULES.format(port=line.port, user=ADA, password=line.password, folder=home))
    began = time.perf_counter()
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", **found.env}
    words = [str(found.program), "-q", "-c", str(rules), "all"]
    try:
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        print("  (mbsync: takes too long)", flush=True)
        return None
    took = time.perf_counter() - began
    got = sum(1 for part in ("new", "cur") for _ in (home / "mail" / "INBOX" / part).glob("*"))
    if done.returncode or got < ground.count:
        print(f"  (mbsync: {got:,} of {ground.count:,}: {' '.join(done.stderr.split())[:160]})", flush=True)
        return None
    return ground.count / took
