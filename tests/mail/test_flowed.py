"""format=flowed (RFC 3676), both ways."""

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.flowed import flow, unflow

LINES = st.lists(
    st.one_of(
        st.text(alphabet="ab >-", max_size=12),
        st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=15), max_size=40).map(" ".join),
        st.sampled_from(["", "-- ", ">", "> quoted", ">> twice", " stuffed", "From here", "--", "  two"]),
    ),
    max_size=12,
)


def test_paragraphs_are_made_again() -> None:
    text = "A paragraph \nof two lines\n> quoted \n> words\nfixed\n-- \nAda "
    assert list(unflow(text)) == [
        (0, "A paragraph of two lines"),
        (1, "quoted words"),
        (0, "fixed"),
        (0, "-- "),
        (0, "Ada "),
    ]


def test_delsp_takes_the_space_away() -> None:
    assert list(unflow("日本 \n語", delsp=True)) == [(0, "日本語")]


def test_a_quote_of_another_depth_ends_a_paragraph() -> None:
    assert list(unflow("> one \n>> two \nthree")) == [(1, "one "), (2, "two "), (0, "three")]


@given(LINES)
def test_what_is_flowed_comes_back(lines: list[str]) -> None:
    expected = []
    for line in lines:
        level = len(line) - len(line.lstrip(">")) if line.startswith(">") else 0
        content = line[level:].removeprefix(" ") if level else line
        expected.append((level, content if content == "-- " else content.rstrip(" ")))
    wire = flow("\n".join(lines))
    assert list(unflow(wire)) == (expected or [(0, "")])
    assert all(len(each) <= 79 or " " not in each.strip()[:70] for each in wire.split("\n"))
