"""The page of a conversation as commands see it: a place like the mail screen, its acts are on one of the messages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.mail.message import Message
from tui.render.lines import Mode, Page
from tui.screens.place_above import WHEEL, Below, PlaceAbove
from tui.screens.reading import ReadAccount
from tui.widgets.painting import LineWidget
from tui.widgets.thread_page import ThreadPage
from tui.widgets.thread_sheet import Sheet
from tui.widgets.thread_view import ThreadView

if TYPE_CHECKING:
    from tui.store.search import Hit


class ThreadPlace(PlaceAbove):
    """Shows the messages of a thread; which they are, and their texts, a subclass knows.

    Args:
        account: whose they are.
        mailbox: where the page was opened: acts on the whole conversation are about its messages there.
        below: see `PlaceAbove`.
    """

    def __init__(
        self,
        account: ReadAccount,
        mailbox: MailboxId,
        below: Below,
    ) -> None:
        super().__init__(below, status="thread-status")
        self._account = account
        self._mailbox = mailbox
        self._view = ThreadView(below.look, id="thread-view")
        self._view.mailbox = mailbox
        self._view.own = {account.config.address.spec.casefold()}

    @property
    def _page(self) -> ThreadPage:
        return self._view.page

    @property
    def _sheet(self) -> Sheet | None:
        return self._page.current

    @property
    def _open_sheet(self) -> Sheet | None:
        """The message under the cursor where it is shown whole."""
        sheet = self._sheet
        return sheet if sheet is not None and not sheet.folded else None

    # What commands ask (`tui.commands.places.MailPlace`)

    @property
    def reading(self) -> bool:
        """No: keys that go to the first or the last go to a message."""
        return False

    @property
    def mailbox(self) -> MailboxId | None:
        """The mailbox the page was opened in."""
        return self._mailbox

    @property
    def account(self) -> AccountName | None:
        return self._account.config.name

    @property
    def role(self) -> Role | None:
        """What the mailbox of the message under the cursor is for."""
        sheet = self._sheet
        state = self._states.get(sheet.member.mailbox) if sheet is not None else None
        return state.mailbox.role if state is not None else None

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        sheet = self._sheet
        return (self._account.config.name, *sheet.name) if sheet is not None else None

    @property
    def current_envelope(self) -> Envelope | None:
        sheet = self._sheet
        return sheet.envelope if sheet is not None else None

    def marked_or_current(self) -> list[Uid]:
        """Return the message under the cursor: nothing is marked here."""
        sheet = self._sheet
        return [sheet.envelope.uid] if sheet is not None else []

    async def behind(self, count: int) -> list[Uid]:
        """Return the messages behind the one under the cursor that are in its mailbox, at most so many."""
        sheet = self._sheet
        behind = self._page.sheets[self._page.at + 1 :] if sheet is not None else []
        return [each.envelope.uid for each in behind if sheet and each.member.mailbox == sheet.member.mailbox][:count]

    def toggle_mark(self) -> None:
        raise MailError("Nothing is marked on the page of a conversation.", cure="q goes back to the list.")

    def mark(self, hits: "Sequence[Hit]") -> None:
        self.toggle_mark()

    async def toggle_fold(self) -> bool:
        """Show every message whole, or when all are, each as a line."""
        sheets = self._page.sheets
        some = any(sheet.folded for sheet in sheets)
        self._view.fold(sheets, not some)
        return bool(sheets)

    def turn(self) -> None:
        """Fold the message under the cursor, or show it whole."""
        sheet = self._sheet
        if sheet is not None:
            self._view.fold([sheet], not sheet.folded)

    async def step_in_thread(self, by: int) -> bool:
        """Go to the message so many behind this one."""
        before = self._page.at
        self._view.go(before + by)
        return self._page.at != before

    @property
    def message(self) -> Message | None:
        sheet = self._open_sheet
        return sheet.message if sheet is not None else None

    @property
    def page_shown(self) -> Page | None:
        sheet = self._open_sheet
        return sheet.laid.page if sheet is not None and sheet.laid is not None else None

    @property
    def mode(self) -> Mode:
        sheet = self._sheet
        return sheet.mode if sheet is not None else Mode.AUTO

    def set_mode(self, mode: Mode) -> None:
        sheet = self._open_sheet
        if sheet is not None:
            sheet.mode = mode
            self._view.shifted()

    def read_as(self, charset: str) -> None:
        sheet = self._open_sheet
        if sheet is not None and sheet.message is not None:
            sheet.read_as(charset)
            self._view.shifted()

    def toggle_quotes(self) -> None:
        sheet = self._open_sheet
        if sheet is None or not sheet.turn_quotes():
            self.flash("no quote is folded here")
        else:
            self._view.shifted()

    def selectable_view(self) -> ThreadView:
        return self._view

    def move_cursor(self, rows: int) -> None:
        self._view.go(self._page.at + rows)

    def page(self, direction: int, half: bool = False) -> bool:
        return self._view.scroll_pages(direction, half=half)

    def scroll(self, rows: int) -> None:
        self._view.scroll_lines(rows)

    async def go_first(self) -> None:
        self._view.go(0)

    async def go_last(self) -> None:
        self._view.go(len(self._page.sheets) - 1)

    async def next_unread(self, step: int) -> None:
        """Go to the next unread message of the page, around its end, and show it whole."""
        count, at = len(self._page.sheets), self._page.at
        places = ((at + step * ahead) % count for ahead in range(1, count))
        found = next((place for place in places if self._page.sheets[place].envelope.is_unread), None)
        if found is None:
            self.flash("nothing else is unread in this conversation")
            return
        self._view.go(found)
        self._view.fold([self._page.sheets[found]], False)

    async def go_to(self, uid: Uid) -> None:
        """Go to a message of the page's mailbox."""
        found = self._page.find((self._mailbox, uid))
        if found is not None:
            self._view.go(found)

    def open_current(self) -> None:
        """Show the message under the cursor whole; where it is, go on by a line."""
        sheet = self._sheet
        if sheet is not None and sheet.folded:
            self._view.fold([sheet], False)
        else:
            self._view.scroll_lines(1)

    def close_view(self) -> bool:
        """Go back to where the page was opened."""
        if not self.select_no_more():
            self.dismiss(None)
        return True

    def focus_next(self, *, back: bool = False) -> None:  # type: ignore[override] # messages, not Textual's chain
        """Go to the next message."""
        self.move_cursor(-1 if back else 1)

    # The mouse

    def on_line_widget_clicked(self, click: LineWidget.Clicked) -> None:
        """A message is gone to; the line of one that was gone to before folds it, or shows it whole."""
        self.hush()
        found = self._page.at_line(click.y) if click.widget is self._view else None
        if found is None:
            return
        index, line = found
        was_here = index == self._page.at
        self._view.go(index)
        if line == 0 and (was_here or self._page.sheets[index].folded):
            self.turn()

    def on_line_widget_wheeled(self, wheel: LineWidget.Wheeled) -> None:
        self.hush()
        self._view.scroll_lines(wheel.by * WHEEL)
