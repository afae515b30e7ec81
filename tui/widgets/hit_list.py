"""The list of hits: rows as everywhere, with where each one is, and what was looked for marked."""

import re
from collections.abc import Callable, Sequence

from tui.mail.envelope import Envelope
from tui.mail.width import cut, pad
from tui.widgets.envelope_list import EnvelopeList
from tui.widgets.envelope_row import RowState, who
from tui.widgets.painting import Look, Run
from tui.widgets.row_words import Columns, row_words
from tui.widgets.rows import RowSource
from tui.widgets.words import Words

WHERE = 18
"""Cells of the column that says in which mailbox a hit is."""
WIDE = 60
"""Cells of a row from which there is such a column."""


class HitList(EnvelopeList):
    """Shows hits. A row's ``uid`` is the hit's doc, see `tui.store.search`.

    Args:
        where: returns the words for a row's mailbox.
    """

    def __init__(self, look: Look, where: Callable[[Envelope], str], *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._where = where
        self._sought: re.Pattern[str] | None = None

    def find(self, source: RowSource, sought: Sequence[str]) -> None:
        """Show other hits; what is on the screen stays until they are here.

        Args:
            source: the hits.
            sought: texts that are marked in subjects, as they were written.
        """
        texts = sorted({text for text in sought if text.strip()}, key=len, reverse=True)
        self._sought = re.compile("|".join(map(re.escape, texts)), re.IGNORECASE) if texts else None
        self._painted.clear()
        self.refresh()  # a row that stays is marked otherwise now
        self.open(source)

    def line(self, y: int) -> list[Run]:
        state = self._lines[y] if y < len(self._lines) else None
        if state is None or state.envelope is None:
            return super().line(y)
        return self.look.styled(self._words(state, state.envelope))

    def _room(self) -> int:
        """Return the cells of the column that says where a hit is, 0 for none."""
        return WHERE

    def _words(self, state: RowState, row: Envelope) -> Words:
        room = self._room() if self.size.width >= WIDE else 0
        columns = Columns.of(self.size.width - (room + 2 if room else 0))
        words = row_words(
            row,
            who(row.from_[:1]),
            state.age,
            columns,
            self.look.marks,
            current=state.current,
            focused=state.focused,
            fresh=state.fresh,
            marked=state.marked,
            waits=state.waits,
            labels=self.look.label_words(row.flags),
        )
        if room:
            tail = 2 if columns.file else 1
            words.insert(len(words) - tail, (f"  {pad(cut(self._where(row), room), room)}", "muted"))
        return [part for word in words for part in self._marked(*word)] if self._sought is not None else words

    def _marked(self, text: str, role: str) -> Words:
        """Return the words with what was looked for in another colour, and bold."""
        assert self._sought is not None
        if role.rstrip("+") not in ("text", "bright"):
            return [(text, role)]
        parts: Words = []
        end = 0
        for match in self._sought.finditer(text):
            parts += [(text[end : match.start()], role), (match.group(), "accent+")]
            end = match.end()
        return [part for part in [*parts, (text[end:], role)] if part[0]]
