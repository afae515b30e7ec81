"""When a mail is to leave, as typed. Now is Monday, 23 November 2026, 09:37 in Berlin."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.moment import EXAMPLES, parse_moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 37, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("18:30", "2026-11-23 18:30"),
        ("18.30", "2026-11-23 18:30"),
        ("6:30pm", "2026-11-23 18:30"),
        ("6:30 PM", "2026-11-23 18:30"),
        ("12am", "2026-11-24 00:00"),
        ("9", "2026-11-24 09:00"),
        ("09:37", "2026-11-24 09:37"),
        ("9:38", "2026-11-23 09:38"),
        ("today 10", "2026-11-23 10:00"),
        ("tomorrow", "2026-11-24 08:00"),
        ("tomorrow 9:00", "2026-11-24 09:00"),
        ("9:00 tomorrow", "2026-11-24 09:00"),
        ("Tomorrow at 9", "2026-11-24 09:00"),
        ("mon 8", "2026-11-30 08:00"),
        ("mon 10", "2026-11-23 10:00"),
        ("monday", "2026-11-30 08:00"),
        ("Fri 8:15", "2026-11-27 08:15"),
        ("on thurs at 7", "2026-11-26 07:00"),
        ("+2h", "2026-11-23 11:37"),
        ("2h", "2026-11-23 11:37"),
        ("in 90 min", "2026-11-23 11:07"),
        ("+1d12h", "2026-11-24 21:37"),
        ("+1h30m", "2026-11-23 11:07"),
        ("2026-12-24 09:00", "2026-12-24 09:00"),
        ("2026-12-24", "2026-12-24 08:00"),
        ("24 dec 10:00", "2026-12-24 10:00"),
        ("Dec 24", "2026-12-24 08:00"),
        ("24. December", "2026-12-24 08:00"),
        ("3 Mar 7:00", "2027-03-03 07:00"),
    ],
)
def test_what_is_meant(typed: str, meant: str) -> None:
    moment = parse_moment(typed, NOW.timestamp(), BERLIN)
    assert f"{datetime.fromtimestamp(moment, BERLIN):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "When?"),
        ("at", "When?"),
        ("soon", "no time"),
        ("25:00", "no time"),
        ("9:60", "no time"),
        ("13pm", "no time"),
        ("mon tue", "no time"),
        ("31 feb", "no time"),
        ("tomorrow soon", "no time"),
        ("today 9:00", "has passed"),
        ("2026-11-22 10:00", "has passed"),
        ("+0h", "has passed"),
        ("+400d", "more than a year"),
        ("2028-01-01", "more than a year"),
    ],
)
def test_what_is_no_moment(typed: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_moment(typed, NOW.timestamp(), BERLIN)


def test_the_hour_is_that_of_the_clock_on_the_day() -> None:
    """Summer time ends on 25 October: 8 o'clock is 8 o'clock, two days are 48 hours."""
    now = datetime(2026, 10, 24, 8, 0, tzinfo=BERLIN).timestamp()
    assert parse_moment("mon 8", now, BERLIN) - now == 49 * 3600
    assert parse_moment("+2d", now, BERLIN) - now == 48 * 3600


def test_the_examples_are_understood() -> None:
    for example in EXAMPLES.split(", "):
        assert parse_moment(example, NOW.timestamp(), BERLIN) > NOW.timestamp()


def test_without_a_zone_it_is_this_machines() -> None:
    now = NOW.timestamp()
    assert datetime.fromtimestamp(parse_moment("18:30", now)).strftime("%H:%M") == "18:30"


@given(st.text(max_size=60))
def test_anything_else_is_told_as_no_moment(typed: str) -> None:
    try:
        moment = parse_moment(typed, NOW.timestamp(), BERLIN)
    except ValueError as error:
        said = str(error)
    else:
        said = "understood." if moment > NOW.timestamp() else ""
    assert said.endswith((".", "?"))
