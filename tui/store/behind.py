"""Rows that do not show yet what was done: an act of thousands is on disk at once, and its rows follow in slices.

What is on the screen goes first. The others are remembered here, in memory: after a crash all that waits is looked at
again, see `tui.store.startup`.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from tui.mail.ids import MailboxId, Uid, UidValidity
from tui.store.overlay import Place

AT_ONCE: Final = 300
"""Rows that are shown in the same step as an act is written: several screens."""
SLICE: Final = 500
"""Rows that follow in one step: some 10 ms."""


class Behind:
    """Which rows are to be shown anew; owned by the writing thread."""

    def __init__(self) -> None:
        self._rows: dict[tuple[MailboxId, UidValidity | None], dict[Uid, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def add(self, mailbox: MailboxId, uidvalidity: UidValidity | None, uids: Iterable[Uid]) -> None:
        """Remember rows, those that are to follow first before the others."""
        rows = self._rows.setdefault((mailbox, uidvalidity), {})
        rows.update(dict.fromkeys(uids))
        if not rows:
            del self._rows[mailbox, uidvalidity]

    def slice(self, limit: int = SLICE) -> Place | None:
        """Return the rows that are next, None when there are none; they stay here until `drop`."""
        for (mailbox, uidvalidity), rows in self._rows.items():
            return Place(mailbox, uidvalidity, tuple(islice(rows, limit)))
        return None

    def among(self, mailbox: MailboxId, uids: Iterable[Uid]) -> list[Place]:
        """Return those of some rows that are here."""
        wanted = set(uids)
        found = [
            Place(mailbox, uidvalidity, tuple(rows.keys() & wanted))
            for (of, uidvalidity), rows in self._rows.items()
            if of == mailbox
        ]
        return [place for place in found if place.uids]

    def drop(self, places: Iterable[Place]) -> None:
        """Forget rows: they show it."""
        for place in places:
            rows = self._rows.get((place.mailbox, place.uidvalidity))
            if rows is None:
                continue
            for uid in place.uids:
                rows.pop(uid, None)
            if not rows:
                del self._rows[place.mailbox, place.uidvalidity]
