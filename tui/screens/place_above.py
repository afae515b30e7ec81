"""What every place has that stands above the mail screen and shows mail, too: a search, all Inboxes, a conversation."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, ClassVar

from textual.screen import Screen

from tui.mail.ids import MailboxId
from tui.mail.noun import dataclass
from tui.render.lines import Page
from tui.screens.reading import Selecting
from tui.store.mailboxes import MailboxState
from tui.sync.tasks import Tasks
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.theme import Roles
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.message_view import MessageView
from tui.widgets.painting import LineWidget, Look
from tui.widgets.status_line import StatusLine
from tui.widgets.trust import Line

WHEEL = 3
"""Lines one notch of the wheel moves."""

Hinting = Callable[[tuple[Scope, ...], Page | None], Sequence[KeyHint]]
"""Returns the hint line of a place."""


@dataclass(frozen=True, slots=True)
class Below:
    """What a place lends one above it.

    Attributes:
        look: what to paint with; it is shared.
        lines: returns the accounts' lines, for the status line.
        hints: gives the keys at hand.
        go_to: shows a mailbox there, when one is gone to from above.
    """

    look: Look
    lines: Callable[[], Sequence[Line]]
    hints: Hinting
    go_to: Callable[[MailboxId], None]


class PlaceAbove(Screen[None], Selecting):
    """Paints with what the screen below paints with, and goes back to it; what it shows a subclass knows.

    Args:
        below: what the screen below lends.
        status: the id of the status line.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    shows_mail: ClassVar[bool] = True
    """To commands it is a place like the mail screen."""

    def __init__(
        self,
        below: Below,
        *,
        status: str,
    ) -> None:
        super().__init__()
        self._below = below
        self._look = below.look
        self._states: Mapping[MailboxId, MailboxState] = {}
        self._tasks = Tasks(lambda error: self.flash(str(error), style="bad"))
        self._status = StatusLine(below.look, below.lines, id=status)
        self._status.explains = True

    def _tell(self) -> None:
        """Say anew what is told of what is shown."""

    def _take_colours(self) -> None:
        self._look.roles = Roles.from_variables(self.app.theme_variables)
        for widget in self.query(LineWidget):
            if isinstance(widget, EnvelopeList | MessageView):
                widget.repaint_all()
            else:
                widget.refresh()

    # What is under way

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine as a task of the place; what goes wrong is told."""
        return self._tasks.begin(work)

    # What commands ask (`tui.commands.places.MailPlace`)

    @property
    def look(self) -> Look:
        """What it paints with."""
        return self._look

    def lines(self) -> Sequence[Line]:
        """Return what is known of the accounts' lines."""
        return self._below.lines()

    def say_lines(self) -> None:
        """Say how it stands with every account."""
        self._status.say_lines()

    def hush(self) -> None:
        """A key was pressed: what was said until then has been read."""
        self._status.hush()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line until the next key. Cleaned text, shown as it is."""
        self._status.say([(text, style)])

    @property
    def mailbox(self) -> MailboxId | None:
        """None: what is shown is no mailbox, and nothing is to be done to all of it."""
        return None

    @property
    def mailbox_meant(self) -> MailboxId | None:
        """The same: there is no tree."""
        return self.mailbox

    @property
    def conversations(self) -> bool:
        """Whether rows stand for conversations: here each is one message."""
        return False

    async def show_conversations(self, on: bool) -> None:
        """Nothing: each row is one message."""

    def show_mailbox(self, mailbox: MailboxId) -> None:
        """Leave for a mailbox."""
        self.dismiss(None)
        self._below.go_to(mailbox)

    async def next_mailbox(self, step: int) -> None:
        """Nothing: the tree is on the screen below."""
        self.flash("no mailbox is shown here")

    def selection_changed(self) -> None:
        self._tell()
