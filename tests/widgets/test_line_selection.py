"""Choosing lines: which are chosen, and where they are in another layout."""

from tui.render.lines import Line, plain_line
from tui.widgets.line_selection import LineSelection, first_in_view, same_line

LINES: tuple[Line, ...] = tuple(plain_line(text) for text in ("Dear Charles,", "", "it compiles.  ", "", "Ada"))


def test_one_line_is_chosen_until_the_choice_begins() -> None:
    selection = LineSelection(LINES, 2)
    assert (list(selection.chosen), selection.text) == ([2], "it compiles.")
    selection.move(-1)
    assert list(selection.chosen) == [1]
    selection.begun = 1
    selection.move(99)
    assert selection.text == "\nit compiles.\n\nAda"
    selection.move(-99)
    assert list(selection.chosen) == [0, 1], "the end may stand above the beginning"


def test_it_begins_at_words() -> None:
    assert first_in_view(LINES, 1, 3) == 2
    assert first_in_view(LINES, 3, 1) == 3, "none of these has any"


def test_a_line_is_found_again_where_more_are_shown() -> None:
    folded = (LINES[0], plain_line("[30 quoted lines]"), LINES[4])
    assert same_line(folded, LINES, 0) == 0
    assert same_line(folded, LINES, 1) == 1, "what stands for others: the first of them"
    assert same_line(folded, LINES, 2) == 4
