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
from typing import Any

from tui.config.model import AccountConfig, ComposeConfig
from tui.config.secrets import Secrets
from tui.mail import compose
from tui.mail import draft as drafts
from tui.mail.address import Address
from tui.mail.domain import wire_spec
from tui.mail.draft import Draft
from tui.mail.errors import (
    AuthenticationFailed,
    ConnectionLost,
    DiskFull,
    MailError,
    ProtocolViolation,
    RecipientRefused,
    ServerRefused,
    StoreError,
    TemporarilyRefused,
)
from tui.mail.ids import SubmissionId
from tui.mail.ready_made import ReadyMade
from tui.mail.submission import Phase, Refusal, Submission, SubmissionState
from tui.smtp.submit import FINAL_TIMEOUT, Receipt, submit
from tui.store.database import Store
from tui.store.drafts import SavedDraft
from tui.sync.events import Event, SubmissionChanged
from tui.sync.retry import NEVER, Backoff, Pace

log = logging.getLogger(__name__)

TIMEOUT = 60.0
"""Seconds without progress in an SMTP dialogue; the reply to the final dot has ten minutes (RFC 5321, 4.5.3.2.6)."""
MOST_ATTEMPTS = 100
LONGEST_SLEEP = 60.0
"""Seconds after which the clock is read again: a machine that slept, or was told another time, is not late by more."""
PROGRESS_EVERY = 1.0
"""Seconds of sending after which it is told how much has left."""
STORE_PAUSE = 10.0
"""Seconds until another look at an outbox that could not be read or written."""

