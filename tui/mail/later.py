"""The times that are offered where a message is put aside: those most people mean."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from tui.mail import snooze
from tui.mail.flags import SEEN, Flags
from tui.mail.moment import MORNING

EVENING: Final = time(18)
SOON: Final = timedelta(hours=3)
"""What “later today” is once it is evening, or nearly."""
SATURDAY: Final = 5


def offered(now: float, zone: tzinfo | None = None) -> list[tuple[str, float]]:
    """Return (words, moment in seconds since 1970 UTC) of the times to choose from, the nearest first.

    Args:
        now: seconds since 1970 UTC.
        zone: in which the clock is read; None: this machine's.
    """
    here = datetime.fromtimestamp(now, zone)
    found = sorted(_offered(here), key=lambda each: each[1])
    known: set[datetime] = set()
    told: list[tuple[str, float]] = []
    for words, moment in found:
        if moment not in known:  # on a Sunday, tomorrow is next week
            told.append((words, moment.timestamp()))
        known.add(moment)
    return told


def delays(now: float, zone: tzinfo | None = None) -> list[tuple[str, float]]:
    """Return the times after which one wants to be reminded; arguments and result as for `offered`."""
    here = datetime.fromtimestamp(now, zone)
    days = (("in 3 days", 3), ("in a week", 7), ("in two weeks", 14), ("in a month", 30))
    return [("tomorrow morning", _on(here, 1, MORNING).timestamp())] + [
        (words, _on(here, number, here.time()).timestamp()) for words, number in days
    ]


def _offered(here: datetime) -> Iterator[tuple[str, datetime]]:
    evening = _on(here, 0, EVENING)
    today = (
        evening if evening - here >= timedelta(hours=1) else (here + SOON).replace(minute=0, second=0, microsecond=0)
    )
    if today.date() == here.date():
        yield "later today", today
    yield "tomorrow morning", _on(here, 1, MORNING)
    yield "tomorrow evening", _on(here, 1, EVENING)
    if here.weekday() < SATURDAY - 1:
        yield "the weekend", _on(here, SATURDAY - here.weekday(), MORNING)
    yield "next week", _on(here, 7 - here.weekday(), MORNING)
    yield "in two weeks", _on(here, 14, MORNING)
    yield "in a month", _on(here, 30, MORNING)


def _on(here: datetime, days: int, at: time) -> datetime:
    """Return a clock time some days from now, whatever clocks do meanwhile."""
    return datetime.combine(here.date() + timedelta(days=days), at, tzinfo=here.tzinfo)


def moment_words(moment: float, now: float, zone: tzinfo | None = None) -> str:
    """Return when that is, short: ``18:00`` for today, ``Mon 30 Nov 8:00``, with the year where it is another."""
    then, here = datetime.fromtimestamp(moment, zone), datetime.fromtimestamp(now, zone)
    clock = f"{then.hour}:{then.minute:02}"
    if then.date() == here.date():
        return clock
    year = "" if then.year == here.year else f" {then.year}"
    return f"{then:%a} {then.day} {then:%b}{year} {clock}"


def day_words(moment: float, now: float, zone: tzinfo | None = None) -> str:
    """Return when that is, as short as can be: ``18:00`` for today, ``Mon`` within a week, ``30 Nov``, ``Mar 2027``."""
    then, here = datetime.fromtimestamp(moment, zone), datetime.fromtimestamp(now, zone)
    days = (then.date() - here.date()).days
    if days == 0:
        return f"{then.hour}:{then.minute:02}"
    if 0 < days < 7:
        return f"{then:%a}"
    return f"{then.day} {then:%b}" if then.year == here.year or 0 < days < 180 else f"{then:%b} {then.year}"


def snooze_words(flags: Flags, now: float, zone: tzinfo | None = None, *, short: bool = False) -> str:
    """Return what the words of `tui.mail.snooze` among flags say: ``until Mon 30 Nov 8:00``; "" for nothing.

    Args:
        now: seconds since 1970 UTC.
        zone: in which the clock is read; None: this machine's.
        short: for a row of a list: ``until Mon``.
    """
    words = day_words if short else moment_words
    moment = snooze.until(flags)
    if moment is not None:
        answer = " or answered" if snooze.awaited(flags) is not None and not short else ""
        return f"until {words(moment, now, zone)}{answer}"
    if snooze.awaited(flags) is not None:
        return "until answered"
    moment = snooze.reminds(flags)
    if moment is not None:
        return f"reminds {words(moment, now, zone)}"
    return "back" if SEEN not in flags and any(flag.casefold() == snooze.BACK for flag in flags) else ""
