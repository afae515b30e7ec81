"""The accounts, each with both its halves: added, tested, changed, put in order, taken out."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Static

from tui.mail.ids import AccountName
from tui.mail.noun import dataclass
from tui.mail.width import cell_width, cut, pad
from tui.screens.styles import styles
from tui.sync.events import AccountsChanged, Event, LinkChanged
from tui.terminal.keys import Scope, canonical_key
from tui.widgets.choice_list import hint_content
from tui.widgets.plain import marks_of, say
from tui.widgets.status_line import StatusLine

NAME, LEAST = 14, 10
HINTS = (("a", "add"), ("Enter", "test, edit"), ("J K", "move"), ("x", "remove"), ("q", "back"))
ACTS = {"a": "add", "enter": "edit", "e": "edit", "t": "edit", "x": "remove", "d": "remove"}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account.

    Attributes:
        name: its name.
        address: the user's there.
        receiving: server and state of the line: ``imap.example.org:993``, ``live``.
        sending: the same of the sending half.
        is_well: whether the line is as it should be.
        sends: whether sending works, None while nobody knows.
        trouble: why it is not, a sentence; "" else.
    """

    name: AccountName
    address: str
    receiving: tuple[str, str]
    sending: tuple[str, str]
    is_well: bool = True
    sends: bool | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class AccountAct:
    """What is to be done: ``add``, ``edit`` or ``remove``.

    Attributes:
        act: which.
        name: the account under the cursor, None where there is none.
    """

    act: str
    name: AccountName | None


class AccountList(Widget):
    """The rows, three lines each: name and address, receiving, sending."""

    def __init__(self) -> None:
        super().__init__(id="accounts-list")
        self.rows: Sequence[AccountRow] = ()
        self.cursor = 0

    def render(self) -> Content:
        height = max(1, self.size.height)
        width = max(20, self.size.width)
        each = 4
        top = max(0, min(self.cursor - (height // each) // 2, len(self.rows) - height // each))
        lines: list[Content] = []
        for place, row in list(enumerate(self.rows))[top:]:
            lines += self._lines(row, place == self.cursor, width)
        return Content("\n").join(lines[:height])

    def _lines(self, row: AccountRow, current: bool, width: int) -> list[Content]:
        marks = marks_of(self)
        signs = {True: (marks.passed, "good"), False: (marks.failed, "bad"), None: (marks.untried, "muted")}
        name = cut(row.name, NAME)
        lines = [
            Content.assemble(
                (marks.cursor if current else " ", "$accent"),
                " ",
                (name, "$bright bold on $tint" if current else "$bright bold"),
                (" " * (NAME + 2 - cell_width(name)), "$text"),
                (say(self, cut(row.address, width - NAME - 5)), "$text"),
            )
        ]
        halves = (("receiving", row.receiving, row.is_well), ("sending", row.sending, row.sends))
        for label, (server, state), well in halves:
            sign, role = signs[well]
            where = max(LEAST, min(34, width - NAME - LEAST - 16))
            lines.append(
                Content.assemble(
                    (f"  {sign} ", f"${role}"),
                    (pad(label, NAME), "$muted"),
                    (pad(say(self, cut(server, where)), where + 2), "$text"),
                    (say(self, cut(state, max(0, width - NAME - where - 8))), "$bad" if well is False else "$muted"),
                )
            )
        return [*lines, Content("")]


class AccountsScreen(Screen[AccountAct | None]):
    """Lists the accounts; answers what is to be done, None when it was left.

    Args:
        rows: gives them as they are now.
        reorder: puts the accounts in an order.
        status: the last line.
        at: the account the cursor stands on first.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("accounts")
    AUTO_FOCUS: ClassVar[str | None] = ""
    key_scopes: ClassVar[tuple[Scope, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,h,left", "leave"),
        Binding("j,down", "move(1)"),
        Binding("k,up", "move(-1)"),
        Binding("J,shift+down", "carry(1)"),
        Binding("K,shift+up", "carry(-1)"),
    ]

    def __init__(
        self,
        rows: Callable[[], Sequence[AccountRow]],
        reorder: Callable[[Sequence[AccountName]], None],
        *,
        status: StatusLine,
        at: AccountName | None = None,
    ) -> None:
        super().__init__()
        self._rows = rows
        self._reorder = reorder
        self._status = status
        self._at = at
        self._list = AccountList()

    def compose(self) -> ComposeResult:
        """Lay out head, list, what is wrong, hints and status."""
        yield Static(id="accounts-head")
        yield self._list
        yield Static(id="accounts-trouble")
        yield Static(hint_content(HINTS), id="accounts-hints")
        yield self._status

    def on_mount(self) -> None:
        self._read()
        names = [row.name for row in self._list.rows]
        if self._at in names:
            self._list.cursor = names.index(self._at)
        self._show()

    def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        is_there = bool(self.query("#accounts-head"))  # it may be on its way, or on its way out
        if isinstance(event, AccountsChanged | LinkChanged) and is_there:
            self._read()
            self._status.update()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    @property
    def current(self) -> AccountRow | None:
        """The account under the cursor."""
        return self._list.rows[self._list.cursor] if self._list.rows else None

    def _read(self) -> None:
        before = self.current
        self._list.rows = self._rows()
        names = [row.name for row in self._list.rows]
        if before is not None and before.name in names:
            self._list.cursor = names.index(before.name)
        self._list.cursor = max(0, min(self._list.cursor, len(names) - 1))
        self._show()

    def _show(self) -> None:
        count = len(self._list.rows)
        about = f"   {count} account{'' if count == 1 else 's'}"
        self.query_one("#accounts-head", Static).update(
            Content.assemble(("Accounts", "$accent bold"), (about, "$muted"))
        )
        row = self.current
        trouble = f"{row.trouble}   Enter tests every step" if row is not None and row.trouble else ""
        self.query_one("#accounts-trouble", Static).update(Content.styled(say(self, trouble), "$text"))
        self._list.refresh()

    def on_key(self, event: events.Key) -> None:
        """Answer with the act whose key this is."""
        act = ACTS.get(canonical_key(event.key, event.character))
        row = self.current
        if act is not None and (row is not None or act == "add"):
            event.stop()
            event.prevent_default()
            self.dismiss(AccountAct(act, row.name if row is not None else None))

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        self._list.cursor = max(0, min(self._list.cursor + rows, len(self._list.rows) - 1))
        self._show()

    def action_carry(self, by: int) -> None:
        """Move the account under the cursor up or down."""
        names = [row.name for row in self._list.rows]
        here, there = self._list.cursor, self._list.cursor + by
        if 0 <= there < len(names):
            names[here], names[there] = names[there], names[here]
            self._reorder(names)
