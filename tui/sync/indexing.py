"""Filling the index of the search behind everything else: what is in the store already, and what comes."""

import asyncio
import logging
import time
from collections.abc import Callable

from tui.mail.errors import MailError
from tui.store.database import Store
from tui.store.search_index import Unindexed
from tui.sync.events import Event, MessagesIndexed
from tui.sync.rounds import Rounds

log = logging.getLogger(__name__)

LOOK_EVERY = 60.0
"""Seconds between looks when nobody said that something came."""
CALM = 0.2
"""Seconds between the word that something came and the look: its row is read and painted first."""
REST = 2.0
"""Seconds of rest for each second of work, so that at most a third of the writing thread is taken."""
KEYS_FIRST = 0.3
"""Seconds after a key in which no work is begun: the interpreter is the user's."""
A_LITTLE = 0.3
"""Seconds of work that keys do not hold up: what just came is found though one types."""
MOST_WAIT = 2.0
"""Seconds that a piece of work waits for keys to end: one that is held down does not stop it for ever."""
BODIES = 20
"""Texts indexed at once."""


class Indexing:
    """Fills the index slice by slice; between two slices whatever the user does is written first.

    Args:
        store: open.
        emit: told after every slice.
        clock: seconds.

    Attributes:
        waiting: envelopes that are not in the index yet, as far as known.
    """

    def __init__(
        self, store: Store, emit: Callable[[Event], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._emit = emit
        self._clock = clock
        self._key_at = -KEYS_FIRST
        self._worked = 0.0
        self._rounds = Rounds(self._catch_up, self._failed, CALM)
        self.waiting = 0

    def nudge(self) -> None:
        """Something came: index it soon."""
        self._rounds.wake()

    def stand_back(self) -> None:
        """A key was pressed: begin nothing for a moment."""
        self._key_at = self._clock()

    async def run(self) -> None:
        """Index until cancelled. Never raises a `MailError`."""
        await self._rounds.run()

    def _failed(self, error: MailError) -> float:
        log.warning("the index could not be filled: %s", error)
        return LOOK_EVERY

    async def _catch_up(self) -> float:
        """Index everything that is here; return the seconds until the next look."""
        self.waiting = await self._store.search.waiting()
        self._worked = 0.0
        while True:
            began = self._clock()
            done = await self._store.search.index()
            self.waiting = max(0, self.waiting - done)
            if not done:
                break
            self._emit(MessagesIndexed())
            await self._rest(began)
        self.waiting = 0
        met = 1
        while met:
            began = self._clock()
            met = await self._store.people.catch_up()
            await self._rest(began)
        while texts := await self._store.search.next_bodies(BODIES):
            began = self._clock()
            words = await asyncio.to_thread(_words, texts)
            await self._store.search.index_bodies(words)
            self._emit(MessagesIndexed())
            await self._rest(began)
        more = True
        while more and not self._rounds.is_woken:
            began = self._clock()
            more = await self._store.search.tend()
            await self._rest(began)
        return LOOK_EVERY

    async def _rest(self, began: float) -> None:
        """Rest from work that was begun at a time; longer while keys are pressed, if there is much to do."""
        spent = self._clock() - began
        until = self._clock() + MOST_WAIT
        self._worked += spent
        await asyncio.sleep(REST * spent)
        if self._worked > A_LITTLE:
            while (left := min(self._key_at + KEYS_FIRST, until) - self._clock()) > 0:  # noqa: ASYNC110 - more may come
                await asyncio.sleep(left)


def _words(texts: list[Unindexed]) -> list[tuple[int, str]]:
    from tui.imap.structure import of as structure_of  # noqa: PLC0415 - late: start-up time
    from tui.render.words import words_of  # noqa: PLC0415 - late: start-up time

    words: list[tuple[int, str]] = []
    for each in texts:
        structure = structure_of(each)
        words.append((each.envelope, words_of(structure, each.bodies) if structure is not None else ""))
    return words
