"""Mail that is put aside, and the one clock that brings it back: at its time, or when somebody has answered.

What waits is read from the store, where it is by its keywords; the loop sleeps until the next moment there is. A time
that passed while the program was off is over at the next start. Which of the user's machines takes the keywords off
makes no difference: all of them do.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from tui.mail import snooze
from tui.mail.act import Act, Verb
from tui.mail.errors import MailboxNotFound, MailError
from tui.mail.flags import NO_FLAGS, SEEN, Flags
from tui.mail.ids import AccountName, MailboxId, SubmissionId, Uid
from tui.mail.mailbox import Role
from tui.mail.submission import Submission, SubmissionState
from tui.store.database import Store
from tui.store.snoozed import Waiting
from tui.sync.bringing import Brought
from tui.sync.changes import Changes
from tui.sync.events import (
    Event,
    LinkChanged,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
    SubmissionChanged,
    ThreadsChanged,
)
from tui.sync.rounds import Rounds

log = logging.getLogger(__name__)

CALM: Final = 0.1
"""Seconds between the word that something changed and the look: the list is read and painted first."""
LONGEST: Final = 3600.0
"""Seconds after which the clock on the wall is looked at again, in case somebody has set it."""
SPREAD: Final = 20.0
AGAIN: Final = 60.0
"""Seconds after which what could not be done is tried again."""


class Snoozes:
    """Puts messages of one account aside and brings them back.

    Args:
        account: whose.
        own: the user's addresses: what is from there is no answer.
        store: where they are.
        changes: gives and takes keywords.
        emit: told of what is back.
        read: returns a whole message, wire bytes.
        put: puts a message into a mailbox unless it is there.
        look: has a mailbox made as it is where the mail is; returns at once.

    Attributes:
        clock: seconds since 1970 UTC.
        spread: seconds within which a reminder is brought: machines that do so at the same moment would bring two.
    """

    def __init__(
        self,
        account: AccountName,
        own: Iterable[str],
        store: Store,
        changes: Changes,
        emit: Callable[[Event], None],
        read: Callable[[MailboxId, Uid], Awaitable[bytes]],
        put: Callable[[MailboxId, Brought], Awaitable[bool]],
        look: Callable[[MailboxId], None],
    ) -> None:
        self.clock: Callable[[], float] = time.time
        self.spread = SPREAD
        self._account = account
        self._own = frozenset(spec.casefold() for spec in own)
        self._store = store
        self._changes = changes
        self._emit = emit
        self._read = read
        self._put = put
        self._look = look
        self._looked: set[SubmissionId] = set()
        self._sought: set[str] = set()
        self._rounds = Rounds(self._round, self._patience, CALM)

    async def put_aside(
        self, mailbox: MailboxId, uids: Sequence[Uid], until: float | None = None, *, answer: bool = False
    ) -> Act | None:
        """Take messages out of the lists until a time, or until somebody answers, whichever comes first.

        They count as unread from now on, so that every machine shows them so when they are back.

        Args:
            until: seconds since 1970 UTC; None: only an answer brings them back.
            answer: whether one does.

        Returns:
            The act, which can be undone; None when nothing was changed.

        Raises:
            MailError: when the mailbox is gone or the disk is full; then nothing was changed.
        """
        since = min(self.clock(), float(await self._store.snoozed.newest(mailbox, uids))) if answer else None
        words = snooze.put_aside(until, since)
        return await self._turn(mailbox, uids, words, Verb.SNOOZED, also={SEEN})

    async def remind(self, mailbox: MailboxId, uids: Sequence[Uid], moment: float) -> Act | None:
        """Have the user reminded of messages that were sent, unless somebody answers; result and errors as before.

        Args:
            moment: seconds since 1970 UTC.
        """
        return await self._turn(mailbox, uids, snooze.reminder(moment), Verb.REMINDED)

    async def bring_back(self, mailbox: MailboxId, uids: Sequence[Uid]) -> Act | None:
        """Put messages into the lists again at once, and remind of them no longer; result and errors as before."""
        return await self._turn(mailbox, uids, NO_FLAGS, Verb.UNSNOOZED)

    async def _turn(
        self, mailbox: MailboxId, uids: Sequence[Uid], words: Flags, verb: Verb, also: Collection[str] = ()
    ) -> Act | None:
        before = await self._store.snoozed.words(mailbox, uids)
        act = await self._changes.flags(mailbox, uids, add=words, remove={*(before - words), *also}, verb=verb)
        self.wake()
        return act

    def wake(self) -> None:
        """Look what time it is: the machine has slept, say."""
        self._rounds.wake()

    def heard(self, event: Event) -> None:
        """Take note of something that happened: there may be another next moment, or an answer."""
        match event:
            case MessagesArrived() | MessagesChanged() | MessagesVanished() | ThreadsChanged() | LinkChanged():
                self.wake()
            case SubmissionChanged() if event.sent is None:
                self.wake()

    async def run(self) -> None:
        """Bring back what is due, until cancelled. Never raises a `MailError`."""
        await self._rounds.run()

    def _patience(self, error: MailError) -> float | None:
        log.info("%s: what was put aside: %s", self._account, error)
        return AGAIN

    async def _round(self) -> float | None:
        """Bring back what is due; return the seconds until something is, None when nothing waits for a time."""
        waiting = await self._store.snoozed.waiting(self._account)
        answered = await self._answered(waiting)
        now = self.clock()
        due = [each for each in waiting if (each.mailbox, each.uid) in answered or _moment(each) <= now]
        aside = [each for each in due if snooze.is_put_aside(each.flags)]
        await self._wake_up(aside)
        reminders = [each for each in due if each not in aside]
        await self._take_off([each for each in reminders if (each.mailbox, each.uid) in answered])
        is_late = await self._remind([each for each in reminders if (each.mailbox, each.uid) not in answered])
        await self._name([each for each in waiting if each not in due])
        moments = [await self._kept_here(), *(_moment(each) for each in waiting if each not in due)]
        moments += [now + AGAIN] if is_late else []
        wait = min(moments) - now
        return None if wait == float("inf") else min(max(wait, CALM), LONGEST)

    async def _answered(self, waiting: Sequence[Waiting]) -> set[tuple[MailboxId, Uid]]:
        asked: dict[tuple[MailboxId, Uid], float] = {}
        for each in waiting:
            since = each.received if snooze.reminds(each.flags) is not None else snooze.awaited(each.flags)
            if since is not None:
                asked[each.mailbox, each.uid] = since
        return await self._store.snoozed.answered(asked, self._own) if asked else set()

    async def _wake_up(self, due: Sequence[Waiting]) -> None:
        for mailbox, uids in (await self._take_off(due, add={snooze.BACK})).items():
            self._emit(MessagesArrived(self._account, mailbox, tuple(uids), fresh=True, again=True))

    async def _take_off(self, due: Sequence[Waiting], add: Collection[str] = ()) -> dict[MailboxId, list[Uid]]:
        """Take the words off that were read, and leave others; return the messages by mailbox."""
        groups: dict[tuple[MailboxId, Flags], list[Uid]] = {}
        by_mailbox: dict[MailboxId, list[Uid]] = {}
        for each in due:
            groups.setdefault((each.mailbox, snooze.taken_off(each.flags)), []).append(each.uid)
            by_mailbox.setdefault(each.mailbox, []).append(each.uid)
        for (mailbox, words), uids in groups.items():
            await self._changes.flags(mailbox, uids, add=add, remove=words - set(add))
        return by_mailbox

    async def _name(self, waiting: Sequence[Waiting]) -> None:
        """Give back the word by which it is found: a machine that came late took it off with an older time."""
        for each in waiting:
            if snooze.SNOOZED.casefold() not in {flag.casefold() for flag in each.flags}:
                await self._changes.flags(each.mailbox, [each.uid], add={snooze.SNOOZED})

    async def _kept_here(self) -> float:
        """See to the reminders of mails whose copies in Sent do not carry them; return when the next is due.

        A copy gets it as soon as it is known here; one that never is, is told of by the outbox's own.
        """
        moments = [float("inf")]
        for row in await self._store.outbox.reminders(self._account):
            assert row.remind is not None
            copy = await self._store.snoozed.sent_copy(self._account, row.message_id)
            if copy is not None:
                await self._changes.flags(copy[0], [copy[1]], add=snooze.reminder(row.remind))
            elif await self._store.snoozed.is_answered(row.message_id, row.due, self._own):
                log.info("%s: %s is answered", self._account, row.message_id)
            elif row.remind <= self.clock():
                if not await self._bring(row.message_id, await self._store.outbox.data(row.id)):
                    moments.append(self.clock() + AGAIN)
                    continue
            else:
                moments.append(row.remind)
                await self._look_for_copy(row)
                continue
            await self._store.outbox.remind_no_longer(row.id)
        return min(moments)

    async def _look_for_copy(self, row: Submission) -> None:
        """Have Sent looked into, once, for the copy of a mail: until it is known, no list shows what waits."""
        sent = await self._store.mailboxes.by_role(self._account, Role.SENT)
        if sent is not None and row.state is SubmissionState.COPIED and row.id not in self._looked:
            self._looked.add(row.id)
            self._look(sent.id)

    async def _remind(self, due: Sequence[Waiting]) -> bool:
        """Bring copies of what was sent, and nobody has answered, into the inbox, where they are new mail.

        Returns:
            Whether some could not be brought yet.
        """
        is_late = False
        for each in due:
            envelope = await self._store.envelopes.get(each.mailbox, each.uid)
            if envelope is None:
                continue
            if await self._bring(envelope.message_id, await self._read(each.mailbox, each.uid)):
                await self._take_off([each])
            else:
                is_late = True
        return is_late

    async def _bring(self, message_id: str, data: bytes) -> bool:
        """Put a copy of a mail into the inbox, unless another machine has; return whether the user is reminded.

        A mail that went to the user, too, or to a list of his, is there already: then that one is new mail again.
        """
        inbox = await self._store.mailboxes.by_role(self._account, Role.INBOX)
        if inbox is None:
            raise MailboxNotFound(f"{self._account} has no inbox.")
        await asyncio.sleep(random.uniform(0, self.spread))
        brought = Brought(data, int(self.clock()), frozenset({snooze.BACK}), message_id)
        if await self._put(inbox.id, brought):
            return True
        there = await self._store.snoozed.copy_in(inbox.id, message_id)
        if there is None and message_id not in self._sought:
            self._sought.add(message_id)
            self._look(inbox.id)  # it is not known here yet
            return False
        if there is None:
            return await self._put(inbox.id, replace(brought, message_id=""))  # rather one too many than none
        if snooze.BACK not in {flag.casefold() for flag in there.flags}:
            await self._changes.flags(inbox.id, [there.uid], add={snooze.BACK}, remove={SEEN})
            self._emit(MessagesArrived(self._account, inbox.id, (there.uid,), fresh=True, again=True))
        return True


def _moment(waiting: Waiting) -> float:
    """Return when a message is due; infinity where only an answer brings it back."""
    moments = [each for each in (snooze.until(waiting.flags), snooze.reminds(waiting.flags)) if each is not None]
    return max(moments, default=float("inf"))
