"""Which messages belong together, and the tree of those that do."""

from hypothesis import given
from hypothesis import strategies as st

from tests.store.sample import envelope
from tui.mail.ids import MailboxId, ThreadId
from tui.mail.thread import (
    MOST_NAMED,
    Branch,
    Member,
    is_reply,
    key_of,
    message_ids,
    named_keys,
    own_key,
    row_name,
    thread_named,
    tree,
)

HERE = MailboxId(1)


def member(uid: int, own: int, *named: int, received: int | None = None) -> Member:
    return Member(HERE, envelope(uid, received=received), own, named)


def drawn(branches: list[Branch]) -> str:
    return " ".join("." * branch.depth + str(branch.member.envelope.uid) for branch in branches)


def test_ids_are_what_stands_in_brackets() -> None:
    text = "Message of Monday <a@x> (Ada's) <b@x>\t<a@x> <> < c@x> nobody@x"
    assert message_ids(text) == ("a@x", "b@x")
    many = message_ids(" ".join(f"<{number}@x>" for number in range(100)))
    assert (len(many), many[0], many[-1]) == (MOST_NAMED, "0@x", "99@x")


def test_keys_are_the_same_in_every_run() -> None:
    assert key_of("1@example.org") == 5585146720307872535
    assert own_key("<1@example.org>") == key_of("1@example.org") == named_keys("<1@example.org>")[0]
    assert own_key("") == own_key("no brackets") == 0
    assert key_of("\udcff")


def test_a_reply_is_known_by_its_field_or_its_subject() -> None:
    assert is_reply("<1@x>", "Lunch")
    assert all(is_reply("", f"{sign} Lunch") for sign in ("Re:", "RE :", "AW[2]:"))
    assert not is_reply("", "Regarding lunch")


def test_the_row_of_a_thread_is_no_uid() -> None:
    assert row_name(ThreadId(7)) < 0
    assert thread_named(row_name(ThreadId(7))) == 7
    assert thread_named(envelope(7).uid) is None


def test_answers_follow_what_they_answer_oldest_first() -> None:
    members = [member(5, 50, 10, 30), member(4, 40, 10), member(3, 30, 10), member(2, 20, 10, 30), member(1, 10)]
    assert drawn(tree(members)) == "1 .3 ..2 ..5 .4"


def test_what_is_not_here_holds_its_answers_together() -> None:
    members = [member(1, 10, 99), member(2, 20, 99, 10), member(3, 30, 99), member(4, 40)]
    assert drawn(tree(members)) == "1 .2 3 4"


def test_copies_loops_and_messages_without_a_name_have_their_place() -> None:
    copies = [member(1, 10), member(2, 10), member(3, 30, 10)]
    assert drawn(tree(copies)) == "1 2 .3"
    loop = [member(1, 10, 20), member(2, 20, 10), member(3, 30, 30)]
    assert sorted(branch.member.envelope.uid for branch in tree(loop)) == [1, 2, 3]
    assert drawn(tree([member(1, 0), member(2, 0, 10), member(3, 10)])) in ("1 3 .2", "1 .2 3")


KEYS = st.integers(0, 6)


@given(st.lists(st.tuples(KEYS, st.lists(KEYS.filter(bool), max_size=5)), max_size=12))
def test_every_message_is_in_the_tree_once_whatever_they_say(told: list[tuple[int, list[int]]]) -> None:
    members = [member(uid, own, *named) for uid, (own, named) in enumerate(told, 1)]
    branches = tree(members)
    assert sorted(branch.member.envelope.uid for branch in branches) == list(range(1, len(told) + 1))
    depth = -1
    for branch in branches:
        assert 0 <= branch.depth <= depth + 1
        depth = branch.depth


def test_a_chain_of_hundreds_is_no_deeper_than_can_be_drawn() -> None:
    chain = [member(uid, uid, *range(max(1, uid - 3), uid)) for uid in range(1, 401)]
    branches = tree(chain)
    assert [branch.member.envelope.uid for branch in branches] == list(range(1, 401))
    assert max(branch.depth for branch in branches) == 50
