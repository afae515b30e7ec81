"""The line of a message on the page of its thread: where in the tree it stands, who wrote it, when, how it begins."""

from collections.abc import Collection, Sequence

from tui.mail.address import short_label
from tui.mail.envelope import Envelope
from tui.mail.flags import DRAFT
from tui.mail.reply import reply_subject
from tui.mail.width import cell_width, cut, pad
from tui.terminal.marks import Marks
from tui.widgets.ages import age
from tui.widgets.painting import Look
from tui.widgets.row_words import DATE, NOBODY
from tui.widgets.words import Words, fit, width_of

MOST_INDENT = 5
"""Levels that are told apart."""
WIDE = 100
"""Cells of a page from which names have more room."""
WHERE = 12
"""Cells of the name of another mailbox."""


def guides(depths: Sequence[int], marks: Marks) -> list[str]:
    """Return the branches of the tree before each message, two cells a level, for the last `MOST_INDENT` levels.

    Args:
        depths: of the messages, in the order of the tree.
        marks: unicode or ascii.
    """
    drawn: list[str] = []
    below: set[int] = set()  # levels on which another message follows
    for depth in reversed(depths):
        levels = range(max(1, depth - MOST_INDENT + 1), depth)
        through = "".join(f"{marks.upright if level in below else ' '} " for level in levels)
        drawn.append(f"{through}{marks.branch if depth in below else marks.last} " if depth else "")
        below = {level for level in below if level < depth} | {depth}
    return drawn[::-1]


def sheet_words(
    row: Envelope,
    guide: str,
    width: int,
    look: Look,
    *,
    own: Collection[str] = (),
    current: bool = False,
    focused: bool = False,
    folded: bool = True,
    fresh: bool = False,
    waits: bool = False,
    where: str = "",
    subject: str = "",
) -> Words:
    """Return the words of the line.

    Args:
        row: the message.
        guide: the branches before its name.
        width: cells of the line.
        look: what it is painted with.
        own: the user's addresses, case-folded: what he wrote himself is "you".
        current: the cursor is here. focused: and the page has the focus.
        folded: its text is not shown.
        fresh: it came in while the page was looked at.
        waits: a change of it waits for the server.
        where: the mailbox it is in, where that is another one than the page's.
        subject: of the conversation; another one is told.
    """
    marks, unread, tinted = look.marks, row.is_unread, current and focused
    room = 26 if width >= WIDE else 20
    name = ("bright" if unread or tinted or not folded else "text") + ("+" if unread or not folded else "")
    sign = marks.answered if row.is_answered else marks.forwarded if row.is_forwarded else " "
    gutter = (marks.cursor, "accent" if focused else "muted") if current else (marks.fresh if fresh else " ", "new+")
    told = "draft" if DRAFT in row.flags else age(row.received, look.clock())
    left: Words = [
        gutter,
        (marks.unread, "new") if unread else (sign, "muted"),
        (marks.flagged if row.is_flagged else " ", "flag"),
        (marks.up if waits else marks.closed if folded else marks.opened, "accent" if waits else "muted"),
        (" ", "text"),
        (guide, "faint"),
        (pad(cut(_who(row, own), room - len(guide)), room - len(guide)), name + ("~" if tinted else "")),
        ("  ", "text"),
    ]
    right: Words = [(f"  {cut(where, WHERE)}", "muted")] if where and width >= 60 else []
    right += [(f" {marks.file if row.has_file else ' '}", "muted"), (f" {told:>{DATE}}", "muted")]
    between = width - width_of(left) - width_of(right)
    middle = fit([*look.label_words(row.flags), *_beginning(row, folded, subject)], max(0, between))
    return [*left, *middle, (" " * max(0, between - width_of(middle)), "text"), *right]


def _who(row: Envelope, own: Collection[str]) -> str:
    if row.from_ and row.from_[0].spec.casefold() in own:
        return "you"
    return short_label(row.from_[:1]) or NOBODY


def _beginning(row: Envelope, folded: bool, subject: str) -> Words:
    """Return another subject than the conversation's, and the first words of what is folded."""
    words: Words = []
    if reply_subject(row.subject) != reply_subject(subject):
        words = [(row.subject or "(no subject)", "bright" if row.is_unread else "text")]
    if folded and row.snippet:
        words += [("  ", "text")] if words and cell_width(words[0][0]) else []
        words.append((row.snippet, "muted"))
    return words
