"""Odd mails, made by numbers, of pieces of which it is known what is right for the answer; and what judges answers."""

import random
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache
from typing import Any

from tui.mail.address import Address
from tui.mail.draft import Draft
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.mail.reply import reply

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
ME = Identity(AccountName("work"), Address("Ada, Countess", "ada@example.org"), "Ada")
ALIAS = Address("", "countess@example.org")
OWN = (ME.address.spec, ALIAS.spec)
COUNT = 200

GRACE = "grace@navy.example"
SENDERS = (
    (f"From: Grace Hopper <{GRACE}>\n", (GRACE,)),
    (f'From: "attacker@evil.example, x" <{GRACE}>\n', (GRACE,)),
    (f"From: =?utf-8?q?attacker=40evil=2Eexample=2C?= <{GRACE}>\n", (GRACE,)),
    ("From: =?utf-8?b?R3LDvMOfZQ==?=\n =?iso-8859-1?q?_aus_K=F6ln?= <koeln@x.example>\n", ("koeln@x.example",)),
    (f"From: {GRACE} (Grace (the) Hopper)\n", (GRACE,)),
    (f"From: <@relay.example,@other.example:{GRACE}>\n", (GRACE,)),
    (f'From: "\\"Grace\\" <evil@evil.example>" <{GRACE}>\n', (GRACE,)),
    (f"From: =?utf-8?q?G=0D=0ABcc=3A_evil=40evil=2Eexample?= <{GRACE}>\n", (GRACE,)),
    (f"From: =?x-unknown?q?G?= <{GRACE}>\n", (GRACE,)),
    ('From: "quoted local"@navy.example\n', ('"quoted local"@navy.example',)),
    ("From: 名前 <namae@xn--wgv71a.example>\n", ("namae@xn--wgv71a.example",)),
    (f"From: Grace\n\tHopper\n <{GRACE}>\n", (GRACE,)),
    (f"From: \x1b[31mGrace\x07 <{GRACE}>\n", (GRACE,)),
    (f"From: {'x' * 900} <{GRACE}>\n", (GRACE,)),
    (f"From: Gr\udcfc\udcdfe <{GRACE}>\n", (GRACE,)),
    (f"fROM : Grace\n <\n {GRACE}\n >\n", (GRACE,)),
    (f"From:{GRACE}\n", (GRACE,)),
    (f"From: Grace <{GRACE}>, Alan <alan@x.example>\nSender: desk@x.example\n", (GRACE, "alan@x.example")),
    (f"From: Grace <{GRACE}>\nFrom: alan@x.example\n", (GRACE, "alan@x.example")),
    (f"Sender: Grace <{GRACE}>\n", (GRACE,)),
    (f"From:\nSender: Grace <{GRACE}>\n", (GRACE,)),
    (f"From: =?gb2312?B?zfXQodPR?= <{GRACE}>\n", (GRACE,)),
    (f"From: =?iso-2022-jp?B?GyRCOzNFRBsoQg==?= (=?koi8-r?B?7cnSIA==?=) <{GRACE}>\n", (GRACE,)),
    (f"From: =?utf-8?q?unended_word <{GRACE}>\n", (GRACE,)),
)
BACK = (
    *("", "", "", "", "Reply-To:\n", "Reply-To: not an address\n"),
    "Reply-To: =?utf-8?q?Desk=2C?= <desk@y.example>\n",
    "Reply-To: desk@y.example, Second Desk <desk2@y.example>\n",
    "Reply-To: Desks: desk@y.example, desk2@y.example;\n",
    "Reply-To: desk@y.example\nReply-To: DESK@y.example, desk2@y.example\n",
    'Reply-To: "a@evil.example" <desk@y.example> (b@evil.example)\n',
)
"""Where else an answer goes: what is right is in the addresses of y.example that stand there."""
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
    (
        "A: bob@x.example;, B: (c: evil@evil.example;) carol@x.example;",
        ("bob@x.example", "carol@x.example"),
    ),
    ("bob@x.example\nTo: carol@x.example", ("bob@x.example", "carol@x.example")),
    ("\n bob@x.example\n ,\n\tcarol@x.example\n", ("bob@x.example", "carol@x.example")),
    ("Bob <bob@x.example>, no address at all, <>, carol@x.example (", ("bob@x.example", "carol@x.example")),
    ("\udce9\udce9 <bob@x.example>", ("bob@x.example",)),
)
SUBJECTS = (
    ("Subject: Of engines\n", "Of engines"),
    ("Subject: Re: Aw: RE: Of engines\n", "Of engines"),
    ("Subject: =?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=\n", "Grüße"),
    ("Subject: =?utf-8?b?5LiA5LqM?=\n =?utf-8?b?5LiJ?=\n", "一二三"),
    ("Subject: =?utf-8?q?x=0D=0ABcc=3A_evil=40evil=2Eexample?=\n", "x Bcc: evil@evil.example"),
    (f"Subject: {'a' * 300}\n", "a" * 300),
    ("Subject:\n", ""),
    ("", ""),
    (f"Subject: {'word ' * 60}end\n", "word " * 60 + "end"),
    ("Subject: [list] [/] =?broken?q\n", "[list] [/] =?broken?q"),
    ("Subject: first\nSubject: second\n", "first"),
    ("SUBJECT:\n folded\n\tand folded\n", "folded and folded"),
    ("Subject: =?iso-8859-2?q?P=F8=EDli=B9?= =?koi8-r?b?8NLJ18XU?=\n", "PřílišПривет"),
    ("Subject: =?gb18030?b?xOO6ww==?= =?x-none?q?abc?=\n", "你好abc"),
    ("Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\n", "日本"),
    ("Subject: Gr\udcfc\udcdfe\n", "Grüße"),
    ("Subject: Re[2]: =?utf-8?b?8J+RqeKAjfCfkrs=?=\n", "👩💻"),
    ("Subject: Re: =?utf-8?q?=E2=80=AEevil?= =?utf-8?q?=1B=5B31m?=\n", "evil\ufffd[31m"),
)
CHAIN = [f"<{number}.{'z' * (number % 60)}@chain.example>" for number in range(200)]
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
    (
        f"References: {chr(10).join(f' {id}' for id in CHAIN).strip()}\nMessage-ID: <1@x>\n",
        "<1@x>",
        [CHAIN[0], *CHAIN[-38:], "<1@x>"],
    ),
    ("Message-ID: <1@x>\nMessage-ID: <2@x>\n", "<1@x>", ["<1@x>"]),
    ("Message-ID: <1@x>\nIn-Reply-To: <0@x> <b@x>\n", "<1@x>", ["<1@x>"]),
    ("Message-ID: <1@x>\nReferences: <1@x> <0@x>\nReferences: <b@x>\n", "<1@x>", ["<0@x>", "<b@x>", "<1@x>"]),
    ("Message-ID: <\udce9@x>\nReferences: <0@x>\n", "", ["<0@x>"]),
    ("Message-ID: <1@x>\nReferences:\n <0@x>\n\t<b@x>\n", "<1@x>", ["<0@x>", "<b@x>", "<1@x>"]),
    ("Message-ID: <1 1@x>\nReferences: <a@b>\x01<c@d> <" + "e" * 500 + "@x>\n", "", ["<a@b>", "<c@d>"]),
    ("Message-ID: <=?utf-8?q?a?=@x>\n", "<=?utf-8?q?a?=@x>", ["<=?utf-8?q?a?=@x>"]),
    ("Message-ID: <1@[127.0.0.1]>\n", "<1@[127.0.0.1]>", ["<1@[127.0.0.1]>"]),
)
TEXTS = (
    ("Content-Type: text/plain; charset=utf-8\n", "Grüße\n> quoted\n".encode(), ["> Grüße", ">> quoted"]),
    ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
     b"K=F6ln =\nund\n", ["> Köln und"]),
    ("Content-Type: text/plain; format=flowed\n", b"one \ntwo\n>> deep \n>> er\n", ["> one two", ">>> deep er"]),
    ("Content-Type: text/plain; format=flowed; delsp=yes\n", b"one \ntwo\n", ["> onetwo"]),
    ("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n", b"SGVsbG8K\n", ["> Hello"]),
    ("", b"Plain\n.\nFrom here\n\n-- \nsignature\n", ["> Plain", "> .", "> From here"]),
    ("Content-Type: text/html\n", b"<p>Bold <b>words</b></p><script>evil()</script>", ["> Bold words"]),
    ("Content-Type: text/html; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n",
     b"<p>=F0=D2=C9=D7=C5=D4 &amp; &lt;all&gt;</p>\n", ["> Привет & <all>"]),
    ("Content-Type: multipart/alternative; boundary=b\n",
     b"--b\nContent-Type: text/plain\n\nfirst\n--b\nContent-Type: text/html\n\n<i>second</i>\n--b--\n", ["> first"]),
    ("Content-Type: multipart/mixed; boundary=\"a b\"\n",
     b"--a b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=x.txt\n\nno text\n"
     b"--a b\n\nthe text\n", ["> the text"]),
    ("Content-Type: multipart/mixed;\n boundary*0=\"in\";\n boundary*1=\"ner\"\n",
     b"--inner\nContent-Type: message/rfc822\n\nSubject: other\n\nan enclosed message\n"
     b"--inner\n\nthe words\n--inner--\n", ["> the words"]),
    ("Content-Type: text/plain; charset=nonsense\n", b"who knows\n", ["> who knows"]),
    ("Content-Type: text/plain; charset=koi8-r\n", "Привет\n".encode("koi8-r"), ["> Привет"]),
    ("Content-Type: text/plain; charset=\"ISO-2022-JP\"\n", "日本語\n".encode("iso-2022-jp"), ["> 日本語"]),
    ("Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n",
     b"//5oAGkACgA=\n", ["> hi"]),
    ("Content-Type: text/plain; charset=gb2312\n", "你好\n".encode("gb18030"), ["> 你好"]),
    ("Content-Type: text/plain; charset=us-ascii\n", b"Gr\xfc\xdfe\n", ["> Grüße"]),
    ("Content-Type: text/plain; charset=utf-8\n", b"\x1b[31mred\x07\x01\n\xe2\x80\xaeback\n",
     ["> \ufffd[31mred\ufffd\ufffd", "> back"]),
    ("Content-Type: text/plain\n", b"x" * 900 + b"\n", ["> " + "x" * 72] * 12 + ["> " + "x" * 36]),
    ("Content-Type: rubbish\n", b"still text\n", ["> still text"]),
    ("Content-Type: text/plain\nContent-Transfer-Encoding: x-nothing\n", b"as it is\n", ["> as it is"]),
)  # fmt: skip
MORE = (
    *("", "", ""),
    "Bcc: evil@evil.example\nResent-To: evil@evil.example\n",
    "X-Original-To: ada@example.org\nReturn-Path: <evil@evil.example>\n",
    "Received: from a.example by b.example; Tue, 24 Nov 2026 10:00:00 +0000\n" * 60,
    "no field at all\nX-Long: " + "y" * 900 + "\n",
    "Disposition-Notification-To: evil@evil.example\nErrors-To: evil@evil.example\n",
)
DATES = ("Date: Tue, 24 Nov 2026 10:00:00 +0000\n", "Date: yesterday\n", "", "Date: Mon, 1 Jan 0000 00:00:00 -9999\n")


