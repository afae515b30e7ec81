"""Links that begin a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.compose import empty_draft
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.mailto import Mailto, parse_mailto

ME = Identity(AccountName("work"), Address("Ada", "ada@example.org"), "Ada")


def specs(found: tuple[Address, ...]) -> list[str]:
    return [each.spec for each in found]


def test_what_a_link_may_say() -> None:
    found = parse_mailto(
        "MAILTO:a@x.example,b%2Bc@x.example?To=d@x.example&cc=e@x.example&Subject=Hi%20you+me&body=1%0D%0A2"
    )
    assert specs(found.to) == ["a@x.example", "b+c@x.example", "d@x.example"]
    assert (specs(found.cc), found.subject, found.body, found.note) == (["e@x.example"], "Hi you+me", "1\n2", "")


@pytest.mark.parametrize("name", ["attach", "Attach", "attachment", "from", "in-reply-to", "x-evil", "att%61ch"])
def test_what_it_may_not_say_is_ignored_and_told(name: str) -> None:
    found = parse_mailto(f"mailto:x@y.example?{name}=~/.ssh/id_rsa&bcc=z@y.example")
    draft = found.put_into(empty_draft(ME))
    assert draft.attachments == ()
    assert draft.identity == ME
    assert specs(draft.bcc) == ["z@y.example"]
    assert "ignored" in found.note
    assert len(found.ignored) == 1


@pytest.mark.parametrize(
    "link",
    [
        "mailto:a@x.example%0D%0ABcc:%20evil@x.example",
        "mailto:a@x.example?subject=x%0D%0ABcc:%20evil@x.example",
        "mailto:a@x.example%2Cevil@x.example",
        "mailto:?to=Friend%20%3Cevil@x.example%3E%2C%20a@x.example",
        "mailto:%3Cevil@x.example",
    ],
)
def test_nobody_is_smuggled_in(link: str) -> None:
    found = parse_mailto(link)
    assert "\n" not in found.subject
    assert len(found.to) + len(found.cc) + len(found.bcc) <= 1
    assert specs(found.bcc) == []


def test_a_plain_address_and_nothing_at_all() -> None:
    assert specs(parse_mailto("Ada <ada@x.example>, b@x.example").to) == ["ada@x.example", "b@x.example"]
    assert parse_mailto("") == parse_mailto("mailto:") == parse_mailto("mailto:?") == Mailto()


def test_the_text_stands_above_the_signature() -> None:
    assert parse_mailto("mailto:?body=Hello").put_into(empty_draft(ME)).body == "Hello\n\n-- \nAda\n"


@given(st.text(st.sampled_from("mailto:?&=%0DABcc,<>@x.y\"' \r\n")), st.text())
def test_whatever_a_link_says_it_is_clean(one: str, other: str) -> None:
    for link in (f"mailto:{one}", f"mailto:x@y.example?body={other}&subject={one}", other):
        found = parse_mailto(link)
        assert all(each.is_valid for each in (*found.to, *found.cc, *found.bcc))
        assert found.subject.isprintable()
        assert "\r" not in found.body
        assert "\x1b" not in found.body + found.note
