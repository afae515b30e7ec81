"""Dates, of the kind that clocks write and of the kind that people forge."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import within
from tui.mail.date import format_date, parse_date, say_date

GOOD = {
    "Tue, 24 Nov 2026 15:08:53 +0100": 1795529333,
    "24 Nov 2026 14:08 GMT": 1795529280,
    "Tue, 24 Nov 2026 09:08:53 -0500 (EST)": 1795529333,
    "Tue, 24 Nov 2026 15:08:53 +0100 (Mitteleuropäische Zeit)": 1795529333,
    "Tue, 24 Nov 2026 14:08:53 UT": 1795529333,
    "Tue, 24 Nov 26 14:08:53 +0000": 1795529333,
    "Tue Nov 24 14:08:53 2026": 1795529333,
    "Tue, 24 Nov 2026 14:08:53 -0000": 1795529333,
}
BAD = [
    "",
    "yesterday",
    "Mon, 01 Jan 0000 00:00:00 +0000",
    "Fri, 31 Dec 9999 23:59:59 +0000",
    "Tue, 24 Nov 2026 99:99:99 +0000",
    "Tue, 99 Nov 2026 10:00:00 +0000",
    "Tue, 24 Foo 2026 10:00:00 +0000",
    "\x1b[31mTue, 24 Nov 2026 10:00:00 +0000",
    "Tue, 24 Nov 2026 10:00:00 +0000\x1b",
    "Thu, 01 Jan 1960 00:00:00 +0000",
]


@pytest.mark.parametrize("text", GOOD)
def test_good_dates(text: str) -> None:
    assert parse_date(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_bad_dates(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or 0 <= found < 2**33


@given(
    st.datetimes(datetime(1970, 1, 3), datetime(2199, 12, 30)),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_what_is_written_is_read(when: datetime, zone: timezone) -> None:
    when = when.replace(microsecond=0, tzinfo=zone)
    assert parse_date(format_date(when)) == int(when.timestamp())


def test_many_are_quick() -> None:
    with within(1):
        for _ in range(5_000):
            parse_date("Tue, 24 Nov 2026 15:08:53 +0100")


def test_a_sentence_tells_local_time() -> None:
    like = datetime.now(timezone(timedelta(hours=2)))
    assert say_date(1795529333, like) == "24 Nov 2026 at 16:08"
    assert say_date(10**18, datetime.now(UTC)) == ""
