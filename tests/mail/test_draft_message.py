"""Drafts as messages: what was written comes back, from our own copies and from other programs' drafts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.draft import Attachment, Draft
from tui.mail.draft_message import MARK, from_message, to_message
from tui.mail.errors import MailError
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.parse import parse_message

ME = Identity(AccountName("work"), Address("Ada Lovelace", "ada@example.org"), "Ada")
OTHER = Identity(AccountName("home"), Address("", "ada@home.example"))
DATE = datetime(2026, 11, 23, 9, 37, tzinfo=UTC)
GRACE, ALAN, ROZSA = (
    Address("Grace Hopper", "grace@example.org"),
    Address("", "alan@example.org"),
    Address("Péter, Rózsa", "rozsa@example.org"),
)
FULL = Draft(
    ME,
    to=(GRACE, ROZSA),
    cc=(ALAN,),
    bcc=(Address("", "secret@example.org"),),
    subject="Grüße, Note G",
    body="Dear Grace,\n\n> quoted\nFrom here: ünïcödé 台北\n.dot\n\n-- \nAda\n",
    attachments=(Attachment("Plan für morgen.pdf", "application/pdf", bytes(range(256)) * 40),),
    in_reply_to="<1@example.org>",
    references=("<0@example.org>", "<1@example.org>"),
    message_id="<mine@example.org>",
)


def there_and_back(draft: Draft) -> Draft:
    return from_message(parse_message(to_message(draft, "abc123", date=DATE)), [OTHER, ME])


def test_everything_comes_back() -> None:
    assert there_and_back(FULL) == FULL


def test_what_is_not_finished_comes_back_too() -> None:
    draft = Draft(ME, to=(GRACE, Address("", "plana@")), bcc=(Address("Nobody yet", ""),), message_id="<m@example.org>")
    raw = to_message(draft, "abc123", date=DATE)
    assert b"\r\nTo: Grace Hopper <grace@example.org>\r\n" in raw, "for other programs"
    assert there_and_back(draft).to == draft.to
    assert there_and_back(draft).bcc == draft.bcc
    assert there_and_back(Draft(ME)).to == ()


def test_it_is_found_by_its_mark() -> None:
    assert f"\r\n{MARK}: abc123\r\n".encode() in to_message(FULL, "abc123", date=DATE)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=300),
    st.text(max_size=60),
)
def test_any_text_comes_back_but_for_blanks_at_the_ends_of_lines(body: str, subject: str) -> None:
    back = there_and_back(Draft(ME, body=body, subject=subject))

    def words(text: str) -> list[str]:
        return [line.rstrip() for line in text.rstrip().splitlines()]

    assert "\r" not in back.body
    assert len(words(back.body)) == len(words(body))
    assert "\n" not in back.subject


OUTLOOKISH = b"""From: Somebody <somebody@else.example>
To: undisclosed-recipients:;
Cc: Grace Hopper <grace@example.org>
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Message-ID: <theirs@else.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8; format=flowed

A paragraph that\x20
goes on.
--b
Content-Type: text/html

<p>A paragraph that goes on.
--b--
--a
Content-Type: image/png; name=x.png
Content-ID: <x>
Content-Transfer-Encoding: base64

AAEC
--a--
""".replace(b"\n", b"\r\n")


def test_another_programs_draft_is_taken_up() -> None:
    draft = from_message(parse_message(OUTLOOKISH), [ME, OTHER])
    assert draft.identity == ME
    assert (draft.to, draft.cc, draft.subject) == ((), (GRACE,), "Grüße")
    assert draft.body.rstrip() == "A paragraph that goes on."
    assert [(each.filename, each.data) for each in draft.attachments] == [("x.png", b"\x00\x01\x02")]
    assert draft.message_id.endswith("@example.org>")
    assert draft.message_id != "<theirs@else.example>", "it may have been sent by that program"


def test_one_with_html_only_has_its_words() -> None:
    raw = b"From: ada@home.example\r\nContent-Type: text/html\r\n\r\n<b>Dear</b> Grace"
    draft = from_message(parse_message(raw), [ME, OTHER], "Dear Grace")
    assert (draft.body, draft.identity.account) == ("Dear Grace", "home")


def test_what_cannot_be_edited_is_refused() -> None:
    raw = b"From: a@b.example\r\nContent-Type: multipart/encrypted; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n"
    with pytest.raises(MailError, match="cannot be edited"):
        from_message(parse_message(raw), [ME])


def test_hostile_fields_do_no_harm() -> None:
    raw = (
        b"From: x\r\nTo: a@b.example\r\nBcc: evil\x00@b.example\r\nSubject: a\x1b]0;x\x07\r\n"
        b"In-Reply-To: <a b>\r\nReferences: <x>\r\n\r\n\x1b[2J\r\n"
    )
    draft = from_message(parse_message(raw), [ME])
    assert "\x1b" not in draft.subject + draft.body
    assert draft.in_reply_to == ""
    assert draft.references == ()
    to_message(draft, "x", date=DATE)
