"""Dates of INTERNALDATE (RFC 9051, date-time) and of the Date field (RFC 5322, 3.3) → seconds since 1970 UTC."""

import re
from calendar import timegm
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz

_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MONTHS = {
    month: number
    for number, name in enumerate(_NAMES, 1)
    for month in (name.encode(), name.lower().encode(), name.upper().encode())
}
_COMMON = re.compile(
    rb"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4}) (\d\d):(\d\d)(?::(\d\d))?"
    rb"(?: ([+-])(\d\d)(\d\d)| (?:GMT|UTC?|Z))"
)
_DAYS: dict[tuple[bytes, bytes, bytes], int] = {}
_MAX_CACHED = 20_000
_LATEST = timegm((2200, 1, 1, 0, 0, 0))


def seconds(text: bytes) -> int | None:
    """Return the time of a Date field or INTERNALDATE, or None when it is damaged or absurd.

    Args:
        text: wire bytes, without quotes.
    """
    match = _COMMON.match(text)
    if match is None:
        return _uncommon(text)
    day, month, year, hour, minute, second, sign, zone_hour, zone_minute = match.groups()
    key = (day, month, year)
    midnight = _DAYS.get(key)
    if midnight is None:
        midnight = _midnight(int(day), _MONTHS.get(month, 0), int(year))
        if midnight is None:
            return None
        if len(_DAYS) >= _MAX_CACHED:
            _DAYS.clear()
        _DAYS[key] = midnight
    when = midnight + int(hour) * 3600 + int(minute) * 60 + (int(second) if second else 0)
    if sign:
        offset = int(zone_hour) * 3600 + int(zone_minute) * 60
        when += offset if sign == b"-" else -offset
    return when if 0 <= when < _LATEST else None


def _midnight(day: int, month: int, year: int) -> int | None:
    try:
        return int(datetime(year, month, day, tzinfo=UTC).timestamp())
    except ValueError:
        return None


def _uncommon(text: bytes) -> int | None:
    try:
        parsed = parsedate_tz(text[:200].decode("ascii", "replace"))
        when = int(mktime_tz(parsed)) if parsed else -1
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return when if 0 <= when < _LATEST else None


def internal_date(when: datetime) -> bytes:
    """Return a time as APPEND wants it, with quotes.

    Args:
        when: with its time zone.
    """
    when = when.astimezone(UTC)
    month = _NAMES[when.month - 1]
    return f'"{when.day:2d}-{month}-{when.year:04d} {when:%H:%M:%S} +0000"'.encode("ascii")
