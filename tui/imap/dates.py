"""Dates of INTERNALDATE (RFC 9051, date-time) and of the Date field → seconds since 1970 UTC, quickly."""

import re
from datetime import UTC, datetime

from tui.mail.date import LATEST, MONTHS, parse_date

_LAYOUT = re.compile(rb"(?:.*[ ,])?\d{1,2}[ -][A-Za-z]{3}[ -]\d{4} (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_INTERNAL = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4} )")
_DAYS: dict[bytes, int] = {}
"""Day as written → its midnight UTC."""
_MINUTES: dict[bytes, int] = {}
"""``hh:mm:`` → seconds since midnight."""
_ZONES: dict[bytes, int] = {}
"""Zone as written → seconds to add."""
_MAX_LEARNED = 20_000


def seconds(text: bytes) -> int | None:
    """Return the time of a Date field or INTERNALDATE, or None when it is damaged or absurd.

    Args:
        text: wire bytes, without quotes.
    """
    # `…dd mmm yyyy hh:mm:ss +zzzz`: day, minute and zone are among few, and then only the seconds are to be read.
    try:
        when = _DAYS[text[:-15]] + _MINUTES[text[-14:-8]] + _ZONES[text[-5:]] + int(text[-8:-6])
    except KeyError:
        pass
    except ValueError:
        return None
    else:
        return when if 0 <= when < LATEST else None
    found = parse_date(_INTERNAL.sub(rb"\1 \2 \3", text[:200], count=1).decode("utf-8", "replace"))
    if found is not None and len(text) < 60:
        _learn(text, found)
    return found


def _learn(text: bytes, when: int) -> None:
    match = _LAYOUT.fullmatch(text)
    if match is None:
        return
    if max(map(len, (_DAYS, _MINUTES, _ZONES))) >= _MAX_LEARNED:
        for learned in (_DAYS, _MINUTES, _ZONES):
            learned.clear()
    hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
    offset = offset if sign == b"-" else -offset
    _ZONES[text[-5:]] = offset
    _MINUTES[text[-14:-8]] = int(hour) * 3600 + int(minute) * 60
    _DAYS[text[:-15]] = when - offset - _MINUTES[text[-14:-8]] - int(second)


def internal_date(when: datetime) -> bytes:
    """Return a time as APPEND wants it, with quotes.

    Args:
        when: with its time zone.
    """
    when = when.astimezone(UTC)
    return f'"{when.day:2d}-{MONTHS[when.month - 1]}-{when.year:04d} {when:%H:%M:%S} +0000"'.encode("ascii")
