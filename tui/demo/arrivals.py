"""New mail every now and then, as long as the demonstration runs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from random import Random

from tui.demo.letters import Letter
from tui.demo.writing import Writer
from tui.mail.noun import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast things happen, in seconds.

    Attributes:
        first: until the first new mail.
        between: least and most time between two new mails.
        answer: least and most time until somebody answers.
    """

    first: float = 8.0
    between: tuple[float, float] = (20.0, 40.0)
    answer: tuple[float, float] = (2.0, 5.0)


class Arrivals:
    """Delivers letters one after the other, for ever: when all have come, they come again.

    Args:
        letters: the first comes first, the others as the dice fall.
        writer: knows what they answer.
        deliver: where they go: account, wire bytes, mailbox.
        clock: what the time is, with its time zone.
        dice: decides the order and the pauses.
        pace: how long the pauses are.
    """

    def __init__(
        self,
        letters: Sequence[Letter],
        writer: Writer,
        deliver: Callable[[str, bytes, str], Awaitable[None]],
        clock: Callable[[], datetime],
        dice: Random,
        pace: Pace,
    ) -> None:
        self._letters = letters
        self._writer = writer
        self._deliver = deliver
        self._clock = clock
        self._dice = dice
        self._pace = pace

    async def run(self) -> None:
        """Deliver until cancelled."""
        await asyncio.sleep(self._pace.first)
        order = [self._letters[0], *self._shuffled(self._letters[1:])]
        copy = 1
        while True:
            for letter in order:
                # In a thread, because a picture may take a while to be made.
                mail = await asyncio.to_thread(self._writer.write, letter, sent=self._clock(), copy=copy)
                mailbox = letter.list.mailbox if letter.list is not None else letter.mailbox
                await self._deliver(letter.account, mail.raw, mailbox)
                await asyncio.sleep(self._dice.uniform(*self._pace.between))
            order = self._shuffled(self._letters)
            copy += 1

    def _shuffled(self, letters: Sequence[Letter]) -> list[Letter]:
        return self._dice.sample(letters, len(letters))
