"""One width for all: the toolkit's, on cleaned text."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.mail.cells import spacing_marks
from tui.mail.text import clean_line
from tui.mail.width import cell_width, cut, pad, split_at, wrap

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="ab 漢字かな한글é\u0301\u0308👍👨\u200d👩🏽\ufe0f🇩🇪ａ…", max_size=60),
).map(clean_line)


@given(TEXTS)
def test_it_is_the_toolkits_width(text: str) -> None:
    assert cell_width(text) == cell_len(text)


@given(TEXTS, st.integers(-2, 40))
def test_cut_never_takes_more(text: str, cells: int) -> None:
    shown = cut(text, cells)
    assert cell_width(shown) <= max(cells, 0)
    if 0 < cells >= cell_width(text):
        assert shown == text
    elif cells > 0:
        assert shown.endswith("…")


@given(TEXTS, st.integers(0, 40))
def test_pad_takes_exactly(text: str, cells: int) -> None:
    assert cell_width(pad(text, cells)) == cells


@given(TEXTS, st.integers(2, 40))
def test_wrap_keeps_every_word(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(cell_width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_marks_stay_with_their_base() -> None:
    assert split_at("e\u0301x", 1) == 2
    assert cut("漢字漢字", 5) == "漢字…"
    assert cut("漢字漢字", 4) == "漢…"
    assert pad("漢", 3) == "漢 "


def test_vowel_signs_have_a_cell_as_in_tmux() -> None:
    assert [cell_width(each) for each in ("\u0915\u093f", "\u0915\u0947", "\u0bb5\u0bbe", "e\u0301")] == [2, 1, 2, 1]
    assert all(cell_width(chr(code)) == 1 for first, last in spacing_marks() for code in range(first, last + 1))
