"""Mail-Followup-To: told where the writer reads the list, never of anybody hidden, and honoured in answers."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any

import pytest

from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.draft import Draft, from_json, to_json
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.parse import parse_message
from tui.mail.reply import reply

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
LIST, OTHER = Address("Engines", "Engines@lists.example.org"), Address("", "looms@lists.example.org")
CAROL, EVE = Address("Carol", "carol@example.org"), Address("", "eve@example.org")
ME = Identity(AccountName("work"), Address("Ada", "ada@example.org"), lists=("engines@lists.example.org",))


def followup(**fields: Any) -> list[str] | None:
    """Return whom the field of a sent mail names, as another parser reads it; None where there is no field."""
    draft = replace(Draft(ME, subject="x", body="x"), **fields)
    made = message_from_bytes(to_bytes(draft, date=NOW)).get_all("Mail-Followup-To")
    return None if made is None else [spec for _, spec in getaddresses([str(each) for each in made])]


def test_it_names_who_was_written_to_but_the_writer() -> None:
    assert followup(to=(LIST,)) == [LIST.spec]
    assert followup(to=(CAROL,), cc=(LIST, ME.address, Address("", "ada+lists@example.org"))) == [CAROL.spec, LIST.spec]
    assert followup(to=(LIST, OTHER), cc=(Address("again", LIST.spec.upper()),)) == [LIST.spec, OTHER.spec]


def test_there_is_none_but_for_lists_that_are_named() -> None:
    assert followup(to=(CAROL,)) is None
    assert followup(to=(OTHER,), cc=(CAROL,)) is None
    assert followup(to=(LIST,), identity=replace(ME, lists=())) is None


def test_nobody_hidden_is_told() -> None:
    assert followup(to=(LIST,), bcc=(EVE, CAROL)) == [LIST.spec]
    assert followup(to=(CAROL,), bcc=(LIST,)) is None, "that he writes to the list at all is hidden"


def test_a_draft_keeps_the_lists() -> None:
    draft = Draft(ME, to=(LIST,))
    assert from_json(to_json(draft)) == draft
    assert '"lists"' not in to_json(Draft(replace(ME, lists=()), to=(LIST,)))


HEAD = "From: Carol <carol@example.org>\nTo: engines@lists.example.org, ada@example.org\nCc: eve@example.org\n"
POST = "List-Post: <mailto:engines@lists.example.org>\n"


@pytest.mark.parametrize(
    ("head", "identity", "wanted"),
    [
        (HEAD + POST, replace(ME, lists=()), ["engines@lists.example.org"]),
        (HEAD, ME, ["engines@lists.example.org"]),  # it does not say that it is a list; the user does
        (HEAD, replace(ME, lists=()), ["carol@example.org"]),
        (
            HEAD + POST + "Mail-Followup-To: engines@lists.example.org, carol@example.org, ada@example.org\n",
            ME,
            ["engines@lists.example.org", "carol@example.org"],
        ),
        (HEAD + POST + "Mail-Followup-To: eve@example.org\n", ME, ["engines@lists.example.org"]),
    ],
)
def test_an_answer_to_the_list(head: str, identity: Identity, wanted: list[str]) -> None:
    message = parse_message(f"{head}Subject: x\n\nHello.\n".encode())
    made = reply(message, None, identity, own=[identity.address], now=NOW, to_list=True)
    assert [each.spec for each in made.to] == wanted
    assert made.cc == ()
