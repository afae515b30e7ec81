"""One row of a list: which marks it has, what stands in which column."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.width import cell_width, cut, pad
from tui.widgets.painting import Look, Run

DATE = 6
FILE = 2
MARKS = 5
"""Gutter, state, flag, chosen for the next act or else a pending change, space."""
GAP = 2
SNIPPET_ROOM = 12
"""Cells below which the first words of the text are left out."""


@dataclass(frozen=True, slots=True)
class RowState:
    """Everything a painted row depends on: two equal ones look the same.

    Attributes:
        envelope: the message; None for a line without one.
        current: the cursor is here. focused: and the list has the focus.
        fresh: it came in since the user looked.
        marked: chosen for the next act.
        waits: a change of it waits for the server.
        age: how old it is.
    """

    envelope: Envelope | None = None
    current: bool = False
    focused: bool = False
    fresh: bool = False
    marked: bool = False
    waits: bool = False
    age: str = ""


EMPTY = RowState()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a list of some width.

    Attributes:
        who: cells of the sender.
        subject: cells of subject and snippet together.
        file: whether there is a column for the mark of a file.
        snippet: whether first words are shown.
        outgoing: whom it went to is shown instead of whom it is from.
    """

    who: int
    subject: int
    file: bool
    snippet: bool
    outgoing: bool = False

    @classmethod
    def of(cls, width: int, *, outgoing: bool = False) -> "Columns":
        """Lay out the columns for a width in cells."""
        who = 20 if width >= 82 else 17 if width >= 66 else 14
        file = width >= 60
        rest = width - MARKS - who - GAP - (FILE if file else 0) - 1 - DATE
        return cls(who, max(0, rest), file, width >= 82, outgoing)


def who(people: Sequence[Address]) -> str:
    """Return the name a row shows for its senders or recipients."""
    if not people:
        return "(nobody)"
    return people[0].label if len(people) == 1 else f"{people[0].label} +{len(people) - 1}"


def paint(state: RowState, columns: Columns, look: Look) -> list[Run]:
    """Return the runs of a row."""
    row = state.envelope
    if row is None:
        return []
    roles, unread = look.roles, row.is_unread
    people = (row.to or row.cc or row.bcc) if columns.outgoing else row.from_[:1]
    tinted = state.current and state.focused
    name = roles.style("bright" if unread or tinted else "text", bold=unread, tinted=tinted)
    runs = [*_marks(state, row, look), (pad(who(people), columns.who), name), (" " * GAP, roles["text"])]
    runs += _subject(row, columns, look)
    if columns.file:
        runs.append((f" {look.marks.file if row.has_file else ' '}", roles["muted"]))
    runs.append((f" {state.age:>{DATE}}", roles["bright" if unread else "muted"]))
    return runs


def _marks(state: RowState, row: Envelope, look: Look) -> list[Run]:
    roles, marks = look.roles, look.marks
    if state.current:
        gutter = (marks.cursor, roles["accent" if state.focused else "muted"])
    else:
        gutter = (marks.fresh if state.fresh else " ", roles.style("new", bold=True))
    if row.is_unread:
        mark = (marks.unread, roles["new"])
    else:
        sign = marks.answered if row.is_answered else marks.forwarded if row.is_forwarded else " "
        mark = (sign, roles["muted"])
    return [
        gutter,
        mark,
        (marks.flagged if row.is_flagged else " ", roles["flag"]),
        (marks.marked if state.marked else marks.up if state.waits else " ", roles.style("accent", bold=state.marked)),
        (" ", roles["text"]),
    ]


def _subject(row: Envelope, columns: Columns, look: Look) -> list[Run]:
    roles = look.roles
    style = roles.style("bright", bold=True) if row.is_unread else roles["text"]
    subject = cut(row.subject or "(no subject)", columns.subject)
    left = columns.subject - cell_width(subject)
    runs = [(subject, style if row.subject else roles["muted"])]
    if columns.snippet and row.snippet and left >= SNIPPET_ROOM:
        snippet = "  " + cut(row.snippet, left - 2)
        runs.append((snippet, roles["muted"]))
        left -= cell_width(snippet)
    return [*runs, (" " * left, roles["text"])]
