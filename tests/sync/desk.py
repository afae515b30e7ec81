"""An account at work on scripted servers, with a store on disk: what it says, what it waits, how long it stalls."""

import asyncio
import inspect
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from tests.servers.certificate import certificate
from tests.servers.scripted_imap import ScriptedServer
from tests.servers.scripted_smtp import ScriptedSmtp
from tui.config.model import AccountConfig, ComposeConfig, Config, Protocol, Secret, Security, Server, SyncConfig
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.draft import Draft
from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, SubmissionId, Uid
from tui.mail.submission import Submission
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.sync.account import Account
from tui.sync.clock import ClockJumps
from tui.sync.events import Event, Link, LinkChanged, LinkState
from tui.sync.pop3_account import Pop3Account
from tui.sync.retry import NEVER, Backoff

Seen = TypeVar("Seen")
PAGE = resource.getpagesize()
HASTE = 0.02
"""A second of back-off in these tests."""


class Pace:
    """Makes back-offs that note the waits they would have made, and make them much shorter.

    Attributes:
        waits: (error, seconds without jitter), in order.
    """

    def __init__(self, haste: float = HASTE) -> None:
        self.haste = haste
        self.waits: list[tuple[MailError, float]] = []

    def __call__(self) -> Backoff:
        return _Noted(self)

    def of(self, kind: type[MailError]) -> list[float]:
        """Return the seconds waited for errors of a kind."""
        return [wait for error, wait in self.waits if isinstance(error, kind)]


class _Noted(Backoff):
    def __init__(self, pace: Pace) -> None:
        super().__init__(lambda: pace.haste)
        self._pace = pace

    def delay(self, error: MailError, lived: float = 0.0, took: float = 0.0) -> float:
        wait = super().delay(error, lived, took)
        self._pace.waits.append((error, wait if wait == NEVER else wait / self._pace.haste))
        return wait


class Sampler:
    """Looks every few ms how late it is itself, and how much memory there is.

    Attributes:
        stall: the longest time the loop was held, seconds; on a busy machine others have their part in it.
        busy: the longest time that its own thread computed without a break, seconds.
        growth: octets by which the resident set grew at most.
    """

    def __init__(self) -> None:
        self.stall = 0.0
        self.busy = 0.0
        self.growth = 0
        self._first = _resident()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Sampler":
        self._task = asyncio.create_task(self._run())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            before, computed = time.monotonic(), time.thread_time()
            await asyncio.sleep(0.004)
            self.stall = max(self.stall, time.monotonic() - before - 0.004)
            self.busy = max(self.busy, time.thread_time() - computed)
            self.growth = max(self.growth, _resident() - self._first)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


