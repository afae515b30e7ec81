"""Cleaning: nothing that a terminal obeys is left, and cleaning twice is cleaning once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe
from tui.mail.header import decode_field, decode_words
from tui.mail.text import clean, clean_line, is_safe

ANY = st.one_of(st.text(), st.text(alphabet=st.characters(max_codepoint=0x3000, exclude_categories=[])))


@given(ANY)
def test_clean_is_idempotent_and_safe(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not unsafe(once, allowed="\n\t")


@given(ANY, st.integers(1, 50))
def test_a_clean_line_is_one_line(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert clean_line(line, limit) == line
    assert not unsafe(line)
    assert is_safe(line)


def test_every_unsafe_character_is_taken_out() -> None:
    for code in range(0x110000):
        character = chr(code)
        if unsafe(character):
            assert not is_safe(f"a{character}b"), hex(code)
            assert not unsafe(clean(f"a{character}b"), allowed="\n\t"), hex(code)


@pytest.mark.parametrize("text", ["\ud7c7", "\U00016b90", "\U0003fffe", "\ue000", "\u0378"])
def test_what_a_newer_unicode_may_assign_is_kept(text: str) -> None:
    assert clean_line(text) == text
    assert is_safe(text)


@given(st.one_of(ANY, st.text(alphabet="=?utf-8qbBQ_A01 \r\n")))
def test_encoded_words_never_raise(text: str) -> None:
    decode_words(text)
    assert clean_line(decode_field(text)) == decode_field(text)


def test_adjacent_words_share_a_character() -> None:
    assert decode_field("=?utf-8?q?gr=C3?= =?utf-8?q?=BC=C3=9Fe?=") == "grüße"
    assert decode_field("=?utf-8?q?=1B=5B31m=0D=0ABcc?=") == "\ufffd[31m Bcc"


def test_text_passed_over_is_text_that_cleaning_leaves_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"a{character * 6}b" for character in map(chr, range(0x110000)) if character.isprintable()]
    quickly = [(clean(text), clean_line(text)) for text in texts]
    monkeypatch.setattr("tui.mail.text._is_plain", lambda text: False)
    assert [(clean(text), clean_line(text)) for text in texts] == quickly
