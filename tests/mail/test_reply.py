"""Answers and forwards."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe
from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.draft import Attachment, Draft, Original
from tui.mail.envelope import Envelope
from tui.mail.fields import is_message_id
from tui.mail.identity import Identity
from tui.mail.ids import AccountName, MailboxId, Uid
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.mail.quote import quote
from tui.mail.reply import MAX_REFERENCES, files, forward, forward_subject, reply, reply_subject

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=timezone(timedelta(hours=1)))
ME = Identity(AccountName("work"), Address("Ada", "ada@example.org"), "Ada\nCountess")
ENVELOPE = Envelope(
    Uid(7), subject="Of engines", from_=(Address("Row", "row@example.org"),), message_id="<row@example.org>"
)

HEAD = """From: Grace Hopper <grace@example.org>
To: Ada <ADA@example.org>, Bob <bob@example.org>
Cc: carol@example.org, bob@example.org
Subject: Of engines
Date: Tue, 24 Nov 2026 10:00:00 +0000
Message-ID: <parent@example.org>
References: <root@example.org> <middle@example.org>
"""


def mail(head: str = HEAD, body: str = "Hello Ada.\n") -> Message:
    return parse_message(f"{head}\n{body}".encode())


def specs(addresses: tuple[Address, ...]) -> list[str]:
    return [address.spec for address in addresses]


def answer(message: Message, *, everyone: bool = False, **fields: object) -> Draft:
    return reply(message, None, ME, everyone=everyone, own=[ME.address], now=NOW, **fields)  # type: ignore[arg-type]


def test_an_answer_goes_to_the_sender() -> None:
    made = answer(mail())
    assert specs(made.to) == ["grace@example.org"]
    assert made.cc == ()
    assert made.subject == "Re: Of engines"
    assert made.in_reply_to == "<parent@example.org>"
    assert made.references == ("<root@example.org>", "<middle@example.org>", "<parent@example.org>")
    assert is_message_id(made.message_id)
    assert made.body == ("\n\nOn 24 Nov 2026 at 11:00, Grace Hopper wrote:\n> Hello Ada.\n\n-- \nAda\nCountess\n")


def test_an_answer_to_all_leaves_the_writer_out() -> None:
    made = answer(mail(), everyone=True)
    assert specs(made.to) == ["grace@example.org", "bob@example.org"]
    assert specs(made.cc) == ["carol@example.org"]


def test_reply_to_is_where_answers_go() -> None:
    head = HEAD + "Reply-To: Desk <desk@example.net>\n"
    assert specs(answer(mail(head)).to) == ["desk@example.net"]
    assert specs(answer(mail(head), everyone=True).to) == ["desk@example.net", "bob@example.org"]


def test_mail_followup_to_is_honoured_by_an_answer_to_all() -> None:
    head = HEAD + "Mail-Followup-To: list@example.net, ada@example.org\n"
    assert specs(answer(mail(head)).to) == ["grace@example.org"]
    made = answer(mail(head), everyone=True)
    assert (specs(made.to), made.cc) == (["list@example.net"], ())


def test_the_list_alone() -> None:
    head = HEAD + "List-Post: <mailto:list%2Bx@example.net?subject=hi>\n"
    made = answer(mail(head), to_list=True)
    assert (specs(made.to), made.cc) == (["list+x@example.net"], ())
    assert specs(answer(mail(HEAD + "List-Post: NO\n"), to_list=True).to) == ["grace@example.org"]
    hostile = HEAD + "List-Post: <mailto:a@b.example,c%0d%0aBcc:d@e.example>\n"
    assert specs(answer(mail(hostile), to_list=True).to) == ["grace@example.org"]


def test_an_answer_to_ones_own_mail_goes_where_that_went() -> None:
    head = HEAD.replace("Grace Hopper <grace@example.org>", "Ada <ada@example.org>").replace("ADA@", "eve@")
    head = head.replace("eve@example.org", "eve@example.org")
    made = answer(mail(head))
    assert specs(made.to) == ["eve@example.org", "bob@example.org"]
    assert made.cc == ()
    assert specs(answer(mail(head), everyone=True).cc) == ["carol@example.org"]


def test_a_note_to_oneself_is_answered_to_oneself() -> None:
    head = "From: ada@example.org\nTo: ada@example.org\nSubject: x\n"
    assert specs(answer(mail(head), everyone=True).to) == ["ada@example.org"]


SUBJECTS = {
    "": "Re:",
    "Of engines": "Re: Of engines",
    "Re: Of engines": "Re: Of engines",
    "RE: AW: Re[2]: SV: Antw:  Of engines": "Re: Of engines",
    "Re : Re(3): x": "Re: x",
    "Fwd: x": "Re: Fwd: x",
    "Reason: none": "Re: Reason: none",
    "回复：你好": "Re: 你好",
    "re:" * 500 + "x": None,
}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_prefixes_do_not_pile_up(subject: str) -> None:
    made = reply_subject(subject)
    assert made.count("Re:") == 1
    if SUBJECTS[subject] is not None:
        assert made == SUBJECTS[subject]
    assert reply_subject(made) == made


def test_forward_subjects() -> None:
    assert forward_subject("WG: Fwd: FW: x") == "Fwd: x"
    assert forward_subject("Re: x") == "Fwd: Re: x"


def test_hostile_ids_stay_behind() -> None:
    head = HEAD.replace("<middle@example.org>", "<bad id@x> evil <<a@b>> =?utf-8?q?=3Cx=40y=3E?= <ü@x>")
    head = head.replace("Message-ID: <parent@example.org>", "Message-ID: <parent@example.org> <second@x>")
    made = answer(mail(head))
    assert all(is_message_id(each) for each in made.references)
    assert made.in_reply_to == "<parent@example.org>"
    assert answer(mail(HEAD.replace("<parent@example.org>", "parent"))).in_reply_to == ""


def test_long_conversations_keep_their_root() -> None:
    ids = " ".join(f"<{number}@x.example>" for number in range(500))
    made = answer(mail(HEAD.replace("<root@example.org>", ids)))
    assert len(made.references) == MAX_REFERENCES
    assert made.references[0] == "<0@x.example>"
    assert made.references[-1] == "<parent@example.org>"


def test_in_reply_to_stands_in_for_references() -> None:
    head = HEAD.replace("References: <root@example.org> <middle@example.org>", "In-Reply-To: <root@example.org>")
    assert answer(mail(head)).references == ("<root@example.org>", "<parent@example.org>")


def test_quotes() -> None:
    body = "One\n\n> Two\n>> Three\n" + "long words " * 30 + "\n-- \nher signature\n"
    lines = answer(mail(body=body)).body.split("\n")
    assert "> One" in lines
    assert ">" in lines
    assert ">> Two" in lines
    assert ">>> Three" in lines
    assert all(len(line) <= 80 for line in lines)
    assert not any("her signature" in line for line in lines)


def test_flowed_text_is_quoted_by_paragraphs() -> None:
    head = HEAD + "Content-Type: text/plain; format=flowed\n"
    lines = answer(mail(head, "A paragraph \nin two lines\n> quoted \n> words\n")).body.split("\n")
    assert "> A paragraph in two lines" in lines
    assert ">> quoted words" in lines


def test_html_is_quoted_as_words() -> None:
    head = HEAD + "Content-Type: text/html; charset=utf-8\n"
    page = "<style>p{color:red}</style><p>Hello &amp; <b>welcome</b></p><script>x</script><p>Zweiter\nAbsatz</p>"
    lines = answer(mail(head, page)).body.split("\n")
    assert "> Hello & welcome" in lines
    assert "> Zweiter Absatz" in lines
    assert "color" not in "\n".join(lines)
    assert "> what was rendered" in answer(mail(head, page), text="what was rendered").body


def test_quote_lines_mark_every_piece() -> None:
    assert quote("> before") == [">> before"]
    assert quote("") == [">"]
    assert quote("a", 2) == [">>> a"]
    assert all(piece.startswith("> ") for piece in quote("word " * 100))


def test_the_row_stands_in_where_the_header_is_missing() -> None:
    made = reply(parse_message(b"\r\nwords"), ENVELOPE, ME, now=NOW, mailbox=MailboxId(3))
    assert specs(made.to) == ["row@example.org"]
    assert made.subject == "Re: Of engines"
    assert made.in_reply_to == "<row@example.org>"
    assert made.original == Original(MailboxId(3), Uid(7), "\\Answered")


FILES = b"""From: grace@example.org
Subject: plans
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See the plans.
--b
Content-Type: application/pdf; name=plan.pdf
Content-Transfer-Encoding: base64

UERG
--b
Content-Type: message/rfc822

Subject: inner

text
--b--
"""


def test_a_forward_carries_the_files() -> None:
    message = parse_message(FILES)
    made = forward(message, ENVELOPE, ME, now=NOW, mailbox=MailboxId(3))
    assert made.to == ()
    assert made.subject == "Fwd: plans"
    assert made.attachments == (
        Attachment("plan.pdf", "application/pdf", b"PDF"),
        Attachment("message.eml", "message/rfc822", b"Subject: inner\n\ntext"),
    )
    assert "From: grace@example.org\n" in made.body
    assert "See the plans." in made.body
    assert made.original == Original(MailboxId(3), Uid(7), "$Forwarded")
    assert "not attached" not in made.body


def test_a_forward_names_what_it_does_not_carry() -> None:
    message = parse_message(FILES)
    partial = replace(message, bodies={"1": message.bodies["1"]})
    assert len(files(partial)) == 2
    assert "[2 of its files are not attached]" in forward(partial, None, ME, now=NOW).body


NAMES = [
    *("From", "To", "Cc", "Reply-To", "Mail-Followup-To", "List-Post"),
    *("Message-ID", "In-Reply-To", "References", "Subject", "Date", "Content-Type"),
]
BODIES = ("<a@b.example>", "a@b.example", "Re: x", "=?utf-8?q?=0D=0ABcc:_e@f?=", "text/html", "x: a@b.example;")
FIELDS = st.lists(
    st.builds(
        "{}: {}".format,
        st.sampled_from(NAMES),
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(BODIES),
        ),
    ),
    max_size=12,
)


@given(FIELDS, st.text(max_size=200), st.booleans(), st.booleans())
def test_any_mail_can_be_answered_and_forwarded(fields: list[str], body: str, everyone: bool, to_list: bool) -> None:
    message = parse_message(("\n".join(fields) + "\n\n" + body).encode("utf-8", "replace"))
    for made in (
        reply(message, None, ME, everyone=everyone, to_list=to_list, own=[ME.address], now=NOW),
        forward(message, None, ME, now=NOW),
    ):
        assert not unsafe(made.subject)
        raw = to_bytes(replace(made, to=(ME.address,), cc=()), date=NOW)
        assert b"\nBcc" not in raw.partition(b"\r\n\r\n")[0]
