"""One line of the mailbox tree as words. Nothing heavy is loaded."""

from __future__ import annotations

from tui.mail.width import cell_width, cut

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from tui.terminal.marks import Marks
    from tui.widgets.words import Words

    class Line(Protocol):
        """A line of the tree, see `tui.widgets.tree_rows.TreeRow`."""

        @property
        def path(self) -> Sequence[str]: ...
        @property
        def label(self) -> str: ...
        @property
        def depth(self) -> int: ...
        @property
        def unread(self) -> int: ...
        @property
        def folds(self) -> bool: ...
        @property
        def folded(self) -> bool: ...


HEAD = 1
"""Blank lines above the tree, so that it begins beside the first row of the list."""


def first_line(at: int, lines: int, height: int, top: int = 0) -> int:
    """Return which line is on top when line ``at`` shall be in sight.

    Args:
        at: of the cursor.
        lines: of the whole tree.
        height: lines there is room for.
        top: what was on top before.
    """
    return max(0, min(max(top, at - height + 1), at, max(0, lines - height)))


def tree_words(
    row: Line, cells: int, marks: Marks, link: tuple[str, str], *, current: bool, focused: bool, shown: bool
) -> Words:
    """Return the words of a line.

    Args:
        row: the line.
        cells: of the tree.
        marks: unicode or ascii.
        link: mark and role of the account's line.
        current: the cursor is here. focused: and the tree has the focus.
        shown: its mailbox is in the list.
    """
    if not row.path:
        return []
    if len(row.path) == 1:
        return [(f" {link[0]} ", link[1]), (cut(row.label, cells - 3), "bright+")]
    count = f"{row.unread:,}" if row.unread else ""
    fold = "" if not row.folds else f"{marks.closed if row.folded else marks.opened} "
    indent = "  " + "  " * row.depth
    room = cells - 2 - cell_width(indent) - len(fold) - (len(count) + 1 if count else 0)
    label = cut(row.label, room)
    return [
        (marks.cursor if current else " ", "accent" if focused else "muted"),
        (indent + fold, "muted"),
        (label, "accent+" if shown else "text" if row.unread else "muted"),
        (" " * (room - cell_width(label) + (1 if count else 0)), "text"),
        (count, "new+"),
    ]
