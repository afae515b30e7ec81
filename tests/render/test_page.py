"""What is laid out at once, and what in a thread."""

import pytest

from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.render.lines import Mode
from tui.render.message import render_message
from tui.render.page import SHORT, is_short, lay_out

LETTER = b"Dear Charles,\r\n\r\n" + b"the table is done, and it is the whole argument.\r\n" * 20 + b"Ada\r\n"


def message(body: bytes, *fields: bytes) -> Message:
    head = (b"From: ada@example.org", b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=utf-8", *fields)
    return parse_message(b"\r\n".join((*head, b"", body)))


def test_a_letter_is_laid_out_at_once() -> None:
    letter = message(LETTER)
    assert is_short(letter)
    assert lay_out(letter, 80) == render_message(letter, 80)


@pytest.mark.parametrize(
    "body",
    [
        b"x" * (SHORT + 1),
        "名前".encode() * (SHORT // 12),
        b"\x1b[31m" * (SHORT // 8),
        b"\n" * (SHORT // 4),
        b"-- \n" * (SHORT // 5),
    ],
)
def test_what_takes_longer_than_its_octets_say_is_not(body: bytes) -> None:
    assert not is_short(message(body))


def test_what_is_behind_a_coding_is_not() -> None:
    assert not is_short(message(b"5ZCN5YmN\r\n", b"Content-Transfer-Encoding: base64"))


def test_headers_count_where_they_are_shown() -> None:
    long = message(LETTER, *[b"Received: from a.example by b.example"] * 200)
    assert is_short(long)
    assert not is_short(long, Mode.HEADERS)
    assert not is_short(long, Mode.SOURCE)