IN_DOUBT = (Phase.DOT, Phase.DONE)


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
        self._secrets = secrets or Secrets()
        self._settings = settings
        self._store = store
        self._emit = emit
        self._follow_up = follow_up
        self._wake = asyncio.Event()
        self._backoff: dict[SubmissionId, Backoff] = {}
        self._current: tuple[SubmissionId, asyncio.Task[None]] | None = None
        self._pace = pace
        self._clock = clock
        self._refused: AuthenticationFailed | None = None  # in this round

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
            subject=draft.subject,
            to=", ".join(address.label for address in draft.to),
            state=SubmissionState.HELD if hold or at is not None else SubmissionState.QUEUED,
            due=due,
            planned=at is not None,
            key=key,
        )
        self._emit(SubmissionChanged(self._config.name, submission))
        self.wake()
        return submission

    async def submit_ready(self, ready: ReadyMade) -> SubmissionId:
        """Commit a message that another program has written to the outbox; it leaves at once.

        Raises:
            MailError: when an address is invalid, or it cannot be written to disk: then nothing was queued.
        """
        draft = ready.draft
        for recipient in draft.recipients:
            wire_spec(recipient)
        submission = await self._store.outbox.add(
            account=self._config.name,
            draft=await asyncio.to_thread(drafts.to_json, draft),
            data=ready.data,
            message_id=draft.message_id,
            sender=draft.identity.address.spec,
            recipients=tuple(address.spec for address in draft.recipients),
            subject=draft.subject,
            to=", ".join(address.label for address in draft.to or draft.recipients),
            due=self._clock(),
        )
        self._emit(SubmissionChanged(self._config.name, submission))
        self.wake()
        return submission

    async def send_now(self, submission: SubmissionId) -> None:
        """Send a held, queued, failed or unknown row now, under its old Message-ID."""
        self._backoff.pop(submission, None)
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

        A row whose mail may have reached the server (unknown) is taken out too; its draft keeps the Message-ID.
        """
        await self._interrupt(submission)
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
        self._refused = None
        for submission in await self._store.outbox.due(self._config.name, self._clock()):
            self._current = (submission.id, asyncio.create_task(self._send(submission)))
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
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _send(self, submission: Submission) -> None:
        reached = Phase.CONNECT
        outbox = self._store.outbox

        is_noted = False
        told_at = time.monotonic()
        refused: list[Refusal] = []

        def on_progress(octets: int) -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= PROGRESS_EVERY:
                told_at = time.monotonic()
                self._emit(SubmissionChanged(self._config.name, submission.id, octets))

        async def on_phase(phase: Phase) -> None:
            nonlocal reached
            reached = phase
            if phase is Phase.DOT:  # should it be in doubt from here on, it is known whom it cannot have reached
                await self._advance(submission, SubmissionState.SENDING, phase=phase, refused=refused)
            elif phase is not Phase.DONE:  # that is noted by `on_taken`, with all the server has said
                await self._advance(submission, SubmissionState.SENDING, phase=phase)

        def on_refused(whom: Sequence[Refusal]) -> None:
            refused.extend(_as_written(submission, whom))

        async def on_taken(receipt: Receipt) -> None:
            nonlocal is_noted
            await self._accepted(submission, receipt)
            is_noted = True

        try:
            await self._advance(submission, SubmissionState.SENDING, phase=Phase.CONNECT, attempted=True)
        except asyncio.CancelledError:  # its thread may have written all the same
            await asyncio.shield(self._interrupted(submission, reached))
            raise
        try:
            server = self._config.send
            if server is None:
                raise ServerRefused("This account has no sending server.", cure="Add its [send] table to config.toml.")
            if self._refused is not None:
                raise self._refused  # one wrong password in a row of mails is one attempt, or accounts get locked
            data = await outbox.data(submission.id)
            receipt = await self._secrets.use(
                server,
                lambda secret: submit(
                    server,
                    secret,
                    sender=submission.sender,
                    recipients=submission.recipients,
                    data=data,
                    on_phase=on_phase,
                    on_taken=on_taken,
                    on_refused=on_refused,
                    on_progress=on_progress,
                    timeout=TIMEOUT,
                    final_timeout=FINAL_TIMEOUT,
                ),
            )
        except MailError as error:
            if isinstance(error, AuthenticationFailed):
                self._refused = error
            await self._failed(submission, reached, error)
        except asyncio.CancelledError:
            await asyncio.shield(self._interrupted(submission, reached))
            raise
        except Exception as error:
            log.exception("submission %d", submission.id)
            await self._failed(submission, reached, ConnectionLost(f"Unexpected: {type(error).__name__}."))
        else:
            if not is_noted:  # it was cancelled while it wrote
                await self._accepted(submission, receipt)

    async def _accepted(self, submission: Submission, receipt: Receipt) -> None:
        refused = _as_written(submission, receipt.refused)
        self._backoff.pop(submission.id, None)
        await self._conclude(
            submission, SubmissionState.ACCEPTED, phase=Phase.DONE, words=receipt.reply, refused=refused
        )
        self._follow_up()
        later = [each.address for each in refused if each.is_temporary]
        if later:
            await self._put_off(submission, later)

    async def _put_off(self, submission: Submission, later: Sequence[str]) -> None:
        """Have the mail go again to those for whom the server said not now."""
        wait = self._pace().delay(TemporarilyRefused("Not now."))
        try:
            new = await self._store.outbox.resend(submission.id, later, later, self._clock() + wait)
        except MailError as error:  # they stay refused, for the user to see
            log.warning("%s: outbox: %s", self._config.name, error)
            return
        for changed in (submission.id, new):
            self._emit(SubmissionChanged(self._config.name, changed))
        self.wake()

    async def _failed(self, submission: Submission, reached: Phase, error: MailError) -> None:
        words = _words(error)
        lost = isinstance(error, ConnectionLost | ProtocolViolation)
        if lost and reached in IN_DOUBT:
            await self._conclude(submission, SubmissionState.UNKNOWN, phase=reached, words=words)
            self._follow_up()
            return
        # a disk that is full says nothing about the mail
        said = TemporarilyRefused(error.message) if isinstance(error, StoreError) else error
        wait = self._backoff.setdefault(submission.id, self._pace()).delay(said)
        refused = isinstance(error, ServerRefused) and not isinstance(error, TemporarilyRefused)
        if refused or wait == NEVER or submission.attempts >= MOST_ATTEMPTS:
            given = error.refused if isinstance(error, RecipientRefused) else ()
            await self._conclude(submission, SubmissionState.FAILED, phase=reached, words=words, refused=given)
        else:
            due = self._clock() + wait
            await self._conclude(submission, SubmissionState.QUEUED, phase=reached, words=words, due=due, refused=())

    async def _interrupted(self, submission: Submission, reached: Phase) -> None:
        if reached in IN_DOUBT:
            words = "The line was given up after the last byte: it may have been sent."
            await self._advance(submission, SubmissionState.UNKNOWN, phase=reached, words=words)
            self._follow_up()
        else:
            await self._advance(submission, SubmissionState.QUEUED, phase=reached, due=self._clock())

    async def _conclude(self, submission: Submission, state: SubmissionState, **fields: Any) -> None:
        """Write what became of a mail; where the disk is full, as soon as there is room: it was said only once."""
        while True:
            try:
                return await self._advance(submission, state, **fields)
            except DiskFull as error:
                log.warning("%s: outbox: %s", self._config.name, error)
                await asyncio.sleep(STORE_PAUSE)

    async def _advance(self, submission: Submission, state: SubmissionState, **fields: Any) -> None:
        """Bring a row into a state (`tui.store.outbox.Outbox.advance`) and tell of it."""
        await self._store.outbox.advance(submission.id, state, **fields)
        self._emit(SubmissionChanged(self._config.name, submission.id))


def _as_written(submission: Submission, refused: Sequence[Refusal]) -> list[Refusal]:
    """Return refusals of addresses as the submission has them, not as they are on the wire."""
    names = {wire_spec(Address("", each)): each for each in submission.recipients}
    return [replace(each, address=names.get(each.address, each.address)) for each in refused]


def _words(error: MailError) -> str:
    """Return what the row says: who did not do what, in the server's words, with its code for whoever looks it up."""
    if isinstance(error, ServerRefused) and error.code:
        return f"{error.message} ({error.code})"
    return str(error)
