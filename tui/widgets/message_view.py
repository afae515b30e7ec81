"""The reader: head, text and parts of one message, painted line by line."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Offset
from textual.message import Message as TextualMessage

from tui.mail.envelope import Envelope
from tui.mail.width import wrap
from tui.render.lines import Line, Mode, Page, Style, line_text, plain_line
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.spans import runs_of
from tui.widgets.words import spread, width_of

if TYPE_CHECKING:
    from tui.mail.authentication import Standing
    from tui.widgets.line_selection import LineSelection

MOST_TEXT = 80
"""Cells of a line of text, however wide the pane."""
LOW = 18
"""Rows below which the head is short and blank lines are left out."""
TALL = 36
"""Rows from which parts get a line each."""
MARGIN = 1

_FORWARDED = re.compile(r"\s*(?:fwd?|wg|tr|rv|doorst|vs|vb)\s*:", re.IGNORECASE)
"""What the subject of a forwarded mail begins with: there the quotation is what is to be read."""


class MessageView(LineWidget, can_focus=True):
    """Shows one message, or why it cannot be shown.

    Attributes:
        envelope: of the message in view, None for an empty pane.
        page: its text, None while it is not here.
        own: the user's addresses, case-folded.
        selection: lines of its text that are chosen, None while none are.
    """

    class Resized(TextualMessage):
        """The text may need to be laid out for another width."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.envelope: Envelope | None = None
        self.page: Page | None = None
        self._standing: Standing | None = None
        self._asked = Mode.AUTO
        self.own: Collection[str] = ()
        self.selection: LineSelection | None = None
        self._sentences: list[tuple[str, str]] = []
        self._top = 0
        self._width_soon = 0
        self._head: list[list[Run]] = []
        self._foot: list[list[Run]] = []
        self._body: tuple[Line, ...] = ()
        self._text: tuple[Line, ...] = ()
        self._opened = 0

    # What it shows

    def clear(self) -> None:
        """Show nothing."""
        self.envelope = self._standing = None
        self._set(None, [])

    def expect(self, envelope: Envelope) -> None:
        """Show the head of a message whose text is on its way."""
        self.envelope, self._standing = envelope, None
        self._set(None, [])

    def update_envelope(self, envelope: Envelope) -> None:
        """Take the same message's newer flags; the text stays where it is."""
        if self.envelope is not None and envelope.uid == self.envelope.uid and envelope != self.envelope:
            self.envelope = envelope
            self.repaint_age()

    def show(
        self,
        page: Page,
        *,
        envelope: Envelope | None = None,
        standing: "Standing | None" = None,
        asked: Mode = Mode.AUTO,
        keep_place: bool = False,
    ) -> None:
        """Show the text of a message.

        Args:
            page: laid out for `text_width`.
            envelope: of the message; None for the one that is expected or in view.
            standing: what is known of its sender.
            asked: the version of the text that was asked for.
            keep_place: the same text for another width or in another mode: stay near what was on top.
        """
        self.envelope, self._standing, self._asked = envelope or self.envelope, standing, asked
        top = self._top if keep_place else 0
        self._set(page, [], opened=self._opened if keep_place else None)
        self._top = min(top, self._most_top)
        if self._top:
            self._lay_out()

    def tell(self, sentence: str, cure: str = "", *, role: str = "muted") -> None:
        """Say something in place of the text: why there is none. Both are cleaned; they are shown as they are."""
        self._set(None, [(sentence, role), *([(cure, "muted")] if cure else [])])

    def _set(self, page: Page | None, sentences: list[tuple[str, str]], *, opened: int | None = None) -> None:
        self.page, self._sentences, self._top = page, sentences, 0
        self._fold(self._at_first if opened is None else opened)

    # Quotations

    @property
    def _at_first(self) -> int:
        """The levels of quotations that are open at first."""
        return open_levels(self.envelope) if self.envelope is not None else 0

    def turn_quotes(self) -> bool:
        """Open one more level of the quotations, or fold them when all are open; False when nothing folds."""
        page = self.page
        if page is None or not page.levels:
            return False
        deepest: int = max(page.levels)
        before = self._text
        for opened in [*range(self._opened + 1, deepest + 1), *range(self._opened + 1)]:
            self._fold(opened)
            if self._text != before:
                return True
        return False

    def _fold(self, opened: int) -> None:
        self._opened, self._text = opened, self.page.lines if self.page is not None else ()
        self.selection = None
        if self.page is not None and self.page.levels:
            from tui.render.folds import fold  # noqa: PLC0415 - late: start-up time

            self._text = fold(self.page.lines, self.page.levels, opened)
        self._lay_out()
        self._top = min(self._top, self._most_top)
        self.refresh()

    # Choosing lines

    def select(self) -> bool:
        """Choose the first line in view; then, begin at the line under the cursor; then, no more. False without text.

        Quotations are opened for it: a line that stands for others cannot be quoted.
        """
        if self.page is None or not self._text:
            return False
        from tui.widgets.line_selection import LineSelection, first_in_view, same_line  # noqa: PLC0415 - late: start-up time

        if self.selection is None:
            before, at = self._text, first_in_view(self._text, min(self._top, len(self._text) - 1), self._room)
            above = at - self._top
            self._fold(max(self.page.levels, default=0))
            at = same_line(before, self._text, at)
            self.selection = LineSelection(self._text, at)
            self._top = max(0, min(at - above, self._most_top))
            self._lay_out()
        elif self.selection.begun is None:
            self.selection.begun = self.selection.at
        else:
            self.selection = None
        self.refresh()
        return True

    def select_lines(self, by: int) -> None:
        """Move the end of what is chosen, and bring it into view."""
        if self.selection is None:
            return
        self.selection.move(by)
        at = self.selection.at
        self._top = max(0, min(max(self._top, at - self._room + 1), at, self._most_top))
        self._lay_out()
        self.refresh()

    def select_no_more(self) -> None:
        """Choose nothing."""
        self.selection = None
        self.refresh()

    # Moving

    @property
    def text_width(self) -> int:
        """The cells a page is to be laid out for."""
        return max(20, min(MOST_TEXT, (self._width_soon or self.size.width) - 2 * MARGIN))

    @property
    def is_placed(self) -> bool:
        """Whether it is known how wide the pane is."""
        return (self._width_soon or self.size.width) > 0

    def place_soon(self, width: int) -> None:
        """Be told how wide the pane will be when the screen is laid out the next time, in cells; 0: not at all."""
        self._width_soon = width

    @property
    def terminal_cursor(self) -> Offset:
        """Where the terminal's cursor stands: at the first line of what is read."""
        if self.selection is not None:
            return Offset(0, max(0, min(len(self._head) + self.selection.at - self._top, self.size.height - 1)))
        return Offset(0, min(len(self._head), self.size.height - 1) if self._top else 0)

    @property
    def top(self) -> int:
        """The first line of the text that is shown, from 0."""
        return self._top

    @property
    def _room(self) -> int:
        return max(1, self.size.height - len(self._head) - len(self._foot))

    @property
    def _most_top(self) -> int:
        return max(0, len(self._body) - self._room)

    def scroll_lines(self, by: int) -> bool:
        """Move the text by lines; return whether it moved."""
        top = max(0, min(self._top + by, self._most_top))
        if top == self._top:
            return False
        self._top = top
        self._lay_out()
        self.refresh()
        return True

    def scroll_pages(self, direction: int, *, half: bool = False) -> bool:
        """Move the text by a page, less two lines that stay in sight, or by half of one; return whether it moved."""
        return self.scroll_lines(direction * max(1, self._room // 2 if half else self._room - 2))

    # Painting

    def _lay_out(self) -> None:
        width, height = self.size.width - MARGIN, self.size.height
        if self.envelope is None or width < 8:
            self._head, self._foot, self._body = [], [], ()
            return
        from tui.widgets.header_block import header_lines, rule_line  # noqa: PLC0415 - late: start-up time

        low = height < LOW
        head = header_lines(self.envelope, width, self.look, own=self.own, short=low, standing=self._standing)
        rule = rule_line(width - MARGIN, self.look, self._asked if self.page is not None else Mode.AUTO)
        self._head = [*head, rule] if low else [*head, rule, []]
        self._body = self._text + note_lines(self.page, self.text_width) if self.page is not None else ()
        self._foot = self._feet(width, low)

    def _feet(self, width: int, low: bool) -> list[list[Run]]:
        """Return the lines below the text: a soft rule, the parts, and how much of the text is below."""
        page, roles = self.page, self.look.roles
        if page is None:
            return []
        from tui.widgets.part_list import parts_line, parts_lines  # noqa: PLC0415 - late: start-up time

        rule: list[Run] = [(self.look.marks.soft * (width - MARGIN), roles["faint"])]
        listed = self.size.height >= TALL and len(page.parts) > 1
        lines = parts_lines(page.parts, width, self.look) if listed else []
        links = len(page.links) if low else 0
        one_line = parts_line(page.parts, links, width - 12, self.look) if not lines and (page.parts or links) else []
        feet = [rule, *lines] if lines else [one_line] if one_line and low else [rule, one_line] if one_line else []
        below = len(self._body) - self._top - max(1, self.size.height - len(self._head) - max(1, len(feet)))
        if below > 0 or self._top:
            if not feet:
                feet = [[]]
            words = "more below" if below > 0 else "end"
            last = feet[-1] if not _is_rule(feet[-1], self.look) else []
            feet[-1] = spread(last, [(words, roles["muted"])], width, roles["text"])
        return feet

    def line(self, y: int) -> list[Run]:
        roles = self.look.roles
        if y == 0:
            focused = self.has_focus and self.envelope is not None
            gutter: Run = (self.look.marks.cursor if focused else " ", roles["accent"])
        elif self.selection is not None and len(self._head) <= y < self.size.height - len(self._foot):
            gutter = (self.selection.mark(self._top + y - len(self._head), self.look.marks), roles["accent"])
        else:
            gutter = (" " * MARGIN, roles["text"])
        return [gutter, *self._content(y)]

    def _content(self, y: int) -> list[Run]:
        if y < len(self._head):
            return self._head[y]
        below = y - (self.size.height - len(self._foot))
        if below >= 0:
            return self._foot[below]
        if self._sentences:
            return self._told(y - len(self._head))
        index = self._top + y - len(self._head)
        if index >= len(self._body):
            return []
        if self.selection is not None and index in self.selection.chosen:
            return [(line_text(self._body[index]) or " ", self.look.roles.of("bright~"))]
        return runs_of(self._body[index], self.look.roles, self.page.links if self.page is not None else ())

    def _told(self, y: int) -> list[Run]:
        lines = [
            (line, self.look.roles[role])
            for sentence, role in self._sentences
            for line in wrap(sentence, self.text_width)
        ]
        return [lines[y]] if y < len(lines) else []

    def repaint_age(self) -> None:
        """Paint the head again if it tells something else now, the age of the message for one."""
        before = self._head
        self._lay_out()
        if self._head != before:
            self.refresh()

    def repaint_all(self) -> None:
        """Paint everything again: colours are others."""
        self._lay_out()
        self.refresh()

    def placed(self) -> None:
        self._width_soon = 0
        self._lay_out()
        self._top = min(self._top, self._most_top)

    def on_resize(self, event: events.Resize) -> None:
        self.post_message(self.Resized())

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.refresh_line(0)


def open_levels(envelope: Envelope) -> int:
    """Return how many levels of its quotations are open at first."""
    return 1 if _FORWARDED.match(envelope.subject) else 0


def note_lines(page: Page, width: int) -> tuple[Line, ...]:
    """Return the sentences about what is not shown, below the text."""
    lines = [plain_line(line, Style.MUTED) for note in page.notes for line in wrap(note, width)]
    return ((), *lines) if lines else ()


def _is_rule(line: list[Run], look: Look) -> bool:
    return width_of(line) > 0 and not "".join(text for text, _ in line).strip(look.marks.soft)
