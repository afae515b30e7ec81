"""alpine as the yardstick sees it. It asks for the password each time; that is typed at once."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import Peer, peer
from tests.bench.pty_driver import PtyProgram
from tests.bench.yardstick.clients import Hands, Line

CONFIG = """personal-name=Ada
user-domain=example.org
inbox-path={{127.0.0.1:{port}/user={user}/notls/novalidate-cert}}INBOX
feature-list=quit-without-confirm,disable-password-file-saving,prefer-plain-text,enable-aggregate-command-set,no-auto-move-read-msgs
sort-key=arrival/reverse
disable-these-authenticators=PLAIN,LOGIN
status-message-delay=0
incoming-startup-rule=first
mail-check-interval=15
last-version-used=9.99
nntp-server=
user-id=ada
"""
ASKED = 8.0
HANDS = Hands("n", "p", " ", "J1\r", "J{count}\r", "\r", "i", ";TS", "\r", ";a", "qy")


@dataclass(frozen=True, slots=True)
class Alpine:
    """It."""

    peer: Peer
    version: str
    name: str = "alpine"
    hands: Hands = HANDS

    def prepare(self, home: Path, line: Line) -> None:
        (home / "mail").mkdir()  # else it tells at length that it makes it
        (home / "pinerc").write_text(CONFIG.format(port=line.port, user=line.user))
        (home / "password").touch(mode=0o600)
        (home / "password").write_text(json.dumps(line.password))

    def start(self, home: Path, *, width: int, height: int) -> PtyProgram:
        words = [str(self.peer.program), "-i", "-p", str(home / "pinerc")]
        env = {"HOME": str(home), **self.peer.env}
        running = PtyProgram(words, width=width, height=height, env=env, folder=home)
        try:
            running.until(lambda screen: "ENTER PASSWORD" in screen or "refused" in screen, ASKED)
            running.send(json.loads((home / "password").read_text()) + "\r")
        except TimeoutError:
            pass  # the server is away
        return running

    def whole(self, home: Path, count: int) -> bool | None:
        return None


def alpine() -> Alpine:
    """See `tests.bench.yardstick.clients.Maker`."""
    found = peer("alpine")
    words = found.version("-v").split()
    return Alpine(found, words[1] if len(words) > 1 else "")
