"""What is taken down of a dialogue: everything a person may see, and no secret."""

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from tui.smtp.reply import make_reply
from tui.smtp.talk import MOST_LINES, MOST_WORDS, Talk


def test_both_sides_are_told_in_their_order() -> None:
    talk = Talk(lambda: 0.0)
    talk.note("connected")
    talk.they_said(make_reply(220, "mail.example\x1b[31m ready"))
    talk.we_said(b"EHLO [127.0.0.1]")
    talk.they_said(make_reply(250, "mail.example\nSIZE 1000"))
    talk.we_said(b"RCPT TO:<ada@example.org>")
    talk.they_said(make_reply(550, "5.1.1 No mailbox here"))
    first, *rest = talk.text.split("\n")
    assert first.endswith("connected")
    assert rest[1:] == [
        "> EHLO [127.0.0.1]",
        "< 250 mail.example",
        "< 250 SIZE 1000",
        "> RCPT TO:<ada@example.org>",
        "< 550 5.1.1 No mailbox here",
    ]
    assert rest[0].startswith("< 220 mail.example")
    assert "\x1b" not in talk.text


@given(st.text(min_size=4, max_size=30))
def test_a_secret_is_in_it_neither_plain_nor_encoded(secret: str) -> None:
    talk = Talk()
    talk.hide(secret)
    encoded = b64encode(b"\0ada\0" + secret.encode("utf-8", "replace"))
    talk.we_said(b"AUTH PLAIN " + encoded)
    talk.they_said(make_reply(334, "VXNlcm5hbWU6"))
    talk.we_said(b64encode(secret.encode("utf-8", "replace")))
    talk.they_said(make_reply(535, f"5.7.8 no such password: {secret}"))
    talk.we_said(b"QUIT")
    lines = talk.text.split("\n")
    assert lines[0] == "> AUTH PLAIN ***"
    assert lines[1:3] == ["< 334 ***", "> ***"]
    assert lines[-1] == "> QUIT"
    assert encoded.decode() not in talk.text


def test_a_server_that_talks_without_end_is_cut_in_the_middle() -> None:
    talk = Talk(lambda: 0.0)
    for number in range(5000):
        talk.they_said(make_reply(250, f"{number} " + "x" * 2000))
    lines = talk.text.split("\n")
    assert len(lines) == MOST_LINES + 1
    assert all(len(line) <= MOST_WORDS for line in lines)
    assert lines[0].startswith("< 250 0 ")
    assert lines[-1].startswith("< 250 4999 ")
    assert "lines are left out" in talk.text
