"""The check before sending: silent unless something is off."""

from dataclasses import replace

import pytest

from tui.mail.address import Address
from tui.mail.doubts import doubts
from tui.mail.draft import Attachment, Draft
from tui.mail.identity import Identity
from tui.mail.ids import AccountName

ME = Identity(AccountName("work"), Address("Ada", "ada@example.org"), "Ada, see attached card")
ALIAS = Address("Ada", "countess@example.org")
GRACE = Address("Grace", "grace@navy.example")
FILE = Attachment("a.txt", "text/plain", b"x")
GOOD = Draft(ME, to=(GRACE,), subject="Engines", body="Hello.\n\n> it is attached\n\n-- \nAda, see attached card\n")
ANSWER = replace(GOOD, in_reply_to="<a@b>", came_to="ada@example.org")


def people(count: int) -> tuple[Address, ...]:
    return tuple(Address("", f"p{number}@d{number}.example") for number in range(count))


@pytest.mark.parametrize(
    "draft",
    [
        GOOD,
        ANSWER,
        replace(GOOD, body="I attach it.", attachments=(FILE,)),
        replace(GOOD, to=people(9)),
        replace(ANSWER, to=people(3)),
        replace(GOOD, bcc=people(50)),
        replace(GOOD, body="The password is in the safe.\n-----BEGIN PUBLIC KEY-----"),
        replace(GOOD, to=(ME.address,)),
        replace(GOOD, body="x\n---------- Forwarded message ----------\nattached is"),
    ],
)
def test_nothing_is_asked_where_all_is_well(draft: Draft) -> None:
    assert doubts(draft, [ME.address, ALIAS]) == []


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(GOOD, body="See the attached file."), "attachment"),
        (replace(GOOD, body="anbei die Karte\n"), "attachment"),
        (replace(GOOD, subject=" "), "subject"),
        (replace(GOOD, to=(), bcc=(GRACE,)), "To is empty"),
        (replace(GOOD, body="\n"), "empty"),
        (replace(ANSWER, came_to="countess@example.org"), "came to countess@example.org"),
        (replace(ANSWER, to=(GRACE, ALIAS)), "You yourself"),
        (replace(ANSWER, to=(GRACE, Address("", "Ada+x@Example.org"))), "You yourself"),
        (replace(ANSWER, to=people(12)), "12 people"),
        (replace(GOOD, to=people(12)), "see each other"),
        (replace(ANSWER, to=people(2), is_blind=True), "Bcc"),
        (replace(GOOD, body="-----BEGIN OPENSSH PRIVATE KEY-----\nabc"), "private key"),
        (replace(GOOD, body="-----BEGIN PGP PRIVATE KEY BLOCK-----"), "private key"),
        (replace(GOOD, body="use ghp_" + "a1B2" * 9), "token"),
        (replace(GOOD, body="key AKIAIOSFODNN7EXAMPLE ok"), "AWS"),
        (replace(GOOD, body="Passwort: geheim123"), "password"),
    ],
)
def test_what_is_off_is_asked(draft: Draft, words: str) -> None:
    found = doubts(draft, [ME.address, ALIAS])
    assert len(found) == 1, found
    assert words in found[0]


def test_it_looks_through_a_megabyte_at_once() -> None:
    doubts(replace(GOOD, body="eyJ" * 300_000 + "password" * 9_999), [])
