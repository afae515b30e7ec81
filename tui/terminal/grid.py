"""What the terminal shows, cell by cell: filled from styled runs, and a filter for what they hold.

No Textual and no tty here; `tui.terminal.encode` turns the difference of two pictures into bytes. What only odd
characters need is loaded with the first of them: the first screen is painted with this before anything else is there.
"""

from __future__ import annotations

from tui.mail.width import character_width
from tui.terminal.pen import PLAIN, Pen

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Iterable

Cell = tuple[str, Pen]
"""One cell: its character with what combines with it, "" for the right half of a wide one; and its pen."""

BLANK: Cell = (" ", PLAIN)
MOST_KNOWN = 2000
"""Texts whose cells are remembered."""
MOST_COMBINED = 8
"""Characters in one cell; what would combine beyond is left out."""


class Grid:
    """Rows of cells.

    Args:
        width, height: in cells.
        ascii_only: the terminal takes nothing else: an octet of UTF-8 may be a C1 control to it.
    """

    def __init__(self, width: int, height: int, *, ascii_only: bool = False) -> None:
        self.ascii_only = ascii_only
        self.width = width
        self.height = height
        self.rows: list[list[Cell]] = [[BLANK] * width for _ in range(height)]
        self._known: dict[tuple[str, Pen, Pen], list[Cell]] = {}

    def put(self, x: int, y: int, runs: Iterable[tuple[str, Pen, Pen]]) -> None:
        """Write styled text into a row from a column on; what falls outside is left out, and so is what a terminal
        would obey.

        Args:
            x, y: column and row, from 0.
            runs: text without line breaks, its pen, and the pen of its spaces.
        """
        if not 0 <= y < self.height:
            return
        row, start = self.rows[y], x
        for text, pen, blank in runs:
            if x >= self.width:
                return
            if text.isascii():
                x = self._put_ascii(row, x, text, pen, blank)
                continue
            cells = self._cells_of(text, pen, blank)
            if cells and 0 <= x <= self.width - len(cells):
                self._unpair(row, x, x + len(cells))
                row[x : x + len(cells)] = cells
                x += len(cells)
            else:
                x = self._put_wide(row, x, text, pen, blank, start)

    def _put_ascii(self, row: list[Cell], x: int, text: str, pen: Pen, blank: Pen) -> int:
        if not text.isprintable():
            text = "".join(character if character.isprintable() else " " for character in text)
        end = x + len(text)
        if x < 0:
            text, x = text[-x:], 0
        fits = text[: self.width - x]
        if fits:
            self._unpair(row, x, x + len(fits))
            space = (" ", blank)
            row[x : x + len(fits)] = [space if character == " " else (character, pen) for character in fits]
        return end

    def _cells_of(self, text: str, pen: Pen, blank: Pen) -> list[Cell]:
        """Return the cells of a text whose characters stand each for themselves; none where that takes a closer look.

        A list that scrolls shows the same texts again and again: they are looked at once.
        """
        known = self._known.get((text, pen, blank))
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = []
            for character in "" if self.ascii_only or not text.isprintable() else text:
                wide = character_width(character)
                if not wide or "\U0001f1e6" <= character <= "\U0001f1ff":
                    known = []  # it belongs to what is before it, or may
                    break
                known.append((character, pen if character != " " else blank))
                if wide == 2:
                    known.append(("", pen))
            self._known[text, pen, blank] = known
        return known

    def _put_wide(self, row: list[Cell], x: int, text: str, pen: Pen, blank: Pen, start: int) -> int:
        for character in text:
            wide = character_width(character)
            if not wide:
                if self.ascii_only:
                    continue
                if max(0, start) < x <= self.width:  # else what it belongs to was cut away
                    self._combine(row, x - 1, character)
                continue
            if x >= self.width:
                return x + wide
            if self.ascii_only:
                self._put_ascii(row, x, _in_ascii(character, wide), pen, blank)
                x += wide
                continue
            if character.isspace() or not character.isprintable():
                character = " "
            if "\U0001f1e6" <= character <= "\U0001f1ff" and 0 < x < self.width and _is_lone_indicator(row[x - 1][0]):
                # Two regional indicators are one flag, two cells wide.
                self._unpair(row, x, x + 1)
                row[x - 1], row[x] = (row[x - 1][0] + character, pen), ("", pen)
            elif x >= 0 and x + wide <= self.width:
                self._unpair(row, x, x + wide)
                row[x] = (character, pen if character != " " else blank)
                if wide == 2:
                    row[x + 1] = ("", pen) if character != " " else (" ", blank)
            else:
                for half in range(max(x, 0), min(x + wide, self.width)):  # cut in two by an edge
                    self._unpair(row, half, half + 1)
                    row[half] = (" ", blank)
            x += wide
        return x

    def _combine(self, row: list[Cell], at: int, character: str) -> None:
        """Add a combining character to a cell, unless it is one that terminals obey or hide."""
        import unicodedata  # noqa: PLC0415 - late: start-up time

        from tui.mail.text import clean_line  # noqa: PLC0415 - late: start-up time

        if not clean_line(f"a{character}b", 10).startswith(f"a{character}"):
            return
        while at > 0 and row[at][0] == "":
            at -= 1
        text, pen = row[at]
        joined = unicodedata.normalize("NFC", text + character)
        is_last = at + 1 == self.width or (at + 2 == self.width and row[at + 1][0] == "")
        if len(joined) > MOST_COMBINED or (is_last and len(joined) > 1):
            # In the last column of a line that does not wrap, tmux joins it with the column before.
            return
        row[at] = (joined, pen)

    def _unpair(self, row: list[Cell], start: int, end: int) -> None:
        """Blank the other half of a wide character that is about to be cut in two."""
        if 0 < start < self.width and row[start][0] == "":
            row[start - 1] = BLANK
        if end < self.width and row[end][0] == "":
            row[end] = BLANK

    def copy(self) -> Grid:
        """Return an independent picture."""
        grid = Grid(0, 0)
        grid.width, grid.height = self.width, self.height
        grid.rows = [row.copy() for row in self.rows]
        return grid

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """Move rows ``top`` to ``bottom`` (not included) up by ``by`` rows, down when negative, as SU and SD do."""
        region = self.rows[top:bottom]
        blank = [[BLANK] * self.width for _ in range(abs(by))]
        self.rows[top:bottom] = region[by:] + blank if by > 0 else blank + region[:by]


def _is_lone_indicator(text: str) -> bool:
    return len(text) == 1 and "\U0001f1e6" <= text <= "\U0001f1ff"


def _in_ascii(character: str, wide: int) -> str:
    """Return as many ASCII characters as it takes cells: its letter without accents, or question marks."""
    if character.isascii() and character.isprintable():
        return character
    import unicodedata  # noqa: PLC0415 - late: start-up time

    base = unicodedata.normalize("NFKD", character)[0]
    return base if wide == 1 and base.isascii() and base.isprintable() else "?" * wide
