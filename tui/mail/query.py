"""What a query means: a frozen tree, which `tui.mail.query_syntax` makes of what the user wrote.

It is put to work three ways that agree: as a walk through the local index (`tui.store.search`), as an IMAP SEARCH
(`tui.imap.search`), and as a plain test of one envelope (`tui.mail.matching`).
"""

from collections.abc import Iterator
from enum import StrEnum

from tui.mail.flags import SEEN
from tui.mail.noun import dataclass
from tui.mail.snooze import SNOOZED


class Field(StrEnum):
    """Where a text is looked for."""

    ANY = "any"
    """Subject, addresses and the text itself."""
    FROM = "from"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"
    LIST = "list"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a field.

    Attributes:
        words: folded, see `tui.mail.fold`; never empty.
        written: as the user wrote it, for the server.
        whole: it begins and ends with whole words; without, it may be part of one.
    """

    field: Field
    words: str
    written: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag or keyword is set."""

    flag: str


@dataclass(frozen=True, slots=True)
class HasFile:
    """A file is attached."""


@dataclass(frozen=True, slots=True)
class Received:
    """When it came: from the first second of ``since`` to the last before ``before``, in the zone of the user.

    Attributes:
        low, high: seconds since 1970 UTC, ``low`` included, ``high`` not; None for an open end.
        since, before: the same as days (year, month, day), for the server.
    """

    low: int | None
    high: int | None
    since: tuple[int, int, int] | None
    before: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Size:
    """Strictly more octets than this, or strictly fewer."""

    octets: int
    larger: bool


@dataclass(frozen=True, slots=True)
class In:
    """In the mailbox of this name, or in one below it; see `tui.mail.matching.is_in`."""

    name: str


@dataclass(frozen=True, slots=True)
class Thread:
    """In the conversation of the message with this Message-ID, which stands without its brackets."""

    name: str


@dataclass(frozen=True, slots=True)
class Of:
    """Of the account of this name."""

    account: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of these; at least two."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of these; at least two."""

    nodes: "tuple[Node, ...]"


Node = Text | Flagged | HasFile | Received | Size | In | Of | Thread | Not | And | Or


@dataclass(frozen=True, slots=True)
class Problem:
    """What was not understood: a sentence, and the characters of the query that it is about."""

    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query.

    Attributes:
        text: as it was written.
        node: the tree; None when there is nothing to look for.
        problems: what was left out, in the order of the text.
    """

    text: str
    node: Node | None = None
    problems: tuple[Problem, ...] = ()

    def texts(self, *, negated: bool = False) -> Iterator[Text]:
        """Yield the texts that a hit has: those under no ``-``.

        Args:
            negated: those that it has not, too.
        """
        yield from _texts(self.node, negated)


def _texts(node: Node | None, negated: bool) -> Iterator[Text]:
    match node:
        case Text():
            yield node
        case And(nodes) | Or(nodes):
            for each in nodes:
                yield from _texts(each, negated)
        case Not(inner) if negated:
            yield from _texts(inner, negated)


def finds_aside(node: Node) -> bool:
    """Return whether what is snoozed is among the hits of a query.

    It is where one asks for it, and where one looks for words: then a certain mail is meant, wherever it is. It is not
    where one asks for what is unread, or for kinds of mail: that is a list of what is to be done now.
    """
    parts = list(_parts(node))
    if Flagged(SNOOZED) in parts:
        return True
    return any(isinstance(each, Text | Thread) for each in parts) and Not(Flagged(SEEN)) not in parts


def _parts(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case And(nodes) | Or(nodes):
            for each in nodes:
                yield from _parts(each)
        case Not(inner):
            yield from _parts(inner)
