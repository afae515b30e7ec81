"""Addresses: parsed without raising, written so that they come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe, within
from tui.mail.address import Address, format_addresses, parse_addresses


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("ada@example.org", [("", "ada@example.org")]),
        ("Ada <ada@example.org>", [("Ada", "ada@example.org")]),
        ('"Lovelace, Ada" <ada@example.org>, grace@b.c', [("Lovelace, Ada", "ada@example.org"), ("", "grace@b.c")]),
        ("ada@example.org (Ada)", [("Ada", "ada@example.org")]),
        ("Friends: a@b.c, d@e.f;, g@h.i", [("", "a@b.c"), ("", "d@e.f"), ("", "g@h.i")]),
        ("=?utf-8?q?a@b.c=2C?= <d@e.f>", [("a@b.c,", "d@e.f")]),
        ("<@relay.example:ada@example.org>", [("", "ada@example.org")]),
        ('"quoted local"@b.c', [("", '"quoted local"@b.c')]),
        ("undisclosed-recipients:;", []),
        ("", []),
        ("just words", [("just words", "")]),
    ],
)
def test_what_is_found(field: str, found: list[tuple[str, str]]) -> None:
    assert [(each.name, each.spec) for each in parse_addresses(field)] == found


@given(st.one_of(st.text(max_size=100), st.text(alphabet='ab@.,;:<>()"\\ =?', max_size=100)))
def test_anything_is_parsed(field: str) -> None:
    for address in parse_addresses(field):
        assert not unsafe(address.name + address.spec)
        assert address.name or address.spec


NAMES = st.text(alphabet=st.characters(categories=["L", "N", "P"], include_characters=" "), max_size=30)


@given(
    st.lists(st.builds(Address, NAMES.map(lambda name: " ".join(name.split())), st.just("ada@example.org")), max_size=4)
)
def test_what_is_shown_can_be_typed(addresses: list[Address]) -> None:
    written = format_addresses(addresses)
    if "=?" not in written:
        assert list(parse_addresses(written)) == addresses


def test_absurd_fields_are_quick() -> None:
    for field in (
        '"' * 50_000,
        "(" * 60_000,
        "<" * 60_000,
        "a," * 40_000,
        '"\\' * 30_000,  # every quote is escaped, and the last escape ends the field
        "\\" * 60_001,
        ":" * 60_000,
        ")" * 60_000,
        "=?" * 30_000,
        "()" * 30_000,
    ):
        with within(1):
            parse_addresses(field)
