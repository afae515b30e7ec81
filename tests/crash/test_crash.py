"""Killed after every named step once, and now and then at random: nothing is lost, nothing is doubled.

``scripts/bench crash`` does the same with hundreds of trials.
"""

from itertools import islice

import pytest

from tests.crash import suite
from tests.crash.suite import Suite

RANDOM = 12
SEED = 7


def test_at_every_named_step_and_at_random() -> None:
    settings = suite.named()
    with Suite(len(settings) + RANDOM) as running:
        named = running.run("named", settings)
        assert not named.wrong
        assert named.kills == len(settings)
        assert 0 < named.states["unknown"] <= 4, "only behind the final dot nobody knows"
        by_chance = running.run("random", list(islice(suite.at_random(SEED), RANDOM)))
        assert not by_chance.wrong
        assert by_chance.kills


@pytest.mark.parametrize("capability", suite.OLD_SERVERS)
def test_where_messages_are_copied_and_expunged(capability: str) -> None:
    settings = suite.named_of_old(capability)
    with Suite(len(settings), capability) as running:
        named = running.run("named", settings)
        assert not named.wrong
        assert named.kills == len(settings)
