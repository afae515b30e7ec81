"""What the doctor makes of every wrong configuration, all of them on one street, some at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.setup.street import real_servers, right, street
from tests.setup.wrong import Wrong
from tui.config.model import AccountConfig
from tui.setup.check import Check, Status
from tui.setup.doctor import Doctor, examine
from tui.setup.records import Records
from tui.setup.repair import apply

AT_ONCE = 8
MOST_KEYS = 3
STEP_TIMEOUT, WAITING = 20.0, 6.0
"""Seconds for a step: ample, for a busy machine; less where all of it is waited."""


@dataclass(frozen=True)
class Verdict:
    """What came of one row.

    Attributes:
        row: of the table.
        first: what failed first; None: nothing did.
        keys: repairs that were applied.
        left: what still fails after them.
        seconds: the first walk took.
    """

    row: Wrong
    first: Check | None
    keys: int
    left: tuple[Check, ...]
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether half, step and words are those of the row."""
        if self.first is None or (self.first.half, self.first.id) != (self.row.half, self.row.step):
            return False
        return self.row.says in f"{self.first.fact} {self.first.advice}"

    @property
    def is_green(self) -> bool:
        """Whether repairs made both halves good."""
        return self.keys > 0 and not self.left


def failures(checks: Sequence[Check]) -> list[Check]:
    """Return those that failed, receiving first."""
    return [check for check in checks if check.status is Status.FAIL]


def judged(rows: Sequence[Wrong]) -> tuple[list[Check], list[Verdict]]:
    """Return what the doctor says of the right account, and of every row; with servers and a loop of its own."""
    return asyncio.run(_judged(rows))


async def _judged(rows: Sequence[Wrong]) -> tuple[list[Check], list[Verdict]]:
    with real_servers() as servers, pytest.MonkeyPatch.context() as patch:
        async with street(*servers, patch) as world:
            good, _ = await _walked(right(), world.records)
            turn = asyncio.Semaphore(AT_ONCE)
            return good, list(await asyncio.gather(*(_judge(row, world.records, turn) for row in rows)))


async def _walked(account: AccountConfig, records: Records, *, waits: bool = False) -> tuple[list[Check], float]:
    limit = WAITING if waits else STEP_TIMEOUT
    return await examine(Doctor(account, records=records, step_timeout=limit, idle_hold=0.02))


async def _judge(row: Wrong, records: Records, turn: asyncio.Semaphore) -> Verdict:
    async with turn:
        account, keys = row.make(), 0
        checks, seconds = await _walked(account, records, waits=row.waits)
        first = next(iter(failures(checks)), None)
        while (bad := [check for check in failures(checks) if check.repairs]) and keys < MOST_KEYS:
            account, keys = apply(account, bad[0].repairs[0]), keys + 1
            checks, _ = await _walked(account, records)
        return Verdict(row, first, keys, tuple(failures(checks)), seconds)
