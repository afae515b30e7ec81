"""The list of several Inboxes: rows as everywhere, with the account of each; in a narrow one only what matters most."""

from collections.abc import Mapping, Sequence

from tui.mail.envelope import Envelope
from tui.mail.width import cell_width, cut, pad
from tui.widgets.envelope_row import RowState, who
from tui.widgets.hit_list import WIDE, HitList
from tui.widgets.row_words import DATE
from tui.widgets.words import Words

MOST_ACCOUNT = 12
"""Cells of the column that says of which account a row is."""
LEAST_TAG, MOST_TAG = 2, 4
"""Cells of what stands for an account where there is little room: as many as tell it from the others."""
NARROW_WHO = 12


class InboxList(HitList):
    """Shows messages of several accounts. A row's ``uid`` is its doc, see `tui.store.inboxes`."""

    _accounts: tuple[str, ...] = ()
    _tags: Mapping[str, str] = {}

    @property
    def accounts(self) -> Sequence[str]:
        """The accounts rows may be of; where there is one, nothing is told of it."""
        return self._accounts

    @accounts.setter
    def accounts(self, names: Sequence[str]) -> None:
        if tuple(names) != self._accounts:
            self._accounts, self._tags = tuple(names), tags(names)
            self.repaint_all()

    def _room(self) -> int:
        return min(MOST_ACCOUNT, max(map(cell_width, self._accounts))) if len(self._accounts) > 1 else 0

    def _words(self, state: RowState, row: Envelope) -> Words:
        return super()._words(state, row) if self.size.width >= WIDE else self._narrow(state, row)

    def _narrow(self, state: RowState, row: Envelope) -> Words:
        """Return a row of a narrow list: one mark, whom it is from, the subject, the account, the age."""
        marks, unread, tinted = self.look.marks, row.is_unread, state.current and state.focused
        gutter = (marks.fresh if state.fresh else " ", "new+")
        if state.current:
            gutter = (marks.cursor, "accent" if state.focused else "muted")
        name = ("bright" if unread or tinted else "text") + ("+" if unread else "") + ("~" if tinted else "")
        tag = self._tags.get(self._where(row), "")
        room = max(0, self.size.width - 3 - NARROW_WHO - 1 - (len(tag) + 1 if tag else 0) - 1 - DATE)
        subject = pad(cut(row.subject or "(no subject)", room), room)
        return [
            gutter,
            self._mark(state, row),
            (" ", "text"),
            (pad(cut(who(row.from_[:1]), NARROW_WHO), NARROW_WHO), name),
            (" ", "text"),
            (subject, "muted" if not row.subject else "bright+" if unread else "text"),
            *([(f" {tag}", "muted")] if tag else []),
            (f" {state.age:>{DATE}}", "bright" if unread else "muted"),
        ]

    def _mark(self, state: RowState, row: Envelope) -> tuple[str, str]:
        """Return the one mark that says most."""
        marks = self.look.marks
        if state.marked:
            return (marks.marked, "accent+")
        if row.is_unread:
            return (marks.unread, "new")
        if row.is_flagged:
            return (marks.flagged, "flag")
        if state.waits:
            return (marks.up, "accent")
        return (marks.answered if row.is_answered else marks.forwarded if row.is_forwarded else " ", "muted")


def tags(names: Sequence[str]) -> dict[str, str]:
    """Return what stands for accounts where there is little room: the beginning of a name, if that tells it apart.

    Args:
        names: of all accounts; one alone needs none.
    """
    if len(names) < 2:
        return {}
    shortened = [{name: name[:cells] for name in names} for cells in range(LEAST_TAG, MOST_TAG + 1)]
    shortened.append({name: name[: MOST_TAG - 1] + name[-1] for name in names})
    found = next((each for each in shortened if len(set(each.values())) == len(names)), shortened[-2])
    cells = max(map(len, found.values()))
    return {name: tag.ljust(cells) for name, tag in found.items()}
