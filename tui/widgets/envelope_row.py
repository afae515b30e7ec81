"""One row of a list: what it depends on, and how it is painted."""

from collections.abc import Sequence

from tui.mail.address import Address, short_label
from tui.mail.envelope import Envelope
from tui.mail.noun import dataclass
from tui.mail.thread import Conversation, Leaf
from tui.widgets.painting import Look, Run
from tui.widgets.row_words import NOBODY, Columns, people_words, row_words
from tui.widgets.words import Words

MOST_INDENT = 4
"""Levels of a conversation that are told apart."""


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


def who(people: Sequence[Address]) -> str:
    """Return the name a row shows for its senders or recipients."""
    return short_label(people) or NOBODY


def arrival_words(row: Envelope, look: Look) -> tuple[Words, Words]:
    """Return what is said of new mail, and behind it the key that goes to it."""
    subject = row.subject or "(no subject)"
    key = look.key("message.newest")
    said: Words = [(f"{look.marks.fresh} ", "new+"), (who(row.from_[:1]), "bright+"), (f"  {subject}", "text")]
    return said, [(f"   {key}", "accent+"), (" go to it", "muted")] if key else []


def paint(state: RowState, columns: Columns, look: Look) -> list[Run]:
    """Return the runs of a row."""
    row = state.envelope
    if row is None:
        return []
    count, fold = 1, ""
    people = (row.to or row.cc or row.bcc) if columns.outgoing else row.from_[:1]
    name = who(people)
    if isinstance(row, Conversation):
        count, fold = row.count, look.marks.opened if row.is_open else ""
        if not columns.outgoing:
            name = people_words(row.people) or name
    elif isinstance(row, Leaf):
        name = "  " * min(row.depth + 1, MOST_INDENT) + name
    words = row_words(
        row,
        name,
        state.age,
        columns,
        look.marks,
        current=state.current,
        focused=state.focused,
        fresh=state.fresh,
        marked=state.marked,
        waits=state.waits,
        count=count,
        fold=fold,
        labels=look.label_words(row.flags),
    )
    return look.styled(words)
