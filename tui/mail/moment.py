"""A moment as a person types it: ``18:30``, ``tomorrow 9``, ``mon 8:15``, ``+2h``, ``2026-12-24 09:00``."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MORNING = time(8)
"""What a day without an hour means."""
MOST_AHEAD = 366 * 86_400.0
"""Seconds; what is later is a slip of the finger."""
EXAMPLES = "18:30, tomorrow 9:00, mon 8, +2h, 24 dec 10:00"

_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?P<half>am|pm)?\Z")
_SPAN = re.compile(r"\+?(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})(?:m|min))?\Z")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")


def parse_moment(text: str, now: float, zone: tzinfo | None = None) -> float:
    """Return the moment meant, in seconds since 1970 UTC; the next one where several could be.

    A clock time alone is today, or tomorrow when it has passed. A day alone is its morning.

    Args:
        text: as typed.
        now: seconds since 1970 UTC.
        zone: in which the clock is read; None: this machine's.

    Raises:
        ValueError: with a sentence, when it is no moment, has passed, or is more than a year ahead.
    """
    words = text.lower().replace(",", " ").replace(" am", "am").replace(" pm", "pm").split()
    words = [word for word in words if word not in ("at", "on", "in", "um")]
    if not words:
        raise ValueError(f"When? For example {EXAMPLES}.")
    moment = _span("".join(words), now)
    if moment is None:
        moment = _on_clock(words, now, zone)
    if moment <= now:
        raise ValueError(f"“{text.strip()[:40]}” has passed.")
    if moment - now > MOST_AHEAD:
        raise ValueError(f"“{text.strip()[:40]}” is more than a year ahead.")
    return moment


def _span(word: str, now: float) -> float | None:
    """Read ``+2h``, ``90m``, ``+1d12h``: elapsed time, whatever clocks do meanwhile."""
    match = _SPAN.match(word)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes = (int(value or 0) for value in match.groups())
    return now + days * 86_400.0 + hours * 3600.0 + minutes * 60.0


def _on_clock(words: list[str], now: float, zone: tzinfo | None) -> float:
    here = datetime.fromtimestamp(now, zone)
    clock: time | None = None
    day: date | None = None
    weekday = False
    rest = list(words)
    if len(rest) > 1 or not _is_day(rest[-1]):
        clock = _clock(rest[-1])
        if clock is not None:
            rest.pop()
        elif (clock := _clock(rest[0])) is not None and len(rest) == 2:
            rest.pop(0)
    if rest:
        day, weekday = _day(rest, here.date())
        if day is None:
            raise ValueError(f"“{' '.join(words)[:40]}” is no time. For example {EXAMPLES}.")
    at = clock or MORNING
    moment = _at(day or here.date(), at, zone)
    if moment <= now and day is None:
        moment = _at(here.date() + timedelta(days=1), at, zone)
    elif moment <= now and weekday:
        assert day is not None
        moment = _at(day + timedelta(days=7), at, zone)
    return moment


def _at(day: date, at: time, zone: tzinfo | None) -> float:
    return datetime.combine(day, at, tzinfo=zone).timestamp()


def _clock(word: str) -> time | None:
    match = _CLOCK.match(word)
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _is_day(word: str) -> bool:
    return word in ("today", "tomorrow") or _weekday(word) is not None or bool(_ISO.match(word))


def _weekday(word: str) -> int | None:
    return next((place for place, name in enumerate(DAYS) if len(word) >= 3 and name.startswith(word)), None)


def _day(words: list[str], today: date) -> tuple[date | None, bool]:
    """Return the day, and whether it is a day of the week, which comes again."""
    if words == ["today"]:
        return today, False
    if words == ["tomorrow"]:
        return today + timedelta(days=1), False
    if len(words) == 1 and (place := _weekday(words[0])) is not None:
        return today + timedelta(days=(place - today.weekday()) % 7), True
    if len(words) == 1 and (iso := _ISO.match(words[0])):
        return _date(int(iso[1]), int(iso[2]), int(iso[3])), False
    if len(words) == 2:
        month = next((at for at, name in enumerate(MONTHS, 1) for word in words if word[:3] == name), 0)
        number = next((int(word.rstrip(".")) for word in words if word.rstrip(".").isdecimal() and len(word) < 4), 0)
        found = _date(today.year, month, number)
        if found is not None and found < today:
            found = _date(today.year + 1, month, number)
        return found, False
    return None, False


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