@dataclass(frozen=True)
class Odd:
    """A mail, and what is right for its answer.

    Attributes:
        raw: the mail, lines ended by LF.
        everyone: whether all who got it are to be answered.
        to: addr-specs, lower case.
        lines: what is quoted, without empty lines.
    """

    raw: bytes
    everyone: bool
    to: tuple[str, ...]
    subject: str
    answered: str
    references: tuple[str, ...]
    lines: tuple[str, ...]


def odd(seed: int) -> Odd:
    """Return a mail, always the same of the same number."""
    pick = random.Random(seed)
    sender, wrote = pick.choice(SENDERS)
    elsewhere = pick.choice(BACK)
    to, others = pick.choice(PEOPLE)
    cc, more = pick.choice(PEOPLE)
    subject, clean = pick.choice(SUBJECTS)
    ids, answered, references = pick.choice(IDS)
    content, body, lines = pick.choice(TEXTS)
    everyone = pick.random() < 0.6
    back = tuple(re.findall(r"desk2?@y\.example", elsewhere)) or wrote
    fields = [sender, elsewhere, f"To: {to}\n", f"Cc: {cc.replace('To:', 'Cc:')}\n", subject, ids]
    fields += [pick.choice(MORE), pick.choice(DATES), pick.choice(("MIME-Version: 1.0\n", "")), content]
    pick.shuffle(fields)
    if fields[0].startswith("no field"):  # what such a line is, where it is the first, servers see differently
        fields.append(fields.pop(0))
    right = (*back, *others, *more) if everyone else back
    head = "".join(fields).replace("\n\n", "\n")
    right = tuple(dict.fromkeys(each.lower() for each in right))
    octets = head.encode("utf-8", "surrogateescape")
    return Odd(octets + b"\n" + body, everyone, right, clean, answered, tuple(references), tuple(lines))


