"""The page of a thread, painted line by line: only what is in view, however many messages there are."""

from collections.abc import Callable, Collection, Mapping, Sequence

from textual import events
from textual.geometry import Offset
from textual.message import Message as TextualMessage

from tui.mail.ids import MailboxId
from tui.mail.thread import Branch
from tui.render.lines import Line, line_text
from tui.widgets.line_selection import LineSelection, first_in_view, same_line
from tui.widgets.message_view import MOST_TEXT
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.thread_page import ThreadPage
from tui.widgets.thread_sheet import Laid, Sheet
from tui.widgets.thread_words import guides, sheet_words

NARROW, MARGIN = 2, 5
"""Cells before texts: in a narrow page, and where there is room for more."""
WIDE = 90
MOST_HELD = 40
"""Texts that are kept; those farthest from what is in view are let go."""


class ThreadView(LineWidget, can_focus=True):
    """Shows the messages of a thread on one page.

    Attributes:
        page: where everything is on it.
        own: the user's addresses, case-folded.
        subject: of the conversation.
        mailbox: whose page it is.
        labels: what other mailboxes are called.
    """

    class Shifted(TextualMessage):
        """Other messages, or others of their lines, are in view, or the cursor moved."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.page = ThreadPage()
        self.own: Collection[str] = ()
        self.subject = ""
        self.mailbox = MailboxId(0)
        self.labels: Mapping[MailboxId, str] = {}
        self._selection: LineSelection | None = None
        self._selected_of: Laid | None = None
        self._width = 80  # Textual's size is dear to ask for, five hundred times

    # What it shows

    def take(self, branches: Sequence[Branch], folded: Callable[[Branch], bool]) -> list[Sheet]:
        """Show these messages, see `ThreadPage.take`."""
        new = self.page.take(branches, folded)
        drawn = guides([sheet.depth for sheet in self.page.sheets], self.look.marks)
        for sheet, guide in zip(self.page.sheets, drawn, strict=True):
            sheet.guide = guide
        self.shifted()
        return new

    def forget(self, mailbox: MailboxId) -> None:
        """Show the messages of a mailbox no more."""
        left = [Branch(sheet.member, sheet.depth) for sheet in self.page.sheets if sheet.name[0] != mailbox]
        self.take(left, lambda branch: True)

    def show(self, sheet: Sheet, laid: Laid) -> None:
        """Show the text of a message, which may be in view no more."""

        def change() -> None:
            sheet.show(laid)
            sheet.dress(self._inner, self.look, self.own)

        self.page.change(change)
        held = [index for index, each in enumerate(self.page.sheets) if each.laid is not None]
        if len(held) > MOST_HELD:
            seen = self.page.in_view
            held.sort(key=lambda index: max(seen.start - index, index - seen.stop + 1, 0))
            for index in held[MOST_HELD:]:
                self.page.sheets[index].let_go()
        self.shifted()

    def tell(self, sheet: Sheet, *sentences: Line) -> None:
        """Say something in place of a message's text."""
        self.page.change(lambda: sheet.tell(*sentences))
        self.shifted()

    def fold(self, sheets: Sequence[Sheet], folded: bool) -> None:
        """Show these messages as a line each, or whole."""

        def change() -> None:
            for sheet in sheets:
                sheet.folded = folded
                sheet.sentences = ()
                sheet.dress(self._inner, self.look, self.own)

        self.page.change(change)
        self.page.reveal()
        self.shifted()

    def wanted(self) -> list[Sheet]:
        """Return the messages in view whose text is not here as it is to be shown, from the top."""
        sheets = [self.page.sheets[index] for index in self.page.in_view]
        sheets.sort(key=lambda sheet: sheet is not self.page.current)  # what is read comes first
        return [sheet for sheet in sheets if sheet.lacks(self.text_width)]

    def shifted(self) -> None:
        """Paint, and have it told that something is elsewhere."""
        self.refresh()
        self.post_message(self.Shifted())

    # Moving

    def go(self, index: int) -> None:
        """Go to a message by its place on the page."""
        self.page.go(index)
        self.shifted()

    def scroll_lines(self, by: int) -> bool:
        """Move the page by lines; return whether it moved."""
        moved = self.page.scroll(by)
        if moved:
            self.shifted()
        return moved

    def scroll_pages(self, direction: int, *, half: bool = False) -> bool:
        """Move it by what is in view, less two lines, or by half of that; return whether it moved."""
        height = self.page.height
        return self.scroll_lines(direction * max(1, height // 2 if half else height - 2))

    # Choosing lines

    @property
    def selection(self) -> LineSelection | None:
        """The lines that are chosen in the message under the cursor, None while none are."""
        sheet = self.page.current
        chosen = sheet is not None and not sheet.folded and sheet.laid is not None and sheet.laid is self._selected_of
        return self._selection if chosen else None

    @selection.setter
    def selection(self, selection: LineSelection | None) -> None:
        sheet = self.page.current
        self._selection, self._selected_of = selection, sheet.laid if sheet is not None else None

    def select(self) -> bool:
        """Choose the first line in view; then, begin at the line under the cursor; then, no more. False without text.

        Quotations are opened for it: a line that stands for others cannot be quoted.
        """
        sheet, page = self.page.current, self.page
        if sheet is None or sheet.folded or sheet.laid is None or not sheet.laid.page.lines:
            return False
        if self.selection is None:
            before = sheet.laid.text
            first = page.start(page.at) + sheet.text_at
            hidden = min(max(0, page.top - first), len(before) - 1)
            at = first_in_view(before, hidden, max(1, page.top + page.height - first - hidden))
            page.change(sheet.open_quotes)
            at = same_line(before, sheet.laid.text, at)
            self.selection = LineSelection(sheet.laid.page.lines, at)
            self.select_lines(0)
        elif self.selection.begun is None:
            self.selection.begun = self.selection.at
        else:
            self.selection = None
        self.shifted()
        return True

    def select_lines(self, by: int) -> None:
        """Move the end of what is chosen, and bring it into view."""
        selection, sheet = self.selection, self.page.current
        if selection is not None and sheet is not None:
            selection.move(by)
            self.page.show_line(self.page.start(self.page.at) + sheet.text_at + selection.at)
            self.refresh()

    def select_no_more(self) -> None:
        """Choose nothing."""
        self.selection = None
        self.refresh()

    # Painting

    @property
    def _margin(self) -> int:
        return MARGIN if self._width >= WIDE else NARROW

    @property
    def _inner(self) -> int:
        return max(20, self._width - self._margin - 1)

    @property
    def text_width(self) -> int:
        """The cells a message is to be laid out for."""
        return min(MOST_TEXT, self._inner)

    @property
    def terminal_cursor(self) -> Offset:
        """Where the terminal's cursor stands: on the line of the message under the cursor, where that is in view."""
        page = self.page
        line = page.start(page.at) - page.top if page.sheets else 0
        return Offset(0, max(0, min(line, page.height - 1)))

    def line(self, y: int) -> list[Run]:
        found = self.page.at_line(y)
        if found is None:
            return []
        index, offset = found
        sheet = self.page.sheets[index]
        if offset == 0:
            return self.look.styled(
                sheet_words(
                    sheet.envelope,
                    sheet.guide,
                    self._width - 1,
                    self.look,
                    own=self.own,
                    current=index == self.page.at,
                    focused=self.has_focus,
                    folded=sheet.folded,
                    fresh=sheet.fresh,
                    waits=sheet.waits,
                    where=self.labels.get(sheet.member.mailbox, "") if sheet.member.mailbox != self.mailbox else "",
                    subject=self.subject,
                )
            )
        sheet.dress(self._inner, self.look, self.own)
        roles, margin, place = self.look.roles, " " * self._margin, offset - sheet.text_at
        selection = self.selection if index == self.page.at else None
        if selection is None or place not in selection.chosen:
            return [(margin, roles["text"]), *sheet.line(offset, self.look)]
        return [
            (selection.mark(place, self.look.marks), roles["accent"]),
            (margin[1:], roles["text"]),
            (line_text(sheet.text[place]) or " ", roles.of("bright~")),
        ]

    def repaint_all(self) -> None:
        """Paint everything again: colours or ages are others."""
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        def change() -> None:
            self._width, self.page.height = self.size.width, max(1, self.size.height)

        self.page.change(change)
        self.shifted()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self.refresh()
