"""Invitations (iCalendar, RFC 5545 and 5546): what one says, and the answer to it. Slow: for worker threads.

Nothing is expanded and nothing is fetched: a rule that repeats for ever is told in words, a time zone is the one that
comes along or one of the system's.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tui.mail.address import Address
from tui.mail.date import DAYS, MONTHS
from tui.mail.noun import dataclass
from tui.mail.text import clean, clean_line

if TYPE_CHECKING:
    from icalendar import Calendar

MOST = 512 * 1024
"""Octets of an invitation that are looked at; a larger one is none."""
MOST_PEOPLE = 200


class Answer(StrEnum):
    """What is told the organizer (PARTSTAT)."""

    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, and what they said: ``NEEDS-ACTION``, ``ACCEPTED`` …"""

    address: Address
    status: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """The first event of a calendar. Strings are cleaned.

    Attributes:
        method: ``REQUEST``, ``CANCEL``, ``REPLY``, ``PUBLISH`` …; "" when it names none.
        uid: of the event.
        summary, location, description: its words.
        organizer: who is to be told; None where nobody is named.
        guests: who is invited.
        start, end: with their time zone; a date for whole days; without a zone: local wherever one is.
        repeats: how, in words; "" when it is held once.
        more: events beside this one, such as changed dates of a series.
        raw: the calendar as it came.
    """

    method: str
    uid: str
    summary: str = ""
    location: str = ""
    description: str = ""
    organizer: Address | None = None
    guests: tuple[Guest, ...] = ()
    start: date | datetime | None = None
    end: date | datetime | None = None
    repeats: str = ""
    more: int = 0
    raw: bytes = b""

    @property
    def can_answer(self) -> bool:
        """Whether somebody waits for an answer."""
        return self.method == "REQUEST" and self.organizer is not None and self.organizer.is_valid and bool(self.uid)

    def guest(self, own: Collection[Address]) -> Guest | None:
        """Return the guest who is the user."""
        return next((guest for guest in self.guests if any(guest.address.same_mailbox(each) for each in own)), None)


def parse_invitation(raw: bytes) -> Invitation | None:
    """Return what a calendar invites to, None when it is damaged or has no event. Never raises.

    Args:
        raw: iCalendar, transfer encoding undone.
    """
    if len(raw) > MOST:
        return None
    try:
        calendar = _calendar(raw)
        events = calendar.walk("VEVENT")
        return _invitation(calendar, events[0], len(events) - 1, raw) if events else None
    except Exception:  # a library reads a stranger's octets: whatever it says, there is the part to be saved
        return None


def _calendar(raw: bytes) -> "Calendar":
    from icalendar import Calendar  # noqa: PLC0415 - late: start-up time

    return Calendar.from_ical(raw)


def _invitation(calendar: "Calendar", event: Any, more: int, raw: bytes) -> Invitation:
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    duration = event.get("DURATION")
    if end is None and start is not None and duration is not None:
        end = start + duration.dt
    guests = event.get("ATTENDEE", [])
    guests = guests if isinstance(guests, list) else [guests]
    return Invitation(
        method=clean_line(str(calendar.get("METHOD", "")), 20).upper(),
        uid=clean_line(str(event.get("UID", "")), 500),
        summary=clean_line(str(event.get("SUMMARY", "")), 300),
        location=clean_line(str(event.get("LOCATION", "")), 300),
        description=clean(str(event.get("DESCRIPTION", ""))[:4_000]).strip(),
        organizer=_person(event["ORGANIZER"]) if "ORGANIZER" in event else None,
        guests=tuple(
            Guest(_person(each), clean_line(str(each.params.get("PARTSTAT", "NEEDS-ACTION")), 20).upper())
            for each in guests[:MOST_PEOPLE]
        ),
        start=start,
        end=end,
        repeats=_repeats(event.get("RRULE")),
        more=more,
        raw=raw,
    )


def _moment(event: Any, name: str) -> date | datetime | None:
    found = event.get(name)
    moment = getattr(found, "dt", None)
    return moment if isinstance(moment, date) else None


def _person(value: Any) -> Address:
    written = str(value)
    spec = written[7:] if written[:7].lower() == "mailto:" else written
    return Address(clean_line(str(value.params.get("CN", "")), 120), clean_line(spec, 320))


