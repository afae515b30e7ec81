"""The times that are offered."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import snooze
from tui.mail.flags import SEEN
from tui.mail.later import delays, moment_words, offered, snooze_words

BERLIN = ZoneInfo("Europe/Berlin")


def told(now: datetime) -> dict[str, str]:
    moment = now.timestamp()
    return {words: moment_words(then, moment, now.tzinfo) for words, then in offered(moment, now.tzinfo)}


def test_on_a_wednesday() -> None:
    assert told(datetime(2026, 11, 25, 10, 30, tzinfo=BERLIN)) == {
        "later today": "18:00",
        "tomorrow morning": "Thu 26 Nov 8:00",
        "tomorrow evening": "Thu 26 Nov 18:00",
        "the weekend": "Sat 28 Nov 8:00",
        "next week": "Mon 30 Nov 8:00",
        "in two weeks": "Wed 9 Dec 8:00",
        "in a month": "Fri 25 Dec 8:00",
    }


@pytest.mark.parametrize(
    ("now", "today"),
    [
        (datetime(2026, 11, 25, 17, 30, tzinfo=UTC), "20:00"),
        (datetime(2026, 11, 25, 22, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 25, 0, 5, tzinfo=UTC), "18:00"),
    ],
)
def test_later_today_is_today_or_is_not_offered(now: datetime, today: str | None) -> None:
    assert told(now).get("later today") == today


def test_the_clock_is_the_same_over_the_end_of_summer_time() -> None:
    assert told(datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN))["tomorrow morning"] == "Sun 25 Oct 8:00"


@given(st.integers(0, 4_000_000_000))
def test_every_time_is_ahead_and_none_comes_twice(now: int) -> None:
    times = [moment for _, moment in offered(now, BERLIN)]
    assert times == sorted(set(times))
    assert all(moment > now for moment in times)


def test_a_row_says_what_it_waits_for() -> None:
    now = datetime(2026, 11, 25, 10, 30, tzinfo=BERLIN).timestamp()
    soon, monday = now + 1800, datetime(2026, 11, 30, 8, tzinfo=BERLIN).timestamp()
    march = datetime(2027, 3, 1, 8, tzinfo=BERLIN).timestamp()
    for flags, words, short in (
        (snooze.put_aside(soon), "until 11:00", "until 11:00"),
        (snooze.put_aside(monday, now), "until Mon 30 Nov 8:00 or answered", "until Mon"),
        (snooze.put_aside(march), "until Mon 1 Mar 2027 8:00", "until 1 Mar"),
        (snooze.put_aside(answer=now), "until answered", "until answered"),
        (snooze.reminder(monday), "reminds Mon 30 Nov 8:00", "reminds Mon"),
        (frozenset({snooze.BACK, "todo"}), "back", "back"),
        (frozenset({snooze.BACK, SEEN}), "", ""),
        (frozenset({"todo"}), "", ""),
    ):
        assert snooze_words(flags, now, BERLIN) == words
        assert snooze_words(flags, now, BERLIN, short=True) == short


def test_reminders_come_at_the_same_hour() -> None:
    now = datetime(2026, 11, 25, 10, 30, tzinfo=BERLIN).timestamp()
    assert [moment_words(moment, now, BERLIN) for _, moment in delays(now, BERLIN)] == [
        "Thu 26 Nov 8:00",
        "Sat 28 Nov 10:30",
        "Wed 2 Dec 10:30",
        "Wed 9 Dec 10:30",
        "Fri 25 Dec 10:30",
    ]
