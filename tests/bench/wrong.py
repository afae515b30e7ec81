"""``scripts/bench wrong``: wrong configurations; what the doctor says, and what one key makes of it."""

import shutil
import textwrap
from collections.abc import Sequence

from tests.setup.verdict import Verdict, judged
from tests.setup.wrong import ROWS


def main(words: Sequence[str]) -> int:
    """Print the table; 1 when a half, a step or a repair is wrong."""
    good, verdicts = judged(ROWS)
    width = min(120, shutil.get_terminal_size((120, 24)).columns)
    for number, verdict in enumerate(verdicts, 1):
        _print(number, verdict, width)
    right = sum(verdict.is_right for verdict in verdicts)
    repairable = [verdict for verdict in verdicts if verdict.row.keys]
    green = sum(verdict.is_green and verdict.keys == verdict.row.keys for verdict in repairable)
    slowest = max(verdict.seconds for verdict in verdicts)
    print(f"\nthe right account: {len(good)} checks, {sum(check.status == 'ok' for check in good)} good")
    print(f"right half and right step: {right} of {len(verdicts)}")
    print(f"both halves green by the suggested repairs: {green} of {len(repairable)} that can be repaired")
    print(f"the longest walk: {slowest:.1f} s")
    return 0 if right == len(verdicts) and green == len(repairable) else 1


def _print(number: int, verdict: Verdict, width: int) -> None:
    first = verdict.first
    if first is None:
        print(f"{number:>2}  {verdict.row.typed}\n    WRONG: nothing fails")
        return
    if verdict.is_green:
        repair = f"{verdict.keys} key{'s' if verdict.keys > 1 else ''}: {first.repairs[0].words}: both halves green"
    else:
        repair = "no key repairs this" if not verdict.keys else "STILL WRONG after the repair"
    mark = "" if verdict.is_right else "  WRONG"
    print(f"{number:>2}  {verdict.row.typed}{mark}")
    said = f"{first.half.value}, {first.id}: {first.fact} {first.advice}"
    for text in (said, repair):
        print(textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    "))
