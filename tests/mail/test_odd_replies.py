"""Two hundred odd mails answered: what leaves, as another parser reads it, goes to whom and where it should.

What is right is known because the mails are put together of pieces of which that is known.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest

from tui.mail.address import Address
from tui.mail.compose import to_bytes
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.parse import parse_message
from tui.mail.reply import reply

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
ME = Identity(AccountName("work"), Address("Ada, Countess", "ada@example.org"), "Ada")
ALIAS = Address("", "countess@example.org")
COUNT = 200

SENDERS = (
    ("Grace Hopper <grace@navy.example>", "grace@navy.example"),
    ('"attacker@evil.example, x" <grace@navy.example>', "grace@navy.example"),
    ("=?utf-8?q?attacker=40evil=2Eexample=2C?= <grace@navy.example>", "grace@navy.example"),
    ("=?utf-8?b?R3LDvMOfZQ==?=\n =?iso-8859-1?q?_aus_K=F6ln?= <koeln@x.example>", "koeln@x.example"),
    ("grace@navy.example (Grace (the) Hopper)", "grace@navy.example"),
    ("<@relay.example,@other.example:grace@navy.example>", "grace@navy.example"),
    ('"\\"Grace\\" <evil@evil.example>" <grace@navy.example>', "grace@navy.example"),
    ("=?utf-8?q?G=0D=0ABcc=3A_evil=40evil=2Eexample?= <grace@navy.example>", "grace@navy.example"),
    ("=?x-unknown?q?G?= <grace@navy.example>", "grace@navy.example"),
    ('"quoted local"@navy.example', '"quoted local"@navy.example'),
    ("名前 <namae@xn--wgv71a.example>", "namae@xn--wgv71a.example"),
    ("Grace\n\tHopper\n <grace@navy.example>", "grace@navy.example"),
    ("\x1b[31mGrace\x07 <grace@navy.example>", "grace@navy.example"),
    ("x" * 900 + " <grace@navy.example>", "grace@navy.example"),
)
PEOPLE = (
    ("ada@example.org", ()),
    ("ADA@Example.ORG, Bob <bob@x.example>", ("bob@x.example",)),
    ("Engine: bob@x.example, carol@x.example;, ada@example.org", ("bob@x.example", "carol@x.example")),
    ("undisclosed-recipients:;", ()),
    ("bob@x.example, bob@x.example, BOB@X.EXAMPLE", ("bob@x.example",)),
    ('"Péter, Rózsa" <rozsa@x.example>, "a,b" <ab@x.example>', ("rozsa@x.example", "ab@x.example")),
    ("countess@example.org, carol@x.example,,", ("carol@x.example",)),
    (", ".join(f"p{number}@x.example" for number in range(60)), tuple(f"p{number}@x.example" for number in range(60))),
    ("=?utf-8?q?Bob=2C_evil=40evil=2Eexample?=\n <bob@x.example>", ("bob@x.example",)),
)
SUBJECTS = (
    ("Of engines", "Of engines"),
    ("Re: Aw: RE: Of engines", "Of engines"),
    ("=?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ("=?utf-8?b?5LiA5LqM?=\n =?utf-8?b?5LiJ?=", "一二三"),
    ("=?utf-8?q?x=0D=0ABcc=3A_evil=40evil=2Eexample?=", "x Bcc: evil@evil.example"),
    ("a" * 300, "a" * 300),
    ("", ""),
    ("word " * 60 + "end", "word " * 60 + "end"),
    ("[list] [/] =?broken?q", "[list] [/] =?broken?q"),
)
IDS: tuple[tuple[str, str, list[str]], ...] = (
    ("Message-ID: <1@x.example>\n", "<1@x.example>", ["<1@x.example>"]),
    ("Message-ID: <1@x>\nReferences: <0@x> <b@x>\n", "<1@x>", ["<0@x>", "<b@x>", "<1@x>"]),
    (
        "Message-ID:\n <" + "y" * 150 + "@x.example>\n",
        "<" + "y" * 150 + "@x.example>",
        ["<" + "y" * 150 + "@x.example>"],
    ),
    ("Message-ID: <1@x>\nIn-Reply-To: <0@x>\n", "<1@x>", ["<0@x>", "<1@x>"]),
    ("Message-ID: <1@x>\nReferences: rubbish <0@x>, (no) <b@x\n", "<1@x>", ["<0@x>", "<1@x>"]),
    ("", "", []),
    ("Message-ID: no id at all\n", "", []),
)
TEXTS = (
    ("Content-Type: text/plain; charset=utf-8\n", "Grüße\n> quoted\n".encode(), ["> Grüße", ">> quoted"]),
    ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
     b"K=F6ln =\nund\n", ["> Köln und"]),
    ("Content-Type: text/plain; format=flowed\n", b"one \ntwo\n>> deep \n>> er\n", ["> one two", ">>> deep er"]),
    ("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n", b"SGVsbG8K\n", ["> Hello"]),
    ("", b"Plain\n.\nFrom here\n\n-- \nsignature\n", ["> Plain", "> .", "> From here"]),
    ("Content-Type: text/html\n", b"<p>Bold <b>words</b></p><script>evil()</script>", ["> Bold words"]),
    ("Content-Type: multipart/alternative; boundary=b\n",
     b"--b\nContent-Type: text/plain\n\nfirst\n--b\nContent-Type: text/html\n\n<i>second</i>\n--b--\n", ["> first"]),
    ("Content-Type: text/plain; charset=nonsense\n", b"who knows\n", ["> who knows"]),
)  # fmt: skip


@dataclass(frozen=True)
class Odd:
    """A mail, and what is right for its answer."""

    raw: bytes
    everyone: bool
    to: tuple[str, ...]
    subject: str
    answered: str
    references: tuple[str, ...]
    lines: tuple[str, ...]


def odd(seed: int) -> Odd:
    pick = random.Random(seed)
    sender, back = pick.choice(SENDERS)
    to, others = pick.choice(PEOPLE)
    cc, more = pick.choice(PEOPLE)
    subject, clean = pick.choice(SUBJECTS)
    ids, answered, references = pick.choice(IDS)
    content, body, lines = pick.choice(TEXTS)
    everyone, elsewhere = pick.random() < 0.6, pick.random() < 0.2
    head = f"From: {sender}\nTo: {to}\nCc: {cc}\nSubject: {subject}\n{ids}"
    if elsewhere:
        head, back = head + "Reply-To: =?utf-8?q?Desk=2C?= <desk@y.example>\n", "desk@y.example"
    head += f"Date: Tue, 24 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n{content}"
    right = (back, *others, *more) if everyone else (back,)
    right = tuple(dict.fromkeys(each.lower() for each in right))
    return Odd(head.encode() + b"\n" + body, everyone, right, clean, answered, tuple(references), tuple(lines))


@pytest.mark.parametrize("part", range(4))
def test_odd_mails_are_answered_rightly(part: int) -> None:
    for seed in range(part, COUNT, 4):
        given = odd(seed)
        draft = reply(parse_message(given.raw), None, ME, everyone=given.everyone, own=[ALIAS], now=NOW)
        raw = to_bytes(draft, date=NOW)
        made = message_from_bytes(raw)
        named = getaddresses([str(value) for name in ("To", "Cc") for value in made.get_all(name, [])])
        assert sorted(spec.lower() for _, spec in named) == sorted(given.to), (seed, given.raw)
        assert sorted(each.spec.lower() for each in draft.recipients) == sorted(given.to), seed
        assert str(make_header(decode_header(made["Subject"] or ""))).split() == ["Re:", *given.subject.split()], seed
        assert (made["In-Reply-To"] or "").split() == given.answered.split(), seed
        assert (made["References"] or "").split() == list(given.references), seed
        assert made["Bcc"] is None
        assert set(made.keys()) <= {
            *("Date", "From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References"),
            *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
        }, seed
        text = made.get_payload(decode=True).decode()  # type: ignore[union-attr]
        quoted = [line.rstrip() for line in text.split("\r\n") if line.startswith(">") and line.strip("> ")]
        assert quoted == list(given.lines), seed
        assert "evil()" not in text
