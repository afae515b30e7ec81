"""Cleaning: nothing that a terminal obeys is left, and cleaning twice is cleaning once."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.header import decode_field, decode_words
from tui.mail.text import clean, clean_line

ANY = st.one_of(st.text(), st.text(alphabet=st.characters(max_codepoint=0x3000, exclude_categories=[])))


@given(ANY)
def test_clean_is_idempotent_and_safe(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in once if character not in "\n\t")


@given(ANY, st.integers(1, 50))
def test_a_clean_line_is_one_line(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert clean_line(line, limit) == line
    assert "\n" not in line
    assert "\t" not in line


@given(st.one_of(ANY, st.text(alphabet="=?utf-8qbBQ_A01 \r\n")))
def test_encoded_words_never_raise(text: str) -> None:
    decode_words(text)
    assert clean_line(decode_field(text)) == decode_field(text)


def test_adjacent_words_share_a_character() -> None:
    assert decode_field("=?utf-8?q?gr=C3?= =?utf-8?q?=BC=C3=9Fe?=") == "grüße"
    assert decode_field("=?utf-8?q?=1B=5B31m=0D=0ABcc?=") == "\ufffd[31m Bcc"
