"""The demonstration as one object: servers, mail and people, from start to end."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Set
from datetime import datetime
from random import Random
from types import TracebackType

from tui.config.model import AccountConfig, ComposeConfig, Config, Protocol, Secret, Security, Server
from tui.demo.arrivals import Arrivals, Pace
from tui.demo.bulk import Bulk
from tui.demo.correspondents import Correspondents
from tui.demo.imap_server import HOST, SPECIAL_USE, ImapServer
from tui.demo.letters import Letter, load_letters
from tui.demo.people import ACCOUNTS, Cast
from tui.demo.smtp_server import SmtpServer
from tui.demo.writing import Writer
from tui.mail.ids import AccountName

log = logging.getLogger(__name__)

UNDO_SEND = 3
"""Seconds a sent mail is held: long enough to be seen, short enough for the answer to be waited for."""
SIGNATURES = {"work": "Charles Babbage, 1 Dorset Street", "home": ""}
MAILBOXES = {
    "work": ("Lists", "Lists/engine", "Lists/planner-hackers", "Lists/tides"),
    "home": ("Family", "Family/Aoife", "Family/Boathouse"),
}
"""Mailboxes besides INBOX and those of `SPECIAL_USE`."""


def _local_time() -> datetime:
    return datetime.now().astimezone()


class Demo:
    """Servers on loopback ports, full of mail; an async context manager.

    Args:
        messages: how many there are in the INBOX of the account "work", at least; made as they are read.
        seed: other numbers make another demonstration; the passwords are always new.
        clock: what the time is, with its time zone. A fixed one makes the mail the same in every run.
        pace: how fast things happen; None: nothing arrives by itself.
    """

    def __init__(
        self,
        *,
        messages: int = 0,
        seed: int = 1,
        clock: Callable[[], datetime] = _local_time,
        pace: Pace | None = Pace(),  # noqa: B008 - frozen
    ) -> None:
        self._messages = messages
        self._clock = clock
        self._seed = seed
        self._pace = pace
        self.cast = Cast.load()
        self._passwords = {self.cast.me[account].spec: secrets.token_urlsafe(18) for account in ACCOUNTS}
        self._imap = ImapServer(self._passwords)
        answer = (pace or Pace()).answer
        self._people = Correspondents(self.cast, self._put, clock, Random(f"people {seed}"), answer)
        self._smtp = SmtpServer(self._passwords, self._people.take, self._people.refuse)
        self._arrivals: asyncio.Task[None] | None = None

    @property
    def config(self) -> Config:
        """The configuration with which an application reaches the servers; once they are started."""
        return Config(
            accounts=tuple(self._account(name) for name in ACCOUNTS), compose=ComposeConfig(undo_send=UNDO_SEND)
        )

    def _account(self, name: str) -> AccountConfig:
        address = self.cast.me[name]
        secret = Secret(password=self._passwords[address.spec])
        return AccountConfig(
            name=AccountName(name),
            address=address,
            protocol=Protocol.IMAP,
            receive=Server(HOST, self._imap.port, Security.PLAIN, address.spec, secret),
            send=Server(HOST, self._smtp.port, Security.PLAIN, address.spec, secret),
            signature=SIGNATURES[name],
        )

    async def __aenter__(self) -> "Demo":
        # pymap tells every line it reads, passwords too, to whoever logs that much.
        logging.getLogger("pymap").setLevel(logging.WARNING)
        try:
            await self._imap.start()
            await self._smtp.start()
            await self._fill()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End every task and connection, and wait until they have ended."""
        if self._arrivals is not None:
            self._arrivals.cancel()
            await asyncio.gather(self._arrivals, return_exceptions=True)
            self._arrivals = None
        await self._smtp.stop()
        await self._people.stop()
        await self._imap.stop()

    async def deliver(
        self, account: str, raw: bytes, *, mailbox: str = "INBOX", flags: Set[bytes] = frozenset()
    ) -> int:
        """Put a message into a mailbox and return its UID; whoever watches is told at once.

        Args:
            account: one of `ACCOUNTS`.
            raw: the message, wire bytes.
            mailbox: its name.
            flags: as on the wire.

        Raises:
            KeyError: when there is no such account or mailbox.
        """
        user = self.cast.me[account].spec
        return await self._imap.deliver(user, raw, mailbox=mailbox, received=self._clock(), flags=flags)

    async def _put(self, account: str, raw: bytes, mailbox: str) -> None:
        try:
            await self.deliver(account, raw, mailbox=mailbox)
        except KeyError:  # the user has removed or renamed it
            await self.deliver(account, raw)

    async def _fill(self) -> None:
        letters = [
            *load_letters("work", self.cast, "work"),
            *load_letters("shelves", self.cast, "work"),
            *load_letters("home", self.cast, "home"),
        ]
        arriving = load_letters("arrivals", self.cast, "work")
        writer = Writer([*letters, *arriving], self._clock())
        for account in ACCOUNTS:
            for mailbox in (*sorted(SPECIAL_USE), *MAILBOXES[account]):
                await self._imap.add_mailbox(self.cast.me[account].spec, mailbox)
        await self._fill_bulk(letters)
        for letter in sorted(letters, key=lambda letter: letter.ago, reverse=True):
            mail = writer.write(letter)
            await self._imap.deliver(
                self.cast.me[letter.account].spec,
                mail.raw,
                mailbox=letter.mailbox,
                received=mail.sent,
                flags=letter.flags,
            )
        if self._pace is not None:
            dice = Random(f"arrivals {self._seed}")
            arrivals = Arrivals(arriving, writer, self._put, self._clock, dice, self._pace)
            self._arrivals = asyncio.create_task(arrivals.run(), name="demo arrivals")
            self._arrivals.add_done_callback(_tell)

    async def _fill_bulk(self, letters: list[Letter]) -> None:
        here = [letter for letter in letters if (letter.account, letter.mailbox) == ("work", "INBOX")]
        before = self._clock() - max(letter.ago for letter in here)
        inbox = await self._imap.mailbox(self.cast.me["work"].spec, "INBOX")
        await inbox.append_generated(Bulk(self.cast, self._seed).rows(max(0, self._messages - len(here)), before))


def _tell(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("no more mail arrives by itself", exc_info=error)
