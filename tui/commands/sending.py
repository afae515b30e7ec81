"""The status line's account of what is being sent: a countdown, then what became of it."""

import asyncio
import time

from tui.commands.desk import Desk
from tui.mail.ids import SubmissionId
from tui.mail.submission import Submission, SubmissionState
from tui.mail.width import cut
from tui.sync.events import SubmissionChanged
from tui.terminal.keys import Scope
from tui.widgets.submission_words import UNDO, is_counted, progress_words, status_words

MOST_NAME = 30
"""Cells of whom a mail goes to on the status line."""


class Sending:
    """Follows submissions and flashes their state.

    Args:
        desk: where it is shown.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._said: dict[SubmissionId, str] = {}
        self._counting: set[SubmissionId] = set()

    async def changed(self, event: SubmissionChanged) -> None:
        """Tell a new state; while one is held, count down once a second."""
        id = event.submission
        if event.sent is not None:
            await self._progress(id, event.sent)
            return
        if id in self._counting:
            await self._tell(id)
            return
        self._counting.add(id)
        try:
            while True:
                if not await self._tell(id):
                    return
                await asyncio.sleep(1.0 - time.time() % 1.0)
        finally:
            self._counting.discard(id)

    async def _progress(self, id: SubmissionId, sent: int) -> None:
        """Say how much of a large one has left, unless something newer is said."""
        before, submission = self._said.get(id), await self._desk.store.outbox.get(id)
        if submission is None or submission.state is not SubmissionState.SENDING or self._desk.flashed != before:
            return
        self._said[id] = words = progress_words(submission, sent)
        self._desk.flash(words, style="new")

    def _whereto(self, submission: Submission) -> str:
        """Return whom it is for and who carries it: ``to 3 people through smtp.example.org``."""
        count = len(submission.recipients)
        whom = f"{count} people" if count > 1 else cut(submission.to, MOST_NAME)
        account = self._desk.accounts.get(submission.account)
        send = account.config.send if account is not None else None
        return f"to {whom} through {send.host}" if send is not None else f"to {whom}"

    async def _tell(self, id: SubmissionId) -> bool:
        """Say how it stands; return whether it is being counted down."""
        submission = await self._desk.store.outbox.get(id)
        if submission is None:
            self._said.pop(id, None)
            return False
        now = time.time()
        words, role = status_words(submission, now)
        if Scope.COMPOSE in getattr(self._desk.place, "key_scopes", ()):
            words = words.removesuffix(UNDO)  # the key types a letter there
        elif submission.state is SubmissionState.HELD:
            words = f"{words}   {self._whereto(submission)}"
        before = self._said.get(id)
        ticking = submission.state is SubmissionState.HELD and before is not None
        if words != before and not (ticking and self._desk.flashed != before):  # a tick covers nothing newer
            self._said[id] = words
            self._desk.flash(words, style=role)
        return is_counted(submission, now)
