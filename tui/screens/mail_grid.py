"""Where the panes of the mail screen stand, by the size of the terminal."""

from dataclasses import dataclass

LIST_SHARE = 11 / 35
"""The list's part of the rows it shares with the message."""
LEAST_LIST = 5


@dataclass(frozen=True, slots=True)
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
    """

    columns: bool = False
    tree: int = 0
    list_width: int = 0
    list_rows: int = 0
    shows_list: bool = True
    shows_message: bool = True
    hints: bool = True
    air: bool = False


def grid(width: int, height: int, *, reading: bool) -> Grid:
    """Return the layout for a terminal.

    Args:
        width, height: in cells.
        reading: a message was opened; where there is no room for both, it takes the list's.
    """
    hints = height >= 28
    if width < 60 or height < 16:
        return Grid(shows_list=not reading, shows_message=reading, hints=False)
    if width < 100 or height < 28:
        return Grid(list_rows=LEAST_LIST if reading else 0, shows_message=reading, hints=hints)
    air = height >= 36
    if width >= 160:
        return Grid(columns=True, tree=25, list_width=min(82, (width - 27) * 48 // 100), hints=True, air=air)
    shared = height - 4 - (1 if air else 0)
    rows = max(LEAST_LIST, round(shared * LIST_SHARE))
    return Grid(tree=22 if width >= 110 else 20, list_rows=rows, hints=True, air=air)
