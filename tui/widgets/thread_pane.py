"""The thread of the message in view: who wrote what, and where in it one is."""

from collections.abc import Collection, Sequence

from tui.mail.address import short_label
from tui.mail.envelope import Envelope
from tui.mail.flags import DRAFT
from tui.mail.ids import MailboxId, Uid
from tui.mail.thread import Branch, Member
from tui.mail.width import cut, pad
from tui.widgets.ages import age
from tui.widgets.painting import LineWidget, Look, Run
from tui.widgets.row_words import DATE, NOBODY
from tui.widgets.words import Words

MOST_LINES = 8
"""Messages listed at once."""
MOST_INDENT = 4
"""Levels that are told apart."""
WHO = 20
MOST_TEXT = 80

Name = tuple[MailboxId, Uid]


class ThreadPane(LineWidget):
    """Lists the messages of a thread, each behind the one it answers, around the one in view.

    Attributes:
        own: the user's addresses, case-folded: what he wrote himself is "you".
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self.own: Collection[str] = ()
        self._branches: Sequence[Branch] = ()
        self._at = -1

    @property
    def rows(self) -> int:
        """Lines it wants to have; none for a message that stands alone."""
        return min(len(self._branches), MOST_LINES) + 2 if len(self._branches) > 1 else 0

    def show(self, branches: Sequence[Branch], current: Name | None) -> None:
        """Show a thread.

        Args:
            branches: as `tui.mail.thread.tree` gives them.
            current: the message in view.
        """
        names = [name_of(branch.member) for branch in branches]
        at = names.index(current) if current in names else -1
        if (branches, at) != (self._branches, self._at):
            self._branches, self._at = branches, at
            self.refresh()

    def member(self, y: int) -> Member | None:
        """Return the message on a line, counted from the top of the widget."""
        index = self._top + y - 1
        return self._branches[index].member if y > 0 and 0 <= index < len(self._branches) else None

    @property
    def _top(self) -> int:
        return max(0, min(self._at - MOST_LINES // 2, len(self._branches) - MOST_LINES))

    def line(self, y: int) -> list[Run]:
        if y == 0:
            return self.look.styled(self._head()) if self._branches else []
        index = self._top + y - 1
        if not 0 <= index < len(self._branches) or y > MOST_LINES:
            return []
        return self.look.styled(self._words(self._branches[index], index == self._at))

    def _head(self) -> Words:
        words = [(" This thread", "muted")]
        if len(self._branches) > MOST_LINES:
            words.append((f"   {self._at + 1:,} of {len(self._branches):,}", "muted"))
        return words

    def _words(self, branch: Branch, current: bool) -> Words:
        row = branch.member.envelope
        name = "bright+" if row.is_unread or current else "text"
        who = "  " * min(branch.depth, MOST_INDENT) + self._who(row)
        room = max(0, min(self.size.width, MOST_TEXT) - 2 - WHO - 2 - DATE - 1)
        told = "draft" if DRAFT in row.flags else age(row.received, self.look.clock())
        marks = self.look.marks
        return [
            (marks.cursor if current else " ", "muted"),
            (marks.unread if row.is_unread else " ", "new"),
            (pad(cut(who, WHO), WHO), name),
            ("  ", "text"),
            (pad(cut(row.subject or "(no subject)", room), room), "bright" if current else "muted"),
            (f" {told:>{DATE}}", "muted"),
        ]

    def _who(self, row: Envelope) -> str:
        if row.from_ and row.from_[0].spec.casefold() in self.own:
            return "you"
        return short_label(row.from_[:1]) or NOBODY


def name_of(member: Member) -> Name:
    """Return what names a message among those of several mailboxes."""
    return (member.mailbox, member.envelope.uid)
