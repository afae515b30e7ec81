"""Lines to be scrolled through, painted one by one: a part by itself, a picture in characters."""

from collections.abc import Sequence

from tui.mail.text import clean_line
from tui.render.lines import Line as RenderLine
from tui.render.lines import Link
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.spans import runs_of

MOST_ROWS = 500
"""Of a picture."""
_UPPER_HALF = "\N{UPPER HALF BLOCK}"


class PageView(LineWidget, can_focus=True):
    """Shows lines.

    Args:
        look: colours and marks.
        lines: laid out.
        links: of the lines.
        picture: runs that are shown instead, see `picture_runs`.
    """

    def __init__(
        self,
        look: Look,
        lines: Sequence[RenderLine],
        links: Sequence[Link] = (),
        picture: Sequence[list[Run]] = (),
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(look, id=id)
        self._lines = lines
        self._links = links
        self._picture = picture
        self.top = 0

    @property
    def rows(self) -> int:
        """How many lines there are."""
        return len(self._picture) or len(self._lines)

    def scroll_lines(self, by: int) -> None:
        """Move by lines."""
        top = max(0, min(self.top + by, self.rows - max(1, self.size.height)))
        if top != self.top:
            self.top = top
            self.refresh()

    def line(self, y: int) -> list[Run]:
        index = self.top + y
        if self._picture:
            return self._picture[index] if index < len(self._picture) else []
        return runs_of(self._lines[index], self.look.roles, self._links) if index < len(self._lines) else []


def picture_runs(drawn: bytes) -> list[list[Run]]:
    """Return a picture as runs: colours are taken from what was drawn, anything else a terminal obeys is not.

    Args:
        drawn: characters and SGR sequences, UTF-8.
    """
    from rich.style import Style  # noqa: PLC0415 - late: few look at pictures
    from rich.text import Text  # noqa: PLC0415 - late: few look at pictures

    rows: list[list[Run]] = []
    for line in drawn.decode("utf-8", "replace").splitlines()[:MOST_ROWS]:
        text = Text.from_ansi(line)
        at = 0
        row: list[Run] = []
        for span in text.spans:
            if span.start > at:
                row.append((_plain(text.plain[at : span.start]), Style()))
            style = span.style if isinstance(span.style, Style) else Style()
            row.append((_plain(text.plain[span.start : span.end]), Style(color=style.color, bgcolor=style.bgcolor)))
            at = span.end
        row.append((_plain(text.plain[at:]), Style()))
        rows.append(row)
    return rows


def half_blocks(pixels: bytes, width: int) -> list[list[Run]]:
    """Return a picture as runs of half blocks: two pixels, one above the other, in each cell.

    Args:
        pixels: red, green and blue of each, row by row.
        width: pixels of a row.
    """
    from rich.color import Color  # noqa: PLC0415 - late: few look at pictures
    from rich.style import Style  # noqa: PLC0415 - late: few look at pictures

    rows = [pixels[at : at + 3 * width] for at in range(0, len(pixels), 3 * width)][: 2 * MOST_ROWS]
    out: list[list[Run]] = []
    for place in range(0, len(rows), 2):
        above, below = rows[place], rows[place + 1] if place + 1 < len(rows) else b""
        runs: list[Run] = []
        last = b"", b""
        for at in range(0, 3 * width, 3):
            top, bottom = above[at : at + 3], below[at : at + 3]
            if (top, bottom) == last:
                runs[-1] = (runs[-1][0] + _UPPER_HALF, runs[-1][1])
                continue
            last = top, bottom
            colour, behind = Color.from_rgb(*top), Color.from_rgb(*bottom) if bottom else None
            runs.append((_UPPER_HALF, Style(color=colour, bgcolor=behind)))
        out.append(runs)
    return out


def _plain(text: str) -> str:
    return "".join(" " if each == " " else clean_line(each, 2) or " " for each in text)