def _repeats(rule: Any) -> str:
    if rule is None:
        return ""
    rule = rule[0] if isinstance(rule, list) else rule
    every = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", "HOURLY": "hour"}
    unit = every.get(str((rule.get("FREQ") or [""])[0]).upper(), "")
    interval = int((rule.get("INTERVAL") or [1])[0])
    words = f"every {unit or 'so often'}" if interval == 1 or not unit else f"every {interval} {unit}s"
    if rule.get("COUNT"):
        words += f", {int(rule['COUNT'][0])} times"
    until = (rule.get("UNTIL") or [None])[0]
    if isinstance(until, date):
        words += f", until {until.day} {MONTHS[until.month - 1]} {until.year}"
    return words


def when_words(invitation: Invitation) -> str:
    """Return when it is in the zone of this machine: ``Thu 26 Nov 2026, 14:00 to 15:00 (15:00 in Europe/Helsinki)``."""
    start, end = invitation.start, invitation.end
    if start is None:
        return ""
    try:
        if not isinstance(start, datetime):
            last = end - timedelta(days=1) if end is not None and not isinstance(end, datetime) else start
            return _day(start) if last <= start else f"{_day(start)} to {_day(last)}"
        here = start.astimezone() if start.tzinfo is not None else start
        words = f"{_day(here)}, {here:%H:%M}"
        if isinstance(end, datetime):
            till = end.astimezone() if end.tzinfo is not None else end
            words += f" to {till:%H:%M}" if till.date() == here.date() else f" to {_day(till)}, {till:%H:%M}"
        if start.tzinfo is None:
            return f"{words}, local time wherever you are"
        if start.utcoffset() != here.utcoffset():
            words += f" ({start:%H:%M} in {clean_line(str(start.tzinfo), 60)})"
        return words
    except (ValueError, OverflowError, OSError, TypeError):
        return "at a time that no calendar has"


def _day(moment: date) -> str:
    return f"{DAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def reply_calendar(invitation: Invitation, answer: Answer, guest: Address, now: datetime) -> bytes:
    """Return the calendar that tells the organizer (RFC 5546, 3.2.3): one event, one attendee, nothing else of it.

    Args:
        invitation: that `parse_invitation` returned.
        answer: the user's.
        guest: as the invitation names him, else the user's address.
        now: with its time zone.
    """
    from icalendar import Calendar, Event, vCalAddress  # noqa: PLC0415 - late: start-up time

    event = _calendar(invitation.raw).walk("VEVENT")[0]
    reply = Calendar()
    reply.add("PRODID", "-//Tidings//Tidings//EN")
    reply.add("VERSION", "2.0")
    reply.add("METHOD", "REPLY")
    told = Event()
    for name in ("UID", "SEQUENCE", "ORGANIZER", "SUMMARY"):
        if name in event:
            told[name] = event[name]
    for name in ("RECURRENCE-ID", "DTSTART", "DTEND"):
        moment = _moment(event, name)
        if moment is not None:  # in UTC: no description of a time zone need go along
            is_zoned = isinstance(moment, datetime) and moment.tzinfo is not None
            told.add(name, moment.astimezone(UTC) if is_zoned and isinstance(moment, datetime) else moment)
    told.add("DTSTAMP", now.astimezone(UTC))
    attendee = vCalAddress(f"mailto:{guest.spec}")
    if guest.name:
        attendee.params["CN"] = guest.name.replace('"', "'")
    attendee.params["PARTSTAT"] = answer.value
    told.add("ATTENDEE", attendee, encode=False)
    told.add("REQUEST-STATUS", "2.0;Success", encode=False)
    reply.add_component(told)
    return bytes(reply.to_ical())


def guest_words(guests: Sequence[Guest]) -> str:
    """Return who comes: ``Grace (accepted), Charles``."""
    said = []
    for guest in guests[:20]:
        status = "" if guest.status == "NEEDS-ACTION" else f" ({guest.status.lower()})"
        said.append(f"{guest.address.label}{status}")
    more = f", +{len(guests) - 20}" if len(guests) > 20 else ""
    return ", ".join(said) + more
