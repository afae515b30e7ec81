"""kill -9 while mail is taken from Dovecot and deleted there: what is lost, what is doubled."""

import asyncio
import hashlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.dovecot import ADA, Dovecot
from tui.config.model import AccountConfig, Config, Security, Server, SyncConfig
from tui.config.model import Protocol as Kind
from tui.config.model import Secret as Password
from tui.config.paths import Paths
from tui.mail.address import Address
from tui.mail.ids import AccountName
from tui.store.database import Store
from tui.sync.pop3_account import Pop3Account

PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    """What came of many kills.

    Attributes:
        kills: processes killed; struck: those of them that had left something to do.
        delivered: mails; lost, doubled, damaged: of them, by their Message-ID.
        left: mails that are still on the server at the end.
        unlisted: mails that are here and in no list.
    """

    kills: int = 0
    struck: int = 0
    delivered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    left: int = 0
    unlisted: int = 0

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled or self.damaged or self.left or self.unlisted)


def receive(folder: Path, port: int, password: str) -> None:
    """Be a program that takes mail, until it is killed."""
    asyncio.run(_receive(folder, port, password))


async def _receive(folder: Path, port: int, password: str) -> None:
    server = Server("127.0.0.1", port, Security.PLAIN, ADA, Password(password=password))
    account = AccountConfig(AccountName("ada"), Address("Ada", ADA), Kind.POP3, server, leave_days=0, poll=1)
    store = await Store.open(Paths.under(folder))
    running = Pop3Account(account, Config((account,), sync=SyncConfig(timeout=20)), store, lambda event: None)
    running.start()
    await asyncio.sleep(3600)


class Trials:
    """Deliveries, kills, and the reckoning at the end.

    Args:
        dovecot: from which mail is taken.
        folder: of the program that is killed.
        begin: starts that program; returns its process id.
    """

    def __init__(self, dovecot: Dovecot, folder: Path, begin: Callable[[], int]) -> None:
        self._dovecot = dovecot
        self._folder = folder
        self._begin = begin
        self._mails: dict[str, str] = {}  # Message-ID → digest of the octets from it on
        self.outcome = Outcome()

    def deliver(self, count: int) -> None:
        """Have so many new mails in INBOX."""
        first = len(self._mails)
        with self._dovecot.imap(ADA) as line:
            for number in range(first, first + count):
                id = f"<kill-{number}@example.org>"
                text = f"Message-ID: {id}\r\nSubject: {number}\r\nFrom: a@b.example\r\n\r\n.{number}\r\n"
                data = (text + "..dots\r\n" * (number % 50)).encode()
                self._mails[id] = hashlib.sha256(data).hexdigest()
                assert line.append("INBOX", "", "", data)[0] == "OK"

    def waiting(self) -> int:
        """Return how many mails are on the server."""
        with self._dovecot.imap(ADA) as line:
            kind, rows = line.status("INBOX", "(MESSAGES)")
            found = re.search(rb"MESSAGES (\d+)", rows[0] or b"")
            assert kind == "OK"
            assert found is not None
            return int(found[1])

    def kill_after(self, seconds: float) -> None:
        """Start the program and kill it."""
        process = self._begin()
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        self.outcome.kills += 1
        self.outcome.struck += bool(self.waiting())

    def undisturbed(self) -> float:
        """Let the program take everything; return the seconds it took."""
        began = time.monotonic()
        process = self._begin()
        try:
            while self.waiting():
                assert time.monotonic() - began < PATIENCE, "it does not take everything"
                time.sleep(0.02)
            return time.monotonic() - began
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)

    def reckon(self) -> Outcome:
        """Let everything come to rest; say what is lost and what is doubled."""
        self.undisturbed()
        outcome = self.outcome
        outcome.delivered = len(self._mails)
        outcome.left = self.waiting()
        found: Counter[str] = Counter()
        with sqlite3.connect(Paths.under(self._folder).mail_file) as mail:
            joined = "SELECT message_id, data FROM messages JOIN contents ON contents.id = content"
            for id, data in mail.execute(joined):
                found[id] += 1
                if hashlib.sha256(data).hexdigest() != self._mails.get(id):
                    outcome.damaged.append(id)
        outcome.lost = [id for id in self._mails if not found[id]]
        outcome.doubled = [id for id, count in found.items() if count > 1]
        outcome.unlisted = len(self._mails) - asyncio.run(self._listed())
        return outcome

    async def _listed(self) -> int:
        """Start the program's account once more, as a user would, and count what its list holds."""
        store = await Store.open(Paths.under(self._folder))
        try:
            server = self._dovecot.pop3_account(ADA, leave_days=0)
            account = Pop3Account(server, Config((server,)), store, lambda event: None)
            account.start()
            async with asyncio.timeout(PATIENCE):
                while True:
                    state = await store.mailboxes.by_wire(account.name, b"INBOX")
                    if state is not None and state.complete and state.held >= len(self._mails):
                        break
                    await asyncio.sleep(0.05)
            await account.stop()
            return state.held
        finally:
            await store.close()


def forked(dovecot: Dovecot, folder: Path) -> Callable[[], int]:
    """Return what starts the program as a fork of this one: quick; for programs without threads."""

    def begin() -> int:
        process = os.fork()
        if process == 0:
            try:
                receive(folder, dovecot.clear_pop3_port, dovecot.users[ADA])
            finally:
                os._exit(1)
        return process

    return begin


def spawned(dovecot: Dovecot, folder: Path) -> Callable[[], int]:
    """Return what starts the program as one of its own."""

    def begin() -> int:
        words = [str(folder), str(dovecot.clear_pop3_port), dovecot.users[ADA]]
        return subprocess.Popen([sys.executable, "-m", "tests.pop3.killing", *words], cwd=ROOT).pid

    return begin


if __name__ == "__main__":
    receive(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
