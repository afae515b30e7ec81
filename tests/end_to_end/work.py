"""An account at work on real servers, and another client of the same mailbox beside it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import HASTE, Desk, Pace
from tui.config.model import AccountConfig, ComposeConfig, Config, SyncConfig
from tui.config.secrets import Secrets
from tui.store.database import Store


@asynccontextmanager
async def at_work(
    store: Store,
    account: AccountConfig,
    *,
    undo_send: int = 0,
    haste: float = HASTE,
    poll: int = 120,
    offline: int = 0,
    secrets: Secrets | None = None,
) -> AsyncIterator[Desk]:
    """Start an account and stop it at the end."""
    times = SyncConfig(poll=poll, timeout=20, offline=offline)
    desk = Desk(account, Config((account,), ComposeConfig(undo_send), sync=times), store, Pace(haste), secrets=secrets)
    desk.account.start()
    try:
        yield desk
    finally:
        await asyncio.wait_for(desk.account.stop(), 10)


def mail(
    subject: str, body: str = "Hello.", *, sender: str = "Grace Hopper <grace@example.org>", to: str = ADA
) -> bytes:
    """Return a plain mail, wire bytes."""
    number = abs(hash((subject, body)))
    fields = f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{number}@example.org>\nMIME-Version: 1.0\n"
    return f"{fields}Content-Type: text/plain; charset=utf-8\n\n{body}\n".replace("\n", "\r\n").encode()


class OtherClient:
    """Another client at the same account, by the standard library's IMAP: what the server really holds.

    Args:
        server: Dovecot or another.
        user: whose account.
    """

    def __init__(self, server: Dovecot | Cyrus, user: str = ADA) -> None:
        self._line = server.imap(user)

    def close(self) -> None:
        self._line.logout()

    def flags(self, mailbox: str = "INBOX") -> dict[int, set[str]]:
        """Return the flags by UID, without \\Recent."""
        self._select(mailbox)
        found = {}
        for row in self._call("UID", "FETCH", "1:*", "(FLAGS)"):
            told = re.search(rb"UID (\d+)", row), re.search(rb"FLAGS \(([^)]*)\)", row)
            if told[0] and told[1]:
                found[int(told[0][1])] = set(told[1][1].decode().split()) - {"\\Recent"}
        return found

    def uids(self, mailbox: str = "INBOX") -> list[int]:
        return sorted(self.flags(mailbox))

    def source(self, uid: int, mailbox: str = "INBOX") -> bytes:
        """Return a whole message, its flags left alone."""
        self._select(mailbox)
        kind, rows = self._line.uid("FETCH", str(uid), "(BODY.PEEK[])")
        assert kind == "OK"
        assert isinstance(rows[0], tuple)
        found = rows[0][1]
        assert isinstance(found, bytes)
        return found

    def command(self, *words: str, mailbox: str = "INBOX") -> None:
        """Give a command about messages: ``"STORE", "1", "+FLAGS", "(\\Flagged)"``."""
        self._select(mailbox, write=True)
        self._call("UID", *words)

    def expunge(self, *uids: int, mailbox: str = "INBOX") -> None:
        """Delete messages for good."""
        picked = ",".join(map(str, uids))
        self.command("STORE", picked, "+FLAGS", "(\\Deleted)", mailbox=mailbox)
        self._call("UID", "EXPUNGE", picked)

    def append(self, mailbox: str, *mails: bytes) -> None:
        for each in mails:
            assert self._line.append(mailbox, "", "", each)[0] == "OK"

    def create(self, mailbox: str) -> None:
        assert self._line.create(mailbox)[0] == "OK"

    def subscribe(self, mailbox: str) -> None:
        assert self._line.subscribe(mailbox)[0] == "OK"

    def delete(self, mailbox: str) -> None:
        assert self._line.delete(mailbox)[0] == "OK"

    def _select(self, mailbox: str, write: bool = False) -> None:
        assert self._line.select(mailbox, readonly=not write)[0] == "OK"

    def _call(self, name: str, *words: str) -> list[bytes]:
        kind, rows = self._line.uid(*words)
        assert kind == "OK", rows
        return [row for row in rows if isinstance(row, bytes)]


@contextmanager
def other_client(server: Dovecot | Cyrus, user: str = ADA) -> Iterator[OtherClient]:
    client = OtherClient(server, user)
    try:
        yield client
    finally:
        client.close()
