"""One row of a list as words: which marks it has, what stands in which column. Nothing heavy is loaded."""

from __future__ import annotations

from tui.mail.width import cell_width, cut, pad

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from tui.terminal.marks import Marks
    from tui.widgets.words import Words

    class Row(Protocol):
        """What a row shows of a message, see `tui.mail.envelope.Envelope`."""

        @property
        def is_unread(self) -> bool: ...
        @property
        def is_flagged(self) -> bool: ...
        @property
        def is_answered(self) -> bool: ...
        @property
        def is_forwarded(self) -> bool: ...
        @property
        def has_file(self) -> bool: ...
        @property
        def subject(self) -> str: ...
        @property
        def snippet(self) -> str: ...


DATE = 6
FILE = 2
COUNT = 4
"""Cells of the column that says how many messages a conversation has."""
MOST_COUNTED = 999
MARKS = 5
"""Gutter, state, flag, chosen for the next act or else a pending change, space."""
GAP = 2
SNIPPET_ROOM = 12
"""Cells below which the first words of the text are left out."""
NOBODY = "(nobody)"


class Columns:
    """The columns of a list of some width.

    Attributes:
        who: cells of the sender.
        subject: cells of subject and snippet together.
        file: whether there is a column for the mark of a file.
        snippet: whether first words are shown.
        outgoing: whom it went to is shown instead of whom it is from.
        count: whether there is a column for the number of messages.
    """

    __slots__ = ("count", "file", "outgoing", "snippet", "subject", "who")

    def __init__(
        self, who: int, subject: int, file: bool, snippet: bool, outgoing: bool = False, count: bool = False
    ) -> None:
        self.who = who
        self.subject = subject
        self.file = file
        self.snippet = snippet
        self.outgoing = outgoing
        self.count = count

    @classmethod
    def of(cls, width: int, *, outgoing: bool = False, count: bool = False) -> Columns:
        """Lay out the columns for a width in cells."""
        who = 20 if width >= 82 else 17 if width >= 66 else 14
        file = width >= 60
        rest = width - MARKS - who - GAP - (COUNT if count else 0) - (FILE if file else 0) - 1 - DATE
        return cls(who, max(0, rest), file, width >= 82, outgoing, count)

    def _key(self) -> tuple[object, ...]:
        return (self.who, self.subject, self.file, self.snippet, self.outgoing, self.count)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Columns) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


def people_words(people: Sequence[str]) -> str:
    """Return who speaks in a conversation: one by the full name, several by their first ones, the newest first."""
    if len(people) == 1:
        return people[0]
    return ", ".join(dict.fromkeys(_short(name) for name in people))


def _short(name: str) -> str:
    """Return the name one is called by: of an address what is before its @, of `Lovelace, Ada` what is behind."""
    if "@" in name:
        return name.partition("@")[0] or name
    _, comma, given = name.partition(",")
    return ((given if comma and given.strip() else name).split() or [name])[0]


def row_words(
    row: Row,
    who: str,
    age: str,
    columns: Columns,
    marks: Marks,
    *,
    current: bool = False,
    focused: bool = False,
    fresh: bool = False,
    marked: bool = False,
    waits: bool = False,
    count: int = 1,
    fold: str = "",
    labels: Sequence[tuple[str, str]] = (),
) -> Words:
    """Return the words of a row.

    Args:
        row: the message.
        who: whom it is from, or whom it went to.
        age: how old it is.
        columns: of the list.
        marks: unicode or ascii.
        current: the cursor is here. focused: and the list has the focus.
        fresh: it came in since the user looked.
        marked: chosen for the next act.
        waits: a change of it waits for the server.
        count: how many messages it stands for.
        fold: a mark before that.
        labels: before the subject, in half of its column at most.
    """
    unread, tinted = row.is_unread, current and focused
    if current:
        gutter = (marks.cursor, "accent" if focused else "muted")
    else:
        gutter = (marks.fresh if fresh else " ", "new+")
    sign = marks.answered if row.is_answered else marks.forwarded if row.is_forwarded else " "
    name = ("bright" if unread or tinted else "text") + ("+" if unread else "") + ("~" if tinted else "")
    words = [
        gutter,
        (marks.unread, "new") if unread else (sign, "muted"),
        (marks.flagged if row.is_flagged else " ", "flag"),
        (marks.marked if marked else marks.up if waits else " ", "accent+" if marked else "accent"),
        (" ", "text"),
        (pad(who, columns.who), name),
        (" " * GAP, "text"),
        *_subject(row, columns, labels),
    ]
    if columns.count:
        many = f"{fold}{min(count, MOST_COUNTED)}" if count > 1 else ""
        words.append((f"{many:>{COUNT}}", "bright" if unread else "muted"))
    if columns.file:
        words.append((f" {marks.file if row.has_file else ' '}", "muted"))
    words.append((f" {age:>{DATE}}", "bright" if unread else "muted"))
    return words


def _subject(row: Row, columns: Columns, labels: Sequence[tuple[str, str]]) -> Words:
    room = columns.subject
    shown: Words = []
    for text, role in labels:
        if cell_width(text) > room - columns.subject // 2:
            break
        shown.append((text, role))
        room -= cell_width(text)
    subject = cut(row.subject or "(no subject)", room)
    left = room - cell_width(subject)
    words = [*shown, (subject, "muted" if not row.subject else "bright+" if row.is_unread else "text")]
    if columns.snippet and row.snippet and left >= SNIPPET_ROOM:
        snippet = "  " + cut(row.snippet, left - 2)
        words.append((snippet, "muted"))
        left -= cell_width(snippet)
    return [*words, (" " * left, "text")]
