"""Tidings as the yardstick sees it: the command a user types."""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from tests.bench import program
from tests.bench.pty_driver import PtyProgram
from tests.bench.start import started
from tests.bench.yardstick.clients import Hands, Line
from tui import __version__

CONFIG = """[accounts.work]
address = {user}
name = "Ada"
[accounts.work.receive]
protocol = "imap"
host = "127.0.0.1"
port = {port}
security = "plain"
user = {user}
password = {password}
[sync]
offline = {offline}
offline_size = {megabytes}
"""
HANDS = Hands("j", "k", "\x1b[6~", "gg", "G", "\r", "q", "/", "", "\x1b", "Q")


@dataclass(frozen=True, slots=True)
class Tidings:
    """This program.

    Args:
        offline: newest messages whose text is kept; what it is unless the user says otherwise.
        megabytes: of them at most.
    """

    offline: int = 100
    megabytes: int = 25
    name: str = "tidings"
    version: str = __version__
    hands: Hands = HANDS

    def prepare(self, home: Path, line: Line) -> None:
        file = home / "config" / "tidings" / "config.toml"
        file.parent.mkdir(parents=True)
        file.touch(mode=0o600)
        words = {"user": json.dumps(line.user), "password": json.dumps(line.password)}
        file.write_text(CONFIG.format(port=line.port, offline=self.offline, megabytes=self.megabytes, **words))

    def start(self, home: Path, *, width: int, height: int) -> PtyProgram:
        env = {**program.environment(home), "PYTHONPATH": str(program.CHECKOUT)}  # this tree, whatever is installed
        return started(env, width=width, height=height)

    def whole(self, home: Path, count: int) -> bool | None:
        return self.asked(home, "SELECT max(held) FROM mailboxes") >= count

    def idle(self, home: Path) -> bool:
        """Whether all that came is indexed."""
        return self.asked(home, "SELECT EXISTS (SELECT 1 FROM unindexed)") == 0

    def texts(self, home: Path) -> int:
        """Return how many messages can be read without the server."""
        return self.asked(home, "SELECT count(*) FROM bodies WHERE section = 'HEADER'")

    def cache(self, home: Path) -> Path:
        """Return where its rows are."""
        return home / "cache" / "tidings" / "cache.db"

    def asked(self, home: Path, statement: str) -> int:
        """Return the number that its cache answers with; -1 while there is none."""
        file = self.cache(home)
        if not file.exists():
            return -1
        try:
            with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as cache:
                cache.set_busy_timeout(1000)
                return int(next(cache.execute(statement))[0] or 0)
        except apsw.Error:  # being made
            return -1
