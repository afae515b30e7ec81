"""The history: what was done, how far it is, and what can be taken back."""

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Static

from tui.mail.act import Act, ActState
from tui.mail.ids import AccountName
from tui.mail.width import cell_width, cut, pad
from tui.screens.styles import styles
from tui.store.database import Store
from tui.sync.events import (
    ChangeRefused,
    ChangesParked,
    Event,
    LinkChanged,
    MailboxesChanged,
    SubmissionChanged,
)
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.theme import Roles
from tui.widgets.ages import age
from tui.widgets.hint_line import HintLine
from tui.widgets.painting import Look
from tui.widgets.plain import marks_of, say
from tui.widgets.status_line import StatusLine

STATE, AGE = 10, 8
"""Widths of the columns in cells; what was done has the rest."""
SHOWN = 200
"""Acts that are read."""
ROLES = {
    ActState.WAITING: "new",
    ActState.DONE: "good",
    ActState.UNDONE: "muted",
    ActState.REFUSED: "bad",
    ActState.FINAL: "muted",
    ActState.PARKED: "warn",
}


class ActList(Widget):
    """The rows, the one under the cursor marked."""

    def __init__(self) -> None:
        super().__init__(id="history-list")
        self.rows: Sequence[Act] = ()
        self.cursor = 0
        self.has_accounts = False

    def render(self) -> Content:
        height = max(1, self.size.height)
        top = max(0, min(self.cursor - height // 2, len(self.rows) - height))
        now = time.time()
        shown = list(enumerate(self.rows))[top : top + height]
        return Content("\n").join(self._row(row, place == self.cursor, now) for place, row in shown)

    def _row(self, act: Act, current: bool, now: float) -> Content:
        remarks = [str(act.account)] if self.has_accounts else []
        if act.waits and act.state is not ActState.WAITING:
            remarks.append("waits for the server")
        remarks += [act.words] if act.words else []
        room = max(10, self.size.width - STATE - AGE)
        label = say(self, cut(act.label, room))
        left = room - cell_width(label)
        remark = say(self, cut(f"   {' · '.join(remarks)}", left)) if remarks and left > 8 else ""
        state = "done" if act.state is ActState.FINAL else act.state.value
        return Content.assemble(
            (marks_of(self).cursor if current else " ", "$accent"),
            (pad(state, STATE - 1), f"${ROLES[act.state]} bold"),
            (label, "$bright on $tint" if current else "$muted" if act.state is ActState.UNDONE else "$text"),
            (pad(remark, left), "$muted"),
            (f"{age(act.made, now):>{AGE}}", "$muted"),
        )


class HistoryScreen(Screen[None]):
    """Lists what was done, newest first.

    Args:
        store: where it is.
        accounts: whose acts are shown.
        hints: keys for the hint line, by the act under the cursor.
        status: the last line; None for one that knows of no account.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("history")
    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.HISTORY, Scope.ANYWHERE)

    def __init__(
        self,
        store: Store,
        accounts: Sequence[AccountName],
        hints: Callable[[Act | None], Sequence[KeyHint]],
        *,
        status: StatusLine | None = None,
    ) -> None:
        super().__init__()
        self._status = status or StatusLine(Look(Roles({})), list)
        self._hint_line = HintLine(self._status.look, id="history-hints")
        self._hints = hints
        self._store = store
        self._accounts = accounts

    def compose(self) -> ComposeResult:
        """Lay out head, list, hints and status."""
        yield Static(id="history-head")
        yield ActList()
        yield self._hint_line
        yield self._status

    async def on_mount(self) -> None:
        await self.reload()

    async def reload(self) -> None:
        """Read the acts again; the cursor stays on its act."""
        rows = self.query_one(ActList)
        before = self.current
        acts = await self._store.journal.list(SHOWN)
        rows.rows = [act for act in acts if act.account in self._accounts]
        rows.has_accounts = len(self._accounts) > 1
        ids = [act.id for act in rows.rows]
        if before is not None and before.id in ids:
            rows.cursor = ids.index(before.id)
        rows.cursor = max(0, min(rows.cursor, len(ids) - 1))
        self._show()

    async def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        if not self.is_mounted:
            return
        if isinstance(event, MailboxesChanged | SubmissionChanged | ChangeRefused | ChangesParked):
            await self.reload()
        elif isinstance(event, LinkChanged):
            self._status.update()

    @property
    def current(self) -> Act | None:
        """The act under the cursor."""
        rows = self.query_one(ActList)
        return rows.rows[rows.cursor] if rows.rows else None

    def move_cursor(self, rows: int) -> None:
        """Move the cursor, stopping at the ends."""
        widget = self.query_one(ActList)
        widget.cursor = max(0, min(widget.cursor + rows, len(widget.rows) - 1))
        widget.refresh()
        self._hint_line.set_hints(self._hints(self.current))

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def _show(self) -> None:
        rows = self.query_one(ActList)
        count = len(rows.rows)
        waiting = sum(act.waits or act.state is ActState.WAITING for act in rows.rows)
        parked = sum(act.state is ActState.PARKED for act in rows.rows)
        self.query_one("#history-head", Static).update(
            Content.assemble(
                ("History", "$accent bold"),
                (f"   {count:,} act{'' if count == 1 else 's'}" if count else "   nothing was done yet", "$muted"),
                (f"   {waiting:,} waiting for the server" if waiting else "", "$new bold"),
                (f"   {parked:,} parked: yours to say" if parked else "", "$warn bold"),
            )
        )
        rows.refresh()
        self._hint_line.set_hints(self._hints(self.current))