@cache
def mails() -> tuple[Odd, ...]:
    """Return the odd mails of this house."""
    return tuple(map(odd, range(COUNT)))


MADE = frozenset(
    (
        *("Date", "From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    )
)
"""Fields that an answer may have."""
_ID = re.compile(r"<[0-9a-f]+\.[0-9a-f]+@example\.org>\Z")


def answer(given: Odd, message: Message | None = None, **more: Any) -> Draft:
    """Answer a mail as the program does.

    Args:
        message: as a server gave it; None: as it was made.
        more: what else `tui.mail.reply.reply` is given.
    """
    found = parse_message(given.raw) if message is None else message
    rest = {"envelope": None, "identity": ME, **more}
    return reply(found, everyone=given.everyone, own=[ALIAS], now=NOW, **rest)


def faults(given: Odd, raw: bytes, added: Collection[str] = ()) -> list[str]:
    """Return what is wrong in an answer, as the standard library's parser reads it.

    Args:
        given: what was answered.
        raw: the answer.
        added: fields that servers put in on the way.
    """
    made = message_from_bytes(raw)
    named = getaddresses([str(value) for name in ("To", "Cc") for value in made.get_all(name, [])])
    payload = made.get_payload(decode=True)
    assert isinstance(payload, bytes)
    text = payload.decode()
    quoted = [line.rstrip() for line in text.split("\r\n") if line.startswith(">") and line.strip("> ")]
    subject = str(make_header(decode_header(made["Subject"] or ""))).split()
    names = [name for name, _ in made.items() if name not in added]  # some of them may be there twice
    right = {
        "recipients": sorted(spec.lower() for _, spec in named) == sorted(given.to),
        "sender": getaddresses([str(made["From"])]) == [(ME.address.name, ME.address.spec)],
        "subject": subject == ["Re:", *given.subject.split()],
        "Message-ID": bool(_ID.match(made["Message-ID"].strip())),
        "In-Reply-To": (made["In-Reply-To"] or "").split() == given.answered.split(),
        "References": (made["References"] or "").split() == list(given.references),
        "Date": parsedate_to_datetime(made["Date"]) is not None,
        "fields": MADE.issuperset(names) and len(set(names)) == len(names),
        "quoting": quoted == list(given.lines) and "evil()" not in text,
    }
    return [what for what, is_right in right.items() if not is_right]
