"""Dates of mail (RFC 5322, 3.3): read quickly and without ever raising, written without a locale."""

import re
from calendar import timegm
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LATEST = timegm((2200, 1, 1, 0, 0, 0))
"""A Date in the year 2200 or later says nothing about when a mail was written."""

_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_USUAL = re.compile(
    r"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?"
    r"\s+(?:([+-])(\d\d)(\d\d)|GMT|UTC?|Z)\s*(?:\([^()]{0,60}\)\s*)?",
    re.ASCII,
)


def parse_date(text: str) -> int | None:
    """Return the seconds since 1970 UTC of a Date field, or None when it is missing, damaged or absurd.

    Args:
        text: the unfolded field body.
    """
    match = _USUAL.fullmatch(text[:200])
    if match is None:
        return _unusual(text[:200])
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    number = _NUMBERS.get(month.lower())
    if number is None or not 1970 <= int(year) < 2200 or not 1 <= int(day) <= 31:
        return None
    if int(hour) > 24 or int(minute) > 59 or int(second or 0) > 60:
        return None
    when = timegm((int(year), number, int(day), int(hour), int(minute), int(second or 0)))
    if sign:
        offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
        when += offset if sign == "-" else -offset
    return when if 0 <= when < LATEST else None


def _unusual(text: str) -> int | None:
    if not text.isprintable() and not text.replace("\t", " ").isprintable():
        return None
    try:
        parsed = parsedate_tz(text)
        when = int(mktime_tz(parsed)) if parsed else -1
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None
    return when if 0 <= when < LATEST else None


def format_date(when: datetime) -> str:
    """Return a time as a Date field has it: ``Tue, 24 Nov 2026 15:08:53 +0100``.

    Args:
        when: with its time zone; one without is taken for UTC.
    """
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    day, month = DAYS[when.weekday()], MONTHS[when.month - 1]
    return f"{day}, {when.day:02d} {month} {when.year:04d} {when:%H:%M:%S %z}"[:31]


def say_date(seconds: int, like: datetime) -> str:
    """Return a time for a sentence, in the time zone of ``like``: ``24 Nov 2026 at 15:08``; "" when out of range."""
    try:
        when = datetime.fromtimestamp(seconds, like.tzinfo)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year} at {when:%H:%M}"
