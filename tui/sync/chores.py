"""What an account does by itself on the work session: LIST, counts, and filling the store with older mail."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tui.config.model import AccountConfig, SyncConfig
from tui.imap import mailboxes
from tui.imap.session import Session
from tui.mail.errors import ConnectionLost, MailError, ServerRefused
from tui.mail.ids import MailboxId
from tui.mail.mailbox import Mailbox, Role
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.sync.events import Event, MailboxesChanged
from tui.sync.mailbox import Mirror
from tui.sync.work import Rank, WorkLine

log = logging.getLogger(__name__)

MOST_STATUS = 300
"""Mailboxes asked for their counts in one round; an account with thousands is not stormed."""


class Chores:
    """Goes round an account: once when its line comes up, then every ``sync.poll`` seconds.

    Args:
        config: the account.
        settings: times.
        store: where to.
        line: the work session.
        mirror: gives the mirror of a mailbox.
        emit: told what changed.
        told: called when `trouble` is another.

    Attributes:
        shown: the mailbox on the screen: filled first, and looked after though nobody pushes its news.
        trouble: what keeps these chores from being done, one cleaned sentence; "" when nothing does.
    """

    def __init__(
        self,
        config: AccountConfig,
        settings: SyncConfig,
        store: Store,
        line: WorkLine,
        mirror: Callable[[MailboxId], Mirror],
        emit: Callable[[Event], None],
        told: Callable[[], None],
    ) -> None:
        self._config = config
        self._settings = settings
        self._store = store
        self._line = line
        self._mirror = mirror
        self._emit = emit
        self._nudge = asyncio.Event()
        self._online = asyncio.Event()
        self._told = told
        self.shown: MailboxId | None = None
        self.trouble = ""

    def online(self, is_up: bool) -> None:
        """Tell whether the account can be reached."""
        if not is_up:
            self._online.clear()
        elif not self._online.is_set():
            self._online.set()
            self._nudge.set()

    def nudge(self) -> None:
        """Go round now."""
        self._nudge.set()

    async def run(self) -> None:
        """Go round until cancelled. Never raises a `MailError`."""
        while True:
            await self._online.wait()
            self._nudge.clear()
            try:
                self._note(await self._round())
            except MailError as error:
                log.info("%s: %s", self._config.name, error)
                self._note(str(error) if self._online.is_set() else "")  # being offline is told by the line itself
            try:
                async with asyncio.timeout(self._settings.poll):
                    await self._nudge.wait()
            except TimeoutError:
                pass

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._told()

    async def inbox(self) -> Mirror:
        """Return the mirror of INBOX; every account has one (RFC 9051, 5.1), even before LIST has said so."""
        name = self._config.name
        state = await self._store.mailboxes.by_role(name, Role.INBOX)
        if state is None:
            await self._store.mailboxes.replace(name, [self._own_inbox()])
            state = await self._store.mailboxes.by_role(name, Role.INBOX)
            self._emit(MailboxesChanged(name))
        assert state is not None
        return self._mirror(state.id)

    async def refresh(self, mailbox: MailboxId) -> None:
        """Make a mailbox like the server's.

        Raises:
            MailError: when it cannot be done now.
        """
        mirror = self._mirror(mailbox)
        await self._line.do(mirror.open, Rank.SYNC)
        await self._line.do(mirror.settle, Rank.SYNC)
        await self._fill(mirror)

    async def show(self, mailbox: MailboxId) -> None:
        """Make the mailbox on the screen like the server's; what keeps it from being so becomes `trouble`."""
        self.shown = mailbox
        try:
            await self.refresh(mailbox)
        except ServerRefused as error:
            self._note(str(error))

    async def _round(self) -> str:
        """Go round once. Return what could not be done, though the line is good."""
        trouble = ""
        await self._line.do(self._list, Rank.SYNC)
        inbox = await self.inbox()
        await self._line.do(partial(inbox.settle, watched=True), Rank.SYNC)
        if self.shown is not None and self.shown != inbox.mailbox:
            try:
                await self.refresh(self.shown)
            except ServerRefused as error:  # one mailbox that is gone is no reason to leave the others alone
                trouble = str(error)
        await self._count(inbox.mailbox)
        await self._fill(inbox)
        return trouble

    async def _fill(self, mirror: Mirror) -> None:
        more = True
        while more:
            rank = Rank.SYNC if mirror.mailbox == self.shown else Rank.BACKGROUND
            more = await self._line.do(mirror.fill, rank)

    async def _list(self, session: Session) -> None:
        found = await mailboxes.list_mailboxes(session, self._config.name)
        if self._config.mailboxes:
            found = [self._with_role(mailbox) for mailbox in found]
        if not any(mailbox.role is Role.INBOX for mailbox in found):
            found.insert(0, self._own_inbox())  # some servers forget it
        if await self._store.mailboxes.replace(self._config.name, found):
            self._emit(MailboxesChanged(self._config.name))

    def _own_inbox(self) -> Mailbox:
        return Mailbox(self._config.name, b"INBOX", "INBOX", role=Role.INBOX)

    def _with_role(self, mailbox: Mailbox) -> Mailbox:
        """Give the mailbox the part that config.toml names it for; one that is not named loses that part."""
        for role, name in self._config.mailboxes.items():
            if mailbox.name == name:
                return replace(mailbox, role=Role(role))
            if mailbox.role == role:
                return replace(mailbox, role=None)
        return mailbox

    async def _count(self, inbox: MailboxId) -> None:
        states = await self._store.mailboxes.all(self._config.name)
        others = [state for state in states if state.id != inbox and state.mailbox.selectable]
        for state in others[:MOST_STATUS]:
            try:
                await self._line.do(partial(self._status, state), Rank.BACKGROUND)
            except ConnectionLost:
                raise
            except MailError as error:
                log.info("%s: STATUS %s: %s", self._config.name, state.mailbox.name, error)
        self._emit(MailboxesChanged(self._config.name))

    async def _status(self, state: MailboxState, session: Session) -> None:
        if session.selected is not None and session.selected.wire == state.mailbox.wire:
            return
        status = await mailboxes.status(session, state.mailbox.wire)
        await self._store.mailboxes.counted(state.id, status.messages, status.unseen, status.uidnext)
