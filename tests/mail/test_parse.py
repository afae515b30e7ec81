"""Whole messages: sections as IMAP numbers them, bodies to the octet, and nothing that makes it raise or crawl."""

from email import message_from_bytes
from email.message import Message as StdlibMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail.judge import within
from tui.mail.message import Message
from tui.mail.parse import MAX_DEPTH, MAX_PARTS, decode_text, parse_message
from tui.mail.part import Part


def tree(part: Part) -> object:
    """Return sections and types, nested."""
    row = f"{part.section} {part.type}"
    return (row, [tree(child) for child in part.children]) if part.children else row


RFC_9051 = b"""Content-Type: multipart/mixed; boundary=a

preamble
--a

part 1
--a
Content-Type: application/octet-stream

part 2
--a
Content-Type: message/rfc822

Subject: enclosed
Content-Type: multipart/mixed; boundary=b

--b

part 3.1
--b
Content-Type: application/octet-stream

part 3.2
--b--
--a
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: image/gif

part 4.1
--c
Content-Type: message/rfc822

Content-Type: multipart/mixed; boundary=d

--d

part 4.2.1
--d
Content-Type: multipart/alternative; boundary=e

--e

part 4.2.2.1
--e
Content-Type: text/richtext

part 4.2.2.2
--e--
--d--
--c--
--a--
epilogue
"""


def test_sections_are_those_of_the_standard() -> None:
    message = parse_message(RFC_9051.replace(b"\n", b"\r\n"))
    assert tree(message.structure) == (
        " multipart/mixed",
        [
            "1 text/plain",
            "2 application/octet-stream",
            (
                "3 message/rfc822",
                [("3.TEXT multipart/mixed", ["3.1 text/plain", "3.2 application/octet-stream"])],
            ),
            (
                "4 multipart/mixed",
                [
                    "4.1 image/gif",
                    (
                        "4.2 message/rfc822",
                        [
                            (
                                "4.2.TEXT multipart/mixed",
                                [
                                    "4.2.1 text/plain",
                                    (
                                        "4.2.2 multipart/alternative",
                                        ["4.2.2.1 text/plain", "4.2.2.2 text/richtext"],
                                    ),
                                ],
                            )
                        ],
                    ),
                ],
            ),
        ],
    )
    for section in ("1", "2", "3.1", "3.2", "4.1", "4.2.1", "4.2.2.1", "4.2.2.2"):
        assert message.bodies[section] == f"part {section}".encode()
    assert message.bodies["3"].startswith(b"Subject: enclosed\r\n")
    assert message.bodies["3"].endswith(b"--b--")
    assert message.bodies["3.HEADER"].startswith(b"Subject: enclosed\r\n")
    assert message.defects == ()


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_any_line_end(end: bytes) -> None:
    message = parse_message(RFC_9051.replace(b"\n", end))
    assert message.bodies["4.2.2.2"] == b"part 4.2.2.2"
    assert message.structure.find("4.2.1") is not None


def test_a_single_part_is_number_one() -> None:
    message = parse_message(b"Subject: x\r\nContent-Type: TEXT/HTML; charset=utf-8; name=a.html\r\n\r\n<p>\r\n")
    assert tree(message.structure) == "1 text/html"
    assert message.structure.params == {"charset": "utf-8"}
    assert message.structure.filename == "a.html"
    assert message.bodies["1"] == b"<p>\r\n"
    assert message.structure.size == 5
    assert message.header.text("subject") == "x"


