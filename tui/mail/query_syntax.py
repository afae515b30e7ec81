"""The one query language: ``from:ada subject:"draft" is:unread has:file before:2026-01 -word``.

A query is parsed into the tree of `tui.mail.query`, and never fails: what cannot be understood is left out and told as
a `Problem` with its place.

Words stand side by side for "and"; ``OR`` between two for "either"; ``-`` before one for "not"; parentheses group.
"""

import difflib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tui.mail.flags import ANSWERED, DRAFT, FLAGGED, FORWARDED, SEEN, canonical
from tui.mail.fold import fold, stands_alone
from tui.mail.noun import dataclass
from tui.mail.period import period
from tui.mail.query import (
    And,
    Field,
    Flagged,
    HasFile,
    In,
    Node,
    Not,
    Of,
    Or,
    Problem,
    Query,
    Received,
    Size,
    Text,
    Thread,
)
from tui.mail.snooze import SNOOZED

MOST_CHARACTERS: Final = 1000
"""Characters of a query that are read."""
MOST_TERMS: Final = 50
MOST_DEPTH: Final = 20

STATES: Final[dict[str, Node]] = {
    "unread": Not(Flagged(SEEN)),
    "read": Flagged(SEEN),
    "flagged": Flagged(FLAGGED),
    "answered": Flagged(ANSWERED),
    "forwarded": Flagged(FORWARDED),
    "draft": Flagged(DRAFT),
    "snoozed": Flagged(SNOOZED),
}
"""``is:`` → what it means."""
FILES: Final = ("file", "attachment")
"""What may stand behind ``has:``."""
KEYS: Final = {
    "from": "who wrote it",
    "to": "whom it went to",
    "cc": "who got a copy",
    "subject": "words of the subject",
    "body": "words of the text",
    "list": "a mailing list",
    "is": ", ".join(STATES),
    "has": "file",
    "in": "one mailbox and those below it",
    "account": "one account",
    "after": "2026, 2026-09, 2026-09-14, mon, 3w: from then on",
    "before": "the same: until then",
    "on": "the same: just then",
    "larger": "5M, 200k",
    "smaller": "5M, 200k",
    "keyword": "a keyword of the server",
    "thread": "the conversation of a Message-ID",
}
"""Key → what it is for."""

_UNITS: Final = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_SIZE = re.compile(r"(\d{1,12})([kmg]?)b?", re.IGNORECASE)
_KEYWORD = re.compile(r"\\?[!#-$&'+-\[^-z|}~]+")  # an atom (RFC 9051, 9), or a flag
_TOKEN = re.compile(
    r'\s+|(?P<open>-?\()|(?P<close>\))|(?P<minus>-?)(?:(?P<key>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s"()]*))'
)


@dataclass(frozen=True, slots=True)
class _Term:
    """One word of a query with what belongs to it, as written."""

    start: int
    end: int
    negated: bool = False
    key: str = ""
    value: str = ""
    quoted: bool = False
    closed: bool = False
    bracket: str = ""

    @property
    def is_or(self) -> bool:
        return self.value in ("OR", "|") and not (self.negated or self.key or self.quoted or self.bracket)


def parse(text: str, now: datetime) -> Query:
    """Return what a query means. Never raises.

    Args:
        text: as the user wrote it; its end may still be missing.
        now: in the zone of the user, for ``3w`` and for where days begin.
    """
    return _Parser(text, now).query()


