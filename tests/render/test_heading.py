"""The header box: whatever the names claim, the true address is there."""

import pytest

from tests.mail.judge import unsafe
from tui.mail.parse import parse_message
from tui.render.lines import Style, line_text
from tui.render.message import header_lines


def box(head: str, width: int = 100) -> list[str]:
    lines = header_lines(parse_message(head.encode("utf-8", "surrogateescape") + b"\n\nx"), width)
    return [line_text(line) for line in lines]


def warnings(head: str) -> str:
    lines = header_lines(parse_message(head.encode() + b"\n\nx"), 200)
    return " ".join(span.text for line in lines for span in line if span.style is Style.WARN)


def test_the_whole_box() -> None:
    assert box(
        "Subject: =?utf-8?q?Of_engines?=\nFrom: Ada <ada@example.org>\nTo: Grace <g@example.org>, b@example.org\n"
        "Cc: c@example.org\nDate: nonsense\n"
    ) == [
        "Of engines",
        "From  Ada <ada@example.org>",
        "To    Grace <g@example.org>, b@example.org",
        "Cc    c@example.org",
        "Date  no date (nonsense)",
    ]


# D01: ten ways to make one's address look like somebody else's. The true one is evil@evil.example each time.
SPOOFS = {
    "the address as a name": "From: boss@bank.example <evil@evil.example>",
    "the address as a quoted name": 'From: "Boss <boss@bank.example>" <evil@evil.example>',
    "the address encoded": "From: =?utf-8?q?boss=40bank.example?= <evil@evil.example>",
    "NUL in an encoded word": "From: =?utf-8?q?boss=40bank.example=00?= <evil@evil.example>",
    "newline in an encoded word": "From: =?utf-8?b?Ym9zc0BiYW5rLmV4YW1wbGUKCgo=?= <evil@evil.example>",
    "right to left": "From: =?utf-8?b?4oCubW9jLmtuYWJAc3NvYg==?= <evil@evil.example>",
    "many spaces": "From: boss@bank.example" + "\u00a0" * 400 + "<evil@evil.example>",
    "a very long name": "From: " + "boss@bank.example " * 200 + "<evil@evil.example>",
    "a comment": "From: (boss@bank.example) evil@evil.example",
    "two of them": "From: boss@bank.example, Evil <evil@evil.example>",
    "two fields": "From: boss@bank.example\nFrom: evil@evil.example",
    "a group": "From: boss@bank.example:evil@evil.example;",
    "a source route": "From: <@bank.example:evil@evil.example>",
    "an escape": "From: =?utf-8?q?=1B[2K=1B[1Gboss=40bank.example?= <evil@evil.example>",
    "separators": "From: boss@bank.example\u2028\u2028 <evil@evil.example>",
}


@pytest.mark.parametrize("name", SPOOFS)
@pytest.mark.parametrize("width", [30, 78])
def test_the_true_address_is_always_shown(name: str, width: int) -> None:
    lines = box(f"Subject: x\n{SPOOFS[name]}\n", width)
    assert "evil@evil.example" in " ".join(lines)
    assert not unsafe("".join(lines))
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize(
    "name", ["the address as a name", "the address encoded", "NUL in an encoded word", "a comment"]
)
def test_a_name_that_is_another_address_is_doubted(name: str) -> None:
    assert "the name is another address" in warnings(SPOOFS[name])


def test_a_name_that_is_the_address_is_not() -> None:
    assert warnings("From: ADA@example.org <ada@example.org>") == ""


def test_foreign_letters_are_shown_in_ascii_too() -> None:
    assert "xn--" in warnings("From: a@pаypal.example")
    assert "reads as" in warnings("From: a@xn--pypal-4ve.example")


def test_several_senders_and_none() -> None:
    assert "2 senders" in warnings("From: a@b.example, c@d.example")
    assert "(no sender)" in warnings("Subject: x")
    assert "(no sender)" in warnings("From: undisclosed:;")
    assert "(no address)" in " ".join(box("From: Somebody"))
    assert "Sender real@d.example" in " ".join(" ".join(box("From: a@b.example\nSender: real@d.example")).split())


def test_answers_to_elsewhere_are_told() -> None:
    head = "From: a@b.example\nReply-To: c@d.example"
    assert any(line.startswith("Reply") and "c@d.example" in line for line in box(head))
    assert "another domain" in warnings(head)
    assert not any(line.startswith("Reply") for line in box("From: a@b.example\nReply-To: A@B.example"))


def test_hundreds_of_recipients_are_counted() -> None:
    lines = box("From: a@b.example\nTo: " + ", ".join(f"n{number}@b.example" for number in range(500)), 60)
    assert len(lines) < 20
    assert "+480" in " ".join(lines)


@pytest.mark.parametrize("date", ["Tue, 1 Jan 0000 00:00:00 +0000", "Fri, 31 Dec 9999 23:59:59 +0000", "", "\x1b[2J"])
def test_absurd_dates_are_told(date: str) -> None:
    (line,) = [line for line in box(f"Date: {date}") if line.startswith("Date")]
    assert "no date" in line
    assert not unsafe(line)
