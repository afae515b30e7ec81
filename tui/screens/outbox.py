"""The outbox: a receipt book of what was sent, and what became of it."""

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Static

from tui.mail.ids import SubmissionId
from tui.mail.submission import Copy, Refusal, Submission, SubmissionState
from tui.mail.width import cell_width, cut, pad
from tui.screens.styles import styles
from tui.store.database import Store
from tui.sync.events import Event, LinkChanged, SubmissionChanged
from tui.terminal.keys import KeyHint, Scope
from tui.terminal.theme import Roles
from tui.widgets.hint_line import HintLine
from tui.widgets.painting import Look
from tui.widgets.plain import marks_of, say
from tui.widgets.status_line import StatusLine
from tui.widgets.submission_words import (
    MARKS,
    happening,
    is_counted,
    looked,
    meaning,
    shown_as,
    state_word,
    when,
)

STATE, TO, WHAT = 14, 22, 27
"""Widths of the columns in cells; the subject has the rest."""

INDENT = 12
"""Cells before a fact."""

Acts = Callable[[Submission], Sequence[KeyHint]]


class SubmissionList(Widget):
    """The rows, the one under the cursor marked."""

    def __init__(self) -> None:
        super().__init__(id="outbox-list")
        self.rows: Sequence[Submission] = ()
        self.cursor = 0

    def render(self) -> Content:
        height = max(1, self.size.height)
        top = max(0, min(self.cursor - height // 2, len(self.rows) - height))
        now = time.time()
        return Content("\n").join(
            self._row(row, place == self.cursor, now) for place, row in list(enumerate(self.rows))[top : top + height]
        )

    def _row(self, row: Submission, current: bool, now: float) -> Content:
        mark, role = MARKS[shown_as(row)]
        to, what = (TO, WHAT) if self.size.width >= 90 else (17, 24)
        subject = max(8, self.size.width - STATE - to - what)
        shown = say(self, cut(row.to, to - 2))
        title = say(self, pad(cut(row.subject or "(no subject)", subject - 2), subject))
        return Content.assemble(
            (marks_of(self).cursor if current else " ", "$accent"),
            (say(self, f"{mark} "), f"${role}"),
            (pad(state_word(row), STATE - 3), f"${role} bold"),
            (shown, "$bright on $tint" if current else "$text"),
            " " * (to - cell_width(shown)),
            (title, "$bright" if current else "$text"),
            (say(self, cut(happening(row, now), what)), "$muted"),
        )


class OutboxScreen(Screen[None]):
    """Lists the submissions and tells the whole of the one under the cursor.

    Args:
        store: where they are.
        hints: keys for the hint line, by the submission under the cursor.
        acts: what can be done about a submission, told below it.
        status: the last line; None for one that knows of no account.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = styles("outbox")
    key_scopes: ClassVar[tuple[Scope, ...]] = (Scope.OUTBOX, Scope.ANYWHERE)

    def __init__(
        self,
        store: Store,
        hints: Callable[[Submission | None], Sequence[KeyHint]],
        *,
        acts: Acts = lambda row: (),
        status: StatusLine | None = None,
    ) -> None:
        super().__init__()
        self._acts = acts
        self._status = status or StatusLine(Look(Roles({})), list)
        self._hint_line = HintLine(self._status.look, id="outbox-hints")
        self._hints = hints
        self._store = store

    def compose(self) -> ComposeResult:
        """Lay out head, list, detail, hints and status."""
        yield Static(id="outbox-head")
        yield Static(id="outbox-columns")
        yield SubmissionList()
        with Vertical(id="outbox-detail"):
            yield Static(id="outbox-text")
        yield self._hint_line
        yield self._status

    async def on_mount(self) -> None:
        await self.reload()
        self.set_interval(1.0, self._tick)

    def on_resize(self, event: events.Resize) -> None:
        self._show()

    async def reload(self) -> None:
        """Read the rows again; the cursor stays on its submission."""
        rows = self.query_one(SubmissionList)
        before = self.current
        rows.rows = await self._store.outbox.list()
        ids = [row.id for row in rows.rows]
        if before is not None and before.id in ids:
            rows.cursor = ids.index(before.id)
        rows.cursor = max(0, min(rows.cursor, len(ids) - 1))
        self._show()

    async def apply(self, event: Event) -> None:
        """Take an event from the accounts."""
        if isinstance(event, SubmissionChanged) and self.is_mounted:
            await self.reload()
        elif isinstance(event, LinkChanged):
            self._status.update()

    def _tick(self) -> None:
        """Count down what leaves soon; everything else is told by moments that do not change within the day."""
        rows = self.query_one(SubmissionList)
        now = time.time()
        if any(is_counted(row, now) for row in rows.rows):
            rows.refresh()

    @property
    def current(self) -> Submission | None:
        """The submission under the cursor."""
        rows = self.query_one(SubmissionList)
        return rows.rows[rows.cursor] if rows.rows else None

    @property
    def submissions(self) -> Sequence[Submission]:
        return self.query_one(SubmissionList).rows

    def move_cursor(self, rows: int) -> None:
        """Move the cursor, stopping at the ends."""
        widget = self.query_one(SubmissionList)
        widget.cursor = max(0, min(widget.cursor + rows, len(widget.rows) - 1))
        self._show()

    def flash(self, text: str, *, style: str = "muted") -> None:
        """Say one line on the status line. Cleaned text; it is shown as it is."""
        self._status.say([(text, style)])

    def _show(self) -> None:
        rows = self.query_one(SubmissionList)
        count = len(rows.rows)
        needing = sum(row.needs_user for row in rows.rows)
        self.query_one("#outbox-head", Static).update(
            Content.assemble(
                ("Outbox", "$accent bold"),
                (f"   {count} submission{'' if count == 1 else 's'}" if count else "   nothing in it", "$muted"),
                (f"   {needing} need{'s' if needing == 1 else ''} you" if needing else "", "$bad bold"),
            )
        )
        to, what = (TO, WHAT) if self.size.width >= 90 else (17, 24)
        subject = max(8, self.size.width - STATE - to - what)
        heads = pad("   State", STATE) + pad("To", to) + pad("Subject", subject) + "What is happening"
        self.query_one("#outbox-columns", Static).update(Content.styled(heads if count else "", "$muted"))
        rows.styles.height = max(3, min(count + 1, self.size.height - 15))
        rows.refresh()
        row = self.current
        self._hint_line.set_hints(self._hints(row))
        self.query_one("#outbox-text", Static).update(self._detail(row) if row is not None else Content(""))

    def select(self, id: SubmissionId) -> None:
        """Put the cursor on this submission, if it is here."""
        rows = self.query_one(SubmissionList)
        for place, row in enumerate(rows.rows):
            if row.id == id:
                rows.cursor = place
                self._show()

    def _detail(self, row: Submission) -> Content:
        mark, role = MARKS[shown_as(row)]
        refused = f"   {len(row.refused)} of {len(row.recipients)} recipients refused" if row.refused else ""
        lines = [
            Content.assemble(
                (say(self, f"{mark} "), f"${role}"), (row.subject or "(no subject)", "$bright bold"), (refused, "$bad")
            ),
            Content(""),
        ]
        for label, fact, remark in self._facts(row):
            if not fact:
                continue
            room = max(20, self.size.width - INDENT - 2)
            first, *more = _wrapped(fact, room)
            if remark and not more and cell_width(first) + 3 + cell_width(remark) > room:
                more, remark = [remark], ""
            end = (f"   {remark}" if remark else "", "$muted")
            lines.append(
                Content.assemble((f"  {label:<{INDENT - 2}}", "$muted"), (first, "$text"), end if not more else "")
            )
            lines += [Content.assemble(" " * INDENT, (line, "$text")) for line in more]
            if more and remark:
                lines.append(Content.assemble(" " * INDENT, (remark, "$muted")))
        acts = [Content.assemble((act.key_label, "$accent bold"), (f" {act.text}", "$text")) for act in self._acts(row)]
        return Content("\n").join([*lines, Content(""), *self._in_lines(acts)])

    def _in_lines(self, acts: Sequence[Content]) -> list[Content]:
        """Return acts beside each other, as many in a line as fit."""
        lines: list[Content] = []
        for act in acts:
            if lines and lines[-1].cell_length + 3 + act.cell_length <= self.size.width - 2:
                lines[-1] = Content.assemble(lines[-1], "   ", act)
            else:
                lines.append(Content.assemble(" " * INDENT, act))
        return lines

    def _facts(self, row: Submission) -> list[tuple[str, str, str]]:
        """Return (label, fact, muted remark) of what is known; facts that are "" are not shown."""
        now = time.time()
        again = any(each.rest_of == row.id for each in self.submissions)
        open, settled = row.open_refusals, [each for each in row.refused if each.settled]
        gone = row.state in (SubmissionState.ACCEPTED, SubmissionState.COPIED)
        taken = ", ".join(row.reached) if row.refused and gone else ""
        tells_all = bool(row.refused) and row.state is not SubmissionState.UNKNOWN  # the refusals are all there is
        waiting = row.state is SubmissionState.QUEUED and row.attempts and row.due > now
        tries = f"{row.attempts}, the next at {when(row.due, now)}" if waiting else str(row.attempts or "")
        return [
            ("Refused", ", ".join(each.address for each in open), ""),
            ("Refused", ", ".join(each.address for each in settled), "sent again" if again else "let be"),
            ("Taken", taken, "has it, will not get it twice" if len(row.reached) == 1 else "have it, not twice"),
            ("To", "" if tells_all else ", ".join(row.reached), ""),
            *(("Server", each.words, "its own words") for each in _distinct(row.refused)),
            (_source(row), "" if tells_all else row.words, ""),
            ("Means", meaning(row), ""),
            ("Looked", _looks(row, now), ""),
            ("Tries", "" if gone else tries, ""),
            ("Copy", row.copy if row.copy not in set(Copy) else "", ""),
        ]


def _source(row: Submission) -> str:
    """Return whose words a row's are: the server's last ones, or why it is where it is."""
    return "Server" if row.words[:3].isdigit() else "Why"


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text between words; a word that is longer than a line is left to be cut."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cell_width(lines[-1]) + 1 + cell_width(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _looks(row: Submission, now: float) -> str:
    if row.state is not SubmissionState.UNKNOWN or not row.looked:
        return ""
    return f"Not found yet, {looked(row, now)}."


def _distinct(refused: Sequence[Refusal]) -> list[Refusal]:
    """Return one refusal for each wording: a server says the same of many."""
    return list({(each.code, each.text): each for each in refused}.values())
