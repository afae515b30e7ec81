"""One mailbox of the server and its image in the store, made alike.

Order of work: the newest page at once, so that there is something to read; then the set of UIDs the server holds,
which tells what is gone and what is missing; then the missing envelopes, newest first, slice by slice.

What changed while nobody listened is told by SELECT itself where the server can (QRESYNC), else by FETCH CHANGEDSINCE
(CONDSTORE), else UIDs and flags are compared slice by slice. Counts that do not agree afterwards lead to a comparison.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from weakref import WeakKeyDictionary

from tui.imap import fetch, mailboxes, search
from tui.imap.idle import noop
from tui.imap.mailboxes import Known, Missed, Selected
from tui.imap.responses import Exists, Expunged, FlagsChanged, Untagged, Vanished
from tui.imap.session import Session
from tui.mail.errors import MailboxNotFound, ProtocolViolation, ServerRefused
from tui.mail.flags import Flags
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.store.database import Store
from tui.store.mailboxes import MailboxState
from tui.sync.effects import flag_events
from tui.sync.events import (
    ChangesParked,
    Event,
    MailboxesChanged,
    MailboxReset,
    MessagesVanished,
    SyncProgressed,
    ThreadsChanged,
)
from tui.sync.news import MOST_UID, News
from tui.sync.ranges import Ranges
from tui.sync.storing import Storing

log = logging.getLogger(__name__)

PAGE = 50
"""Envelopes asked for first: a little more than a tall screen."""
SLICE_SECONDS = 0.15
"""How long a slice of the backfill should take: a user who opens a message waits for those that are asked for."""
SLICE_FIRST, SLICE_LEAST, SLICE_MOST = 250, 50, 4000
FLAG_SLICE = 2000
SLICE_PIECES = 400
"""Ranges of UIDs in one command: some 8,000 octets, which every server takes (RFC 7162, 4)."""


Generation = tuple[bytes, UidValidity | None]
"""The name of a mailbox on the wire, and the generation of its UIDs."""


class Mirror:
    """Keeps one mailbox of the store like the server's.

    Args:
        account: whose mailbox.
        mailbox: which.
        store: where to.
        emit: told what changed.
    """

    def __init__(self, account: AccountName, mailbox: MailboxId, store: Store, emit: Callable[[Event], None]) -> None:
        self.mailbox = mailbox
        self._account = account
        self._store = store
        self._emit = emit
        self._missing = Ranges()
        self._slice = SLICE_FIRST
        self._settled = False
        # For a server that gives no UIDVALIDITY: no other run has it, and it is above what a server could give.
        self._own_generation = UidValidity(2**32 + time.time_ns() // 1000)
        self._news = News(account, mailbox, store, emit)
        self._selected: WeakKeyDictionary[Session, Generation] = WeakKeyDictionary()  # that are known to be the store's

    async def select(self, session: Session) -> Selected:
        """Select the mailbox unless it is, and drop what is stored under another UIDVALIDITY.

        Rows of a server without UIDVALIDITY are good until this program ends.

        Raises:
            MailboxNotFound: when the server has it no longer.
        """
        state = await self._store.mailboxes.get(self.mailbox)
        if state is None:
            raise MailboxNotFound("This mailbox is gone.", cure="Choose another.")
        selected = session.selected
        if selected is not None and (selected.wire, selected.uidvalidity) == (state.mailbox.wire, state.uidvalidity):
            self._selected[session] = (selected.wire, selected.uidvalidity)
            await self._bring_up(session)
            return session.selected or selected
        selected, missed = await self._select(session, state)
        if selected.uidvalidity is None:
            selected = session.selected = replace(selected, uidvalidity=self._own_generation)
        known = state.highestmodseq
        if missed is not None and missed.told:
            await self._catch_up(missed)
            known = selected.highestmodseq
        elif selected.highestmodseq < known:
            known = ModSeq(0)  # put back from a copy of old, say: what is known tells nothing
        if await self._store.mailboxes.selected(
            self.mailbox, selected.uidvalidity, selected.uidnext, selected.exists, known
        ):
            self._settled = False
            self._missing = Ranges()
            self._news.begin_anew(_all_there(selected))
            self._selected.clear()
            self._emit(MailboxReset(self._account, self.mailbox))
            parked = (await self._store.parked.counts()).get(self._account, 0)
            if parked:
                self._emit(ChangesParked(self._account, self.mailbox, parked))
        if self._news.known is None:
            bounds = await self._store.envelopes.bounds(self.mailbox)
            if bounds is not None:
                self._news.known = bounds[1]
            elif state.uidvalidity is not None and state.uidnext is not None:
                self._news.known = state.uidnext - 1
            else:
                self._news.known = _all_there(selected)
        self._news.heard[session] = self._news.known
        self._selected[session] = (selected.wire, selected.uidvalidity)
        return selected

    async def _bring_up(self, session: Session) -> None:
        """Let a session hear of messages that another one found: until then its UIDs do not name them.

        A FETCH or STORE of a UID that the session has not been told of does nothing, and is answered with OK.
        """
        highest = max(self._news.heard.values(), default=0)
        if self._news.heard.get(session, 0) < highest:
            await noop(session)
            self._news.heard[session] = highest

    async def _select(self, session: Session, state: MailboxState) -> tuple[Selected, Missed | None]:
        if session.resyncs and state.uidvalidity is not None and state.highestmodseq:
            bounds = await self._store.envelopes.bounds(self.mailbox)
            if bounds is not None:
                known = Known(state.uidvalidity, state.highestmodseq, *bounds)
                return await mailboxes.resync(session, state.mailbox.wire, known)
        return await mailboxes.select(session, state.mailbox.wire), None

    async def _catch_up(self, missed: Missed) -> None:
        """Take over what SELECT told of the time since the mailbox was known."""
        await self._drop(Ranges(missed.vanished))
        await self.set_flags(missed.flags)
        self._settled = True

    async def _drop(self, vanished: Ranges) -> None:
        """Drop rows that the server says are gone; among them may be such as never were here."""
        if not vanished:
            return
        self._missing = self._missing.without(vanished)
        here = await self._here()
        gone = here.without(here.without(vanished))
        await self.remove(Uid(uid) for low, high in gone.pairs for uid in range(low, high + 1))

    async def open(self, session: Session) -> None:
        """Select, and fetch what is newer than everything held; the newest page when nothing is held."""
        selected = await self.select(session)
        bounds = await self._store.envelopes.bounds(self.mailbox)
        if bounds is not None:
            await self.fetch_new(session, selected)
        elif selected.exists:
            low = max(1, (selected.uidnext or 1) - PAGE)
            if selected.uidnext is None:
                low = (await self._uids(session)).newest(PAGE).lowest
            await self._fetch(session, f"{low}:*")
        self._emit(MailboxesChanged(self._account))

    async def fetch_new(self, session: Session, selected: Selected | None = None) -> None:
        """Fetch envelopes above the highest UID held (RFC 4549, 4.3.1: never by \\Recent)."""
        bounds = await self._store.envelopes.bounds(self.mailbox)
        high = self._news.highest = max(self._news.highest, bounds[1] if bounds else 0)
        if selected is not None and selected.uidnext is not None and selected.uidnext <= high + 1:
            return
        await self._fetch(session, f"{high + 1}:*", above=high)

    async def fetch_these(self, session: Session, uids: Iterable[Uid]) -> None:
        """Fetch rows that somebody asks for, wherever they are in the mailbox; they are no news."""
        await self.select(session)
        await self._fetch(session, Ranges.of(uids).text)

    def expect(self, message_ids: Iterable[str]) -> None:
        """Note that messages are going to be moved here: they are no new mail when they come."""
        self._news.expect(message_ids)

    def doubt(self) -> None:
        """Note that nobody listened for a while: flags may have been changed unheard."""
        self._settled = False

    async def settle(self, session: Session, *, watched: bool = False) -> None:
        """Learn which UIDs exist: drop rows that are gone, note those that are missing, renew flags.

        Args:
            session: logged in.
            watched: changes of flags are told on another session.
        """
        selected = await self.select(session)
        state = await self._store.mailboxes.get(self.mailbox)
        if state is None:
            return
        held = state.held + await self._store.envelopes.aside(self.mailbox)
        alike = state.complete and held == selected.exists
        if not alike:
            await self._compare(session)
        if not self._settled or not alike or selected.highestmodseq != state.highestmodseq:
            await self._renew_flags(session, selected, state.highestmodseq)
        elif not selected.highestmodseq and not watched:
            newest, _ = (await self._here()).split(FLAG_SLICE, SLICE_PIECES)
            if newest:
                await self._take_flags(fetch.flags(session, newest.text))
        self._settled = True

    async def _compare(self, session: Session) -> None:
        bounds = await self._store.envelopes.bounds(self.mailbox)
        judged = bounds[1] if bounds is not None else Uid(0)
        there = await self._uids(session)
        gone = await self._store.envelopes.keep_only(self.mailbox, there.pairs, Uid(1), Uid(MOST_UID), judged)
        if gone:
            self._emit(MessagesVanished(self._account, self.mailbox, tuple(gone)))
        here = await self._here()
        self._missing = await asyncio.to_thread(there.without, here)  # a million, at worst
        await self._store.mailboxes.completed(self.mailbox, not self._missing)
        self._progress(there.count)

    async def _uids(self, session: Session) -> Ranges:
        there = Ranges.of_merged(await search.all_uids(session))
        exists = session.selected.exists if session.selected is not None else MOST_UID
        most = 2 * exists + 1000  # some may have come meanwhile
        if len(there.pairs) > most or await asyncio.to_thread(lambda: there.count) > most:
            raise ProtocolViolation(f"{session.server.label} names more messages than it says there are ({exists:,}).")
        return there

    async def _here(self) -> Ranges:
        return Ranges.of_merged(await self._store.envelopes.ranges(self.mailbox))

    async def fill(self, session: Session, is_wanted: Callable[[], bool] = lambda: False) -> bool:
        """Fetch missing envelopes, newest first, the next slices asked for while one is coming.

        Args:
            session: logged in.
            is_wanted: whether somebody else waits for the session: then no more is asked for.

        Returns:
            Whether more is missing.
        """
        if not self._missing:
            return False
        await self.select(session)
        missing = rest = self._missing
        left = missing.count
        asked: dict[str, Ranges] = {}
        here = Ranges()
        came = self._news.begin()
        ended = time.monotonic()
        storing = Storing()

        def more() -> str | None:
            nonlocal rest
            if not rest or (rest is not missing and is_wanted()):
                return None
            part, rest = rest.split(self._slice, SLICE_PIECES)
            asked[part.text] = part
            return part.text

        try:
            async with aclosing(fetch.envelope_ranges(session, more)) as batches:
                async for rows, finished in batches:
                    await storing.then(self._news.add(rows, came))
                    if finished:
                        await storing.settled()
                    for text in finished:
                        part = asked.pop(text)
                        here = Ranges((*here.pairs, *part.pairs))
                        left -= part.count
                        now = time.monotonic()
                        factor, ended = SLICE_SECONDS / max(now - ended, 0.01), now
                        self._slice = int(min(SLICE_MOST, max(SLICE_LEAST, self._slice * min(2.0, max(0.5, factor)))))
                    if finished:
                        self._news.tell(session, came)
                        await self._tell_progress(left)
        finally:
            await storing.settled()
            self._news.tell(session, came)
            # it may have been compared anew meanwhile, for the other session
            whole = self._missing is missing and not asked
            self._missing = rest if whole else self._missing.without(here)
        if not self._missing:
            await self._store.mailboxes.completed(self.mailbox, True)
        await self._tell_progress(self._missing.count)
        return bool(self._missing)

    async def trace(self, session: Session) -> bool:
        """Ask what answers name that are not here, so that they find their threads. Return whether more is to be asked.

        Raises:
            MailError: when the line is lost.
        """
        asked = await self._store.threads.untraced(self.mailbox)
        if not asked:
            return False
        await self.select(session)
        told: dict[Uid, tuple[str, ...]] = {}
        try:
            async for batch in fetch.references(session, Ranges.of(asked).text):
                told.update(batch)
        except ServerRefused as error:  # they are shown in the threads they have
            log.info("%s: the references of %d messages: %s", self._account, len(asked), error)
        if await self._store.threads.traced(self.mailbox, asked, told):
            self._emit(ThreadsChanged((self.mailbox,)))
        return True

    async def _tell_progress(self, left: int) -> None:
        state = await self._store.mailboxes.get(self.mailbox)
        if state is not None:
            self._emit(SyncProgressed(self._account, self.mailbox, state.held, state.held + left))

    def _progress(self, total: int) -> None:
        self._emit(SyncProgressed(self._account, self.mailbox, total - self._missing.count, total))

    async def _fetch(self, session: Session, uid_set: str, above: int = 0) -> None:
        came = self._news.begin()
        try:
            async for batch in fetch.envelopes(session, uid_set):
                await self._news.add([envelope for envelope in batch if envelope.uid > above], came)
        finally:  # what came before a line was lost is here, and nobody will hear of it later
            self._news.tell(session, came)

    async def _renew_flags(self, session: Session, selected: Selected, since: ModSeq) -> None:
        if since and selected.highestmodseq and since >= selected.highestmodseq:
            return  # the other session may have looked later
        if since and selected.highestmodseq:
            await self._take_flags(fetch.flags(session, "1:*", since))
        else:
            held = await self._here()
            while held:
                part, held = held.split(FLAG_SLICE, SLICE_PIECES)
                await self._take_flags(fetch.flags(session, part.text))
        await self._store.mailboxes.synced(self.mailbox, selected.highestmodseq)

    async def _take_flags(self, source: "fetch.FlagBatches") -> None:
        async for batch in source:
            await self.set_flags(dict(batch))

    async def set_flags(self, flags: dict[Uid, Flags]) -> None:
        """Store what the server says of flags; changes of ours that it does not know yet stay on top."""
        taken = await self._store.envelopes.set_flags(self.mailbox, flags)
        for event in flag_events(self._account, self.mailbox, taken):
            self._emit(event)

    async def remove(self, uids: Iterable[Uid]) -> None:
        """Drop rows that the server has no longer."""
        gone = await self._store.envelopes.remove(self.mailbox, list(uids))
        if gone:
            self._emit(MessagesVanished(self._account, self.mailbox, tuple(gone)))
            self._emit(MailboxesChanged(self._account))

    def is_reachable(self, session: Session, uid: Uid) -> bool:
        """Whether the mailbox is selected as the store has it, and the server has told this session of a message."""
        return self._is_selected(session) and uid <= self._news.heard.get(session, 0) != MOST_UID

    def _is_selected(self, session: Session) -> bool:
        selected = session.selected
        return selected is not None and self._selected.get(session) == (selected.wire, selected.uidvalidity)

    async def noticed(self, session: Session, seen: Sequence[Untagged]) -> None:
        """Act on untagged responses about the selected mailbox, many at once."""
        if self._news.highest and self._is_selected(session) and all(isinstance(untagged, Exists) for untagged in seen):
            # nothing is asked of the store before: the question leaves in one go with the end of IDLE
            await self._fetch(session, f"{self._news.highest + 1}:*", above=self._news.highest)
            await self.trace(session)
            return
        moved = any(isinstance(untagged, Expunged) for untagged in seen)
        await self._drop(Ranges(pair for untagged in seen if isinstance(untagged, Vanished) for pair in untagged.uids))
        before = session.selected  # None: its numbers became doubtful
        if await self.select(session) is not before:
            moved = True
        if any(isinstance(untagged, Exists) for untagged in seen):
            await self.fetch_new(session)
            await self.trace(session)
        if moved:
            await self._compare(session)
        told = {u.uid: u.flags for u in seen if isinstance(u, FlagsChanged) and u.uid is not None}
        if told:
            await self.set_flags(told)
        untold = {u.sequence for u in seen if isinstance(u, FlagsChanged) and u.uid is None}
        if untold and moved:  # sequence numbers have shifted: they no longer name what they named
            await self._take_flags(fetch.flags(session, "1:*"))
        elif untold:
            await self.set_flags(dict(await fetch.flags_by_sequence(session, sorted(untold))))


def _all_there(selected: Selected) -> int:
    """Return the highest UID of a mailbox seen for the first time, or a bound: what is in it is no news."""
    if selected.uidnext is not None:
        return selected.uidnext - 1
    return MOST_UID if selected.exists else 0
