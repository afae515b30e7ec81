"""What commands ask of any place where a message is read: its lines chosen, an answer quotes only these; its page."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.config.model import AccountConfig
from tui.mail.envelope import Envelope
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.message import Message
from tui.render.lines import Mode, Page
from tui.screens.mail_reader import MailReader, MessageSource, Wanted
from tui.widgets.message_view import MessageView

if TYPE_CHECKING:
    from tui.widgets.line_selection import LineSelection


class ReadAccount(MessageSource, Protocol):
    """What a place where mail is read needs of `tui.sync.account.Account`; see there."""

    config: AccountConfig

    async def change_flags(
        self, mailbox: MailboxId, uids: Sequence[Uid], *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None: ...


class SelectableView(Protocol):
    """What shows the text: `tui.widgets.message_view.MessageView`, `tui.widgets.thread_view.ThreadView`."""

    selection: "LineSelection | None"

    def select(self) -> bool: ...
    def select_lines(self, by: int) -> None: ...
    def select_no_more(self) -> None: ...


class Selecting:
    """What they ask about the lines that are chosen (`tui.commands.places.MailPlace`)."""

    def selectable_view(self) -> SelectableView:
        """Return what shows the text."""
        raise NotImplementedError

    def selection_changed(self) -> None:
        """Other keys may be at hand now."""

    @property
    def selecting(self) -> bool:
        """Whether lines are being chosen."""
        return self.selectable_view().selection is not None

    @property
    def selected(self) -> str | None:
        """The words of the lines that are chosen, None while none are."""
        selection = self.selectable_view().selection
        return selection.text if selection is not None else None

    def select(self) -> bool:
        """Choose the first line in view; the second time, begin at the line under the cursor; the third time, no more.

        Returns:
            False where there is no text.
        """
        done = self.selectable_view().select()
        self.selection_changed()
        return done

    def select_lines(self, by: int) -> None:
        """Move the end of what is chosen."""
        self.selectable_view().select_lines(by)

    def select_no_more(self) -> bool:
        """Choose nothing; return whether something was."""
        was = self.selecting
        self.selectable_view().select_no_more()
        self.selection_changed()
        return was


class Reading(Selecting):
    """What they ask about the one message in view, where a `MailReader` brings that under the cursor there."""

    _accounts: Mapping[AccountName, ReadAccount]
    _view: MessageView
    _reader: MailReader

    @property
    def current(self) -> tuple[AccountName, MailboxId, Uid] | None:
        """The message under the cursor."""
        raise NotImplementedError

    @property
    def current_envelope(self) -> Envelope | None:
        """The row of the message under the cursor."""
        raise NotImplementedError

    def _message_shown(self, wanted: Wanted) -> None:
        """A message came into view; one that was opened is read by that."""
        raise NotImplementedError

    def _wanted(self) -> Wanted | None:
        """Return the message under the cursor as the reader wants it."""
        envelope, current = self.current_envelope, self.current
        if envelope is None or current is None:
            return None
        account = self._accounts[current[0]]
        return Wanted(account, current[1], envelope, account.config.receive.host)

    def _read_current(self) -> None:
        """Have the message under the cursor in view: it was opened."""
        current = self.current
        if current is not None and self._reader.is_for(current[1], current[2]):
            if self._reader.message is not None and self._reader.wanted is not None:
                self._message_shown(self._reader.wanted)
        else:
            self._reader.go()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line until the next key."""
        raise NotImplementedError

    @property
    def message(self) -> Message | None:
        """The message in view, None while the one under the cursor is not."""
        current = self.current
        if current is None or not self._reader.is_for(current[1], current[2]):
            return None
        return self._reader.message

    @property
    def selected(self) -> str | None:
        """The words of the lines that are chosen; None while none are, or they are of the message before."""
        current = self.current
        is_here = current is not None and self._reader.is_for(current[1], current[2])
        return super().selected if is_here else None

    @property
    def page_shown(self) -> Page | None:
        """The page in view."""
        return self._view.page if self.message is not None else None

    @property
    def mode(self) -> Mode:
        """How the message in view is laid out."""
        return self._reader.mode

    def set_mode(self, mode: Mode) -> None:
        """Lay the message in view out in another way."""
        self._reader.again(mode)

    def read_as(self, charset: str) -> None:
        """Read the texts of the message in view in a charset."""
        self._reader.read_as(charset)

    def toggle_quotes(self) -> None:
        """Open one more level of what is quoted, or fold it again."""
        if not self._view.turn_quotes():
            self.flash("no quote is folded here")

    def selectable_view(self) -> MessageView:
        return self._view

    def on_message_view_resized(self) -> None:
        self._reader.again()
