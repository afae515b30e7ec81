"""Who and what first, state after, age last; no marks, no padding."""

import time

import pytest

from tui.linear import words
from tui.mail import snooze
from tui.mail.address import Address
from tui.mail.authentication import Check, Judgement, Standing, Verdict
from tui.mail.envelope import Envelope
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import AccountName, Uid
from tui.mail.parse import parse_message
from tui.render.message import render_message
from tui.sync.events import Link, LinkState
from tui.widgets.trust import Line

NOW = time.mktime((2026, 11, 23, 9, 37, 0, 0, 0, -1))
ADA = Address("Ada Lovelace", "ada@analytical.example")


def envelope(**given: object) -> Envelope:
    fields: dict[str, object] = {"received": int(NOW) - 33 * 60, "subject": "Note G", "from_": (ADA,)}
    return Envelope(Uid(1), **{**fields, **given})  # type: ignore[arg-type]


def test_a_row() -> None:
    assert words.row(envelope(), NOW) == "Ada Lovelace. Note G. Unread, 33 minutes."
    assert words.row(envelope(flags=frozenset({SEEN})), NOW) == "Ada Lovelace. Note G. 33 minutes."
    row = envelope(flags=frozenset({FLAGGED}), has_file=True, subject="main is red?")
    assert words.row(row, NOW) == "Ada Lovelace. main is red? Unread, flagged, with a file, 33 minutes."
    assert (
        words.row(envelope(subject="", from_=()), NOW, marked=True)
        == "(nobody). No subject. Unread, marked, 33 minutes."
    )
    back = envelope(flags=frozenset({snooze.BACK}))
    assert words.row(back, NOW) == "Ada Lovelace. Note G. Back, unread, 33 minutes."
    assert words.row(envelope(to=(ADA, ADA), from_=()), NOW, outgoing=True).startswith("Ada Lovelace +1. ")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "now"),
        (60, "1 minute"),
        (3 * 3600, "3 hours"),
        (26 * 3600, "yesterday"),
        (3 * 86400, "Friday"),
        (30 * 86400, "24 October"),
        (400 * 86400, "October 2025"),
    ],
)
def test_ages_are_written_out(seconds: int, told: str) -> None:
    assert words.long_age(NOW - seconds, NOW) == told


@pytest.mark.parametrize(
    ("flashed", "said"),
    [
        ("archived 1 · u undo", "Archived: Ada Lovelace, Note G. u undoes."),
        ("moved 1 to Lists · u undo", "Moved to Lists: Ada Lovelace, Note G. u undoes."),
        ("archived 14 · u undo", "Archived 14. u undoes."),
        ("moved 1,204 to Lists · u undo", "Moved 1,204 to Lists. u undoes."),
        ("Q quits", "Q quits."),
        ("looking now", "Looking now."),
    ],
)
def test_what_is_said_after_an_act(flashed: str, said: str) -> None:
    assert words.act(flashed, envelope()) == said


def test_a_message_has_no_rules_no_blank_lines_and_folded_quotes() -> None:
    body = b"Hello.\r\n\r\nSee https://plain.example/foo now.\r\n" + b"> old\r\n" * 5 + b"\r\n-- \r\nAda\r\n"
    message = parse_message(b"From: Ada <ada@analytical.example>\r\nSubject: x\r\n\r\n" + body)
    page = render_message(message, 78)
    assert words.body(page, 78, unfold="z o") == [
        "Hello.",
        "See link 1 plain.example now.",
        "Quote folded: 5 lines. z o reads it.",
        "Ada",
        "End of message.",
    ]
    assert words.quotes(page) == ["Quote: old"] * 5


def test_a_link_that_lies_is_told_with_its_number() -> None:
    html = b'<p>Read <a href="https://bnf.example/x">gallica.example</a>.</p>'
    page = render_message(parse_message(b"Content-Type: text/html\r\n\r\n" + html), 78)
    assert words.body(page, 78, unfold="") == [
        "Read link 1 gallica.example.",
        "Warning: link 1: the text says gallica.example, it goes to bnf.example.",
        "End of message.",
    ]


def test_lines_to_the_servers() -> None:
    work = Line(AccountName("work"), LinkState(Link.LIVE, NOW - 60, heard=NOW - 8))
    home = Line(AccountName("home"), LinkState(Link.LIVE, NOW - 60, heard=NOW - 31))
    assert words.links([work, home], NOW) == (
        "Live. work heard 8 seconds ago, home heard 30 seconds ago. Nothing waiting."
    )
    away = Line(AccountName("home"), LinkState(Link.OFFLINE, NOW, reason="no route to host"), waiting=3)
    assert words.links([away], NOW) == "home: offline since 09:37. No route to host. 3 changes waiting."


def test_what_is_known_of_a_sender() -> None:
    page = render_message(parse_message(b"Subject: x\n\nx"), 78)
    failed = Verdict("mx.mill.example", (Check("dmarc", "fail", "bank.example"),), Judgement.FAILED)
    head = words.head(envelope(), page, NOW, (), Standing(failed, is_first=True))
    assert head[2:4] == [
        "Warning: sender not proven: may be forged. mx.mill.example found DMARC fail.",
        "First mail from this address here.",
    ]


def test_a_row_tells_of_a_name_that_is_another_address() -> None:
    row = envelope(from_=(Address("boss@bank.example", "evil@evil.example"),))
    assert words.row(row, NOW).startswith("Warning, the name is another address: evil@evil.example. Note G.")
