"""Moments as people say them. Names of days and months are ours, whatever the locale. Nothing heavy is loaded."""

import time

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUTE, HOUR, DAY = 60, 3600, 86_400
STEPS = (10, 30, *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 20, 30, 45)))
"""Seconds at which "heard … ago" takes its next word; then every hour."""


def age(moment: float, now: float) -> str:
    """Return how old a row is, in at most six cells: now, 4 min, 3 h, yest., Fri, 12 Nov, Mar 25.

    Args:
        moment, now: seconds since 1970 UTC.
    """
    seconds = now - moment
    then, today = time.localtime(moment), time.localtime(now)
    if -MINUTE <= seconds < MINUTE:
        return "now"
    if 0 < seconds < HOUR:
        return f"{int(seconds) // MINUTE} min"
    if 0 < seconds < DAY and (seconds < 6 * HOUR or then.tm_yday == today.tm_yday):
        return f"{int(seconds) // HOUR} h"
    days = _day_number(today) - _day_number(then)
    if days == 1:
        return "yest."
    if 0 < days < 7:
        return DAYS[then.tm_wday]
    if abs(days) < 330:
        return f"{then.tm_mday} {MONTHS[then.tm_mon - 1]}"
    return f"{MONTHS[then.tm_mon - 1]} {then.tm_year % 100:02}"


def _day_number(moment: time.struct_time) -> int:
    before = moment.tm_year - 1
    return 365 * before + before // 4 - before // 100 + before // 400 + moment.tm_yday


def long_age(moment: float, now: float) -> str:
    """Return the age in a sentence's words: ``33 min ago``, ``yesterday``; "" for what is older than a week."""
    short = age(moment, now)
    if short.endswith((" min", " h")):
        return f"{short} ago"
    return {"now": "now", "yest.": "yesterday"}.get(short, "")


def date(moment: float, *, short: bool = False) -> str:
    """Return ``Mon 23 Nov 2026 09:04`` in local time; the short form leaves the year out."""
    then = time.localtime(moment)
    year = "" if short else f" {then.tm_year}"
    return f"{DAYS[then.tm_wday]} {then.tm_mday} {MONTHS[then.tm_mon - 1]}{year} {then.tm_hour:02}:{then.tm_min:02}"


def clock(moment: float) -> str:
    """Return ``09:42`` in local time."""
    return time.strftime("%H:%M", time.localtime(moment))


def ago(seconds: float) -> str:
    """Return a span in coarse steps, so that an idle screen is silent: 8 s, 10 s, 30 s, 1 min, 2, 5, 10 … 3 h."""
    whole = max(0, int(seconds))
    if whole < STEPS[0]:
        return f"{whole} s"
    if whole >= HOUR:
        return f"{whole // HOUR} h"
    step = max(each for each in STEPS if each <= whole)
    return f"{step} s" if step < MINUTE else f"{step // MINUTE} min"


def until_next(seconds: float) -> float:
    """Return after how many seconds `ago` says something else than now, its first ten seconds apart."""
    later = next((step for step in STEPS if step > seconds), None)
    if later is None:
        later = (int(seconds) // HOUR + 1) * HOUR
    return max(1.0, later - seconds)


def countdown(seconds: float) -> str:
    """Return the time until something is tried, in coarse steps: now, 5 s, 20 s, 3 min."""
    whole = max(0, int(seconds + 0.5))
    if whole < 3:
        return "now"
    if whole <= 10:
        return f"{5 if whole <= 5 else 10} s"
    return f"{(whole + 9) // 10 * 10} s" if whole <= MINUTE else f"{(whole + 59) // MINUTE} min"
