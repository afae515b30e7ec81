"""The search screen as commands see it: a place like the mail screen, where what acts on a message acts on a hit."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.mail.envelope import Envelope
from tui.mail.errors import MailError
from tui.mail.flags import SEEN
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.mailbox import Role
from tui.screens.mail_reader import MailReader, Wanted
from tui.screens.place_above import WHEEL, Below, PlaceAbove
from tui.screens.reading import ReadAccount, Reading
from tui.store.mailboxes import MailboxState
from tui.store.search import Hit
from tui.terminal.keys import Scope
from tui.widgets.address_input import LineInput
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.hit_list import HitList
from tui.widgets.message_view import MessageView
from tui.widgets.painting import LineWidget
from tui.widgets.rows import RowSource

if TYPE_CHECKING:
    from tui.sync.where import Search

MOST_BEHIND = 200
"""Hits one key with a count acts on; a greater count is a slip of the finger."""


class SearchedAccount(ReadAccount, Protocol):
    """What the search screen needs of `tui.sync.account.Account`; see there."""

    @property
    def search(self) -> "Search": ...


class HitSource(RowSource, Protocol):
    """Rows of several mailboxes, such as `tui.store.search.Hits`: each row's ``uid`` is the doc of its hit."""

    def hit(self, row: Envelope) -> Hit | None: ...


