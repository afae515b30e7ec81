"""Widths that are known without the toolkit are the toolkit's."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.fresh import loaded_by
from tui.mail.cells import get_character_cell_size
from tui.mail.known_widths import ROWS, width_if_known

CODES = [code for first, last, _ in ROWS for code in range(first, last + 1)]


def test_every_character_known_is_as_wide_as_the_toolkit_says() -> None:
    wrong = [
        (hex(code), wide)
        for first, last, wide in ROWS
        for code in range(first, last + 1)
        if get_character_cell_size(chr(code)) != wide or width_if_known(chr(code)) != wide
    ]
    assert not wrong


def test_rows_ascend() -> None:
    assert all(before[1] < after[0] for before, after in pairwise(ROWS))


@given(st.text(st.sampled_from([*map(chr, CODES[::97]), "a", "é", "漢", "👍"]), max_size=30))
def test_texts_of_them_too(text: str) -> None:
    assert width_if_known(text) == cell_len(text)


@given(st.text(max_size=20))
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    assert width_if_known(text) in (None, cell_len(text))


def test_the_toolkit_is_not_loaded_for_them() -> None:
    loaded = loaded_by("from tui.mail.width import cell_width, cut, pad; pad(cut('Résumé 会議 👍 …', 9), 20)")
    assert not {"rich", "typing", "re"} & loaded
