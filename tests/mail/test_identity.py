"""Which identity a mail came to."""

from tui.mail.address import Address
from tui.mail.compose import empty_draft, signature_place
from tui.mail.identity import Identity, identity_for
from tui.mail.ids import AccountName

ADA = Identity(AccountName("work"), Address("Ada", "ada@example.org"), "Ada")
OFFICE = Identity(AccountName("work"), Address("Office", "office@example.org"), "The Office", bcc_self=True)
MINE = [ADA, OFFICE]


def came(*specs: str) -> str:
    found = identity_for([Address("Somebody", spec) for spec in specs], MINE)
    return str(found.address) if found else ""


def test_the_address_a_mail_came_to_answers() -> None:
    assert came("x@y.example", "OFFICE@example.org") == "Office <office@example.org>"
    assert came("office@example.org", "ada@example.org") == "Office <office@example.org>"
    assert came("x@y.example") == came() == came("", "@", "ada") == ""


def test_a_plus_address_answers_as_itself() -> None:
    assert came("Ada+shop@example.org") == "Ada <Ada+shop@example.org>"
    assert came("ada+shop@example.org", "office@example.org") == "Office <office@example.org>"
    assert came("+ada@example.org", "adam@example.org") == ""


def test_the_signature_is_found_where_it_stands() -> None:
    body = "Hello\n\n-- \nAda\n\n> quoted"
    start, end = signature_place(body, ADA)
    assert body[start:end] == "\n\n-- \nAda"
    assert signature_place("Hello\n\n", ADA) == (5, 5)


def test_an_identity_that_wants_a_copy_gets_one() -> None:
    assert empty_draft(OFFICE).bcc == (OFFICE.address,)
    assert empty_draft(ADA).bcc == ()
