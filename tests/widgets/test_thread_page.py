"""The page of a thread: what is in view stays there, whatever grows, comes and goes above it."""

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.envelope import Envelope
from tui.mail.ids import MailboxId, Uid
from tui.mail.thread import Branch, Member
from tui.render.lines import plain_line
from tui.terminal.marks import ASCII, UNICODE
from tui.widgets.thread_page import ThreadPage
from tui.widgets.thread_words import MOST_INDENT, guides


def branches(*uids: int) -> list[Branch]:
    """Messages of one thread, each by a number."""
    return [Branch(Member(MailboxId(1), _row(uid))) for uid in uids]


def _row(uid: int) -> Envelope:
    return Envelope(Uid(uid), frozenset(), uid, uid, 100, "Cards", ())


def page(count: int, height: int = 10) -> ThreadPage:
    """A page of so many folded messages."""
    made = ThreadPage()
    made.height = height
    made.take(branches(*range(count)), lambda branch: True)
    return made


def unfold(made: ThreadPage, index: int, lines: int) -> None:
    """Show so many lines of a message."""

    def change() -> None:
        made.sheets[index].folded = False
        made.sheets[index].tell(*(plain_line(f"line {number}") for number in range(lines)))

    made.change(change)


def at(made: ThreadPage) -> int | None:
    """The message under the cursor."""
    return made.current.envelope.uid if made.current is not None else None


def seen(made: ThreadPage) -> list[tuple[int, int]]:
    """Which messages are on the lines in view, and which of their lines."""
    found = (made.at_line(y) for y in range(made.height))
    return [(made.sheets[each[0]].envelope.uid, each[1]) for each in found if each is not None]


def test_what_grows_above_the_view_moves_nothing() -> None:
    made = page(100)
    made.scroll(50)
    before = seen(made)
    unfold(made, 3, 30)
    assert seen(made) == before
    assert made.top == 81


def test_the_message_that_was_gone_to_is_shown_whole_when_its_text_comes() -> None:
    made = page(100)
    made.go(70)
    unfold(made, 70, 5)
    assert [line for uid, line in seen(made) if uid == 70] == list(range(7))
    unfold(made, 70, 50)
    assert seen(made)[2] == (70, 0), "it begins at the top, below two lines of what is before it"
    made.scroll(20)
    assert seen(made)[0] == (70, 18)
    unfold(made, 60, 9)
    assert seen(made)[0] == (70, 18), "who scrolls on is not taken back"


def test_the_cursor_comes_along_where_its_message_leaves_the_view() -> None:
    made = page(100)
    unfold(made, 0, 12)
    made.scroll(10)
    assert made.at == 0, "it is in view still"
    made.scroll(5)
    assert made.at == 2
    made.scroll(-15)
    assert (made.top, made.at) == (0, 0)
    assert not made.scroll(-1)


def test_a_message_that_goes_gives_the_cursor_to_the_next_one_and_one_that_comes_does_not_take_it() -> None:
    made = page(5)
    made.go(2)
    made.take(branches(0, 1, 3, 4), lambda branch: True)
    assert at(made) == 3
    assert [sheet.envelope.uid for sheet in made.take(branches(0, 7, 1, 3, 4, 8), lambda branch: False)] == [7, 8]
    assert at(made) == 3
    made.take(branches(0, 7, 1), lambda branch: True)
    assert at(made) == 1, "behind it there is none, so that before it"
    made.take([], lambda branch: True)
    assert at(made) is None
    assert not seen(made)


@given(st.lists(st.tuples(st.sampled_from(["go", "scroll", "unfold", "take"]), st.integers(0, 40)), max_size=30))
def test_whatever_is_done_the_cursor_is_in_view(steps: list[tuple[str, int]]) -> None:
    made = page(20, 7)
    for step, number in steps:
        if step == "go":
            made.go(number)
        elif step == "scroll":
            made.scroll(number - 20)
        elif step == "unfold":
            unfold(made, number % len(made.sheets), number)
        else:
            made.take(branches(*(uid for uid in range(30) if uid % (number + 2))), lambda branch: True)
        uids = [uid for uid, _ in seen(made)]
        assert at(made) in uids
        assert uids == sorted(uids)
        assert 0 <= made.top <= made.most_top


def test_the_tree_is_drawn_and_what_is_deep_is_cut() -> None:
    assert guides([0, 1, 2, 2, 1, 0], UNICODE) == ["", "├ ", "│ ├ ", "│ └ ", "└ ", ""]
    assert guides([0, 1, 2, 1], ASCII) == ["", "| ", "| ` ", "` "]
    deep = guides(list(range(50)), UNICODE)
    assert max(len(each) for each in deep) == 2 * MOST_INDENT
    assert deep[-1].endswith("└ ")
