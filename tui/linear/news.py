"""What happens while the user does something else: whole lines between the others."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.linear import words
from tui.mail.ids import AccountName, SubmissionId
from tui.mail.submission import SubmissionState
from tui.sync.events import (
    AlertReceived,
    ChangeRefused,
    ChangesParked,
    Event,
    Link,
    LinkChanged,
    LinkState,
    MessagesArrived,
    SubmissionChanged,
    WordsKeptHere,
)
from tui.widgets.ages import clock
from tui.widgets.envelope_row import who
from tui.widgets.submission_words import UNDO, status_words
from tui.widgets.trust import parked_words

if TYPE_CHECKING:
    from tui.linear.desk import LinearDesk

RETURN_WITHIN = 3.0
"""Seconds after a return within which it is known what that brought."""


class News:
    """Takes the accounts' events in their order.

    Args:
        desk: whose accounts.
        say: writes a line.
    """

    def __init__(self, desk: "LinearDesk", say: Callable[[str], None]) -> None:
        self._desk = desk
        self._say = say
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._links: dict[AccountName, Link] = {}
        self._owed: dict[AccountName, asyncio.TimerHandle] = {}
        self._submissions: dict[SubmissionId, SubmissionState] = {}

    def put(self, event: Event) -> None:
        """Take an event; returns at once."""
        self._events.put_nowait(event)

    async def run(self) -> None:
        """Tell one event after the other."""
        while True:
            await self._take(await self._events.get())

    async def _take(self, event: Event) -> None:
        records = self._desk.records
        await self._desk.heard(event)
        match event:
            case MessagesArrived(fresh=True) if event.uids:
                self._desk.arrival = event
                await self._arrived(event)
            case LinkChanged():
                await self._link_changed(event.account, event.state)
            case SubmissionChanged():
                await self._submission_changed(event.submission)
            case ChangeRefused():
                self._say(words.sentence(event.sentence))
            case ChangesParked():
                self._say(words.sentence(parked_words(event.count, self._desk.keymap.label).replace("   ", ". ")))
            case WordsKeptHere():
                self._say(words.sentence(event.sentence))
            case AlertReceived():
                self._say(words.sentence(f"{event.account} says: {event.text}"))
        if records is not None:
            await records.take(event)

    async def _arrived(self, event: MessagesArrived) -> None:
        found = await self._desk.store.envelopes.many(event.mailbox, event.uids)
        state = await self._desk.store.mailboxes.get(event.mailbox)
        if not found or state is None:
            return
        newest = found[0]
        key = self._desk.keymap.label("message.newest")
        what = "New mail" if len(found) == 1 else f"{len(found):,} new mails"
        parts = [f"{what} in {state.mailbox.label}", who(newest.from_[:1]), newest.subject or "No subject"]
        self._say(" ".join([*map(words.stopped, parts), *([f"{key} goes to it."] if key else [])]))

    # Lines

    async def _link_changed(self, name: AccountName, state: LinkState) -> None:
        before, self._links[name] = self._links.get(name), state.link
        several = f"{name}: " if len(self._desk.accounts) > 1 else ""
        if state.link in (Link.OFFLINE, Link.REFUSED) and before is not state.link:
            self._forget(name)
            count = (await self._desk.store.pending.waiting()).get(name, 0)
            waiting = f" {words.counted(count, 'change')} waiting." if count else ""
            what = f"offline since {clock(state.since)}" if state.link is Link.OFFLINE else state.refused or "refused"
            self._say(f"{words.sentence(several + what)}{waiting}")
        elif state.link is Link.LIVE and (before in (Link.OFFLINE, Link.REFUSED) or name in self._owed):
            back = state.back
            if back is None:  # what it brought is not known yet
                if name not in self._owed:
                    loop = asyncio.get_running_loop()
                    self._owed[name] = loop.call_later(RETURN_WITHIN, self._returned, name, several, "")
                return
            done = f" {words.counted(back.done, 'change')} done." if back.done else ""
            new = f" {words.counted(back.new, 'new message')}." if back.new else ""
            self._returned(name, several, done + new)
        elif state.link is Link.CONNECTING and before in (Link.OFFLINE, Link.REFUSED):
            self._links[name] = before  # it is still away

    def _returned(self, name: AccountName, several: str, brought: str) -> None:
        self._forget(name)
        self._say(f"{words.sentence(f'{several}live again at {clock(time.time())}')}{brought}")

    def _forget(self, name: AccountName) -> None:
        timer = self._owed.pop(name, None)
        if timer is not None:
            timer.cancel()

    # What is sent

    async def _submission_changed(self, id: SubmissionId) -> None:
        row = await self._desk.store.outbox.get(id)
        if row is None or self._submissions.get(id) is row.state:
            return
        before, self._submissions[id] = self._submissions.get(id), row.state
        if (before, row.state) == (SubmissionState.ACCEPTED, SubmissionState.COPIED) and not row.open_refusals:
            return
        told, _ = status_words(row, time.time())
        undo = self._desk.keymap.label("app.undo")
        told = told.removesuffix(UNDO)
        ending = f" {undo} undoes." if row.state is SubmissionState.HELD and undo else ""
        to = f"to {row.to}, {row.subject or 'no subject'}"
        if told:
            self._say(f"{words.act(told, None).replace(' s.', ' seconds.')} {words.sentence(to)}{ending}")
