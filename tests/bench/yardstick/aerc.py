"""aerc as the yardstick sees it."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.bench.peers import Peer, peer
from tests.bench.program import environment
from tests.bench.pty_driver import PtyProgram
from tests.bench.yardstick.clients import Hands, Line

ACCOUNT = """[work]
source = imap+insecure://{user}:{password}@127.0.0.1:{port}
default = INBOX
from = Ada <ada@example.org>
cache-headers = true
check-mail = 5m
"""
HANDS = Hands("j", "k", "\x06", "gg", "G", "\r", "q", ":filter ", "\r", ":clear\r", ":quit -f\r")


@dataclass(frozen=True, slots=True)
class Aerc:
    """It."""

    peer: Peer
    version: str
    name: str = "aerc"
    hands: Hands = HANDS

    def prepare(self, home: Path, line: Line) -> None:
        folder = home / "config" / "aerc"
        folder.mkdir(parents=True)
        share = self.peer.share / "aerc"
        settings = (share / "aerc.conf").read_text()
        for kind in ("stylesets", "templates"):  # else it looks for them where it would be installed
            shutil.copytree(share / kind, folder / kind)
        settings = re.sub(r"^text/plain=.*$", "text/plain=cat", settings, flags=re.M)
        (folder / "aerc.conf").write_text(settings)
        (folder / "binds.conf").write_text((share / "binds.conf").read_text())
        (folder / "accounts.conf").touch(mode=0o600)
        words = {"user": quote(line.user, safe=""), "password": quote(line.password, safe="")}
        (folder / "accounts.conf").write_text(ACCOUNT.format(port=line.port, **words))

    def start(self, home: Path, *, width: int, height: int) -> PtyProgram:
        env = {**environment(home), **self.peer.env}
        return PtyProgram([str(self.peer.program)], width=width, height=height, env=env, folder=home)

    def whole(self, home: Path, count: int) -> bool | None:
        return None


def aerc() -> Aerc:
    """See `tests.bench.yardstick.clients.Maker`."""
    found = peer("aerc")
    words = found.version("-v").split()
    return Aerc(found, words[1] if len(words) > 1 else "")
