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
_DAYS: dict[bytes, int] = {}
"""Day as written → its midnight UTC."""
_ZONES: dict[bytes, int] = {}
"""Zone as written → seconds to add."""
_MAX_CACHED = 20_000
_LATEST = timegm((2200, 1, 1, 0, 0, 0))


def seconds(text: bytes) -> int | None:
    """Return the time of a Date field or INTERNALDATE, or None when it is damaged or absurd.

    Args:
        text: wire bytes, without quotes.
    """
    # `…dd mmm yyyy hh:mm:ss +zzzz`: day and zone are among few, and then only the clock is to be read.
    midnight, offset = _DAYS.get(text[:-15]), _ZONES.get(text[-5:])
    if midnight is not None and offset is not None:
        try:
            when = midnight + offset + int(text[-14:-12]) * 3600 + int(text[-11:-9]) * 60 + int(text[-8:-6])
        except ValueError:
            return None
        return when if 0 <= when < _LATEST else None
    match = _COMMON.fullmatch(text)
    return _common(text, match) if match is not None else _uncommon(text)


def _common(text: bytes, match: re.Match[bytes]) -> int | None:
    day, month, year, hour, minute, second, sign, zone_hour, zone_minute = match.groups()
    try:
        midnight = int(datetime(int(year), _MONTHS.get(month, 0), int(day), tzinfo=UTC).timestamp())
    except ValueError:
        return None
    offset = 0
    if sign:
        offset = int(zone_hour) * 3600 + int(zone_minute) * 60
        offset = offset if sign == b"-" else -offset
    if sign and second:
        if len(_DAYS) >= _MAX_CACHED:
            _DAYS.clear()
        if len(_ZONES) >= _MAX_CACHED:
            _ZONES.clear()
        _DAYS[text[:-15]] = midnight
        _ZONES[text[-5:]] = offset
    when = midnight + offset + int(hour) * 3600 + int(minute) * 60 + (int(second) if second else 0)
    return when if 0 <= when < _LATEST else None


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
