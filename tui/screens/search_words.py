"""What the search screen says: what was searched and what was not, what can be written. Nothing of Textual here."""

from collections.abc import Mapping, Sequence

from tui.mail.ids import AccountName
from tui.mail.noun import dataclass
from tui.widgets.words import Words

MANY = 1000
"""Hits that are counted; more are "1,000+"."""
HELP = (
    (("from: to: cc:", "who"), ("subject:", "words in it"), ("has:file", "what it holds")),
    (("is:unread is:flagged", "state"), ("in:archive", "one mailbox"), ("after: before:", "2026-09, mon, 3w")),
    (("larger:5M", "size"), ('"as written"', "exact words"), ("-word", "without it")),
    (("a OR b", "either"), ("list:engine", "a mailing list"), ("body:", "in its text")),
    (
        ("thread:<Message-ID>", "a conversation"),
        ("keyword: account:", "label, account"),
        ("on: smaller:", "just then, less"),
    ),
)


@dataclass(slots=True)
class Told:
    """What is known of a search.

    Attributes:
        is_empty: nothing is looked for yet.
        problem: what of the query is left out and why; empty where all is understood.
        is_shown: the first hits are on the screen.
        here: hits in the store; None while that is not known.
        seconds: what it took to have the first of them.
        more: hits that only the server knew of.
        asked: what became of asking each account, in a word or two; empty while none was asked.
        waiting: envelopes that are not in the index yet.
    """

    is_empty: bool = True
    problem: str = ""
    is_shown: bool = False
    here: int | None = None
    seconds: float = 0.0
    more: int = 0
    asked: Mapping[AccountName, str] | None = None
    waiting: int = 0


def told_words(told: Told) -> Words:
    """Return the line that says what was searched."""
    if told.is_empty:
        return [(f" {told.problem}", "warn")] if told.problem else [(" two letters or more", "muted")]
    if told.here is None:
        return [(" found on this machine: counting" if told.is_shown else " looking on this machine", "muted")]
    asked = told.asked or {}
    words: Words = []
    if told.here:
        count = f"{MANY:,}+" if told.here >= MANY else f"{told.here:,}"
        words.append((f" {count} found on this machine", "bright"))
        if not asked:
            words.append((f" in {max(1, round(told.seconds * 1000)):,} ms", "muted"))
    else:
        words.append((" nothing found on this machine", "bright"))
    if told.more:
        words.append((f", {told.more:,} more on the server", "text"))
    if asked:
        words += [(f"   {name}: {state}", "muted") for name, state in asked.items()]
    else:
        words += [("   Enter", "accent+"), (" asks the server, too", "muted")]
    if told.waiting:
        words.append((f"   {told.waiting:,} still to be indexed", "muted"))
    return words


def help_lines(width: int) -> Sequence[Words]:
    """Return what can be written, as lines of a width."""
    lines: list[Words] = [[(" What you can write", "bright+")]]
    pairs = [pair for row in HELP for pair in row]
    columns = 3 if width >= 110 else 2 if width >= 66 else 1
    room = max(20, (width - 2) // columns)
    for start in range(0, len(pairs), columns):
        words: Words = [(" ", "text")]
        for key, about in pairs[start : start + columns]:
            words += [(f"{key:<21} ", "accent"), (f"{about[: room - 23]:<{max(0, room - 22)}}", "muted")]
        lines.append(words)
    return lines
