"""Replies, read strictly from any split of the octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.smtp.reply import BadReply, make_reply, split_reply


def test_a_reply_of_several_lines() -> None:
    found = split_reply(b"250-one\r\n250-2.1.0 two\r\n250 three\r\n220 next\r\n")
    assert found == (250, "one\n2.1.0 two\nthree", 35)


def test_codes_are_taken_out_of_the_words() -> None:
    reply = make_reply(550, "5.1.1 No such\n5.1.1 user")
    assert (reply.code, reply.enhanced, reply.text) == (550, "5.1.1", "No such user")
    assert str(reply) == "550 5.1.1 No such user"
    assert make_reply(550, "2.0.0 lies").enhanced == ""


@pytest.mark.parametrize("raw", [b"25 x\r\n", b"hello\r\n", b"250_x\r\n", b"650 x\r\n", b"\r\n", b"250-a\r\n550 b\r\n"])
def test_what_is_no_reply(raw: bytes) -> None:
    with pytest.raises(BadReply):
        split_reply(raw)


def test_a_line_without_end_is_given_up() -> None:
    with pytest.raises(BadReply):
        split_reply(b"250 " + b"x" * 10_000)


@given(st.binary(max_size=300))
def test_anything_is_a_reply_or_refused(raw: bytes) -> None:
    try:
        found = split_reply(raw)
    except BadReply:
        return
    if found is not None:
        reply = make_reply(found[0], found[1])
        assert 200 <= reply.code < 600
        assert str(reply).isprintable()
        assert 0 < found[2] <= len(raw)


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=50), min_size=1
    ),
    st.data(),
)
def test_a_reply_is_complete_with_its_last_octet_only(lines: list[str], data: st.DataObject) -> None:
    wire = b"".join(
        b"451" + (b"-" if number + 1 < len(lines) else b" ") + line.encode() + b"\r\n"
        for number, line in enumerate(lines)
    )
    cut = data.draw(st.integers(0, len(wire) - 2))
    assert split_reply(wire[:cut]) is None
    found = split_reply(wire)
    assert found is not None
    assert found[0] == 451
    assert found[2] == len(wire)
