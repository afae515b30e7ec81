"""A paragraph broken anew."""

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.reflow import paragraph, reflow

TEXT = [
    *("Dear Ada,", "", "one two", "three", ""),
    *(">> quoted words that", "> > go on", "> less deep"),
    *("- an item that is", "  long", "- another", "-- ", "Ada"),
]


def test_where_a_paragraph_is() -> None:
    spans = [paragraph(TEXT, at) for at in range(len(TEXT))]
    assert spans[:5] == [(0, 1), (1, 1), (2, 4), (2, 4), (4, 4)]
    assert spans[5:11] == [(5, 7), (5, 7), (7, 8), (8, 10), (8, 10), (10, 11)]
    assert spans[11] == (11, 11)


def test_marks_and_items_stay() -> None:
    assert reflow(TEXT[5:7]) == [">> quoted words that go on"]
    assert reflow(TEXT[2:4]) == ["one two three"]
    assert reflow(["- one two three four five six seven"], 24) == ["- one two three four", "  five six seven"]
    long = reflow(["> " + "word " * 40])
    assert all(line.startswith("> word") and len(line) <= 72 for line in long)


lines = st.lists(st.text(st.sampled_from("ab >-*1. é名"), max_size=100), min_size=1, max_size=8)


@given(lines, st.integers(0, 7))
def test_no_word_is_lost(text: list[str], at: int) -> None:
    start, end = paragraph(text, at % len(text))
    assert 0 <= start <= end <= len(text)
    if start < end:
        made = reflow(text[start:end])
        assert [c for c in "".join(made) if c not in "> "] == [c for c in "".join(text[start:end]) if c not in "> "]
