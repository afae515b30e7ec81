"""Slips of the hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.near import near

KNOWN = ["gmail.com", "example.org", "t.co"]


@pytest.mark.parametrize(
    "typed", ["gmial.com", "gmal.com", "gmaill.com", "hmail.com", "gmail.co", "mail.com", "gmail.cmo"]
)
def test_slips(typed: str) -> None:
    assert near(typed, KNOWN) == "gmail.com"


@pytest.mark.parametrize("typed", ["gmail.com", "gamil.cm", "other.example", "", "t.cp", "exmaple.or"])
def test_what_is_none(typed: str) -> None:
    assert near(typed, KNOWN) == ""


@given(st.text("abc.", min_size=5, max_size=9), st.integers(0, 8), st.sampled_from("abc."))
def test_one_character_less_or_more_is_one(word: str, at: int, more: str) -> None:
    for slip in (word[:at] + word[at + 1 :], word[:at] + more + word[at:], word[:at] + more + word[at + 1 :]):
        assert near(slip, [word]) == ("" if slip == word else word)