class _Parser:
    def __init__(self, text: str, now: datetime) -> None:
        self._text = text
        self._now = now
        self._problems: list[Problem] = []
        self._terms = list(self._read())
        self._at = 0

    def query(self) -> Query:
        node = self._either(0)
        while self._at < len(self._terms):  # a ")" that closes nothing
            self._refuse(self._terms[self._at], "This ) closes nothing.")
            self._at += 1
            node = _all_of([node, self._either(0)])
        problems = sorted(self._problems, key=lambda problem: (problem.start, problem.end))
        return Query(self._text, node, tuple(problems))

    def _refuse(self, term: _Term, sentence: str) -> None:
        if len(self._problems) < MOST_TERMS:
            self._problems.append(Problem(sentence, term.start, term.end))

    def _read(self) -> Iterator[_Term]:
        position, count, end = 0, 0, min(len(self._text), MOST_CHARACTERS)
        while position < end:
            match = _TOKEN.match(self._text, position, end)
            if match is None or match.end() == position:
                position += 1
                continue
            start, position = position, match.end()
            if match["open"] or match["close"]:
                yield _Term(start, position, (match["open"] or "").startswith("-"), bracket=match.group()[-1])
            elif match["bare"] is not None or match["quoted"] is not None:
                count += 1
                quoted = match["quoted"] is not None
                value = match["quoted"] if quoted else match["bare"]
                term = _Term(
                    start, position, match["minus"] == "-", match["key"] or "", value, quoted, bool(match["end"])
                )
                if count > MOST_TERMS:
                    self._refuse(term, f"Only the first {MOST_TERMS} words are looked for.")
                    return
                yield term

    # Grammar: either = all {OR all}; all = {term | "(" either ")"}

    def _either(self, depth: int) -> Node | None:
        nodes = [self._all(depth)]
        while self._at < len(self._terms) and self._terms[self._at].is_or:
            term = self._terms[self._at]
            self._at += 1
            after = self._all(depth)
            if nodes[-1] is None or after is None:
                self._refuse(term, "OR stands between two things.")
            nodes.append(after)
        found = tuple(node for node in nodes if node is not None)
        return Or(found) if len(found) > 1 else found[0] if found else None

    def _all(self, depth: int) -> Node | None:
        nodes: list[Node | None] = []
        while self._at < len(self._terms):
            term = self._terms[self._at]
            if term.is_or or term.bracket == ")":
                break
            self._at += 1
            node = self._group(term, depth) if term.bracket else self._node(term)
            nodes.append(Not(node) if term.negated and node is not None else node)
        return _all_of(nodes)

    def _group(self, term: _Term, depth: int) -> Node | None:
        if depth >= MOST_DEPTH:
            self._refuse(term, "There are too many parentheses.")
            return None
        node = self._either(depth + 1)
        if self._at < len(self._terms):
            self._at += 1  # the ")" at which the group ended
        return node

    def _node(self, term: _Term) -> Node | None:
        key = term.key.lower()
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1, 0.75) if len(key) > 2 else []
            if near:
                self._refuse(term, f"There is no {key}: here. Did you mean {near[0]}:?")
            written = f"{term.key}:{term.value}" if term.key else term.value
            return self._words(term, Field.ANY, written)
        if not term.value.strip():
            return None  # still to be written
        match key:
            case "is":
                return self._one_of(term, STATES)
            case "has":
                return self._one_of(term, dict.fromkeys(FILES, HasFile()))
            case "in":
                return In(term.value)
            case "account":
                return Of(term.value)
            case "after" | "before" | "on":
                return self._date(term, key)
            case "larger" | "smaller":
                return self._size(term, key)
            case "keyword":
                return self._keyword(term)
            case "thread":
                return self._thread(term)
        return self._words(term, Field(key), term.value)

    def _words(self, term: _Term, field: Field, written: str) -> Node | None:
        words = fold(written)
        if not words:
            if written.strip("-"):
                self._refuse(term, f"There is no letter or digit in {written.strip()}.")
            return None
        if len(words) == 1 and not stands_alone(words):
            if term.end == len(self._text) and not term.quoted:
                return None  # more may follow
            self._refuse(term, f"{words} is too short: two letters or more.")
            return None
        return Text(field, words, written.strip(), whole=term.quoted and term.closed)

    def _one_of(self, term: _Term, known: dict[str, Node]) -> Node | None:
        value = term.value.lower()
        if value in known:
            return known[value]
        if not (term.end == len(self._text) and any(name.startswith(value) for name in known)):
            listed = ", ".join(known)
            self._refuse(term, f"{term.key}:{term.value} is not known. It can be {listed}.")
        return None

    def _date(self, term: _Term, key: str) -> Node | None:
        found = period(term.value, self._now)
        if found is None:
            self._refuse(term, f"{term.value} is no date. Write 2026, 2026-09, 2026-09-14, mon, yesterday or 3w.")
            return None
        low = (found.start, found.first)
        high = (found.end, found.next)
        match key:
            case "after":
                return Received(low[0], None, low[1], None)
            case "before":
                return Received(None, low[0], None, low[1])
        return Received(low[0], high[0], low[1], high[1])

    def _size(self, term: _Term, key: str) -> Node | None:
        match = _SIZE.fullmatch(term.value)
        if match is None:
            self._refuse(term, f"{term.value} is no size. Write 200k or 5M.")
            return None
        return Size(int(match[1]) * _UNITS[match[2].lower()], key == "larger")

    def _keyword(self, term: _Term) -> Node | None:
        if not _KEYWORD.fullmatch(term.value):
            self._refuse(term, f"{term.value} cannot be a keyword.")
            return None
        return Flagged(next(iter(canonical([term.value])), term.value))

    def _thread(self, term: _Term) -> Node | None:
        name = term.value.strip().removeprefix("<").removesuffix(">")
        if not name or any(character.isspace() or character in "<>" for character in name):
            self._refuse(term, f"{term.value} is no Message-ID. Write it as a message's header has it.")
            return None
        return Thread(name)


def _all_of(nodes: "list[Node | None]") -> Node | None:
    found = tuple(node for node in nodes if node is not None)
    return And(found) if len(found) > 1 else found[0] if found else None
