"""An account by IMAP: its two sessions, and its mailboxes in the store made like those on the server.

This module only joins; the work is done beside it: `watch` (the IDLE session), `work` (the other session), `mailbox`
(one mailbox made alike), `changes`, `chores`, `reader`, `pending`, `outbox`, `sent_copy`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tui.config.model import AccountConfig, Config
from tui.config.secrets import Secrets
from tui.imap.notify import ask_for_all
from tui.imap.responses import Alert, Counted, NamesChanged, Overflowed, Untagged
from tui.imap.session import Session
from tui.mail.errors import ConnectionLost
from tui.mail.ids import MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.store.database import Store
from tui.sync.ahead import Ahead
from tui.sync.bringing import Brought, put_there
from tui.sync.carry import Carrier
from tui.sync.chores import Chores
from tui.sync.clock import ClockJumps
from tui.sync.door import Door
from tui.sync.events import (
    AlertReceived,
    Event,
    Link,
    LinkState,
)
from tui.sync.homecoming import Homecoming
from tui.sync.keep import Keeper
from tui.sync.lines import Lines
from tui.sync.mailbox import Mirror
from tui.sync.mailing import Mailing
from tui.sync.reader import ServerSource
from tui.sync.retry import Backoff, Pace
from tui.sync.search import ServerSearch
from tui.sync.sent_copy import SentCopy
from tui.sync.server_shelf import ServerShelf
from tui.sync.texts import Texts
from tui.sync.watch import Watch
from tui.sync.where import Where
from tui.sync.work import Rank, WorkLine

log = logging.getLogger(__name__)

ALERT_SILENCE = 600.0
"""Seconds for which the same alert is not told again."""
MOST_ALERTS = 10
"""Alerts told in that time."""


class Account(Mailing):
    """Joins the sessions of one account with the store.

    What the user does is applied to the store at once and told by events, on the loop; the network follows.

    Args:
        config: the account.
        settings: the whole configuration, for times.
        store: the open store.
        emit: called with every event.
        pace: the waits after failures.
        jumps: tells when the machine has slept.
        secrets: what obtains passwords; None: where nobody can be asked and no tokens are kept.
    """

    _watch: Watch

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
        self._homecoming = Homecoming(self._count_waiting)
        self._lines = Lines()
        self._mirrors: dict[MailboxId, Mirror] = {}
        self._inbox: Mirror | None = None
        self._alerts: dict[str, float] = {}
        self._door = Door()
        self._line = line = WorkLine(lambda: self._connect(lambda untagged: None))
        carrier = Carrier(store.pending, self._mirror)
        where = Where(
            ServerSource(line, self._mirror, lambda job, fits: self._watch.lend(job, fits)),
            lambda change: line.do(partial(carrier.carry, change), Rank.CHANGE),
            SentCopy(config, store, line),
            ServerShelf(config.name, store, line),
            ServerSearch(store, line, self._mirror),
        )
        super().__init__(config, settings, store, emit, where, pace, jumps, secrets)
        self._watch = Watch(self._connect, self, settings.sync, self._link_changed, pace(), self._survived)
        self._chores = Chores(
            config, settings.sync, store, line, self._mirror, self._emit, self._tell_link, self._listed
        )
        texts = Texts(store, line, self._mirror)
        self._keeper = Keeper(self.name, settings.sync, store, texts, self._emit)
        ahead = 0 if settings.sync.low_bandwidth else settings.sync.ahead * 1024
        self._ahead = Ahead(self.name, ahead, store, texts, self._emit)

    @property
    def round_trip(self) -> float:
        """Seconds a command to the receiving server takes; 0.0 while that is not known."""
        return self._watch.round_trip

    @property
    def link(self) -> LinkState:
        """The state of the line to the receiving server, now."""
        state = self._watch.link
        reason = self._chores.trouble if state.link.is_up else state.reason
        back = self._homecoming.back if state.link is Link.LIVE else None
        return replace(state, heard=max(state.heard, self._line.heard), reason=reason, back=back)

    @property
    def lines(self) -> int:
        """How many lines to the receiving server there are now; never more than `tui.sync.lines.MOST`."""
        return self._lines.open

    def start(self) -> None:
        """Begin: connect, watch, catch up, send what waits."""
        for part in (
            self._watch,
            self._line,
            self._chores,
            self._replay,
            self._dispatcher,
            self._follow_up,
            self._draft_copies,
        ):
            self._spawn(part.run())
        self._spawn(self._chores.listen())
        self._spawn(self._keeper.run())
        self._spawn(self._ahead.run())
        self._spawn(self.snoozes.run())
        self._spawn(self._mind_sleep())

    def start_carrying(self) -> None:
        """Begin no more than to carry what waits to the servers: nothing is watched, nothing fetched by itself."""
        self._line.open_gate()
        for part in (self._line, self._replay, self._dispatcher, self._follow_up):
            self._spawn(part.run())

    def look_now(self) -> None:
        """Try again at once, or look for new mail at once; also what waits to be sent or changed."""
        self._door.unlock()
        self._watch.look_now()
        self._wake_all()
        self._chores.nudge()

    def open_mailbox(self, mailbox: MailboxId) -> None:
        """Make sure that a mailbox is like the server's; returns at once, events tell the progress."""
        self._chores.shown = mailbox
        if self._inbox is None or mailbox != self._inbox.mailbox:
            self._spawn(self._chores.show(mailbox))

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message:
        """Return a message with what is needed to read it, and then fetch what may be opened next: see `Mailing`."""
        message = await super().message(mailbox, uid)
        self._ahead.opened(mailbox, uid)
        return message

    async def look_into(self, mailbox: MailboxId) -> None:
        """Make a mailbox like the server's, all of it.

        Raises:
            MailError: when it cannot be done now.
        """
        await self._chores.refresh(mailbox)

    async def put(self, mailbox: MailboxId, brought: Brought) -> bool:
        """Put a message from elsewhere into a mailbox: see `Mailing`."""
        return await put_there(self._line, await self._wire(mailbox), brought)

    async def _connect(self, notice: Callable[[Untagged], None]) -> Session:
        def heard(untagged: Untagged) -> None:
            if isinstance(untagged, Alert):
                self._alert(untagged.text)
            if isinstance(untagged, Counted | NamesChanged | Overflowed):
                self._chores.overheard(untagged)
            else:
                notice(untagged)

        receive = self.config.receive
        timeout = float(self._settings.sync.timeout)
        compress = {"always": True, "never": False}.get(self._settings.sync.compress)

        async def login(secret: str) -> Session:
            session = await self._lines.make(
                lambda: Session.open(receive, secret, timeout=timeout, on_untagged=heard, compress=compress)
            )
            self._certificates.mind(session.server.label, session.certificate_ends)
            return session

        return await self._door.enter(lambda: self._secrets.use(receive, login))

    def _alert(self, text: str) -> None:
        """Pass on an alert, once: both sessions hear it, and a server may say it without end."""
        now = time.monotonic()
        self._alerts = {said: when for said, when in self._alerts.items() if now - when < ALERT_SILENCE}
        if text not in self._alerts and len(self._alerts) < MOST_ALERTS:
            self._alerts[text] = now
            self._emit(AlertReceived(self.name, text))

    def _link_changed(self, state: LinkState) -> None:
        if state.link.is_up:
            self._line.open_gate()
            self._chores.online(True)
            self._wake_all()
            self._draft_copies.online()
            self._homecoming.up()
            self._spawn(self._tell_return())
        elif state.link in (Link.OFFLINE, Link.REFUSED):
            self._homecoming.away()
            self._chores.online(False)
            self._line.close_gate(ConnectionLost(f"{self.name} is offline: {state.reason}", cure="$ tries again."))
        self._tell_link()

    def _awoke(self) -> None:
        self._line.awoke()
        self._watch.awoke()

    def _survived(self) -> None:
        """The machine has slept, and the line is up all the same: look after what is not pushed."""
        self._chores.nudge()
        self._wake_all()

    async def _tell_return(self) -> None:
        if await self._homecoming.told() is not None:
            self._tell_link()

    async def _count_waiting(self) -> int:
        return await self._store.pending.count(self.name)

    def _emit(self, event: Event) -> None:
        self._homecoming.heard(event)
        self._keeper.heard(event)
        super()._emit(event)

    def _mirror(self, mailbox: MailboxId) -> Mirror:
        if mailbox not in self._mirrors:
            self._mirrors[mailbox] = Mirror(self.name, mailbox, self._store, self._emit)
        return self._mirrors[mailbox]

    async def opened(self, session: Session) -> None:
        """The watching line is up: make INBOX like the server's. (`tui.sync.watch.Observer`)"""
        self._inbox = await self._chores.inbox()
        self._inbox.doubt()
        await self._inbox.open(session)
        self._chores.pushed = await ask_for_all(session)

    async def noticed(self, session: Session, seen: list[Untagged]) -> None:
        """The server said something of INBOX. (`tui.sync.watch.Observer`)"""
        if self._inbox is not None:
            await self._inbox.noticed(session, seen)

    def _changed(self, mailbox: MailboxId | None) -> None:
        """Messages were moved to a mailbox, or mailboxes were changed: look there, where nobody pushes it."""
        if mailbox is None:
            self._chores.nudge()
        elif self._inbox is not None and mailbox == self._inbox.mailbox:
            self._watch.look_now()
        elif mailbox == self._chores.shown:
            self._spawn(self._chores.show(mailbox))

    def _drafts_changed(self) -> None:
        """The server's Drafts are not what they were: show it where they are on the screen."""
        self._spawn(self._show_drafts())

    async def _show_drafts(self) -> None:
        drafts = await self._store.mailboxes.by_role(self.name, Role.DRAFTS)
        if drafts is not None and self._chores.shown == drafts.id:
            await self._chores.show(drafts.id)
