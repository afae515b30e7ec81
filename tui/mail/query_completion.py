"""How the word under the cursor of a query can go on: keys, and the values that are known for them."""

from collections.abc import Sequence
from datetime import date

from tui.mail.fold import fold
from tui.mail.noun import dataclass
from tui.mail.query_syntax import FILES, KEYS, STATES

MOST = 20
PEOPLE = ("from", "to", "cc", "list")
"""Keys whose values are people."""


@dataclass(frozen=True, slots=True)
class Known:
    """What can be named.

    Attributes:
        mailboxes, accounts: their names.
        people: addresses or names.
        threads: Message-IDs, with their brackets.
    """

    mailboxes: Sequence[str] = ()
    accounts: Sequence[str] = ()
    people: Sequence[str] = ()
    threads: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on.

    Attributes:
        word: what stands in place of the word under the cursor.
        start, end: where that is.
        about: a few muted words.
    """

    word: str
    start: int
    end: int
    about: str = ""

    def applied(self, text: str) -> tuple[str, int]:
        """Return the query with this in it, and where the cursor stands then."""
        space = "" if self.word.endswith(":") or text[self.end : self.end + 1] == " " else " "
        return f"{text[: self.start]}{self.word}{space}{text[self.end :]}", self.start + len(self.word) + len(space)


def completions(text: str, cursor: int, known: Known, today: date) -> list[Completion]:
    """Return how the word before the cursor can go on, the likeliest first; none for a word that is plain.

    Args:
        text: the query.
        cursor: characters before it.
    """
    start = _word_start(text, cursor)
    word = text[start:cursor]
    sign = word[: len(word) - len(word.lstrip("-("))]
    bare = word[len(sign) :]
    key, colon, value = bare.partition(":")
    if not colon:
        names = [name for name in KEYS if bare and name.startswith(bare.lower())]
        return [Completion(f"{sign}{name}:", start, cursor, KEYS[name]) for name in names]
    wanted = fold(value.strip('"'))
    values = [each for each in _values(key.lower(), known, today) if _fits(wanted, each)]
    values.sort(key=lambda each: not fold(each).startswith(wanted))
    return [Completion(f"{sign}{key}:{quoted(each)}", start, cursor) for each in values[:MOST] if quoted(each) != value]


def person_typed(text: str, cursor: int) -> str:
    """Return what is typed of a person under the cursor, "" where no person is asked for."""
    word = text[_word_start(text, cursor) : cursor].lstrip("-(")
    key, colon, value = word.partition(":")
    return value.strip('"') if colon and key.lower() in PEOPLE else ""


def _word_start(text: str, cursor: int) -> int:
    """Return where the word begins that ends at the cursor; spaces within quotes are part of it."""
    start, quoted = 0, False
    for place, character in enumerate(text[:cursor]):
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            start = place + 1
    return start


def _values(key: str, known: Known, today: date) -> Sequence[str]:
    match key:
        case "is":
            return list(STATES)
        case "has":
            return FILES[:1]
        case "in":
            return known.mailboxes
        case "account":
            return known.accounts
        case _ if key in PEOPLE:
            return known.people
        case "thread":
            return known.threads
        case "after" | "before" | "on":
            return ("today", "yesterday", "1w", "1m", "1y", f"{today:%Y-%m}", f"{today:%Y}")
        case "larger" | "smaller":
            return ("100k", "1M", "5M", "20M")
    return ()


def _fits(wanted: str, value: str) -> bool:
    return wanted in fold(value)


def quoted(value: str) -> str:
    """Return a value as it stands behind a key."""
    plain = value.replace('"', "")
    return f'"{plain}"' if any(character.isspace() or character in "()" for character in plain) else plain
