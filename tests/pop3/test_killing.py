"""kill -9 while mail is taken and deleted on the server; `scripts/bench pop3` does it a hundred times."""

import random
from pathlib import Path

from tests.pop3.killing import Trials, spawned
from tests.servers.dovecot import Dovecot

KILLS = 3


def test_nothing_is_lost_and_nothing_comes_twice(dovecot: Dovecot, tmp_path: Path) -> None:
    trials = Trials(dovecot, tmp_path, spawned(dovecot, tmp_path))
    dice = random.Random(7)
    trials.deliver(60)
    for _ in range(KILLS):
        trials.deliver(20)
        trials.kill_after(dice.uniform(0.3, 1.2))
    outcome = trials.reckon()
    assert outcome.is_good, outcome
    assert outcome.delivered == 120
