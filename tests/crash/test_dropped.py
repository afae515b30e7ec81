"""Packets that are lost without a word: it is noticed and said, and nothing is missed afterwards.

``scripts/bench recovery`` does the same to the real program.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.dropped import MAILS, Dropped
from tests.servers.road import alone, forbidden


def test_lost_packets_are_noticed_and_nothing_is_missed() -> None:
    why = forbidden()
    if why:
        pytest.skip(why)
    argv = [*alone(), sys.executable, "-m", "tests.crash.dropped"]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[2])
    assert ran.returncode == 0, ran.stderr
    dropped = Dropped(**json.loads(ran.stdout))
    assert dropped.shown[:3] == ["asking", "offline", "connecting"], "not a moment longer than needed called live"
    assert ["did not answer" in dropped.reasons[0], "nobody answers" in dropped.reasons[1]] == [True, True]
    assert dropped.held == MAILS + 1
    assert "Flagged" in dropped.flags, "what was done meanwhile has reached the server"
