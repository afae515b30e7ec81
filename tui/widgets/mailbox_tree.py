"""The tree of accounts and their mailboxes, with what is unread and how the lines stand."""

from collections.abc import Iterable, Mapping, Sequence

from textual import events
from textual.geometry import Offset
from textual.message import Message as TextualMessage

from tui.mail.ids import AccountName, MailboxId
from tui.store.mailboxes import MailboxState
from tui.sync.events import Link
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.tree_rows import (
    INBOXES,
    SEARCHES,
    SNOOZED,
    Path,
    TreeRow,
    folded_above,
    path_of,
    rows_in_sight,
    search_rows,
    snoozed_rows,
    tree_rows,
)
from tui.widgets.tree_words import HEAD, first_line, tree_words
from tui.widgets.trust import link_mark


class MailboxTree(LineWidget, can_focus=True):
    """Shows every account's mailboxes. Its cursor is the mailbox that is shown, until it has the focus and is moved."""

    class Chosen(TextualMessage):
        """A mailbox shall be shown."""

        def __init__(self, mailbox: MailboxId) -> None:
            super().__init__()
            self.mailbox = mailbox

    class Gathered(TextualMessage):
        """All accounts' Inboxes shall be shown."""

    class Snoozed(TextualMessage):
        """What is snoozed shall be shown."""

    class Searched(TextualMessage):
        """A saved search shall be made."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._accounts: Sequence[AccountName] = ()
        self._states: Sequence[MailboxState] = ()
        self._links: dict[AccountName, Link] = {}
        self._searches: Sequence[str] = ()
        self._snoozed = 0
        self._turned: set[Path] = set()
        self._shown: MailboxId | None = None
        self._cursor: Path = ()
        self._top = 0
        self._lines: list[tuple[TreeRow, bool, bool, bool, Link | None]] = []
        self.rows: list[TreeRow] = []

    def load(self, accounts: Sequence[AccountName], states: Iterable[MailboxState]) -> None:
        """Show these accounts and mailboxes; the cursor stays on its row."""
        self._accounts, self._states = accounts, tuple(states)
        self._rebuild()

    def set_searches(self, names: Sequence[str]) -> None:
        """Show these saved searches below the mailboxes."""
        self._searches = names
        if self._accounts:
            self._rebuild()

    def set_snoozed(self, count: int) -> None:
        """Show how much is snoozed, below the mailboxes; shown with the next `load`."""
        self._snoozed = count

    def set_links(self, links: Mapping[AccountName, Link]) -> None:
        """Show how the accounts' lines stand."""
        self._links = dict(links)
        self._repaint()

    def show(self, mailbox: MailboxId | None) -> None:
        """Note which mailbox the list shows; the cursor goes there."""
        self._shown = mailbox
        state = next((state for state in self._states if state.id == mailbox), None)
        if state is not None:
            self._cursor = path_of(state)
            if folded_above(self.rows, self._cursor) is not None:
                rows = rows_in_sight(self._accounts, self._states, self._cursor, self._turned)
                self.rows = [*rows, *self._below()]
        self._repaint()

    @property
    def current(self) -> TreeRow | None:
        """The row under the cursor."""
        return next((row for row in self.rows if row.path and row.path == self._cursor), None)

    @property
    def terminal_cursor(self) -> Offset:
        """Where the terminal's cursor stands: on the row of the tree's own."""
        return Offset(0, next((y + HEAD for y, line in enumerate(self._lines) if line[1]), 0))

    def move(self, by: int) -> None:
        """Move the cursor by mailboxes, stopping at the ends."""
        places = [index for index, row in enumerate(self.rows) if row.path and not row.is_account]
        if not places:
            return
        here = next((at for at, index in enumerate(places) if self.rows[index].path == self._cursor), 0)
        self._cursor = self.rows[places[max(0, min(here + by, len(places) - 1))]].path
        self._repaint()

    def point(self, y: int) -> bool:
        """Move the cursor to a line of the screen; return whether a mailbox or a level above some is on it."""
        if not HEAD <= y < len(self._lines) + HEAD:
            return False
        row = self._lines[y - HEAD][0]
        if not row.path or row.is_account:
            return False
        self._cursor = row.path
        self._repaint()
        return True

    def go_to(self, last: bool) -> None:
        """Move the cursor to the first or the last mailbox."""
        self.move(len(self.rows) if last else -len(self.rows))

    def neighbour(self, by: int) -> MailboxId | None:
        """Return the mailbox that comes ``by`` mailboxes after the shown one in the tree; None at its ends."""
        ids = [row.mailbox for row in self.rows if row.mailbox is not None]
        if self._shown not in ids:
            return ids[0] if ids else None
        place = ids.index(self._shown) + by
        return ids[place] if 0 <= place < len(ids) else None

    def choose(self) -> None:
        """Show the mailbox under the cursor; a level that is none is folded or unfolded."""
        row = self.current
        if row is not None and row.mailbox is not None:
            self.post_message(self.Chosen(row.mailbox))
        elif row is not None and row.path == INBOXES:
            self.post_message(self.Gathered())
        elif row is not None and row.path == SNOOZED:
            self.post_message(self.Snoozed())
        elif row is not None and row.path[:1] == SEARCHES:
            self.post_message(self.Searched(row.label))
        else:
            self.toggle()

    def toggle(self) -> None:
        """Fold or unfold what is below the cursor."""
        row = self.current
        if row is not None and row.folds:
            self._turned ^= {row.path}
            self._rebuild()

    def _below(self) -> list[TreeRow]:
        """Return the lines below the accounts."""
        return [*snoozed_rows(self._snoozed), *search_rows(self._searches)]

    def _rebuild(self) -> None:
        self.rows = [*tree_rows(self._accounts, self._states, self._turned), *self._below()]
        if self.current is None:
            shown = next((row.path for row in self.rows if row.mailbox == self._shown), None)
            self._cursor = shown or next((row.path for row in self.rows if row.mailbox is not None), ())
        self._repaint()

    def _repaint(self) -> None:
        height = max(1, self.size.height - HEAD)
        at = next((index for index, row in enumerate(self.rows) if row.path == self._cursor and row.path), 0)
        self._top = first_line(at, len(self.rows), height, self._top)
        before, self._lines = self._lines, []
        for row in self.rows[self._top : self._top + height]:
            current = bool(row.path) and row.path == self._cursor
            link = self._links.get(AccountName(row.path[0])) if row.is_account else None
            shown = row.mailbox is not None and row.mailbox == self._shown
            self._lines.append((row, current, current and self.has_focus, shown, link))
        for y in range(max(len(before), len(self._lines))):
            old = before[y] if y < len(before) else None
            new = self._lines[y] if y < len(self._lines) else None
            if old != new:
                self.refresh_line(y + HEAD)

    def line(self, y: int) -> list[Run]:
        if not HEAD <= y < len(self._lines) + HEAD:
            return []
        row, current, focused, shown, link = self._lines[y - HEAD]
        mark = link_mark(link, self.look.marks) if link is not None else (" ", "text")
        words = tree_words(row, self.size.width, self.look.marks, mark, current=current, focused=focused, shown=shown)
        return self.look.styled(words)

    def on_resize(self, event: events.Resize) -> None:
        self._repaint()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        if not has_focus:  # the cursor of a tree without focus says what is shown
            self.show(self._shown)
        self._repaint()
