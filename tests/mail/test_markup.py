"""Markdown as mail: both halves say the same, and nothing but Markdown is markup."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.draft import Attachment, Draft
from tui.mail.draft_message import from_message, to_message
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.markup import to_html
from tui.mail.parse import parse_message

WHEN = datetime(2026, 11, 24, 15, 8, 53, tzinfo=UTC)
ADA = Identity(AccountName("work"), Address("Ada", "ada@example.org"), "Ada")
BODY = "# Note\n\nIt *works*, see ![card](card.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n-- \n<Ada>\n"
DRAFT = Draft(ADA, to=(Address("", "g@x.example"),), subject="x", body=BODY, message_id="<1@x>", markdown=True)
CARD, NOTE = Attachment("card.png", "image/png", b"PNG"), Attachment("a.txt", "text/plain", b"x")


def page(text: str) -> str:
    return to_html(text, {})[0]


def test_both_halves() -> None:
    made = message_from_bytes(to_bytes(DRAFT, date=WHEN))
    assert [part.get_content_type() for part in made.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    text, markup = (part.get_payload(decode=True).decode() for part in list(made.walk())[1:])  # type: ignore[union-attr]
    assert text.replace("\r\n", "\n") == BODY
    for piece in ("<h1>Note</h1>", "<em>works</em>", "<td>1</td>", "&lt;Ada&gt;"):
        assert piece in markup


def test_images_stand_within_and_other_files_beside() -> None:
    made = message_from_bytes(to_bytes(replace(DRAFT, attachments=(CARD, NOTE)), date=WHEN))
    kinds = [part.get_content_type() for part in made.walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/alternative", "text/plain"),
        *("multipart/related", "text/html", "image/png", "text/plain"),
    ]
    parts = list(made.walk())
    assert f'src="cid:{parts[5]["Content-ID"][1:-1]}"'.encode() in parts[4].get_payload(decode=True)


def test_no_markup_and_no_script_of_the_writers() -> None:
    text = "<script>alert(1)</script> [x](javascript:alert(1)) ![t](https://evil.example/p.gif) <img src=x>"
    made = page(text)
    assert "<script" not in made
    assert "<img" not in made
    assert 'href="javascript' not in made


def test_a_draft_on_the_server_stays_markdown() -> None:
    message = parse_message(to_message(replace(DRAFT, attachments=(CARD,)), "mark", date=WHEN))
    back = from_message(message, [ADA])
    assert (back.markdown, back.body.rstrip(), len(back.attachments)) == (True, BODY.rstrip(), 1)


@given(st.text(), st.text(max_size=20))
def test_whatever_is_written_can_be_sent(body: str, name: str) -> None:
    picture = Attachment(name, "image/png", b"x")
    raw = to_bytes(replace(DRAFT, body=f"{body}\n![]({name})", attachments=(picture,)), date=WHEN)
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert message_from_bytes(raw).is_multipart()
