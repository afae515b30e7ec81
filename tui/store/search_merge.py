"""Putting together the pieces in which the words of the search lie: slice by slice in the writing thread."""

from typing import Final

import apsw

from tui.store.databases import Connections
from tui.store.sqlite import query, transaction

PAGES: Final = 48
"""Pages of 4 KiB written in one go: some 5 ms, so that a key's change waits no longer."""
LEAST: Final = 1_000
"""Messages that came since the last time, before it is worth the trouble."""


def note(cache: apsw.Connection, name: str, count: int) -> None:
    """Note that a table of words has so many messages more; within the caller's transaction."""
    cache.execute("UPDATE merges SET grown = grown + ? WHERE name = ?", (count, name))


def merge(at: Connections) -> bool:
    """Put some of the pieces of a table together, one that grew by a quarter; return whether there is more to do."""
    with transaction(at.cache):
        due = query(
            at.cache,
            "SELECT name, under_way FROM merges WHERE under_way OR (grown >= ? AND grown >= size / 4)"
            " ORDER BY under_way DESC, name LIMIT 1",
            (LEAST,),
        )
        if not due:
            return False
        name, under_way = due[0]
        before = at.cache.total_changes()
        pages = PAGES if under_way else -PAGES  # below 0: begin with all pieces, however few there are of one size
        at.cache.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', ?)", (pages,))
        if at.cache.total_changes() - before >= 2:  # https://www.sqlite.org/fts5.html#the_merge_command
            at.cache.execute("UPDATE merges SET under_way = 1 WHERE name = ?", (name,))
        else:
            at.cache.execute("UPDATE merges SET under_way = 0, size = size + grown, grown = 0 WHERE name = ?", (name,))
        return True
