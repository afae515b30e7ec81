"""What comes after SMTP: the copy in Sent, the flag on what was answered, and looking for mails in doubt.

It runs beside the dispatcher, so that a receiving server that hangs keeps nobody from sending.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from tui.mail.draft import Original
from tui.mail.errors import MailboxNotFound, MailError, ServerRefused, TemporarilyRefused
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import Copy, Phase, Submission, SubmissionState
from tui.store.database import Store
from tui.sync.events import Event, SubmissionChanged
from tui.sync.retry import Backoff, Pace
from tui.sync.rounds import Rounds

log = logging.getLogger(__name__)

LOOKS = (5.0, 60.0, 300.0, 1_800.0, 7_200.0)
"""Seconds after which a mail in doubt is looked for; after the last of them only when the user asks."""
LEAST_WAIT = 0.05
LONGEST_WAIT = 600.0
STORE_PAUSE = 10.0
"""Seconds until another look at an outbox that could not be read or written."""


class Copies(Protocol):
    """Where copies of sent mail are filed, and looked for."""

    async def file(self, submission: Submission) -> Copy:
        """See to it that a copy is in Sent, exactly one; return how it came there.

        Raises:
            MailError: when it cannot be done now.
        """

    async def find(self, submission: Submission) -> bool:
        """Return whether a mail of which nobody knows whether it was sent can be found: then it was.

        Raises:
            MailError: when it cannot be looked for now.
        """


class FollowUp:
    """Brings accepted rows to their end, and unknown ones to an answer.

    Args:
        account: whose outbox.
        store: where it is.
        sent: files copies and looks for them.
        answered: flags what a mail answers; may be called several times.
        emit: told of every change.
        pace: the waits after failures.
        clock: seconds since 1970 UTC.
    """

    def __init__(
        self,
        account: AccountName,
        store: Store,
        sent: Copies,
        answered: Callable[[Original], Awaitable[None]],
        emit: Callable[[Event], None],
        pace: Pace = Backoff,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._store = store
        self._sent = sent
        self._answered = answered
        self._emit = emit
        self._backoff = pace()
        self._clock = clock
        self._rounds = Rounds(self._round, self._store_failed)
        self._asked: set[SubmissionId] = set()

    def wake(self) -> None:
        """Go on now: a row is accepted or in doubt, or the line is back."""
        self._rounds.wake()

    def look_for(self, submission: SubmissionId) -> None:
        """Look for a mail in doubt now: the user asks."""
        self._asked.add(submission)
        self.wake()

    async def run(self) -> None:
        """Follow up until cancelled. Never raises a `MailError`."""
        await self._rounds.run()

    def _store_failed(self, error: MailError) -> float:
        log.warning("%s: outbox: %s", self._account, error)
        return STORE_PAUSE

    async def _round(self) -> float | None:
        """Do what can be done; return the seconds until there is more, None when only somebody else knows."""
        failed = await self._file_copies()
        if failed is not None:
            return failed
        return await self._look()

    async def _file_copies(self) -> float | None:
        failed: float | None = None
        for row in await self._store.outbox.accepted(self._account):
            try:
                await self._finish(row)
                self._backoff.reset()
            except MailError as error:
                failed = self._delay(error)
                await self._note(row, SubmissionState.ACCEPTED, copy=str(error))
                if not _is_about_this(error):
                    break  # the line is bad: the others would not fare better
        return failed

    async def _finish(self, row: Submission) -> None:
        original = await self._store.outbox.original(row.id)
        copy = await self._sent.file(row)
        if original is not None:
            try:
                await self._answered(original)
            except MailboxNotFound as error:  # what was answered is no longer there
                log.info("%s: %s", self._account, error)
        await self._note(row, SubmissionState.COPIED, copy=copy.value)

    async def _look(self) -> float | None:
        """Look for what is in doubt and due; return the seconds until the next look."""
        waits = []
        for row in await self._store.outbox.unknown(self._account):
            if row.rest_of is not None:
                continue  # the copy of the first submission has the same Message-ID: it would prove nothing
            due = self._due(row)
            if row.id not in self._asked and (due is None or due > self._clock()):
                waits += [] if due is None else [due - self._clock()]
                continue
            try:
                found = await self._sent.find(row)
            except MailError as error:
                return self._delay(error)
            self._asked.discard(row.id)
            self._backoff.reset()
            if found:
                await self._note(row, SubmissionState.ACCEPTED, phase=Phase.DONE, words="Found on the server.")
                waits.append(0.0)  # its copy is to be seen to
            else:
                await self._store.outbox.looked(row.id, self._clock())
                self._emit(SubmissionChanged(self._account, row.id))
                waits.append(0.0)  # until when, is computed from the row as it is now
        return max(LEAST_WAIT, min(*waits, LONGEST_WAIT)) if waits else None

    @staticmethod
    def _due(row: Submission) -> float | None:
        return row.changed + LOOKS[row.looked] if row.looked < len(LOOKS) else None

    def _delay(self, error: MailError) -> float:
        return min(self._backoff.delay(error), LONGEST_WAIT)

    async def _note(self, row: Submission, state: SubmissionState, **fields: str | Phase) -> None:
        await self._store.outbox.advance(row.id, state, **fields)  # type: ignore[arg-type]
        self._emit(SubmissionChanged(self._account, row.id))


def _is_about_this(error: MailError) -> bool:
    return isinstance(error, ServerRefused) and not isinstance(error, TemporarilyRefused)
