"""mutt and neomutt as the yardstick sees them."""

from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import Neomutt, peer
from tests.bench.pty_driver import PtyProgram
from tests.bench.yardstick.clients import Hands, Line

MORE = """
set sleep_time=0
set pager_stop=yes
set wait_key=no
set imap_check_subscribed=no
set menu_scroll=no
set mail_check=5
set timeout=5
"""
HANDS = Hands("j", "k", "z", "=", "*", "\r", "q", "l~s ", "\r", "lall\r", "q")


@dataclass(frozen=True, slots=True)
class Mutt:
    """Either of them."""

    name: str
    version: str
    program: Neomutt
    hands: Hands = HANDS

    def prepare(self, home: Path, line: Line) -> None:
        self.program.write(home, line.port, line.user, line.password, MORE)

    def start(self, home: Path, *, width: int, height: int) -> PtyProgram:
        return self.program.run(home, width=width, height=height)

    def whole(self, home: Path, count: int) -> bool | None:
        return True  # it shows nothing before


def mutt() -> Mutt:
    """See `tests.bench.yardstick.clients.Maker`."""
    return _made("mutt")


def neomutt() -> Mutt:
    """See `tests.bench.yardstick.clients.Maker`."""
    return _made("neomutt")


def _made(name: str) -> Mutt:
    found = peer(name)
    words = found.version("-v").split()
    return Mutt(name, words[1] if len(words) > 1 else "", Neomutt(found))
