"""Invitations: what they say, hostile ones, and the answer that an independent reader understands."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.draft import Attachment, Draft
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.invitation import Answer, Invitation, guest_words, parse_invitation, reply_calendar, when_words
from tui.mail.parse import parse_message

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
YOU = Address("Charles", "charles@mill.example")
EVENT = [
    "UID:u1@analytical.example",
    "SEQUENCE:2",
    "DTSTAMP:20261120T100000Z",
    "DTSTART;TZID=Europe/Helsinki:20261126T150000",
    "DTEND;TZID=Europe/Helsinki:20261126T160000",
    "SUMMARY:Note G\\, and tea",
    "LOCATION:Room\\n2",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3",
    'ORGANIZER;CN="Ada, Countess":MAILTO:ada@analytical.example',
    "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:Charles@mill.example",
    "ATTENDEE;CN=Grace;PARTSTAT=ACCEPTED:mailto:grace@yale.example",
]


def calendar(*event: str, method: str = "REQUEST") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", f"METHOD:{method}", "BEGIN:VEVENT", *event]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def read(raw: bytes) -> Invitation:
    found = parse_invitation(raw)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_what_it_says() -> None:
    found = read(calendar(*EVENT))
    assert (found.method, found.summary, found.location) == ("REQUEST", "Note G, and tea", "Room 2")
    assert found.organizer == Address("Ada, Countess", "ada@analytical.example")
    assert when_words(found) == "Thu 26 Nov 2026, 14:00 to 15:00 (15:00 in Europe/Helsinki)"
    assert found.repeats == "every 2 weeks, 3 times"
    assert guest_words(found.guests) == "Charles@mill.example, Grace (accepted)"
    guest = found.guest([YOU])
    assert guest is not None
    assert guest.status == "NEEDS-ACTION"
    assert found.can_answer


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"], "Thu 24 Dec 2026 to Sat 26 Dec 2026"),
        (["DTSTART;VALUE=DATE:20261224"], "Thu 24 Dec 2026"),
        (["DTSTART:20261126T230000Z", "DURATION:PT2H"], "Fri 27 Nov 2026, 00:00 to 02:00 (23:00 in UTC)"),
        (["DTSTART:20261126T090000"], "Thu 26 Nov 2026, 09:00, local time wherever you are"),
        ([], ""),
    ],
)
def test_when(lines: list[str], words: str) -> None:
    assert when_words(read(calendar("UID:1", *lines))) == words


@pytest.mark.parametrize("method", ["CANCEL", "REPLY", "PUBLISH", ""])
def test_only_what_asks_is_answered(method: str) -> None:
    assert not read(calendar(*EVENT, method=method)).can_answer


def test_hostile_ones_are_cleaned_or_none() -> None:
    found = read(calendar("UID:1", "SUMMARY:\x1b]52;c;eA==\x07x", 'ORGANIZER;CN="a\x1b[2J":mailto:a@b.example'))
    assert "\x1b" not in found.summary + str(found.organizer)
    for raw in (b"", b"BEGIN:VCALENDAR", b"\xff" * 100, b"x" * 600_000, calendar(*EVENT)[:-60]):
        assert parse_invitation(raw) is None
    for when in ("DTSTART:99999999T999999Z", "DTSTART:00000000", "DTSTART;TZID=../../etc/passwd:20261126T090000"):
        hostile = parse_invitation(calendar("UID:1", when))
        assert hostile is None or isinstance(when_words(hostile), str)


@given(st.binary(max_size=300), st.text(alphabet='\r\nABEGIN:VT;=\\,"0', max_size=120))
def test_nothing_raises(octets: bytes, text: str) -> None:
    for raw in (octets, calendar("UID:1", text)):
        found = parse_invitation(raw)
        if found is not None:
            when_words(found)


def test_the_answer() -> None:
    import icalendar  # noqa: PLC0415 - late: start-up time

    found = read(calendar(*EVENT))
    data = reply_calendar(found, Answer.TENTATIVE, Address('Cha "x" rles', "Charles@mill.example"), NOW)
    reply: Any = icalendar.Calendar.from_ical(data)
    events = reply.walk("VEVENT")
    assert (str(reply["METHOD"]), len(events)) == ("REPLY", 1)
    event = events[0]
    assert (str(event["UID"]), int(event["SEQUENCE"])) == ("u1@analytical.example", 2)
    assert str(event["ORGANIZER"]).lower() == "mailto:ada@analytical.example"
    attendee = event["ATTENDEE"]
    assert (str(attendee), attendee.params["PARTSTAT"]) == ("mailto:Charles@mill.example", "TENTATIVE")
    assert event["DTSTART"].dt == datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
    assert event["DTSTAMP"].dt == NOW
    assert b"RRULE" not in data
    assert b"grace" not in data
    assert data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 75


def test_one_date_of_a_series_is_named() -> None:
    import icalendar  # noqa: PLC0415 - late: start-up time

    zoned = read(calendar(*EVENT, "RECURRENCE-ID;TZID=Europe/Helsinki:20261210T150000"))
    event: Any = icalendar.Calendar.from_ical(reply_calendar(zoned, Answer.ACCEPTED, YOU, NOW)).walk("VEVENT")[0]
    assert event["RECURRENCE-ID"].dt == datetime(2026, 12, 10, 13, 0, tzinfo=UTC)
    whole = read(calendar("UID:1", "DTSTART;VALUE=DATE:20261224", "RECURRENCE-ID;VALUE=DATE:20261224", EVENT[8]))
    event = icalendar.Calendar.from_ical(reply_calendar(whole, Answer.DECLINED, YOU, NOW)).walk("VEVENT")[0]
    assert event["RECURRENCE-ID"].dt == date(2026, 12, 24)


def test_the_mail_names_the_method(berlin: None) -> None:
    data = reply_calendar(read(calendar(*EVENT)), Answer.ACCEPTED, YOU, NOW)
    draft = Draft(
        Identity(AccountName("work"), YOU),
        to=(Address("", "ada@analytical.example"),),
        body="Charles accepts.",
        attachments=(Attachment("reply.ics", "text/calendar", data),),
    )
    message = parse_message(to_bytes(draft, date=NOW))
    part = next(part for part in message.structure.leaves() if part.type == "text/calendar")
    assert part.params["method"] == "REPLY"
    assert part.disposition == "inline"
