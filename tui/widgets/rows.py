"""The rows of a list: a window onto a mailbox of any size, and a cursor that is a message, not a place.

A few screens of rows are held. They are read by key, never by counting; motions that leave the window wait for the
rows they need and are then carried out, none is lost. Nothing of Textual here: `tui.widgets.envelope_list` paints it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from tui.mail.envelope import Envelope, RowKey
from tui.mail.flags import DRAFT
from tui.mail.ids import MailboxId, Uid
from tui.mail.thread import Conversation, Leaf
from tui.store.database import Store

SCREENS = 2
"""Screens of rows read on either side of the cursor; when there is less than one left, more are read."""
MOST_SCREENS = 8
"""Screens held; beyond, the far end is let go."""


class RowSource(Protocol):
    """Where rows come from: one mailbox of `tui.store.envelopes.Envelopes`."""

    async def older(self, key: RowKey | None, limit: int) -> list[Envelope]: ...
    async def newer(self, key: RowKey | None, limit: int) -> list[Envelope]: ...
    async def many(self, uids: Sequence[Uid]) -> list[Envelope]: ...
    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None: ...


class StoredRows:
    """The rows of one mailbox in the store."""

    def __init__(self, store: Store, mailbox: MailboxId) -> None:
        self._store = store
        self._envelopes = store.envelopes
        self._mailbox = mailbox

    async def older(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return await addressed(self._store, self._mailbox, await self._envelopes.older(self._mailbox, key, limit))

    async def newer(self, key: RowKey | None, limit: int) -> list[Envelope]:
        return await addressed(self._store, self._mailbox, await self._envelopes.newer(self._mailbox, key, limit))

    async def many(self, uids: Sequence[Uid]) -> list[Envelope]:
        return await addressed(self._store, self._mailbox, await self._envelopes.many(self._mailbox, uids))

    async def next_unread(self, key: RowKey | None, older: bool) -> Envelope | None:
        return await self._envelopes.next_unread(self._mailbox, key, older)


async def addressed(store: Store, mailbox: MailboxId, rows: list[Envelope]) -> list[Envelope]:
    """Return rows of a mailbox; drafts of ours that go to nobody yet with what is typed so far."""
    bare = {_message(row): row for row in rows if DRAFT in row.flags and not (row.to or row.cc or row.bcc)}
    state = await store.mailboxes.get(mailbox) if bare else None
    if state is None:
        return rows
    at = state.mailbox
    people = await store.drafts.written_to(at.account, at.wire, state.uidvalidity, list(bare))
    typed = {bare[uid].uid: to for uid, to in people.items()}
    return [replace(row, to=typed[row.uid]) if row.uid in typed else row for row in rows]


def _message(row: Envelope) -> Uid:
    return row.head if isinstance(row, Conversation) else row.uid


class Rows:
    """A window of consecutive rows, newest first; a cursor in it; and which of the rows are on the screen.

    Motions change `at` and `top` at once where the rows are here. Otherwise they wait in a queue that `settle` works
    off; so do changes of the mailbox, told by `touch`.

    Args:
        source: where rows are read.
        height: rows on the screen, at least 1.
        changed: called after every change that `settle` made.

    Attributes:
        rows: the rows held.
        at: index of the cursor in them; 0 when there are none.
        top: index of the first row on the screen.
        at_top, at_end: whether the newest and the oldest row of the mailbox are held.
        above: how many rows are newer than the first one held, None when nobody has counted.
        loaded: whether anything was read yet.
    """

    def __init__(self, source: RowSource, height: int, changed: Callable[[], None] = lambda: None) -> None:
        self._source = source
        self._changed = changed
        self._steps: deque[Callable[[], Awaitable[None]]] = deque([self._start])
        self._stale = False
        self._arrived = 0
        self._is_held = self._is_filling = False
        self._lock = asyncio.Lock()
        self.height = self._tallest = max(1, height)
        self.rows: list[Envelope] = []
        self.at = self.top = 0
        self.at_top = self.at_end = self.loaded = False
        self.above: int | None = None

    # What is seen

    @property
    def current(self) -> Envelope | None:
        """The row under the cursor."""
        return self.rows[self.at] if self.rows else None

    @property
    def cursor(self) -> Uid | None:
        return self.rows[self.at].uid if self.rows else None

    @property
    def visible(self) -> list[Envelope]:
        """The rows on the screen, from the top line down."""
        return self.rows[self.top : self.top + self.height]

    def rank(self, total: int | None = None) -> int | None:
        """Return the cursor's place in the mailbox, the newest is 1; None when it is not known.

        Args:
            total: rows in the mailbox, if that is known.
        """
        if not self.rows:
            return None
        if self.above is None:
            return total - _counted(self.rows[self.at + 1 :]) if self.at_end and total is not None else None
        return self.above + _counted(self.rows[: self.at + 1])

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits to be read."""
        return not (self._steps or self._stale or self._lacks_older or self._lacks_newer)

    # Motions

    def hold(self) -> None:
        """Note that the user has seen where the cursor is: from now on it stays on its message, whatever is read.

        Until then rows that are newer and no new mail, the rest of a mailbox that is being read for the first time,
        push the beginning of the list on: the cursor goes where it would have gone, had they been there.
        """
        self._is_held = True

    def move(self, by: int) -> None:
        """Move the cursor by rows, stopping at the ends of the mailbox."""
        if not self._steps and self._is_here(self.at + by):
            self._go(self.at + by)
        else:
            self._steps.append(lambda: self._move(by, 0))

    def page(self, by: int) -> None:
        """Move the cursor and what is on the screen by rows."""
        edge = self.top + by if by < 0 else self.top + by + self.height - 1
        if not self._steps and self._is_here(self.at + by) and self._is_here(edge):
            self._turn(by)
        else:
            self._steps.append(lambda: self._move(by, by))

    def first(self) -> None:
        """Move the cursor to the newest row."""
        if not self._steps and self.at_top:
            self._go(0)
        else:
            self._steps.append(self._newest)

    def last(self) -> None:
        """Move the cursor to the oldest row."""
        if not self._steps and self.at_end:
            self._go(len(self.rows) - 1)
        else:
            self._steps.append(self._oldest)

    def next_unread(self, older: bool) -> None:
        """Move the cursor to the nearest unread row; behind the last one the search begins at the other end."""
        self._steps.append(lambda: self._unread(older))

    def locate(self, uid: Uid) -> None:
        """Move the cursor to this row, if it is in the mailbox."""
        self._steps.append(lambda: self._locate(uid))

    def resize(self, height: int) -> None:
        """Take another number of rows on the screen; the cursor stays in sight."""
        self.height = max(1, height)
        self._tallest = max(self._tallest, self.height)
        self._keep_in_sight()

    def renew(self) -> None:
        """Read the newest rows again and go to the first of them, whatever has come."""
        self._steps.append(self._newest)

    def touch(self, arrived: int = 0, *, filling: bool = False) -> None:
        """Note that the mailbox changed: `settle` reads the window again.

        Args:
            arrived: rows that came in as the newest.
            filling: rows that are no new mail came in.
        """
        self._stale = True
        self._arrived += arrived
        self._is_filling = self._is_filling or filling

    # Reading

    async def settle(self) -> None:
        """Carry out what waits and read ahead, until there is nothing left to do.

        Raises:
            StoreError: when the store cannot be read; the step that needed it is dropped.
        """
        async with self._lock:
            while not self.is_settled:
                if self._stale and self.loaded:
                    self._stale = False
                    await self._reload()
                elif self._steps:
                    try:
                        await self._steps[0]()
                    finally:
                        self._steps.popleft()
                elif self._stale:
                    self._stale = False
                    await self._start()
                elif self._lacks_older:
                    await self._read_older()
                else:
                    await self._read_newer()
                self._changed()

    @property
    def _span(self) -> int:
        return SCREENS * self._tallest  # also while a message has the room: closing it waits for no rows

    @property
    def _lacks_older(self) -> bool:
        return self.loaded and not self.at_end and len(self.rows) - self.top - self.height < self._tallest

    @property
    def _lacks_newer(self) -> bool:
        return self.loaded and not self.at_top and self.top < self._tallest

    def _is_here(self, index: int) -> bool:
        """Whether a motion to this index needs nothing read: beyond the mailbox's end it stops there."""
        return (index >= 0 or self.at_top) and (index < len(self.rows) or self.at_end)

    def _go(self, index: int) -> None:
        self.at = max(0, min(index, len(self.rows) - 1))
        self._keep_in_sight()

    def _turn(self, by: int) -> None:
        """Move screen and cursor; where the screen cannot go further, the cursor goes to the last row."""
        most = max(0, len(self.rows) - self.height)
        top = max(0, min(self.top + by, most))
        if top == self.top:
            self._go(0 if by < 0 else len(self.rows) - 1)
        else:
            self.top = top
            self._go(self.at + by)

    def _keep_in_sight(self) -> None:
        self.top = max(self.at - self.height + 1, min(self.top, self.at))
        self.top = max(0, min(self.top, len(self.rows) - self.height))

    async def _start(self) -> None:
        """Read the newest rows; the cursor goes to the newest unread one on the first screen, else to the first."""
        await self._newest()
        screen = self.rows[: self.height]
        self._go(next((index for index, row in enumerate(screen) if row.is_unread), 0))

    async def _newest(self) -> None:
        limit = 2 * self._span
        rows = await self._source.older(None, limit)
        self._take(rows, at_top=True, at_end=len(rows) < limit)
        self.at = self.top = 0

    async def _oldest(self) -> None:
        limit = 2 * self._span
        rows = await self._source.newer(None, limit)
        rows.reverse()
        self._take(rows, at_top=len(rows) < limit, at_end=True)
        self._go(len(rows) - 1)

    def _take(self, rows: list[Envelope], *, at_top: bool, at_end: bool, above: int | None = None) -> None:
        self.rows, self.at_top, self.at_end = rows, at_top, at_end
        self.above = 0 if at_top else above
        self.loaded, self._arrived = True, 0

    async def _move(self, by: int, scroll: int) -> None:
        while not (self._is_here(self.at + by) and self._is_here(self._edge(scroll))):
            read = await (self._read_newer() if by < 0 else self._read_older())
            if not read and self.at_top and self.at_end:
                break
        if scroll:
            self._turn(scroll)
        else:
            self._go(self.at + by)

    def _edge(self, scroll: int) -> int:
        if not scroll:
            return self.at
        return self.top + scroll if scroll < 0 else self.top + scroll + self.height - 1

    async def _read_older(self) -> int:
        limit = self._span
        rows = await self._source.older(self.rows[-1].key if self.rows else None, limit)
        self.rows += rows
        self.at_end = len(rows) < limit
        spare = min(len(self.rows) - MOST_SCREENS * self._tallest, self.top - self._span)
        if spare > 0:
            counted = _counted(self.rows[:spare])
            del self.rows[:spare]
            self.at -= spare
            self.top -= spare
            self.at_top = False
            self.above = None if self.above is None else self.above + counted
        return len(rows)

    async def _read_newer(self) -> int:
        limit = self._span
        rows = await self._source.newer(self.rows[0].key if self.rows else None, limit)
        self.at_top = len(rows) < limit
        rows.reverse()
        self.rows[:0] = rows
        self.at += len(rows)
        self.top += len(rows)
        self._keep_in_sight()
        self.above = 0 if self.at_top else self.above and max(0, self.above - _counted(rows))
        spare = min(len(self.rows) - MOST_SCREENS * self._tallest, len(self.rows) - self.top - self.height - self._span)
        if spare > 0:
            del self.rows[-spare:]
            self.at_end = False
        return len(rows)

    async def _unread(self, older: bool) -> None:
        if not self.rows:
            return
        ahead = self.rows[self.at + 1 :] if older else self.rows[: self.at][::-1]
        found = next((row for row in ahead if row.is_unread), None)
        if found is None:
            edge = self.rows[-1] if older else self.rows[0]
            found = await self._source.next_unread(edge.key, older)
        if found is None:
            found = await self._source.next_unread(None, older)
        if found is not None:
            await self._show(found)

    async def _locate(self, uid: Uid) -> None:
        found = await self._source.many([uid])
        if found:
            await self._show(found[0])

    async def _show(self, row: Envelope) -> None:
        index = self._index(row.uid)
        if index is None:
            newer = await self._source.newer(row.key, self._span)
            older = await self._source.older(row.key, self._span)
            index = len(newer)
            self._take([*reversed(newer), row, *older], at_top=index < self._span, at_end=len(older) < self._span)
            self.top = max(0, index - self.height // 2)
        self._go(index)

    def _index(self, uid: Uid | None) -> int | None:
        return next((index for index, row in enumerate(self.rows) if row.uid == uid), None)

    async def _reload(self) -> None:
        """Read the rows around the cursor again. A list at its top stays there, any other holds still."""
        anchor = self.current
        if anchor is None:
            return await self._start()
        newer = await self._source.newer(anchor.key, self._span)
        filling, self._is_filling = self._is_filling, False
        if filling and not self._is_held and self.at_top and len(newer) > self.at + self._arrived:
            return await self._start()
        here = await self._source.many([anchor.uid])
        older = await self._source.older(anchor.key, self._span)
        listed = {row.uid for row in (*newer, *older)}
        rows = [*reversed(newer), *(row for row in here if row.uid not in listed), *older]
        wanted = self.current  # a key may have moved the cursor meanwhile
        assert wanted is not None
        places = {row.uid: index for index, row in enumerate(rows)}
        if wanted.uid != anchor.uid and wanted.uid not in places:
            self._stale = True
            return
        at = places.get(wanted.uid, min(len(newer), len(rows) - 1))
        line, was_at_top = self.at - self.top, self.at_top and self.top == 0
        before = _counted(self.rows[: self.at])
        above = None if self.above is None else max(0, self.above + before + self._arrived - _counted(rows[:at]))
        self._take(rows, at_top=len(newer) < self._span, at_end=len(older) < self._span, above=above)
        self.at = max(0, at)
        self.top = 0 if was_at_top and self.at_top else max(0, self.at - line)
        self._keep_in_sight()


def _counted(rows: Sequence[Envelope]) -> int:
    """Return how many rows count in the mailbox: those below a conversation do not."""
    return sum(not isinstance(row, Leaf) for row in rows)
