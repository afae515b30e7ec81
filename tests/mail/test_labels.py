"""Labels among keywords, and what is typed to give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.imap.arguments import flag_list
from tui.mail.flags import labels_of
from tui.mail.labels import as_known, completed, wanted


def test_what_programs_keep_is_no_label_unless_the_user_says_so() -> None:
    flags = frozenset({"\\Seen", "$Forwarded", "NonJunk", "todo", "$label1", "Later"})
    assert labels_of(flags) == ["Later", "todo"]
    assert labels_of(flags, ["$Label1"]) == ["$label1", "Later", "todo"]


def test_a_line_gives_and_takes_off() -> None:
    assert wanted("todo -later  work") == (["todo", "work"], ["later"])
    assert wanted("-$label1") == ([], ["$label1"])
    assert as_known(["TODO", "new"], ["todo"]) == ["todo", "new"]


@pytest.mark.parametrize("text", ["\\Seen", "a(b", "büro", "-", 'a"b', "x" * 51, "$label1", "a\x1b[0m"])
def test_what_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        wanted(text)


@given(st.text(max_size=60))
def test_whatever_is_taken_can_be_written_to_a_server(text: str) -> None:
    try:
        add, remove = wanted(text)
    except ValueError:
        return
    flag_list([*add, *remove])


@pytest.mark.parametrize(
    ("text", "longer"),
    [("to", "todo "), ("todo la", "todo later "), ("-LA", "-later "), ("", ""), ("todo ", "todo "), ("zz", "zz")],
)
def test_the_last_word_goes_on(text: str, longer: str) -> None:
    assert completed(text, ["later", "todo"]) == longer
