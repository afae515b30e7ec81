"""Answers of many lines: whatever is sent comes out, however the line cuts it."""

from hypothesis import given
from hypothesis import strategies as st

from tests.servers.scripted_pop3 import stuffed
from tui.pop3.block import Block

PIECES = st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"a", b"..", b".\r\n", b"\r\n.\r", b"long" * 50])
MAILS = st.lists(PIECES, max_size=30).map(b"".join)


def _through(wire: bytes, cuts: list[int]) -> tuple[bytes, int]:
    """Return what came out, and how much was used."""
    block, given, used, position = Block(), b"", 0, 0
    for size in [*cuts, len(wire)]:
        data = wire[position : position + size]
        position += len(data)
        piece, taken = block.feed(data)
        given, used = given + piece, used + taken
        if block.is_complete:
            break
    assert block.is_complete
    return given, used


@given(MAILS, st.lists(st.integers(0, 7), max_size=200))
def test_a_message_comes_out_as_it_went_in(mail: bytes, cuts: list[int]) -> None:
    whole = mail if mail.endswith(b"\r\n") or not mail else mail + b"\r\n"
    wire = (stuffed(mail) if mail else b"") + b".\r\n"
    assert _through(wire + b"+OK next\r\n", cuts) == (whole, len(wire))


def test_nothing_at_all_is_an_answer_too() -> None:
    assert _through(b".\r\n", [1, 1]) == (b"", 3)


def test_a_long_line_is_given_piece_by_piece() -> None:
    block = Block()
    held = 0
    for _ in range(1000):
        given, _ = block.feed(b"x" * 1000)
        held += 1000 - len(given)
    assert held == 0
