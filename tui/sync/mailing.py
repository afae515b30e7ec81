"""What an account does with mail whatever kind it is: reading, changing, writing, sending, and what follows on it.

Where the mail is, an IMAP server or this machine, is a matter of what is given (`tui.sync.where`): what reads it,
carries changes, files copies of sent mail, keeps copies of drafts, and searches.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any

from tui.config.model import AccountConfig, Config
from tui.config.model import Protocol as Receiving
from tui.config.secrets import Secrets
from tui.mail.address import Address
from tui.mail.draft import Draft, Original
from tui.mail.errors import MailboxNotFound
from tui.mail.ids import AccountName, MailboxId, SubmissionId, Uid
from tui.mail.message import Message
from tui.mail.part import Part
from tui.mail.ready_made import ReadyMade
from tui.store.database import Store
from tui.store.drafts import SavedDraft
from tui.sync.bringing import Brought
from tui.sync.certificates import CertificateEnds
from tui.sync.changes import Changes
from tui.sync.clock import ClockJumps
from tui.sync.drafts import DraftCopies
from tui.sync.events import Event, LinkChanged, LinkState
from tui.sync.follow_up import FollowUp
from tui.sync.outbox import Dispatcher
from tui.sync.pending import Replay
from tui.sync.reader import Reader
from tui.sync.retry import Pace
from tui.sync.sieve import SieveScripts
from tui.sync.snoozes import Snoozes
from tui.sync.standing import Standings
from tui.sync.tasks import Tasks
from tui.sync.where import Where

log = logging.getLogger(__name__)


class Mailing(ABC):
    """An account of any kind.

    Args:
        config: the account.
        settings: the whole configuration.
        store: the open store.
        emit: called with every event.
        where: its mail is.
        pace: the waits after failures.
        jumps: tells when the machine has slept.
        secrets: what obtains passwords; None: where nobody can be asked and no tokens are kept.

    Attributes:
        changes: what the user does to mail and mailboxes.
        snoozes: what is put aside, and comes back.
        search: asks for what is not known here.
        sieve: the scripts that the server runs over mail as it arrives.
    """

    def __init__(
        self,
        config: AccountConfig,
        settings: Config,
        store: Store,
        emit: Callable[[Event], None],
        where: Where,
        pace: Pace,
        jumps: ClockJumps | None,
        secrets: Secrets | None,
    ) -> None:
        self.name: AccountName = config.name
        self.config = config
        self.search = where.search
        self._settings = settings
        self._tell, emit = emit, self._emit
        self._jumps = jumps or ClockJumps()
        self._secrets = secrets = secrets or Secrets()
        self._certificates = CertificateEnds(self.name, emit)
        self.sieve = SieveScripts(config, float(settings.sync.timeout), secrets)
        self._store = store
        self._tasks = Tasks(
            lambda error: log.info("%s: %s", self.name, error), lambda _: log.exception("%s: a task ended", self.name)
        )
        sparing = settings.sync.low_bandwidth
        self._reader = Reader(self.name, store, where.source, emit, sparing=sparing)
        self._standings = Standings(lambda: self.config, store)
        self._replay = Replay(self.name, store, where.carry, emit, pace, self._changed)
        on_server = config.protocol is Receiving.IMAP
        self._listed = asyncio.Event()
        self.changes = Changes(
            self.name,
            store,
            emit,
            self._replay.wake,
            config.archive,
            on_server=on_server,
            listed=self._listed if on_server else None,
        )
        self._follow_up = FollowUp(self.name, store, where.sent, self._answered, emit, pace)
        self._dispatcher = Dispatcher(
            config, settings.compose, store, emit, self._follow_up.wake, pace, secrets=secrets
        )
        own = [identity.address.spec for identity in config.all_identities]
        self.snoozes = Snoozes(
            self.name,
            own,
            store,
            self.changes,
            emit,
            read=self.source,
            put=self.put,
            look=lambda mailbox: self._spawn(self.look_into(mailbox)),
        )
        server_drafts = settings.compose.server_drafts
        self._draft_copies = DraftCopies(
            self.name, store, where.shelf, emit, self._drafts_changed, enabled=server_drafts, pace=pace
        )

    @property
    def round_trip(self) -> float:
        """Seconds a command to the receiving server takes; 0.0 where that is not known."""
        return 0.0

    @property
    @abstractmethod
    def link(self) -> LinkState:
        """The state of the line to the receiving server, now."""

    def _tell_link(self) -> None:
        self._emit(LinkChanged(self.name, self.link))

    def _emit(self, event: Event) -> None:
        """Tell of what happened: the account's own parts first, then all others."""
        self.snoozes.heard(event)
        self._tell(event)

    @abstractmethod
    def start(self) -> None:
        """Begin: look for mail, carry what waits, send what waits."""

    @abstractmethod
    def start_carrying(self) -> None:
        """Begin no more than to carry what waits to the servers: nothing is watched, nothing fetched by itself."""

    @abstractmethod
    def look_now(self) -> None:
        """Try again at once, or look for new mail at once; also what waits to be sent or changed."""

    @abstractmethod
    def open_mailbox(self, mailbox: MailboxId) -> None:
        """Make sure that a mailbox is as it is where the mail is; returns at once, events tell the progress."""

    @abstractmethod
    async def look_into(self, mailbox: MailboxId) -> None:
        """Make a mailbox as it is where the mail is, all of it.

        Raises:
            MailError: when it cannot be done now.
        """

    @abstractmethod
    async def put(self, mailbox: MailboxId, brought: Brought) -> bool:
        """Put a message from elsewhere into a mailbox; return whether it was not there already.

        Raises:
            MailError: when it cannot be done now.
        """

    @abstractmethod
    def _awoke(self) -> None:
        """The machine has slept: lines may be dead that look alive."""

    async def _mind_sleep(self) -> None:
        while True:
            slept = await self._jumps.next()
            log.info("%s: slept for %.0f s", self.name, slept)
            self._awoke()
            self.snoozes.wake()

    async def _wire(self, mailbox: MailboxId) -> bytes:
        wire = await self._store.pending.wire(mailbox)
        if wire is None:
            raise MailboxNotFound("This mailbox is gone.")
        return wire

    @abstractmethod
    def _changed(self, mailbox: MailboxId | None) -> None:
        """Messages were moved to a mailbox, or mailboxes were changed (None)."""

    @abstractmethod
    def _drafts_changed(self) -> None:
        """The copies of drafts are not what they were."""

    def _wake_all(self) -> None:
        """Go on with what waits."""
        self._replay.wake()
        self._dispatcher.wake()
        self._follow_up.wake()

    async def stop(self) -> None:
        """End every task and session of the account. Nothing that was accepted from the user is lost."""
        await self._tasks.end()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.begin(work)

    async def message(self, mailbox: MailboxId, uid: Uid) -> Message:
        """Return a message with what is needed to read it: from the store, else from the server.

        Raises:
            MailError: when it is neither here nor to be had.
        """
        first = asyncio.create_task(self._standings.is_first(mailbox, uid))  # the store is asked for both at once
        try:
            message = await self._reader.message(mailbox, uid)
            return self._standings.with_standing(message, first=await first)
        finally:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    async def part(self, mailbox: MailboxId, uid: Uid, part: Part) -> bytes:
        """Return the decoded content of one part.

        Raises:
            MailError: when it is neither here nor to be had.
        """
        return await self._reader.part(mailbox, uid, part)

    async def source(self, mailbox: MailboxId, uid: Uid) -> bytes:
        """Return the whole message as it came, wire bytes.

        Raises:
            MailError: when it is neither here nor to be had.
        """
        return await self._reader.source(mailbox, uid)

    async def change_flags(
        self, mailbox: MailboxId, uids: Sequence[Uid], *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> None:
        """Add and remove flags in passing: what the user did not ask for by itself, and undo is not about.

        Raises:
            MailError: when the mailbox is gone or the disk is full; then nothing was changed.
        """
        await self.changes.flags(mailbox, uids, add=add, remove=remove)

    async def submit(self, draft: Draft, at: float | None = None, key: int | None = None) -> SubmissionId:
        """Commit a mail to the outbox; it leaves when its time of grace is over.

        Args:
            at: when it is to leave instead, seconds since 1970 UTC.
            key: of the saved draft, which is a draft no longer.

        Raises:
            MailError: when an address is invalid, or it cannot be written to disk: then nothing was queued.
        """
        submission = await self._dispatcher.submit(draft, at, key)
        self._draft_copies.wake()
        return submission

    async def submit_ready(self, ready: ReadyMade, *, hold: bool = False) -> SubmissionId:
        """Commit a message that another program has written to the outbox: see `Dispatcher.submit_ready`."""
        return await self._dispatcher.submit_ready(ready, hold=hold)

    async def send_now(self, submission: SubmissionId) -> None:
        """Send a held, queued, failed or unknown row now, under its old Message-ID."""
        await self._dispatcher.send_now(submission)

    async def resend(
        self, submission: SubmissionId, settled: Sequence[str], recipients: Sequence[Address]
    ) -> SubmissionId:
        """Send an accepted mail again to those whom it did not reach: see `Dispatcher.resend`."""
        return await self._dispatcher.resend(submission, settled, recipients)

    def drafts_changed(self) -> None:
        """A draft was written, closed or dropped here: the server's Drafts follow."""
        self._draft_copies.wake()

    def look_for(self, submission: SubmissionId) -> None:
        """Look on the server, now, for a mail of which nobody knows whether it was sent."""
        self._follow_up.look_for(submission)

    async def take_back(self, submission: SubmissionId) -> SavedDraft | None:
        """Turn a row of the outbox into a saved draft; None when it has gone already."""
        return await self._dispatcher.take_back(submission)

    async def _answered(self, original: Original) -> None:
        state = await self._store.mailboxes.get(original.mailbox)
        if state is not None and original.uidvalidity not in (None, state.uidvalidity):
            raise MailboxNotFound("The mailbox was made anew: that UID is another mail's.")
        await self.change_flags(original.mailbox, [original.uid], add=[original.flag])
