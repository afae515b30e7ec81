"""The page of a thread: its messages one below the other, however many, and which of their lines are in view.

Only numbers here: every message says how many lines it takes, and what is in view is found among the sums. Whatever
grows, comes or goes above what is in view, that stays where it is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from tui.mail.thread import Branch
from tui.widgets.thread_pane import Name, name_of
from tui.widgets.thread_sheet import Sheet

ABOVE = 2
"""Lines that stay in sight above the message that was gone to."""


class ThreadPage:
    """Knows the sheets, the cursor among them, and the first line in view.

    Attributes:
        sheets: the messages, in the order of the tree.
        at: index of the one under the cursor.
        top: the first line in view, from 0.
        height: lines in view, at least 1.
        follows: the message under the cursor was gone to and is kept in view while texts come.
    """

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.at = 0
        self.top = 0
        self.height = 1
        self.follows = True
        self._starts = [0]

    @property
    def current(self) -> Sheet | None:
        """The message under the cursor."""
        return self.sheets[self.at] if self.sheets else None

    @property
    def rows(self) -> int:
        """Lines of the whole page, without the blank one at its end."""
        return max(0, self._starts[-1] - 1) if self.sheets and not self.sheets[-1].folded else self._starts[-1]

    @property
    def most_top(self) -> int:
        return max(0, self.rows - self.height)

    def find(self, name: Name | None) -> int | None:
        """Return the index of a message; None for one that is not here."""
        return next((place for place, sheet in enumerate(self.sheets) if sheet.name == name), None)

    def start(self, index: int) -> int:
        """Return the first line of a message."""
        return self._starts[index]

    # What it consists of

    def take(self, branches: Sequence[Branch], folded: Callable[[Branch], bool]) -> list[Sheet]:
        """Take the messages as they are now; those that were here stay as they are shown.

        The cursor stays on its message, or goes to the next one that is left.

        Args:
            branches: as `tui.mail.thread.tree` gives them.
            folded: says whether one that was not here yet is folded.

        Returns:
            Those that were not here yet.
        """
        known = {sheet.name: sheet for sheet in self.sheets}
        new: list[Sheet] = []

        def change() -> None:
            here = {name_of(branch.member) for branch in branches}
            order = [sheet.name for sheet in self.sheets]
            candidates = [*order[self.at :], *order[: self.at][::-1]]
            self.sheets = []
            for branch in branches:
                sheet = known.get(name_of(branch.member))
                if sheet is None:
                    sheet = Sheet(branch, folded(branch))
                    new.append(sheet)
                else:
                    sheet.member, sheet.depth = branch.member, branch.depth
                self.sheets.append(sheet)
            self.at = self.find(next((name for name in candidates if name in here), None)) or 0

        self.change(change)
        return new

    def change(self, work: Callable[[], None]) -> None:
        """Do what changes how many lines there are; what is in view stays where it is."""
        anchor, beyond = self._anchor()
        work()
        self._starts = list(accumulate((sheet.rows for sheet in self.sheets), initial=0))
        place = next((index for index, sheet in enumerate(self.sheets) if sheet is anchor), None)
        if place is not None:
            self.top = self.start(place) + min(beyond, self.sheets[place].rows - 1)
        self.top = max(0, min(self.top, self.most_top))
        if self.follows or self.at not in self.in_view:
            self.reveal()

    def _anchor(self) -> tuple[Sheet | None, int]:
        """Return the message at the top of the view, and how many of its lines are above that.

        Where the message under the cursor begins in view, it is that one, wherever it stands.
        """
        if not self.sheets:
            return None, 0
        start = self.start(self.at)
        index = self.at if self.top <= start < self.top + self.height else self._index(self.top)
        return self.sheets[index], self.top - self.start(index)

    def _index(self, line: int) -> int:
        return min(max(0, bisect_right(self._starts, line) - 1), len(self.sheets) - 1)

    # What is in view

    def at_line(self, y: int) -> tuple[int, int] | None:
        """Return (index of the message, which of its lines) for a line in view; None below the end."""
        line = self.top + y
        if not self.sheets or not 0 <= line < self._starts[-1]:
            return None
        index = self._index(line)
        return index, line - self.start(index)

    @property
    def in_view(self) -> range:
        """The messages with a line in view."""
        if not self.sheets:
            return range(0)
        return range(self._index(self.top), self._index(self.top + self.height - 1) + 1)

    # Moving

    def go(self, index: int) -> None:
        """Move the cursor to a message, which comes into view."""
        self.at = max(0, min(index, len(self.sheets) - 1))
        self.follows = True
        self.reveal()

    def reveal(self) -> None:
        """Bring the message under the cursor into view: whole, or else its beginning."""
        if not self.sheets:
            return
        start, stop = self.start(self.at), self.start(self.at) + self.sheets[self.at].rows
        size = stop - start
        above = min(ABOVE, start, self.height - size if size <= self.height else ABOVE)
        if start - above < self.top or size > self.height:
            self.top = start - above
        elif stop > self.top + self.height:
            self.top = stop - self.height
        self.top = max(0, min(self.top, self.most_top))

    def show_line(self, line: int) -> None:
        """Bring a line of the page into view; the cursor stays."""
        self.follows = False
        self.top = max(0, min(max(self.top, line - self.height + 1), line, self.most_top))

    def scroll(self, by: int) -> bool:
        """Move what is in view by lines; a message that left it gives the cursor to one that is there.

        Returns:
            False where there is nothing more that way.
        """
        top = max(0, min(self.top + by, self.most_top))
        if top == self.top:
            return False
        self.top, self.follows = top, False
        seen = self.in_view
        if self.at < seen.start:
            begun = bisect_left(self._starts, top)  # the first one that begins in view
            self.at = begun if begun < seen.stop else seen.start
        self.at = min(self.at, seen.stop - 1)
        return True
