"""Spans of days as people write them: ``2026``, ``2026-09``, ``2026-09-14``, ``mon``, ``yesterday``, ``3w``."""

import re
from datetime import date, datetime, time, timedelta

from tui.mail.date import DAYS
from tui.mail.noun import dataclass

Day = tuple[int, int, int]

_WRITTEN = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", re.ASCII)
_AGO = re.compile(r"(\d{1,4})([dwmy])", re.ASCII | re.IGNORECASE)
_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
FIRST, LAST = date(1970, 1, 2), date(2199, 12, 30)
"""Days that every zone has on both sides."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some days.

    Attributes:
        start, end: seconds since 1970 UTC; the end is no part of it.
        first, next: its first day, and the one after its last.
    """

    start: int
    end: int
    first: Day
    next: Day


def period(written: str, now: datetime) -> Period | None:
    """Return the days that are meant, None when that is no date.

    Args:
        written: a year, month or day; the name of a day, for the last one of that name; or how long ago.
        now: in the user's zone; without a zone, that of this machine.
    """
    days = _days(written.strip().lower(), now.date())
    if days is None:
        return None
    first, after = days
    if not FIRST <= first <= after <= LAST:
        return None
    return Period(_start(first, now), _start(after, now), _day(first), _day(after))


def _days(written: str, today: date) -> tuple[date, date] | None:
    one = timedelta(days=1)
    try:
        if written == "today":
            return today, today + one
        if written == "yesterday":
            return today - one, today
        if len(written) >= 3 and written.isalpha():
            return _weekday(written, today)
        ago = _AGO.fullmatch(written)
        if ago is not None:
            then = today - timedelta(days=int(ago[1]) * _UNITS[ago[2]])
            return then, then + one
        match = _WRITTEN.fullmatch(written)
        if match is None:
            return None
        year, month, day = int(match[1]), match[2], match[3]
        if month is None:
            return date(year, 1, 1), date(year + 1, 1, 1)
        if day is None:
            begin = date(year, int(month), 1)
            return begin, date(year + begin.month // 12, begin.month % 12 + 1, 1)
        begin = date(year, int(month), int(day))
        return begin, begin + one
    except (ValueError, OverflowError):
        return None


def _weekday(written: str, today: date) -> tuple[date, date] | None:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for place, name in enumerate(names):
        if name.startswith(written) and written.startswith(DAYS[place].lower()):
            then = today - timedelta(days=(today.weekday() - place) % 7)
            return then, then + timedelta(days=1)
    return None


def _start(day: date, now: datetime) -> int:
    return int(datetime.combine(day, time(), now.tzinfo).timestamp())


def _day(day: date) -> Day:
    return (day.year, day.month, day.day)
