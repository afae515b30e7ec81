"""Many trials, several at a time, and the table of what became of them."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.crash.plan import EVERYTHING, OLD_PLAN, dice_plan
from tests.crash.points import OLD_ROAD, OUTBOX, PENDING
from tests.crash.trial import Outcome, Setting, Trials
from tests.servers.dovecot import USERS, Dovecot
from tests.servers.postfix import Postfix

AT_ONCE = 3
LONGEST = 0.9
"""Seconds from the first key within which a random kill strikes; most plans take about as long."""
OLD_SERVERS = ("IMAP4rev1 UIDPLUS", "IMAP4rev1")
"""What a server says that cannot move, and one that cannot even name what it has copied."""


def named(times: int = 1) -> list[Setting]:
    """Return a trial for every named point of a server that can all, and so many visits of it."""
    return [Setting(EVERYTHING, point, visit) for point in (*OUTBOX, *PENDING) for visit in range(1, times + 1)]


def named_of_old(capability: str, times: int = 1) -> list[Setting]:
    """Return the same for a server without MOVE."""
    points = [point for point in OLD_ROAD if "UID EXPUNGE" not in point or "UIDPLUS" in capability]
    return [Setting(OLD_PLAN, point, visit) for point in points for visit in range(1, times + 1)]


def at_random(seed: int) -> Iterator[Setting]:
    """Yield trials without end: a restless user, killed at any moment, now and then again while it recovers."""
    dice = random.Random(seed)
    while True:
        again = tuple(dice.uniform(0.02, 0.4) for _ in range(dice.choice((0, 0, 1, 2))))
        yield Setting(dice_plan(dice), after=dice.uniform(0.0, LONGEST), again=again)


@dataclass
class Tally:
    """What became of trials of one kind.

    Attributes:
        kind: what they have in common.
        outcomes: of all.
    """

    kind: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(outcome.kills for outcome in self.outcomes)

    @property
    def states(self) -> Counter[str]:
        return sum((outcome.states for outcome in self.outcomes), Counter())

    @property
    def wrong(self) -> list[str]:
        return [f"{each.user}, {each.setting.label}: {words}" for each in self.outcomes for words in each.wrong]

    def line(self) -> str:
        """Return a row of the table below `HEAD`."""
        states = self.states
        lost, doubled, other = (
            sum(len(getattr(outcome, name)) for outcome in self.outcomes) for name in ("lost", "doubled", "other")
        )
        figures = [len(self.outcomes), self.kills, *(states[name] for name in STATES), lost, doubled, other]
        return f"  {self.kind:<34}" + "".join(f"{figure:>9}" for figure in figures)


STATES = ("copied", "draft", "unknown", "never promised")
HEAD = f"  {'':<34}" + "".join(
    f"{name:>9}" for name in ("trials", "kills", "sent", "drafts", "unknown", "unasked", "LOST", "DOUBLED", "other")
)


class Suite:
    """Servers with many accounts, and trials on them; a context manager.

    Args:
        accounts: how many trials there can be.
        capability: what Dovecot says that it can; None for all, and only then there is Postfix.
    """

    def __init__(self, accounts: int, capability: str | None = None) -> None:
        self._users = {f"t{number}@example.org": "pw" for number in range(accounts)}
        self._capability = capability
        self._stack = ExitStack()

    def __enter__(self) -> "Suite":
        users = {**USERS, **self._users}
        dovecot = self._stack.enter_context(Dovecot(users=users, capability=self._capability))
        postfix = self._stack.enter_context(Postfix(dovecot)) if self._capability is None else None
        self._trials = Trials(dovecot, postfix)
        self._free = iter(self._users)
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def run(self, kind: str, settings: Sequence[Setting]) -> Tally:
        """Make trials and judge them."""
        users = [next(self._free) for _ in settings]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            tally = Tally(kind, list(pool.map(self._trials.run, users, settings)))
        self._trials.look_after_letters(tally.outcomes)
        return tally
