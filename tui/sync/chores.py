"""What an account does by itself on the work session: LIST, counts, and filling the store with older mail.

That other mailboxes than INBOX have news is pushed where the server can (NOTIFY), else seen in the answer to one LIST
(LIST-STATUS), else asked for one by one. Those that are held here are then made like the server's again.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tui.config.model import AccountConfig, SyncConfig
from tui.imap import mailboxes
from tui.imap.responses import Counted, NamesChanged, Overflowed
from tui.imap.selected import Status
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
CALM = 2.0
"""Seconds after which the server's word that there are other mailboxes now leads to a round."""


class Chores:
    """Goes round an account: once when its line comes up, then every ``sync.poll`` seconds, and sooner on news.

    Args:
        config: the account.
        settings: times.
        store: where to.
        line: the work session.
        mirror: gives the mirror of a mailbox.
        emit: told what changed.
        told: called when `trouble` is another.
        listed: set when the server has told its mailboxes.

    Attributes:
        shown: the mailbox on the screen: filled first, and looked after though nobody pushes its news.
        pushed: the server tells of other mailboxes by itself.
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
        listed: asyncio.Event,
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
        self._listed = listed
        self._due = 0.0  # when the next round is, by the loop's clock
        self._counts: dict[bytes, Status] = {}  # what the server said last on this line
        self._in_one = False  # LIST tells the counts
        self._stale: dict[MailboxId, None] = {}  # held here, and changed there, in the order it was heard
        self._news: dict[bytes, Status] = {}
        self._has_news = asyncio.Event()
        self.pushed = False
        self.shown: MailboxId | None = None
        self.trouble = ""

    def online(self, is_up: bool) -> None:
        """Tell whether the account can be reached."""
        if not is_up:
            self._online.clear()
            self._counts.clear()
            self.pushed = False
        elif not self._online.is_set():
            self._online.set()
            self.nudge()

    def nudge(self) -> None:
        """Go round now."""
        self._due = 0.0
        self._nudge.set()

    async def run(self) -> None:
        """Go round until cancelled. Never raises a `MailError`."""
        loop = asyncio.get_running_loop()
        while True:
            await self._online.wait()
            self._nudge.clear()
            try:
                if loop.time() >= self._due:
                    self._due = loop.time() + self._settings.poll
                    self._note(await self._round())
                    self._has_news.set()  # what is stale and could not be looked after before
            except MailError as error:
                log.info("%s: %s", self._config.name, error)
                self._note(str(error) if self._online.is_set() else "")  # being offline is told by the line itself
            try:
                async with asyncio.timeout_at(self._due):
                    await self._nudge.wait()
            except TimeoutError:
                pass

    def overheard(self, untagged: Counted | NamesChanged | Overflowed) -> None:
        """Note what the server says by itself of other mailboxes; `listen` acts on it."""
        if isinstance(untagged, Counted):
            self._news[untagged.wire] = untagged.status
            self._has_news.set()
            return
        if isinstance(untagged, Overflowed):
            self.pushed = False
            self._counts.clear()
        self._due = min(self._due, asyncio.get_running_loop().time() + CALM)
        self._nudge.set()

    async def listen(self) -> None:
        """Act on news of other mailboxes until cancelled, whatever else is being done. Never raises a `MailError`."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            news, self._news = self._news, {}
            try:
                for wire, status in news.items():
                    await self._take_counts(wire, status)
                if news:
                    self._emit(MailboxesChanged(self._config.name))
                await self._freshen()
            except MailError as error:
                log.info("%s: %s", self._config.name, error)

    async def _take_counts(self, wire: bytes, status: Status) -> None:
        """Note what the server says of a mailbox; one that is held here and has changed is to be looked after."""
        if self._counts.get(wire) == status:
            return
        self._counts[wire] = status
        state = await self._store.mailboxes.by_wire(self._config.name, wire)
        if state is None:
            return
        if state.mailbox.role is Role.INBOX:  # that is watched; how much is unread is not known until all of it is here
            if not state.complete:
                await self._store.mailboxes.counted(state.id, None, status.unseen)
            return
        await self._store.mailboxes.counted(state.id, status.messages, status.unseen, status.uidnext)
        held = state.held + await self._store.envelopes.aside(state.id)
        if (held or state.complete or state.id == self.shown) and _has_changed(state, held, status):
            self._stale[state.id] = None
            self._has_news.set()

    async def _freshen(self) -> None:
        """Make those mailboxes that are held here like the server's again that it has told news of."""
        while self._stale:
            mailbox = self.shown if self.shown in self._stale else next(iter(self._stale))
            del self._stale[mailbox]
            try:
                await self.refresh(mailbox)
            except ServerRefused as error:  # one that is gone is no reason to leave the others alone
                log.info("%s: %s", self._config.name, error)
            except MailError:
                self._stale[mailbox] = None
                raise

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
        rank = Rank.SYNC if mailbox == self.shown else Rank.BACKGROUND

        async def look(session: Session) -> None:
            session.selected = None  # nobody has heard what was said of it on this line since it was selected
            await mirror.open(session)

        await self._line.do(look, rank)
        await self._line.do(mirror.settle, rank)
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
            self._stale.pop(self.shown, None)
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
            wanted = partial(self._line.is_wanted, rank)
            more = await self._line.do(partial(mirror.fill, is_wanted=wanted), rank)
        while await self._line.do(mirror.trace, Rank.BACKGROUND):
            pass

    async def _list(self, session: Session) -> None:
        counts: dict[bytes, Status] | None = None if self._is_told else {}
        found = await mailboxes.list_mailboxes(session, self._config.name, counts)
        if self._config.mailboxes:
            found = [self._with_role(mailbox) for mailbox in found]
        if not any(mailbox.role is Role.INBOX for mailbox in found):
            found.insert(0, self._own_inbox())  # some servers forget it
        if await self._store.mailboxes.replace(self._config.name, found):
            self._emit(MailboxesChanged(self._config.name))
        self._listed.set()
        self._in_one = bool(counts) or self._is_told
        for wire, status in (counts or {}).items():
            await self._take_counts(wire, status)
        if not self._in_one:
            await self._count_inbox(session)

    async def _count_inbox(self, session: Session) -> None:
        """Ask how much is unread in INBOX, before all of it is here and can be counted."""
        inbox = await self._store.mailboxes.by_role(self._config.name, Role.INBOX)
        if inbox is None or inbox.complete:
            return
        try:
            await self._status(inbox, session)
        except ServerRefused as error:
            log.info("%s: STATUS INBOX: %s", self._config.name, error)

    @property
    def _is_told(self) -> bool:
        """Whether counts need not be asked for: they were on this line, and since then the server tells of changes."""
        return self.pushed and bool(self._counts)

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
        told = {wire for wire in self._counts if self._is_told or self._in_one}
        for state in [state for state in others if state.mailbox.wire not in told][:MOST_STATUS]:
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
        await self._take_counts(state.mailbox.wire, await mailboxes.status(session, state.mailbox.wire))


def _has_changed(state: MailboxState, held: int, status: Status) -> bool:
    """Whether a mailbox is not as it was when it was looked at; where the server cannot tell, it may well be.

    To be selected for a change of ours is not to be looked at: what is new may be missing under the same MODSEQ.
    """
    if state.complete and status.messages != held:
        return True
    if status.highestmodseq:
        return status.highestmodseq != state.highestmodseq or status.uidvalidity not in (None, state.uidvalidity)
    return True
