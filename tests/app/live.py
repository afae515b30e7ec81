"""The whole application against honest servers on loopback, in one loop: IMAP with mail in it, and submission."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from tests.servers.scripted_smtp import ScriptedSmtp, scripted_smtp
from tui.app import TidingsApp
from tui.config.model import AccountConfig, ComposeConfig, Config, Protocol, Secret, Security, Server
from tui.config.paths import Paths
from tui.demo.imap_server import SPECIAL_USE, ImapServer
from tui.mail.address import Address
from tui.mail.ids import AccountName
from tui.screens.mail import MailScreen
from tui.store.database import Store
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.status_line import StatusLine

Value = TypeVar("Value")

WORK, HOME = AccountName("work"), AccountName("home")
SECRET = "secret"
SEEN = frozenset({b"\\Seen"})


def letter(
    subject: str,
    body: str = "Dear Charles,\n\nit compiles.\n\nAda\n",
    *,
    sender: str = "Ada Lovelace <ada@analytical.example>",
    to: str = "Charles Babbage <charles@mill.example>",
    **headers: str,
) -> bytes:
    """Return the octets of a plain mail. Further headers by name, ``_`` for ``-``."""
    when = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {when}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["Message-ID: <" + str(abs(hash((subject, sender)))) + "@analytical.example>"]
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", *body.split("\n")]
    return "\r\n".join(lines).encode()


@dataclass
class Live:
    """Servers, the files of one user, and the configuration that fits them.

    Attributes:
        imap, smtp: the servers.
        paths: the user's folders.
        config: both accounts.
    """

    imap: ImapServer
    smtp: ScriptedSmtp
    paths: Paths
    config: Config

    async def deliver(
        self,
        raw: bytes,
        *,
        account: AccountName = WORK,
        mailbox: str = "INBOX",
        minutes: float = 0,
        flags: frozenset[bytes] = frozenset(),
    ) -> int:
        """Have a mail come in, some minutes ago, and return its UID."""
        received = datetime.now(UTC) - timedelta(minutes=minutes)
        return await self.imap.deliver(account, raw, mailbox=mailbox, received=received, flags=flags)

    async def flags(self, uid: int, *, account: AccountName = WORK, mailbox: str = "INBOX") -> frozenset[bytes] | None:
        """Return the flags a message has on the server, None when it is not there."""
        async for message in (await self.imap.mailbox(account, mailbox)).messages():
            if message.uid == uid:
                return frozenset(flag.value for flag in message.permanent_flags)
        return None

    async def count(self, mailbox: str, *, account: AccountName = WORK) -> int:
        """Return how many messages a mailbox has on the server."""
        return len([each async for each in (await self.imap.mailbox(account, mailbox)).messages()])

    @asynccontextmanager
    async def app(self, *, width: int = 120, height: int = 40) -> AsyncIterator["Session"]:
        """Run the application on a terminal of this size."""
        store = await Store.open(self.paths)
        app = TidingsApp(self.config, store, self.paths)
        async with app.run_test(size=(width, height)) as pilot:
            yield Session(self, app, pilot)


class Session:
    """A person at the application.

    Args:
        live: the servers behind it.
        app: it.
        pilot: presses its keys.
    """

    def __init__(self, live: Live, app: TidingsApp, pilot: Pilot[int]) -> None:
        self.live = live
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type into the field that has the focus."""
        await self.pilot.press(*["space" if each == " " else each for each in text])

    async def until(self, condition: Callable[[], object], what: str = "", timeout: float = 20.0) -> None:
        """Wait for a state.

        Raises:
            AssertionError: when it does not come about; with what was on the screen.
        """
        try:
            async with asyncio.timeout(timeout):
                while not condition():  # noqa: ASYNC110 - a test may ask for any state
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"never came: {what}\n" + "\n".join(self.lines)) from None

    async def eventually(
        self, ask: Callable[[], Awaitable[Value]], answer: Callable[[Value], bool], timeout: float = 20.0
    ) -> None:
        """Ask until the answer is right, such as a server for its flags.

        Raises:
            AssertionError: when it never is; with what was on the screen.
        """
        try:
            async with asyncio.timeout(timeout):
                while not answer(await ask()):  # noqa: ASYNC110 - a server is asked
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError("never came:\n" + "\n".join(self.lines)) from None

    async def sees(self, *texts: str) -> None:
        """Wait until all of these texts are on the screen."""
        for text in texts:
            await self.until(lambda text=text: text in self.screen, f"{text!r} on the screen")  # type: ignore[misc]

    async def misses(self, text: str) -> None:
        """Wait until this text is no longer on the screen."""
        await self.until(lambda: text not in self.screen, f"{text!r} gone")

    @property
    def lines(self) -> list[str]:
        """The lines of the whole terminal as text."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def screen(self) -> str:
        return "\n".join(self.lines)

    @property
    def _mail(self) -> MailScreen:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, MailScreen))

    @property
    def subject(self) -> str:
        """The subject under the cursor of the list."""
        current = self._mail.query_one(EnvelopeList).current
        return current.subject if current is not None else ""

    @property
    def notice(self) -> str:
        """What the status line of the mail screen says."""
        return self._mail.query_one(StatusLine).notice


@asynccontextmanager
async def live(
    folder: Path,
    *,
    behaviour: str = "normal",
    undo_send: int = 0,
    accounts: Sequence[AccountName] = (WORK,),
) -> AsyncIterator[Live]:
    """Run the servers.

    Args:
        folder: for the user's files.
        behaviour: of the submission server, see `scripted_smtp`.
        undo_send: seconds a mail is held.
        accounts: whom the user has.
    """
    imap = ImapServer(dict.fromkeys(accounts, SECRET))
    await imap.start()
    for account in accounts:
        for name in (*SPECIAL_USE, "Lists"):
            await imap.add_mailbox(account, name)
    try:
        async with scripted_smtp(behaviour, password=SECRET) as smtp:
            config = Config(
                accounts=tuple(_account(name, imap.port, smtp.port) for name in accounts),
                compose=ComposeConfig(undo_send=undo_send),
            )
            paths = Paths.under(folder)
            paths.make()
            yield Live(imap, smtp, paths, config)
    finally:
        await imap.stop()


def _account(name: AccountName, imap: int, smtp: int) -> AccountConfig:
    address = Address("Charles Babbage", "charles@mill.example" if name == WORK else f"charles@{name}.example")
    receive = Server("127.0.0.1", imap, Security.PLAIN, name, Secret(password=SECRET))
    return AccountConfig(name, address, Protocol.IMAP, receive, replace(receive, port=smtp))
