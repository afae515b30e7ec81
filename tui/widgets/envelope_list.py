"""The list of envelopes: paints a window of rows, line by line, and again only the lines that changed."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from textual import events
from textual.geometry import Offset
from textual.message import Message as TextualMessage
from textual.strip import Strip

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import Uid
from tui.widgets.ages import HOUR, MINUTE, age
from tui.widgets.envelope_row import EMPTY, RowState, paint
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.row_words import Columns
from tui.widgets.rows import Rows, RowSource

log = logging.getLogger(__name__)

MOST_PAINTED = 300
"""Painted lines that are kept: several screens."""


class EnvelopeList(LineWidget, can_focus=True):
    """Shows one mailbox. Its cursor is a message: whatever comes and goes, it stays on it.

    Attributes:
        rows: the window onto the mailbox, None before the first one was opened.
        marked: rows chosen for the next act.
        fresh: rows that came in since the user looked.
        resting: nobody is at it: no cursor is shown, and what comes is in sight at the top.
    """

    class Moved(TextualMessage):
        """The cursor is on another message, or its message changed."""

    class Failed(TextualMessage):
        """The store could not be read."""

        def __init__(self, error: MailError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.rows: Rows | None = None
        self.marked: set[Uid] = set()
        self.fresh: set[Uid] = set()
        self.resting = False
        self._empty = ""
        self._waiting: frozenset[Uid] = frozenset()
        self._outgoing = self._counts = False
        self._columns = Columns.of(80)
        self._lines: list[RowState] = []
        self._painted: dict[Uid, tuple[RowState, Strip]] = {}
        self._dress: tuple[object, ...] = ()  # what all of these were painted for
        self._told: Envelope | None = None
        self._said = ""
        self._runner: asyncio.Task[None] | None = None

    # What it shows

    def open(self, source: RowSource, *, outgoing: bool = False, counts: bool = False) -> None:
        """Show another mailbox; what is on the screen stays until its rows are here.

        Args:
            source: its rows.
            outgoing: whom mail went to is shown instead of whom it is from.
            counts: a row may stand for several messages.
        """
        self._stop()
        self.rows = Rows(source, self.size.height, self._changed)
        self._outgoing, self._counts = outgoing, counts
        self.marked.clear()
        self.fresh.clear()
        self._columns = Columns.of(self.size.width, outgoing=outgoing, count=counts)
        self._read()

    @property
    def empty(self) -> str:
        """What is said when there is no row."""
        return self._empty

    @empty.setter
    def empty(self, words: str) -> None:
        if words != self._empty:
            self._empty = words
            self._say_empty()

    @property
    def current(self) -> Envelope | None:
        """The envelope under the cursor."""
        return self.rows.current if self.rows is not None else None

    @property
    def terminal_cursor(self) -> Offset:
        """Where the terminal's cursor stands: on the row of the list's own."""
        return Offset(0, self.rows.at - self.rows.top if self.rows is not None else 0)

    @property
    def waiting(self) -> frozenset[Uid]:
        """Rows with changes that wait for the server."""
        return self._waiting

    def set_waiting(self, uids: Collection[Uid]) -> None:
        self._waiting = frozenset(uids)
        self._repaint()

    # Motions

    def rest(self) -> None:
        """Show no cursor from now on, and the newest rows, until `wake`."""
        self.resting = True
        self.fresh.clear()
        if self.rows is not None:
            self.rows.renew()
            self._read()
        self._changed()

    def wake(self) -> bool:
        """Show the cursor again: it is on the newest row; return whether there was none."""
        was_resting, self.resting = self.resting, False
        if was_resting:
            self._changed()
        return was_resting

    def hold(self) -> None:
        """The user has seen where the cursor is: it stays on its message from now on."""
        if self.rows is not None:
            self.rows.hold()

    def move(self, by: int) -> None:
        """Move the cursor by rows."""
        if self.rows is not None:
            self.rows.move(by)
            self._moved()

    def is_row(self, y: int) -> bool:
        """Whether a message is on this line of the screen."""
        return self.rows is not None and 0 <= y < len(self.rows.visible)

    def point(self, y: int) -> bool:
        """Move the cursor to a line of the screen; return whether there is another row on it."""
        if self.rows is None or not self.is_row(y):
            return False
        by = self.rows.top + y - self.rows.at
        self.move(by)
        return by != 0

    def page(self, direction: int, *, half: bool = False) -> None:
        """Move by a screen, or half of one."""
        if self.rows is not None:
            height = self.size.height
            self.rows.page(direction * max(1, height // 2 if half else height - 1))
            self._moved()

    async def first(self) -> None:
        """Move to the newest row; returns when the cursor is there."""
        if self.rows is not None:
            self.rows.first()
            self.fresh.clear()
            await self._moved_and_settled()

    async def last(self) -> None:
        """Move to the oldest row; returns when the cursor is there."""
        if self.rows is not None:
            self.rows.last()
            await self._moved_and_settled()

    async def next_unread(self, older: bool) -> bool:
        """Move to the nearest unread row; returns whether the cursor is on one."""
        if self.rows is not None:
            self.rows.next_unread(older)
            await self._moved_and_settled()
        return self.current is not None and self.current.is_unread

    async def locate(self, uid: Uid) -> None:
        """Move to a message, if it is in the mailbox."""
        if self.rows is not None:
            self.rows.locate(uid)
            await self._moved_and_settled()

    def toggle_mark(self) -> None:
        """Choose the row under the cursor for the next act, or no longer."""
        if self.current is not None:
            self.marked ^= {self.current.uid}
            self._repaint()

    def mark(self, uids: Iterable[Uid]) -> None:
        """Choose these rows for the next act, too."""
        self.marked.update(uids)
        self._repaint()

    # Changes of the mailbox

    def touch(self, arrived: Collection[Uid] = (), *, fresh: bool = False, filling: bool = False) -> None:
        """Read the window again: the mailbox is not what it was.

        Args:
            arrived: rows that came in.
            fresh: they are new mail.
            filling: rows that are no new mail came in.
        """
        if self.rows is not None:
            if fresh:
                self.fresh.update(arrived)
            if self.resting:
                self.rows.renew()
            self.rows.touch(len(arrived) if fresh else 0, filling=filling)
            self._read()

    def forget(self, uids: Collection[Uid]) -> None:
        """Drop what is remembered of rows that are gone."""
        self.marked.difference_update(uids)
        self.fresh.difference_update(uids)

    async def settled(self) -> None:
        """Return when nothing waits to be read."""
        while self._runner is not None:
            runner = self._runner
            with suppress(asyncio.CancelledError):
                await asyncio.shield(runner)
            if runner.done() and self._runner is runner:
                self._runner = None

    def _read(self) -> None:
        rows = self.rows
        if rows is None or rows.is_settled or (self._runner is not None and not self._runner.done()):
            return
        self._runner = asyncio.create_task(self._settle(rows))

    async def _settle(self, rows: Rows) -> None:
        try:
            while not rows.is_settled:
                await rows.settle()
        except MailError as error:
            log.warning("the list could not be read: %s", error)
            self.post_message(self.Failed(error))

    def _stop(self) -> None:
        if self._runner is not None:
            self._runner.cancel()
            self._runner = None

    async def on_unmount(self) -> None:
        runner = self._runner
        self._stop()
        if runner is not None:
            await asyncio.gather(runner, return_exceptions=True)

    def _moved(self) -> None:
        self._changed()
        self._read()

    async def _moved_and_settled(self) -> None:
        self._moved()
        await self.settled()

    def _changed(self) -> None:
        current = self.current
        if current is not None and not self.resting:
            self.fresh.discard(current.uid)
        self._repaint()
        if current is not self._told:
            self._told = current
            self.post_message(self.Moved())

    # Painting

    def _states(self) -> list[RowState]:
        rows = self.rows
        if rows is None:
            return []
        now, cursor, focused = self.look.clock(), None if self.resting else rows.cursor, self.has_focus
        return [
            RowState(
                row,
                row.uid == cursor,
                focused and row.uid == cursor,
                row.uid in self.fresh,
                row.uid in self.marked,
                row.uid in self._waiting,
                age(row.received, now),
            )
            for row in rows.visible
        ]

    def _repaint(self) -> None:
        """Paint again the lines that look different now."""
        if self.rows is None or not self.rows.loaded:
            return
        before, self._lines = self._lines, self._states()
        most = min(self.size.height, max(len(before), len(self._lines)))
        self.refresh_lines(y for y in range(most) if _at(before, y) != _at(self._lines, y))
        self._say_empty()

    def _say_empty(self) -> None:
        said = self._empty if not self._lines else ""
        if said != self._said:
            self._said = said
            self.refresh_line(0)

    def render_line(self, y: int) -> Strip:
        """Return a painted line; rows that only changed their place are not painted again."""
        state = self._lines[y] if y < len(self._lines) else EMPTY
        if state.envelope is None:
            return super().render_line(y)
        dress = (self._columns, self.outer_size.width, self.look.roles, self.look.marks)
        if dress != self._dress:
            self._dress = dress
            self._painted.clear()
        painted = self._painted.get(state.envelope.uid)
        if painted is not None and painted[0] == state:
            return painted[1]
        if len(self._painted) >= MOST_PAINTED:
            self._painted.clear()
        strip = super().render_line(y)
        self._painted[state.envelope.uid] = (state, strip)
        return strip

    def line(self, y: int) -> list[Run]:
        if y < len(self._lines):
            return paint(self._lines[y], self._columns, self.look)
        return [(f" {self._said}", self.look.roles["muted"])] if y == 0 and self._said else []

    def repaint_all(self) -> None:
        """Paint everything again: colours or columns are others."""
        self._lines = self._states()
        self.refresh()

    def repaint_ages(self) -> None:
        """Paint again the rows whose age is told otherwise now."""
        self._repaint()

    @property
    def has_young_rows(self) -> bool:
        """Whether an age on the screen still counts minutes."""
        now = self.look.clock()
        return any(line.envelope is not None and now - line.envelope.received < HOUR + MINUTE for line in self._lines)

    def placed(self) -> None:
        self._columns = Columns.of(self.size.width, outgoing=self._outgoing, count=self._counts)
        if self.rows is not None:
            self.rows.resize(self.size.height)
            self._lines = self._states()

    def on_resize(self, event: events.Resize) -> None:
        self._read()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._repaint()


def _at(lines: Sequence[RowState], y: int) -> RowState:
    return lines[y] if y < len(lines) else EMPTY
