"""The keywords that put a message aside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.imap.arguments import flag_list
from tui.mail import snooze
from tui.mail.flags import labels_of
from tui.store import codec

MOMENTS = st.integers(0, 4_000_000_000)


@given(MOMENTS, MOMENTS)
def test_times_come_back_as_they_were_and_can_be_written_to_a_server(moment: int, answer: int) -> None:
    flags = snooze.put_aside(moment, answer)
    back = snooze.until(flags)
    assert back is not None
    assert 0 <= back - moment < 60
    assert back % 60 == 0
    assert snooze.awaited(flags) == answer
    assert snooze.reminds(flags) is None
    flag_list(flags)
    assert snooze.is_put_aside(flags)
    assert snooze.until(flag.lower() for flag in flags) == back
    assert snooze.awaited(flag.upper() for flag in flags) == answer
    assert snooze.taken_off(flags | {"todo", "\\Seen"}) == flags
    assert labels_of(flags | {"todo"}) == ["todo"]


@given(MOMENTS)
def test_a_reminder_takes_nothing_out_of_the_lists(moment: int) -> None:
    flags = snooze.reminder(moment)
    back = snooze.reminds(flags)
    assert back is not None
    assert 0 <= back - moment < 60
    assert not snooze.is_put_aside(flags)
    assert snooze.taken_off(flags | {"todo"}) == flags


@given(st.text(max_size=40))
def test_whatever_a_server_says_is_a_time_or_none(text: str) -> None:
    for word in (text, snooze.UNTIL + text, snooze.ANSWER + text):
        assert codec.aside(word) == (codec.ASIDE if snooze.is_put_aside(word.split()) else codec.SHOWN)


@pytest.mark.parametrize(
    "word", ["$Snoozed", "tidings-until-", "tidings-until-20261341T0800Z", "tidings-untilx", "tidings-back"]
)
def test_what_is_no_time_puts_nothing_aside(word: str) -> None:
    assert snooze.until([word]) is None
    assert not snooze.is_put_aside([word])


def test_the_later_of_two_times_counts() -> None:
    assert snooze.until(snooze.put_aside(600) | snooze.put_aside(1200)) == 1200
