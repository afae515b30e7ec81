"""The mail screen as cells, from the last view and the newest rows. Nothing heavy is loaded."""

from __future__ import annotations

import time

from tui.mail.width import ELLIPSIS
from tui.screens.mail_grid import NOWHERE, grid
from tui.terminal.grid import Grid
from tui.terminal.marks import ASCII, UNICODE
from tui.terminal.pen import Pen, on_blanks
from tui.widgets.ages import age
from tui.widgets.row_words import NOBODY, Columns, people_words, row_words
from tui.widgets.tree_words import HEAD, first_line, tree_words
from tui.widgets.words import fit, head_words, hint_line, place_words, quiet_status, spread, width_of

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from tui.config.last_view import LastView
    from tui.screens.mail_grid import Place
    from tui.store.first_rows import FirstRows
    from tui.widgets.words import Words


def rows_seen(width: int, height: int) -> int:
    """Return how many rows of the list a terminal of this size shows."""
    return grid(width, height, reading=False).places(width, height).rows[3]


class Picture:
    """The mail screen of a view.

    Args:
        view: what to show.
        width, height: of the terminal.

    Attributes:
        cells: what is painted so far.
        cursor: where the terminal's cursor stands, column and row from 0.
    """

    def __init__(self, view: LastView, width: int, height: int) -> None:
        self._view = view
        self._marks = ASCII if view.ascii_marks else UNICODE
        self._pens: dict[str, tuple[Pen, Pen]] = {}
        self._layout = grid(width, height, reading=False)
        self._places = self._layout.places(width, height)
        self.cells = Grid(width, height, ascii_only=not view.utf8)
        self.cursor = self._places.rows[:2]
        ground = self._pen("text")[1]
        if ground.sgr:
            self.cells.rows = [[(" ", ground)] * width for _ in range(height)]

    def paint(self, found: FirstRows, now: float | None = None) -> None:
        """Paint everything but the message.

        Args:
            found: the mailbox.
            now: seconds since 1970 UTC; None for the clock.
        """
        view, places, dot = self._view, self._places, self._marks.dot
        height = places.rows[3]
        rows = found.rows[:height]
        at = next((index for index, row in enumerate(rows) if row.is_unread), 0)
        self._paint_rows(found, at, time.time() if now is None else now)
        left, top = places.rows[:2]
        self.cursor = (left, top + at)
        width = places.head[2]
        order = "conversations" if view.conversations else "newest first"
        elsewhere = order if self._layout.tree else view.elsewhere
        head = head_words(view.account, view.label, found.unread, found.total)
        self._put(places.head, 0, spread(head, [(elsewhere, "muted")] if elsewhere else [], width, "text"))
        self._paint_tree()
        self._paint_rule()
        if places.hints is not NOWHERE:
            self._put(places.hints, 0, hint_line(view.hints, places.hints[2]))
        trust = view.trust if self._layout.columns else view.brief_trust
        rank = at + 1 if rows else None
        total = found.conversations or found.total
        place = place_words(view.account, view.label, rank, total, dot, spacious=self._layout.columns)
        hints = () if self._layout.hints else view.hints
        self._put(places.status, 0, quiet_status(trust, place, hints, places.status[2]))

    def _paint_rows(self, found: FirstRows, at: int, now: float) -> None:
        place, view = self._places.rows, self._view
        columns = Columns.of(place[2], outgoing=view.outgoing, count=view.conversations)
        for y, row in enumerate(found.rows[: place[3]]):
            words = row_words(
                row,
                people_words(row.people) or row.sender or NOBODY,
                age(row.received, now),
                columns,
                self._marks,
                current=y == at,
                focused=y == at,
                waits=row.uid in view.waiting,
                count=row.count,
            )
            self._put(place, y, words)

    def _paint_tree(self) -> None:
        place, tree, marks = self._places.tree, self._view.tree, self._marks
        if place is NOWHERE:
            return
        height = max(1, place[3] - HEAD)
        at = next((index for index, row in enumerate(tree) if row.mailbox == self._view.mailbox), 0)
        top = first_line(at, len(tree), height)
        link = (marks.connecting, "muted")
        for y, row in enumerate(tree[top : top + height], HEAD):
            shown = row.mailbox == self._view.mailbox
            self._put(place, y, tree_words(row, place[2], marks, link, current=shown, focused=False, shown=shown))

    def _paint_rule(self) -> None:
        place = self._places.rule
        for y in range(place[3]):
            mark = self._marks.upright if place[3] > place[2] else self._marks.rule
            self._put(place, y, [(mark * place[2], "faint")])

    def _put(self, place: Place, y: int, words: Words) -> None:
        """Paint a line, as `tui.widgets.painting.LineWidget` does."""
        left, top, width, _ = place
        words = fit(words, width)
        words.append((" " * (width - width_of(words)), "text"))
        if self._marks.cut != ELLIPSIS:
            plain = {ord(ELLIPSIS): self._marks.cut, ord("·"): self._marks.dot}
            words = [(text.translate(plain), role) for text, role in words]
        self.cells.put(left, top + y, [(text, *self._pen(role)) for text, role in words])

    def _pen(self, role: str) -> tuple[Pen, Pen]:
        known = self._pens.get(role)
        if known is None:
            pen = Pen(self._view.pens[role])
            known = self._pens[role] = (pen, on_blanks(pen))
        return known