def test_an_enclosed_message_alone() -> None:
    message = parse_message(b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ntext")
    assert tree(message.structure) == ("1 message/rfc822", ["1.1 text/plain"])
    assert message.bodies["1"] == b"Subject: inner\r\n\r\ntext"
    assert message.bodies["1.1"] == b"text"


def test_an_encoded_enclosed_message_is_a_file() -> None:
    raw = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA=="
    assert tree(parse_message(raw).structure) == "1 message/rfc822"


def test_a_digest_holds_messages() -> None:
    raw = b"Content-Type: multipart/digest; boundary=x\r\n\r\n--x\r\n\r\nSubject: one\r\n\r\nhi\r\n--x--\r\n"
    assert tree(parse_message(raw).structure) == (" multipart/digest", [("1 message/rfc822", ["1.1 text/plain"])])


def test_fields_of_a_part() -> None:
    raw = b"""Content-Type: image/png; name=old.png
Content-Disposition: Attachment; filename*=utf-8''gr%C3%BC.png
Content-ID: <a@b>
Content-Description: =?utf-8?q?gr=C3=BC?=
Content-Transfer-Encoding: BASE64 (x)

"""
    part = parse_message(raw).structure
    assert (part.filename, part.disposition, part.content_id) == ("grü.png", "attachment", "a@b")
    assert (part.description, part.encoding) == ("grü", "base64")
    assert part.is_attachment


def test_a_boundary_may_come_in_sections() -> None:
    raw = b'Content-Type: multipart/mixed; boundary*1="b"; boundary*0="a"\r\n\r\n--ab\r\n\r\nthe words\r\n--ab--\r\n'
    message = parse_message(raw)
    assert [part.type for part in message.structure.leaves()] == ["text/plain"]
    assert dict(message.structure.params) == {}
    assert message.bodies["1"] == b"the words"


def test_a_boundary_is_a_whole_line() -> None:
    inner = b"--ab\r\nx--a\r\n --a\r\n--a y"
    raw = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\n" + inner + b"\r\n--a \t\r\n\r\nz\r\n--a--"
    message = parse_message(raw)
    assert [message.bodies[section] for section in ("1", "2")] == [inner, b"z"]


DAMAGED = {
    "no boundary parameter": b"Content-Type: multipart/mixed\r\n\r\nthe words\r\n",
    "a boundary that never comes": b"Content-Type: multipart/mixed; boundary=x\r\n\r\nthe words\r\n",
    "cut short": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nthe words\r\n",
    "no header at all": b"the words, just so\r\nand more",
    "no media type": b"Content-Type: nonsense\r\n\r\nthe words",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_told_and_the_words_are_there(name: str) -> None:
    message = parse_message(DAMAGED[name])
    assert message.defects
    assert all(defect.endswith(".") for defect in message.defects)
    assert "the words" in _all_text(message)


def _all_text(message: Message) -> str:
    return "\n".join(
        decode_text(part, message.bodies[part.section])
        for part in message.structure.leaves()
        if part.type.startswith("text/")
    )


def test_deep_nesting_ends_at_a_limit() -> None:
    for raw in (
        b"Content-Type: message/rfc822\r\n\r\n" * 100_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3_000)),
    ):
        with within(3):
            message = parse_message(raw)
        assert any("nested" in defect for defect in message.defects)
        assert sum(1 for _ in message.structure.walk()) <= MAX_DEPTH + 2


def test_many_parts_end_at_a_limit() -> None:
    message = parse_message(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000)
    assert sum(1 for _ in message.structure.walk()) <= MAX_PARTS + 1
    assert any("1000 parts" in defect for defect in message.defects)


MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
HOSTILE = {
    "a header of 210 kB": b"X: " + b"a" * 210_000 + b"\r\n\r\nx",
    "a header of 40,000 fields": b"X: a\r\n" * 40_000 + b"\r\nx",
    "one field of 70,000 lines": b"X: a\r\n" + b" b\r\n" * 70_000 + b"\r\nx",
    "quotes": b"From: " + b'"' * 50_000,
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000,
    "comments": b"To: " + b"(" * 500,
    "boundaries everywhere": MULTIPART + b"--b" * 300_000,
    "one boundary for all": (MULTIPART + b"--b\r\n") * 20_000,
    "delimiters with spaces": MULTIPART + (b"--b" + b" " * 100) * 10_000,
    "line ends only": b"\r\n" * 300_000,
    "returns only": b"\r" * 600_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_quick(name: str) -> None:
    with within(3):
        message = parse_message(HOSTILE[name])
        message.header.addresses("From")
        message.header.addresses("To")
        message.header.text("Subject")


FRAGMENTS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=x",
        b'Content-Type: multipart/digest; boundary="x"',
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment; filename*0*=a''%",
        b"Subject: =?utf-8?b?",
        *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"--x", b"--x--", b"text", b" ", b": ", b"\x00", b"\xff", b"From x"),
    ]
)


@settings(max_examples=300)
@given(st.lists(FRAGMENTS, max_size=40).map(b"".join))
def test_nothing_makes_it_raise(raw: bytes) -> None:
    message = parse_message(raw)
    sections = [part.section for part in message.structure.walk()]
    assert len(sections) == len(set(sections))
    for part in message.structure.walk():
        if not part.is_multipart:
            assert len(message.bodies[part.section]) == part.size
            assert message.has(part)
            decode_text(part, message.bodies[part.section])
    message.with_bodies({"1": b""})


LEAVES = st.binary(max_size=30).map(lambda raw: raw.replace(b"-", b""))


@given(st.recursive(LEAVES, lambda each: st.lists(each, min_size=1, max_size=3)))
def test_leaves_are_those_of_the_standard_library(made: object) -> None:
    counter = iter(range(10_000))

    def build(node: object) -> bytes:
        if isinstance(node, bytes):
            body = node.replace(b"\r", b"").replace(b"\n", b"")
            return b"Content-Type: application/x-test\n\n" + body
        assert isinstance(node, list)
        mark = b"mark%d" % next(counter)
        parts = b"".join(b"\n--" + mark + b"\n" + build(child) for child in node)
        return b'Content-Type: multipart/mixed; boundary="' + mark + b'"\n\n' + parts + b"\n--" + mark + b"--\n"

    raw = build(made)
    message = parse_message(raw)
    ours = [message.bodies[part.section] for part in message.structure.walk() if not part.is_multipart]
    theirs = [_payload(part) for part in message_from_bytes(raw).walk() if not part.is_multipart()]
    assert ours == theirs
    assert message.defects == ()


def _payload(part: StdlibMessage) -> bytes:
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found
