"""Every wrong configuration: the right half, the right step, the right words; and what one key makes of it."""

import pytest

from tests.setup.verdict import Verdict, judged
from tests.setup.wrong import ROWS, Wrong
from tui.setup.check import Check, Status


@pytest.fixture(scope="module")
def verdicts() -> tuple[list[Check], dict[str, Verdict]]:
    """What the doctor says of the right account, and of each row by what was typed."""
    good, found = judged(ROWS)
    return good, {verdict.row.typed: verdict for verdict in found}


def test_the_right_account_is_green(verdicts: tuple[list[Check], dict[str, Verdict]]) -> None:
    good, _ = verdicts
    assert [(check.id, check.status.value, check.fact) for check in good if check.status is not Status.OK] == []
    assert len(good) == 23


@pytest.mark.parametrize("row", ROWS, ids=[row.typed for row in ROWS])
def test_what_is_wrong_is_named_and_repaired(row: Wrong, verdicts: tuple[list[Check], dict[str, Verdict]]) -> None:
    verdict = verdicts[1][row.typed]
    first = verdict.first
    assert first is not None
    assert (first.half, first.id) == (row.half, row.step), first
    assert row.says in f"{first.fact} {first.advice}"
    assert verdict.keys == row.keys
    assert verdict.is_green or not row.keys, verdict.left
