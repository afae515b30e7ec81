"""Where the panes of the mail screen stand, by the size of the terminal. Nothing heavy is loaded.

`tui/styles/mail.tcss` has the gaps between them; `Grid.places` says the same in cells.
"""

from __future__ import annotations

LIST_SHARE = 11 / 35
"""The list's part of the rows it shares with the message."""
LEAST_LIST = 5
PANE_ROWS = 10
NARROW_PANE_ROWS = 14
"""Rows below which a terminal is a pane beside other work, however wide it is; and where it is narrow, too."""
TREE_GAP = 2
RIGHT_EDGE = 1
RULE_LEFT = 2
RULE_RIGHT = 1
"""Cells behind the tree, behind the panes, and on either side of an upright rule."""

Place = tuple[int, int, int, int]
"""Column and row of the left upper cell, from 0; width and height."""
NOWHERE: Place = (0, 0, 0, 0)


class Places:
    """The cells of the panes; those without cells are not there."""

    def __init__(
        self, tree: Place, head: Place, rows: Place, rule: Place, message: Place, hints: Place, status: Place
    ) -> None:
        self.tree = tree
        self.head = head
        self.rows = rows
        self.rule = rule
        self.message = message
        self.hints = hints
        self.status = status


class Grid:
    """A layout, in cells.

    Attributes:
        columns: list and message stand side by side, else one above the other.
        tree: width of the tree, 0 for none.
        list_width: for columns.
        list_rows: rows of the list below its head; 0 where it has all there are.
        shows_list, shows_message: what is there at all.
        hints: whether the hints have a line of their own.
        air: whether there are rows to spare for blank ones.
        pane: there is room for a glance only: what arrived, and how the lines stand.
    """

    def __init__(
        self,
        *,
        columns: bool = False,
        tree: int = 0,
        list_width: int = 0,
        list_rows: int = 0,
        shows_list: bool = True,
        shows_message: bool = True,
        hints: bool = True,
        air: bool = False,
        pane: bool = False,
    ) -> None:
        self.columns = columns
        self.tree = tree
        self.list_width = list_width
        self.list_rows = list_rows
        self.shows_list = shows_list
        self.shows_message = shows_message
        self.hints = hints
        self.air = air
        self.pane = pane

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grid) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def places(self, width: int, height: int) -> Places:
        """Return where everything stands on a terminal of this size."""
        body = height - 1 - (1 if self.hints else 0) - (1 if self.hints and self.air else 0)
        left = self.tree + TREE_GAP if self.tree else 0
        wide = self.list_width if self.columns else width - left - RIGHT_EDGE
        high = self.list_rows + 1 if self.list_rows else body
        rule, message = NOWHERE, NOWHERE
        if self.shows_list and self.shows_message:
            rule = (left + wide + RULE_LEFT, 0, 1, body) if self.columns else (left, high, wide, 1)
        if self.shows_message:
            over, beside = (high + 1, 0) if self.shows_list else (0, 0)
            if self.columns:
                over, beside = 0, wide + RULE_LEFT + 1 + RULE_RIGHT
            message = (left + beside, over, width - left - beside - RIGHT_EDGE, body - over)
        return Places(
            tree=(0, 0, self.tree, body) if self.tree else NOWHERE,
            head=(left, 0, wide, 1) if self.shows_list else NOWHERE,
            rows=(left, 1, wide, high - 1) if self.shows_list else NOWHERE,
            rule=rule,
            message=message,
            hints=(0, height - 2, width, 1) if self.hints else NOWHERE,
            status=(0, height - 1, width, 1),
        )


def grid(width: int, height: int, *, reading: bool) -> Grid:
    """Return the layout for a terminal.

    Args:
        width, height: in cells.
        reading: a message was opened; where there is no room for both, it takes the list's.
    """
    hints = height >= 28
    if width < 60 or height < 16:
        pane = height < (NARROW_PANE_ROWS if width < 60 else PANE_ROWS)
        return Grid(shows_list=not reading, shows_message=reading, hints=False, pane=pane)
    if width < 100 or height < 28:
        return Grid(list_rows=LEAST_LIST if reading else 0, shows_message=reading, hints=hints)
    air = height >= 36
    if width >= 160:
        return Grid(columns=True, tree=25, list_width=min(82, (width - 27) * 48 // 100), hints=True, air=air)
    shared = height - 4 - (1 if air else 0)
    rows = max(LEAST_LIST, round(shared * LIST_SHARE))
    return Grid(tree=22 if width >= 110 else 20, list_rows=rows, hints=True, air=air)
