"""The list of several Inboxes: what stands for an account where there is little room."""

from tui.widgets.inbox_list import tags


def test_an_account_is_told_from_the_others_by_few_letters() -> None:
    assert tags(["work"]) == {}
    assert tags(["work", "home"]) == {"work": "wo", "home": "ho"}
    assert tags(["work", "world", "x"]) == {"work": "work", "world": "worl", "x": "x   "}
    assert tags(["work1", "work2"]) == {"work1": "wor1", "work2": "wor2"}
    assert tags(["aaab1", "aaac1"]) == {"aaab1": "aaab", "aaac1": "aaac"}