class Desk:
    """One account and everything it said.

    Attributes:
        events: in order.
        pace: its waits.
    """

    def __init__(
        self,
        config: AccountConfig,
        settings: Config,
        store: Store,
        pace: Pace,
        jumps: ClockJumps | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self.store = store
        self.events: list[Event] = []
        self.pace = pace
        kind = Pop3Account if config.protocol is Protocol.POP3 else Account
        self.account = cast(Account, kind(config, settings, store, self.events.append, pace, jumps, secrets))

    @property
    def name(self) -> AccountName:
        return self.account.name

    @property
    def states(self) -> list[LinkState]:
        """What the trust meter was told, in order."""
        return [event.state for event in self.events if isinstance(event, LinkChanged)]

    def said(self, kind: type[Seen]) -> list[Seen]:
        """Return the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[], Any | Awaitable[Any]], timeout: float = 10.0) -> Any:
        """Wait until a condition holds; return what it returned."""
        end = time.monotonic() + timeout
        while True:
            found = condition()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            assert time.monotonic() < end, (
                f"waited in vain; the line: {self.states[-3:]}, waits: {self.pace.waits[-3:]}"
            )
            await asyncio.sleep(0.005)

    async def link(self, *wanted: Link, timeout: float = 10.0) -> LinkState:
        """Wait until the line has been in one of these states, and return the first such state."""
        found: LinkState = await self.until(
            lambda: next((state for state in self.states if state.link in wanted), None), timeout
        )
        return found

    async def mailbox(self, wire: bytes = b"INBOX") -> MailboxState:
        """Wait for a mailbox to be known."""
        state: MailboxState = await self.until(lambda: self.store.mailboxes.by_wire(self.name, wire))
        return state

    async def inbox(self) -> MailboxId:
        return (await self.mailbox()).id

    async def rows(self, wire: bytes = b"INBOX") -> list[Envelope]:
        """Return the rows of a mailbox that are shown, the newest first."""
        return await self.store.envelopes.older((await self.mailbox(wire)).id, None, 100_000)

    async def uids(self, wire: bytes = b"INBOX") -> list[int]:
        return sorted(row.uid for row in await self.rows(wire))

    async def holds(self, count: int, wire: bytes = b"INBOX", timeout: float = 10.0) -> list[Envelope]:
        """Wait until so many rows are shown and nothing is missing."""

        async def full() -> bool:
            state = await self.store.mailboxes.by_wire(self.name, wire)
            return state is not None and state.complete and state.held == count

        await self.until(full, timeout)
        return await self.rows(wire)

    async def body(self, uid: int, wire: bytes = b"INBOX") -> bytes:
        """Read a message as the user does; return its first part."""
        message = await self.account.message((await self.mailbox(wire)).id, Uid(uid))
        return message.bodies.get("1", b"")

    async def send(self, *recipients: str, at: float | None = None, **fields: Any) -> SubmissionId:
        """Send a mail as the user does."""
        identity = self.account.config.identity
        fields.setdefault("subject", "hello")
        fields.setdefault("body", "Hello.\n")
        to = tuple(Address("", recipient) for recipient in recipients or ("grace@example.org",))
        return await self.account.submit(Draft(identity, to, message_id=new_message_id("example.org"), **fields), at)

    async def submission(self, id: SubmissionId) -> Submission:
        row = await self.store.outbox.get(id)
        assert row is not None
        return row

    async def becomes(self, id: SubmissionId, *states: str, timeout: float = 10.0) -> Submission:
        """Wait until a mail on its way out is in one of these states."""

        async def reached() -> Submission | None:
            row = await self.submission(id)
            return row if row.state in states else None

        row: Submission = await self.until(reached, timeout)
        return row


def server(port: int, security: Security = Security.PLAIN, password: str = "secret") -> Server:
    """How to reach a scripted server."""
    return Server(
        "127.0.0.1", port, security, "ada@example.org", Secret(password=password), ca_file=certificate().certificate
    )


@asynccontextmanager
async def open_store(folder: Path) -> AsyncIterator[Store]:
    """A store in a folder."""
    store = await Store.open(Paths.under(folder))
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def desk(
    store: Store,
    imap: ScriptedServer | int,
    smtp: ScriptedSmtp | int | None = None,
    *,
    name: str = "work",
    security: Security = Security.PLAIN,
    send_security: Security = Security.PLAIN,
    timeout: float = 5.0,
    poll: float = 120.0,
    idle_renew: float = 540.0,
    probe: float = 120.0,
    jumps: ClockJumps | None = None,
    offline: int = 0,
    ahead: int = 0,
    low_bandwidth: bool = False,
    undo_send: int = 0,
    haste: float = HASTE,
    sent_copy: str = "auto",
) -> AsyncIterator[Desk]:
    """Start an account and stop it at the end; its end is quick, whatever the server does.

    Args:
        imap, smtp: servers, or ports where none is.
        timeout, poll, idle_renew, probe: seconds.
        jumps: tells that the machine has slept.
        offline: messages whose text is fetched before it is asked for.
        ahead: kilobytes of texts that are fetched while one reads.
        low_bandwidth: the line is slow or dear.
    """
    receive = server(imap if isinstance(imap, int) else imap.port, security)
    send = None
    if smtp is not None:
        send = server(smtp if isinstance(smtp, int) else smtp.port, send_security)
    account = AccountConfig(
        AccountName(name),
        Address("Ada Lovelace", "ada@example.org"),
        Protocol.IMAP,
        receive,
        send,
        sent_copy=sent_copy,
    )
    # whole seconds in config.toml; here there is less time
    seconds = {"idle_renew": idle_renew, "probe": probe, "poll": poll, "timeout": timeout}
    times = SyncConfig(**cast(dict[str, Any], seconds), offline=offline, ahead=ahead, low_bandwidth=low_bandwidth)
    made = Desk(account, Config((account,), ComposeConfig(undo_send), sync=times), store, Pace(haste), jumps)
    made.account.start()
    try:
        yield made
    finally:
        await asyncio.wait_for(made.account.stop(), 5)
