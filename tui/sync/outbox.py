"""The outbox of one account: each row leaves once, and what became of it is on disk before anything else is done.

A row goes held → queued → sending → accepted → copied. A 4xx puts it back with a later time, a 5xx makes it failed, and
a line that breaks after the final dot leaves it unknown: it may have been sent (RFC 1047), so it is never repeated
without the user. Those whom an accepted mail did not reach get it by a row of their own: by itself where the server
said "not now", else when the user says so. What comes after acceptance is done by `tui.sync.follow_up`.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tui.config.model import AccountConfig, ComposeConfig
from tui.config.secrets import Secrets
from tui.mail import compose
from tui.mail import draft as drafts
from tui.mail.address import Address
from tui.mail.compose import new_message_id
from tui.mail.domain import wire_spec
from tui.mail.draft import Draft
from tui.mail.errors import (
    MailError,
    StoreError,
)
from tui.mail.ids import SubmissionId
from tui.mail.ready_made import ReadyMade
from tui.mail.submission import SubmissionState
from tui.mail.text import clean_line
from tui.store.database import Store
from tui.store.drafts import SavedDraft
from tui.sync.delivery import Deliverer
from tui.sync.events import Event, SubmissionChanged
from tui.sync.retry import Backoff, Pace

log = logging.getLogger(__name__)

LONGEST_SLEEP = 60.0
"""Seconds after which the clock is read again: a machine that slept, or was told another time, is not late by more."""
STORE_PAUSE = 10.0
"""Seconds until another look at an outbox that could not be read or written."""


class Dispatcher:
    """Submits what is due, one at a time.

    Args:
        config: the account.
        store: where the outbox is.
        emit: told of every change of state.
        follow_up: told that a row is accepted or in doubt.
        pace: the waits between two tries.
        clock: seconds since 1970 UTC.
        secrets: what obtains passwords.
    """

    def __init__(
        self,
        config: AccountConfig,
        settings: ComposeConfig,
        store: Store,
        emit: Callable[[Event], None],
        follow_up: Callable[[], None],
        pace: Pace = Backoff,
        clock: Callable[[], float] = time.time,
        secrets: Secrets | None = None,
    ) -> None:
        self._config = config
        self._settings = settings
        self._store = store
        self._emit = emit
        self._wake = asyncio.Event()
        self._current: tuple[SubmissionId, asyncio.Task[None]] | None = None
        self._clock = clock
        self._deliverer = Deliverer(config, store, emit, follow_up, self.wake, pace, clock, secrets)

    def wake(self) -> None:
        """Look at the outbox now: a row was added, or the line is back."""
        self._wake.set()

    async def submit(self, draft: Draft, at: float | None = None, key: int | None = None) -> SubmissionId:
        """Commit a mail to the outbox; it leaves when its time of grace is over.

        Args:
            at: when it is to leave instead, seconds since 1970 UTC.
            key: of the saved draft, which is a draft no longer.

        Raises:
            MailError: when an address is invalid, or it cannot be written to disk: then nothing was queued.
        """
        if draft.may_be_out and draft.may_be_out != await asyncio.to_thread(lambda: draft.digest):
            draft = replace(draft, message_id=new_message_id(draft.identity.address.domain), may_be_out="")
        hold = self._settings.undo_send
        due = self._clock() + hold if at is None else at
        date = datetime.fromtimestamp(self._clock() if at is None else at, UTC).astimezone()
        data = await asyncio.to_thread(compose.to_bytes, draft, date=date)
        submission = await self._store.outbox.add(
            account=self._config.name,
            draft=await asyncio.to_thread(drafts.to_json, draft),
            data=data,
            message_id=draft.message_id,
            sender=draft.identity.address.spec,
            recipients=tuple(address.spec for address in draft.recipients),
            subject=clean_line(draft.subject),
            to=clean_line(", ".join(address.label for address in draft.to)),
            state=SubmissionState.HELD if hold or at is not None else SubmissionState.QUEUED,
            due=due,
            planned=at is not None,
            key=key,
            remind=draft.remind or None,
        )
        self._emit(SubmissionChanged(self._config.name, submission))
        self.wake()
        return submission

    async def submit_ready(self, ready: ReadyMade, *, hold: bool = False) -> SubmissionId:
        """Commit a message that another program has written to the outbox; it leaves at once.

        Args:
            hold: it leaves when its time of grace is over.

        Raises:
            MailError: when an address is invalid, or it cannot be written to disk: then nothing was queued.
        """
        draft = ready.draft
        for recipient in draft.recipients:
            wire_spec(recipient)
        grace = self._settings.undo_send if hold else 0
        submission = await self._store.outbox.add(
            account=self._config.name,
            draft=await asyncio.to_thread(drafts.to_json, draft),
            data=ready.data,
            message_id=draft.message_id,
            sender=draft.identity.address.spec,
            recipients=tuple(address.spec for address in draft.recipients),
            subject=clean_line(draft.subject),
            to=clean_line(", ".join(address.label for address in draft.to or draft.recipients)),
            state=SubmissionState.HELD if grace else SubmissionState.QUEUED,
            due=self._clock() + grace,
        )
        self._emit(SubmissionChanged(self._config.name, submission))
        self.wake()
        return submission

    async def send_now(self, submission: SubmissionId) -> None:
        """Send a held, queued, failed or unknown row now, under its old Message-ID."""
        if self._current is not None and self._current[0] == submission:
            return  # it is going; queued in the middle of that, it would go twice
        await self._deliverer.write_owed()  # accepted, it cannot be queued any more
        self._deliverer.forget(submission)
        await self._store.outbox.advance(submission, SubmissionState.QUEUED, due=self._clock(), refused=())
        self._emit(SubmissionChanged(self._config.name, submission))
        self.wake()

    async def resend(
        self, submission: SubmissionId, settled: Sequence[str], recipients: Sequence[Address]
    ) -> SubmissionId:
        """Send an accepted mail again, the same bytes, to those whom it did not reach.

        Args:
            settled: refused addresses about which nothing is to be done any more.
            recipients: who gets it; those refused, or better addresses of theirs.

        Raises:
            MailError: when an address is none, one of them has the mail already, or nobody is left.
        """
        for recipient in recipients:
            wire_spec(recipient)
        specs = list(dict.fromkeys(recipient.spec for recipient in recipients))
        if not specs:
            raise MailError("Nobody is left to whom this is to be sent again.")
        new = await self._store.outbox.resend(submission, settled, specs, self._clock())
        for changed in (submission, new):
            self._emit(SubmissionChanged(self._config.name, changed))
        self.wake()
        return new

    async def take_back(self, submission: SubmissionId) -> SavedDraft | None:
        """Turn a row of the outbox into a saved draft, in one step; None when its mail has left already.

        A row whose mail may have reached the server (unknown) is taken out too; its draft keeps the Message-ID until it
        is another mail than that was.
        """
        await self._interrupt(submission)
        await self._deliverer.write_owed()
        key = await self._store.outbox.take_back(submission)
        if key is None:
            return None
        self._emit(SubmissionChanged(self._config.name, submission))
        return await self._store.drafts.get(key)

    async def run(self) -> None:
        """Send until cancelled. Never raises a `MailError`."""
        while True:
            self._wake.clear()
            try:
                await self._round()
                await self._sleep()
            except MailError as error:  # the store's
                log.warning("%s: outbox: %s", self._config.name, error)
                await asyncio.sleep(STORE_PAUSE)

    async def _round(self) -> None:
        self._deliverer.begin_round()
        await self._deliverer.write_owed()
        for submission in await self._store.outbox.due(self._config.name, self._clock()):
            self._current = (submission.id, asyncio.create_task(self._deliverer.send(submission)))
            try:
                await self._finish_current()
            except StoreError:
                if await self._store.outbox.get(submission.id) is not None:
                    raise  # else it was taken back in this moment: the others are not to wait for that

    async def _finish_current(self) -> None:
        assert self._current is not None
        task = self._current[1]
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()  # when we are being ended: what became of the row is still to be written
            await asyncio.wait([task])
            self._current = None
            if not task.cancelled() and (error := task.exception()) is not None:
                log.info("%s: outbox: %s", self._config.name, type(error).__name__)  # also when nobody asks any more
        if not task.cancelled():
            task.result()

    async def _interrupt(self, submission: SubmissionId) -> None:
        """Cut a dialogue short, if this row is in one. Where its mail may have gone, it becomes unknown."""
        if self._current is not None and self._current[0] == submission:
            task = self._current[1]
            task.cancel()
            await asyncio.wait([task])

    async def _sleep(self) -> None:
        due = await self._store.outbox.next_due(self._config.name)
        wait = None if due is None else min(max(0.05, due - self._clock()), LONGEST_SLEEP)
        if self._deliverer.owes:
            wait = STORE_PAUSE if wait is None else min(wait, STORE_PAUSE)
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass
