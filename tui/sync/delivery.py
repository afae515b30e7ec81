"""One mail handed to the submission server: each phase is on disk before it begins, and what became of it at once."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tui.config.model import AccountConfig
from tui.config.secrets import Secrets
from tui.mail.address import Address
from tui.mail.domain import wire_spec
from tui.mail.errors import (
    AuthenticationFailed,
    ConnectionLost,
    MailError,
    Overtaken,
    ProtocolViolation,
    RecipientRefused,
    ServerRefused,
    StoreError,
    TemporarilyRefused,
)
from tui.mail.ids import SubmissionId
from tui.mail.submission import Phase, Refusal, Submission, SubmissionState
from tui.smtp.submit import FINAL_TIMEOUT, Receipt, submit
from tui.smtp.talk import Talk
from tui.store.database import Store
from tui.sync.events import Event, SubmissionChanged
from tui.sync.retry import NEVER, Backoff, Pace

log = logging.getLogger(__name__)

TIMEOUT = 60.0
"""Seconds without progress in an SMTP dialogue; the reply to the final dot has ten minutes (RFC 5321, 4.5.3.2.6)."""
MOST_ATTEMPTS = 100
PROGRESS_EVERY = 1.0
"""Seconds of sending after which it is told how much has left."""
STORE_PAUSE = 10.0
"""Seconds until what became of a mail is written again, where it could not be written; doubled each time."""
MOST_STORE_PAUSE = 120.0

IN_DOUBT = (Phase.DOT, Phase.DONE)


class Deliverer:
    """Hands mails of one account to its server, one at a time.

    Args:
        config: the account.
        store: where the outbox is.
        emit: told of every change of state.
        follow_up: told that a row is accepted or in doubt.
        wake: told that there is a new row.
        pace: the waits between two tries.
        clock: seconds since 1970 UTC.
        secrets: what obtains passwords.
    """

    def __init__(
        self,
        config: AccountConfig,
        store: Store,
        emit: Callable[[Event], None],
        follow_up: Callable[[], None],
        wake: Callable[[], None],
        pace: Pace = Backoff,
        clock: Callable[[], float] = time.time,
        secrets: Secrets | None = None,
    ) -> None:
        self._config = config
        self._secrets = secrets or Secrets()
        self._store = store
        self._emit = emit
        self._follow_up = follow_up
        self._wake = wake
        self._backoff: dict[SubmissionId, Backoff] = {}
        self._pace = pace
        self._clock = clock
        self._refused: AuthenticationFailed | None = None  # in this round
        self._owed: dict[SubmissionId, tuple[SubmissionState, dict[str, Any]]] = {}  # what became of it, not on disk

    def begin_round(self) -> None:
        """The outbox is gone through again: the password may be tried once more."""
        self._refused = None

    def forget(self, submission: SubmissionId) -> None:
        """Forget how often a mail was tried: the user says that it is to go now."""
        self._backoff.pop(submission, None)

    @property
    def owes(self) -> bool:
        """Whether it is not on disk what became of a mail."""
        return bool(self._owed)

    async def write_owed(self) -> None:
        """Write what became of mails, where that could not be written before.

        Raises:
            StoreError: when it still cannot be.
        """
        for id in list(self._owed):
            try:
                await self._write(id)
            except Overtaken as error:  # somebody else has said what became of it
                log.info("%s: outbox: %s", self._config.name, error)

    async def send(self, submission: Submission) -> None:
        """Hand one mail to the server, and write what became of it, with what was said."""
        talk = Talk(self._clock)
        try:
            await self._send(submission, talk)
        except asyncio.CancelledError:
            await asyncio.shield(self._note(submission.id))
            raise
        finally:
            if talk.text:
                await asyncio.shield(self._keep(submission, talk))

    async def _keep(self, submission: Submission, talk: Talk) -> None:
        try:
            await self._store.outbox.keep_talk(submission.id, talk.text)
        except StoreError as error:  # it is for reading; what became of the mail is written already
            log.info("%s: outbox: %s", self._config.name, error)

    async def _send(self, submission: Submission, talk: Talk) -> None:
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
                await self._advance(submission.id, SubmissionState.SENDING, phase=phase, refused=refused)
            elif phase is not Phase.DONE:  # that is noted by `on_taken`, with all the server has said
                await self._advance(submission.id, SubmissionState.SENDING, phase=phase)

        def on_refused(whom: Sequence[Refusal]) -> None:
            refused.extend(_as_written(submission, whom))

        async def on_taken(receipt: Receipt) -> None:
            nonlocal is_noted
            await self._accepted(submission, receipt)
            is_noted = True

        try:
            await self._advance(submission.id, SubmissionState.SENDING, phase=Phase.CONNECT, attempted=True)
        except asyncio.CancelledError:  # its thread may have written all the same
            self._interrupted(submission, reached)
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
                    talk=talk,
                ),
            )
        except MailError as error:
            if isinstance(error, AuthenticationFailed):
                self._refused = error
            await self._failed(submission, reached, error)
        except asyncio.CancelledError:
            self._interrupted(submission, reached)
            raise
        except Exception as error:
            log.exception("submission %d", submission.id)
            await self._failed(submission, reached, ConnectionLost(f"Unexpected: {type(error).__name__}."))
        else:
            if not is_noted:  # it was cancelled while it wrote: whoever did that waits, and is not to wait for a disk
                await self._accepted(submission, receipt, once=True)

    async def _accepted(self, submission: Submission, receipt: Receipt, *, once: bool = False) -> None:
        refused = _as_written(submission, receipt.refused)
        self._backoff.pop(submission.id, None)
        done = {"phase": Phase.DONE, "words": receipt.reply, "refused": refused}
        if once:
            self._owed[submission.id] = (SubmissionState.ACCEPTED, done)
            if not await self._note(submission.id):
                return
        else:
            await self._conclude(submission, SubmissionState.ACCEPTED, **done)
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
        self._wake()

    async def _failed(self, submission: Submission, reached: Phase, error: MailError) -> None:
        words = _words(error)
        lost = isinstance(error, ConnectionLost | ProtocolViolation)
        if lost and reached in IN_DOUBT:
            await self._conclude(submission, SubmissionState.UNKNOWN, phase=reached, words=words)
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

    def _interrupted(self, submission: Submission, reached: Phase) -> None:
        if submission.id in self._owed:
            return  # how it ended was known already
        if reached in IN_DOUBT:
            words = "The line was given up after the last byte: it may have been sent."
            self._owed[submission.id] = (SubmissionState.UNKNOWN, {"phase": reached, "words": words})
        else:
            self._owed[submission.id] = (SubmissionState.QUEUED, {"phase": reached, "due": self._clock()})

    async def _conclude(self, submission: Submission, state: SubmissionState, **fields: Any) -> None:
        """Write what became of a mail; where the disk is full, say, as soon as it goes: it was said only once.

        Cancelled, it stays owed: it is written by the next who asks, or told from the phase at the next start.
        """
        self._owed[submission.id] = (state, fields)
        pause = STORE_PAUSE
        while True:
            try:
                return await self._write(submission.id)
            except Overtaken:
                raise
            except StoreError as error:
                log.warning("%s: outbox: %s", self._config.name, error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, MOST_STORE_PAUSE)

    async def _note(self, id: SubmissionId) -> bool:
        """Write what is owed, once; return whether it is on disk."""
        try:
            await self._write(id)
        except StoreError as error:
            log.warning("%s: outbox: %s", self._config.name, error)
            return False
        return True

    async def _write(self, id: SubmissionId) -> None:
        if (owed := self._owed.get(id)) is None:
            return
        state, fields = owed
        try:
            await self._advance(id, state, **fields)
        except Overtaken:
            del self._owed[id]
            raise
        del self._owed[id]
        if state in (SubmissionState.ACCEPTED, SubmissionState.UNKNOWN):
            self._follow_up()

    async def _advance(self, id: SubmissionId, state: SubmissionState, **fields: Any) -> None:
        """Bring a row into a state (`tui.store.outbox.Outbox.advance`) and tell of it."""
        await self._store.outbox.advance(id, state, **fields)
        self._emit(SubmissionChanged(self._config.name, id))


def _as_written(submission: Submission, refused: Sequence[Refusal]) -> list[Refusal]:
    """Return refusals of addresses as the submission has them, not as they are on the wire."""
    names = {wire_spec(Address("", each)): each for each in submission.recipients}
    return [replace(each, address=names.get(each.address, each.address)) for each in refused]


def _words(error: MailError) -> str:
    """Return what the row says: who did not do what, in the server's words, with its code for whoever looks it up."""
    if isinstance(error, ServerRefused) and error.code:
        return f"{error.message} ({error.code})"
    return str(error)
