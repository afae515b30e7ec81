"""Queries as a plain test: what a row tells of conversations."""

from dataclasses import replace

import pytest

from tests.store.sample import INBOX, envelope
from tui.mail.matching import Item, matches, matches_head, may_match
from tui.mail.query import Not, Thread

FIRST = Item(replace(envelope(1), message_id="<1@mill>", in_reply_to=""), INBOX)
ANSWER = Item(replace(envelope(2), message_id="<2@mill>", in_reply_to="<1@mill> of Monday"), INBOX)
LATER = Item(replace(envelope(3), message_id="<3@mill>", in_reply_to="<2@mill>"), INBOX)


@pytest.mark.parametrize(("item", "is_told"), [(FIRST, True), (ANSWER, True), (LATER, False)])
def test_a_row_tells_of_the_message_and_its_answers(item: Item, is_told: bool) -> None:
    wanted = Thread("1@mill")
    assert matches(wanted, item) is matches_head(wanted, item) is is_told
    assert matches(Not(wanted), item) is not is_told


def test_what_answers_an_answer_may_belong_there() -> None:
    wanted = Thread("1@mill")
    assert may_match(wanted, ANSWER) is True
    assert may_match(wanted, LATER) is None
    assert may_match(Not(wanted), LATER) is None
