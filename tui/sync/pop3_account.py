"""An account by POP3: its mail is on this machine, its server is visited for what is new.

All that a key does is carried out at once on the local mail (`tui.store.local_mail`), which is what the server is for
IMAP; the lists and the search have it from the cache as ever. This module only joins: `pop3_poll` is the timer,
`pop3_visit` one visit, `pop3_rows` the cache, `pop3_carry` what the user does, `pop3_source` what is read and filed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace

from tui.config.model import AccountConfig, Config
from tui.config.secrets import Secrets
from tui.imap import names
from tui.mail.errors import MailError
from tui.mail.ids import MailboxId
from tui.mail.mailbox import Role
from tui.mail.query import Node
from tui.pop3.login import enter
from tui.pop3.session import Session
from tui.store.database import Store
from tui.store.local_boxes import INBOX
from tui.store.local_mail import Arrival, Held
from tui.store.mailboxes import MailboxState
from tui.store.pending import Change
from tui.sync.bringing import Brought, put_here
from tui.sync.carry import Carried
from tui.sync.clock import ClockJumps
from tui.sync.events import Event, Link, LinkState, SyncProgressed
from tui.sync.mailing import Mailing
from tui.sync.pop3_carry import LocalCarrier
from tui.sync.pop3_poll import Poller
from tui.sync.pop3_rows import Rows
from tui.sync.pop3_source import LocalSent, LocalShelf, LocalSource
from tui.sync.pop3_visit import Visitor
from tui.sync.retry import Backoff, Pace
from tui.sync.where import Where

log = logging.getLogger(__name__)

FIRST = {
    Role.INBOX: INBOX,
    Role.DRAFTS: b"Drafts",
    Role.SENT: b"Sent",
    Role.ARCHIVE: b"Archive",
    Role.JUNK: b"Junk",
    Role.TRASH: b"Trash",
}
"""The mailboxes that every account begins with."""


class Pop3Account(Mailing):
    """Joins the visits to a server with the mail that is here.

    Args:
        config: the account.
        settings: the whole configuration, for times.
        store: the open store.
        emit: called with every event.
        pace: the waits after failures.
        jumps: tells when the machine has slept.
        secrets: what obtains passwords; None: where nobody can be asked and no tokens are kept.
    """

    def __init__(
        self,
        config: AccountConfig,
        settings: Config,
        store: Store,
        emit: Callable[[Event], None],
        pace: Pace = Backoff,
        jumps: ClockJumps | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self._rows = Rows(config.name, store, self._emit)
        self._carrier = LocalCarrier(config.name, store)
        self._ready = asyncio.Event()
        self._trouble = ""
        name = config.name
        where = Where(
            LocalSource(name, store),
            self._carry,
            LocalSent(name, config.sent_copy, store, self._filed_in),
            LocalShelf(name, store, self._filed_in),
            Nowhere(),
        )
        super().__init__(config, settings, store, emit, where, pace, jumps, secrets)
        self._visitor = Visitor(name, store.local, config.leave_days, self._filed, self._progress)
        every = float(config.poll or settings.sync.poll)
        self._poller = Poller(self._connect, self._visit, every, lambda state: self._tell_link(), pace())

    @property
    def link(self) -> LinkState:
        """How it stands with the visits, now."""
        state = self._poller.link
        if self._trouble:
            return replace(state, link=Link.REFUSED, reason=self._trouble, refused="mail cannot be kept")
        return state

    def start(self) -> None:
        """Begin: show what is here, look for mail, send what waits."""
        self._spawn(self._begin())
        for part in (self._poller, self._replay, self._dispatcher, self._follow_up, self._draft_copies, self.snoozes):
            self._spawn(self._when_ready(part.run))
        self._spawn(self._mind_sleep())

    def start_carrying(self) -> None:
        """Begin no more than to carry what waits: the server is not visited."""
        self._spawn(self._begin())
        for part in (self._replay, self._dispatcher, self._follow_up):
            self._spawn(self._when_ready(part.run))

    def look_now(self) -> None:
        """Visit the server at once; go on with what waits to be sent."""
        self._poller.look_now()
        self._wake_all()

    def open_mailbox(self, mailbox: MailboxId) -> None:
        """See that a mailbox is shown as it is; it mostly is."""
        self._spawn(self._settle(mailbox))

    async def look_into(self, mailbox: MailboxId) -> None:
        """See that a mailbox is shown as it is.

        Raises:
            StoreError: when that cannot be done.
        """
        await self._ready.wait()
        await self._rows.settle(mailbox)

    async def put(self, mailbox: MailboxId, brought: Brought) -> bool:
        """Put a message from elsewhere into a mailbox: see `Mailing`."""
        await self._ready.wait()
        is_new = await put_here(self._store.local, self.name, await self._wire(mailbox), brought)
        await self._rows.settle(mailbox)
        return is_new

    async def _begin(self) -> None:
        """Have the mailboxes, and show what is in them; until then nothing else is done."""
        chosen = {Role(role): name for role, name in self.config.mailboxes.items()}
        wires = [(names.encode(chosen[role]) if role in chosen else wire, role) for role, wire in FIRST.items()]
        try:
            await self._store.local.prepare(self.name, wires)
            await self._rows.tree()
        except MailError as error:
            self._trouble = str(error)  # nothing may be taken from a server that cannot be kept here
            self._tell_link()
            raise
        self._ready.set()
        await self._rows.settle_all()

    async def _when_ready(self, run: Callable[[], Awaitable[None]]) -> None:
        await self._ready.wait()
        await run()

    async def _settle(self, mailbox: MailboxId) -> None:
        await self._ready.wait()
        await self._rows.settle(mailbox)

    def _awoke(self) -> None:
        self._poller.look_now()

    async def _connect(self) -> Session:
        receive, timeout = self.config.receive, float(self._settings.sync.timeout)

        async def login(secret: str) -> Session:
            session = await Session.connect(receive, timeout=timeout)
            try:
                await enter(session, secret)
            except BaseException:
                session.abort()
                raise
            self._certificates.mind(receive.label, session.certificate_ends)
            return session

        return await self._secrets.use(receive, login)

    async def _visit(self, session: Session) -> str:
        visit = await self._visitor.visit(session)
        self._wake_all()
        return visit.trouble

    async def _filed(self, arrivals: Sequence[Arrival], fresh: bool) -> None:
        """Mail has come and is on disk: show it."""
        inbox = await self._store.mailboxes.by_wire(self.name, INBOX)
        if inbox is not None:
            messages = [Held(a.uid, a.message.flags, a.message.received, a.message.data) for a in arrivals]
            await self._rows.add(inbox.id, messages, fresh=fresh)

    def _progress(self, done: int, total: int) -> None:
        self._spawn(self._tell_progress(done, total))

    async def _tell_progress(self, done: int, total: int) -> None:
        inbox = await self._store.mailboxes.by_wire(self.name, INBOX)
        if inbox is not None:
            self._emit(SyncProgressed(self.name, inbox.id, done, total))

    async def _carry(self, change: Change) -> Carried:
        return await self._carrier.carry(change)

    def _changed(self, mailbox: MailboxId | None) -> None:
        self._spawn(self._rows.tree() if mailbox is None else self._rows.settle(mailbox))

    async def _filed_in(self, wire: bytes) -> None:
        await self._rows.tree()  # it may have been made for this
        state = await self._store.mailboxes.by_wire(self.name, wire)
        if state is not None:
            await self._rows.settle(state.id)

    def _drafts_changed(self) -> None:
        """Whoever filed it has shown it already."""


class Nowhere:
    """Finds nothing: all the mail there is is known here. See `tui.sync.where.Search`."""

    async def ask(self, node: Node, mailboxes: Iterable[MailboxState], found: Callable[[Sequence[int]], None]) -> None:
        """Find nothing."""