class HitPlace(PlaceAbove, Reading):
    """Shows hits and the one that is read; which hits, and what else is on the screen, a subclass knows.

    Args:
        accounts: by name, in the order of the screen.
        below: see `PlaceAbove`.
    """

    _accounts: Mapping[AccountName, SearchedAccount]
    _states: dict[MailboxId, MailboxState]

    def __init__(
        self,
        accounts: Mapping[AccountName, SearchedAccount],
        below: Below,
    ) -> None:
        super().__init__(below, status="search-status")
        self._accounts = accounts
        self._hits: HitSource | None = None
        self._marks: dict[Uid, Hit] = {}
        self._reading = False
        self._list = HitList(below.look, self._where, id="search-list")
        self._view = MessageView(below.look, id="search-message")
        self._reader = MailReader(self._view, self._wanted, self._message_shown)

    # What a subclass does

    def _arrange(self) -> None:
        """Give every pane its place."""

    def _go_to(self, pane: LineWidget | LineInput) -> None:
        self._reading = pane is self._view
        self.set_focus(pane)
        self._arrange()

    # Hits

    @property
    def _hit(self) -> Hit | None:
        row = self._list.current
        return self._hits.hit(row) if row is not None and self._hits is not None else None

    def _where(self, row: Envelope) -> str:
        hit = self._hits.hit(row) if self._hits is not None else None
        state = self._states.get(hit.mailbox) if hit is not None else None
        if state is None:
            return ""
        several = len(self._accounts) > 1
        return f"{state.mailbox.account} {state.mailbox.label}" if several else state.mailbox.label

    # What commands ask (`tui.commands.places.MailPlace`)

    def hush(self) -> None:
        super().hush()
        self._list.hold()

    @property
    def reading(self) -> bool:
        return self._reading

    @property
    def account(self) -> AccountName | None:
        current = self.current
        return current[0] if current is not None else None

    @property
    def role(self) -> Role | None:
        hit = self._hit
        state = self._states.get(hit.mailbox) if hit is not None else None
        return state.mailbox.role if state is not None else None

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        hit = self._hit
        state = self._states.get(hit.mailbox) if hit is not None else None
        if hit is None or state is None:
            return None
        return state.mailbox.account, hit.mailbox, hit.envelope.uid

    @property
    def current_envelope(self) -> Envelope | None:
        hit = self._hit
        return hit.envelope if hit is not None else None

    def marked_or_current(self) -> list[Uid]:
        """Return the marked hits of the mailbox of the one under the cursor, else that one."""
        hit = self._hit
        marked = {mailbox: uids for _, mailbox, uids in self.marked_in_each()}
        return marked.get(hit.mailbox, [hit.envelope.uid]) if hit is not None else []

    def marked_in_each(self) -> list[tuple[AccountName, MailboxId, list[Uid]]]:
        """Return the marked hits, mailbox by mailbox."""
        found: dict[MailboxId, list[Uid]] = {}
        for doc, hit in self._marks.items():
            if doc in self._list.marked and hit.mailbox in self._states:
                found.setdefault(hit.mailbox, []).append(hit.envelope.uid)
        return [(self._states[mailbox].mailbox.account, mailbox, sorted(uids)) for mailbox, uids in found.items()]

    async def behind(self, count: int) -> list[Uid]:
        """Return the hits behind the one under the cursor; an act is about one mailbox, so they have to be of its.

        Raises:
            MailError: when one of them is in another mailbox.
        """
        row, hit = self._list.current, self._hit
        if row is None or hit is None or self._hits is None:
            return []
        hits = self._hits
        found = [hits.hit(each) for each in await hits.older(row.key, min(count, MOST_BEHIND))]
        if any(each is None or each.mailbox != hit.mailbox for each in found):
            raise MailError(
                f"These {len(found) + 1} are not all in one mailbox.", cure="Act on them one by one, or mark some."
            )
        return [each.envelope.uid for each in found if each is not None]

    async def toggle_fold(self) -> bool:
        """Hits are messages."""
        return False

    async def step_in_thread(self, by: int) -> bool:
        """Hits are messages: the thread of one is on the mail screen."""
        return False

    def toggle_mark(self) -> None:
        """Mark the hit under the cursor, or unmark it, and go on."""
        hit = self._hit
        if hit is None:
            return
        self._marks[Uid(hit.doc)] = hit
        self._list.toggle_mark()
        self._list.move(1)

    def mark(self, hits: Sequence[Hit]) -> None:
        """Mark these hits too, also those that are not in sight."""
        self._marks.update((Uid(hit.doc), hit) for hit in hits)
        self._list.mark(Uid(hit.doc) for hit in hits)

    def forget_marks(self, mailbox: MailboxId, uids: Collection[Uid]) -> None:
        """Unmark messages that are gone."""
        names = set(uids)
        gone = {doc for doc, hit in self._marks.items() if hit.mailbox == mailbox and hit.envelope.uid in names}
        self._list.forget(gone)
        for doc in gone:
            del self._marks[doc]

    def forget_mailbox(self, mailbox: MailboxId) -> None:
        """Unmark and show nothing of a mailbox whose UIDs name other messages now."""
        self.forget_marks(mailbox, [hit.envelope.uid for hit in self._marks.values() if hit.mailbox == mailbox])
        wanted = self._reader.wanted
        if wanted is not None and wanted.mailbox == mailbox:
            self._reader.clear()

    @property
    def reading_scopes(self) -> tuple[Scope, ...]:
        """Where the user is while a message is read, the most particular first."""
        choosing = (Scope.SELECT,) if self.selecting else ()
        return (*choosing, Scope.MESSAGE, Scope.MAIL, Scope.ANYWHERE)

    def move_cursor(self, rows: int) -> None:
        self._list.move(rows)

    def page(self, direction: int, half: bool = False) -> bool:
        if self._reading:
            return self._view.scroll_pages(direction, half=half) or self.message is None
        self._list.page(direction, half=half)
        return True

    def scroll(self, rows: int) -> None:
        self._view.scroll_lines(rows)

    async def go_first(self) -> None:
        if self._reading:
            self._view.scroll_lines(-(10**9))
        else:
            await self._list.first()

    async def go_last(self) -> None:
        if self._reading:
            self._view.scroll_lines(10**9)
        else:
            await self._list.last()

    async def next_unread(self, step: int) -> None:
        if not await self._list.next_unread(step > 0):
            self.flash("nothing unread among these")

    async def go_to(self, uid: Uid) -> None:
        """Nothing: a UID alone names no hit."""

    def open_current(self) -> None:
        if self._reading:
            self._view.scroll_lines(1)
        else:
            self._open_message()

    def close_view(self) -> bool:
        """Go one step out: from the message to the hits, from them back to where the search was begun."""
        if self.select_no_more():
            return True
        if self._reading:
            self._go_to(self._list)
        elif self._list.marked:
            self._marks.clear()
            self._list.forget(set(self._list.marked))
            self._list.set_waiting(self._list.waiting)
        else:
            self.dismiss(None)
        return True

    # The message in view

    def _open_message(self) -> None:
        if self._hit is None:
            return
        self._go_to(self._view)
        self._read_current()

    def on_envelope_list_moved(self) -> None:
        hit = self._hit
        if hit is None:
            self._reader.clear()
        elif self._reader.is_for(hit.mailbox, hit.envelope.uid):
            self._view.update_envelope(hit.envelope)
        elif self._view.display:
            self._reader.rest()
        self._tell()

    def _message_shown(self, wanted: Wanted) -> None:
        """A message came into view; one that was opened is read by that."""
        self._tell()
        current, hit = self.current, self._hit
        if not self._reading or current is None or hit is None or not self._reader.is_for(current[1], current[2]):
            return
        if hit.envelope.is_unread:
            account = self._accounts[current[0]]
            self._begin(account.change_flags(wanted.mailbox, [hit.envelope.uid], add=[SEEN]))

    def on_envelope_list_failed(self, failed: EnvelopeList.Failed) -> None:
        self.flash(str(failed.error), style="bad")

    # The mouse

    def on_line_widget_clicked(self, click: LineWidget.Clicked) -> None:
        """A hit is gone to, and opened when it was there already."""
        self.hush()
        if click.widget is self._list:
            was_here = self.focused is self._list
            self._go_to(self._list)
            if not self._list.point(click.y) and was_here and self._list.is_row(click.y):
                self._open_message()
        elif click.widget is self._view:
            self._open_message()

    def on_line_widget_wheeled(self, wheel: LineWidget.Wheeled) -> None:
        self.hush()
        if wheel.widget is self._list:
            self._list.move(wheel.by * WHEEL)
        elif wheel.widget is self._view:
            self._view.scroll_lines(wheel.by * WHEEL)
