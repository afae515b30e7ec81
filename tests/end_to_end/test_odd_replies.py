"""Odd mails answered through Dovecot and Postfix; ``scripts/bench replies`` does it with two hundred."""

from itertools import islice

from tests.bench.replies import mails, measure

MOST_PEOPLE = 8


def test_odd_mails_are_answered_rightly_over_real_servers() -> None:
    given = list(islice((each for each in mails() if len(each.to) < MOST_PEOPLE), 12))
    assert measure(given) == []
