"""Mailboxes to measure with: messages from a seed, alike in every run, and their way into a server.

The mix is that of a working person's Inbox: plain text, text with HTML, files, lists; English, German, Greek, Japanese;
names with and without accents; a third of it unread.
"""

import random
import socket
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.header import Header
from typing import NamedTuple

NEWEST = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = (
    ("Ada Lovelace", "ada@analytical.example"),
    ("Grace Hopper", "grace.hopper@navy.example"),
    ("Rózsa Péter", "rozsa@elte.example"),
    ("Kurt Gödel", "kurt@wien.example"),
    ("Σοφία Κοβαλέφσκαγια", "sofia@stockholm.example"),
    ("山田 花子", "hanako@tokyo.example"),
    ("Emmy Noether", "noether@goettingen.example"),
    ("Continuous Integration", "builds@ci.example"),
    ("Alan Turing", "alan@bletchley.example"),
    ("Hedy Lamarr", "hedy@spectrum.example"),
    ("", "no-reply@shop.example"),
    ("Barbara Liskov", "barbara@subtypes.example"),
)
FIRST = (
    "Anna",
    "Bob",
    "Chloé",
    "Dmitri",
    "Eva",
    "Farid",
    "Grete",
    "Hugo",
    "Ines",
    "Jörg",
    "Kemi",
    "Lars",
    "Mei",
    "Nils",
)
LAST = (
    "Abel",
    "Bernoulli",
    "Cauchy",
    "Dirichlet",
    "Euler",
    "Fermat",
    "Gauß",
    "Hilbert",
    "Ito",
    "Jacobi",
    "Klein",
    "Lie",
)
STRANGERS = 3_000
"""People beside `PEOPLE`; a few of them write often."""
TOPICS = (
    "Engine, second draft",
    "Minutes of Tuesday",
    "Re: Proof of the lemma",
    "Rechnung für März",
    "Your order has left the house",
    "[compilers] Release candidate 3",
    "Fwd: Fahrplan und Übernachtung",
    "会議の議事録",
    "Lunch?",
    "build 4711 failed: tests/test_wire.py",
    "Πρόσκληση στο συνέδριο",
    "Re: Re: about the subtypes",
)
SENTENCES = (
    "the engine weaves algebraic patterns just as the loom weaves flowers and leaves and we may say most aptly that"
    " nothing in it can originate anything but whatever we know how to order it to perform"
)
WORDS = SENTENCES.split()
LIMIT = 4_000
"""Messages of one APPEND."""


class Letter(NamedTuple):
    """A message as it lies in a mailbox.

    Attributes:
        raw: its octets.
        flags: as IMAP writes them, without parentheses.
        received: INTERNALDATE.
    """

    raw: bytes
    flags: str
    received: datetime


def letters(count: int, *, seed: int = 7, newest: datetime = NEWEST) -> Iterator[Letter]:
    """Yield messages, oldest first, one every few minutes up to ``newest``.

    Args:
        count: how many.
        seed: the same one gives the same messages.
        newest: when the last one was received.
    """
    chance = random.Random(seed)
    when = newest - timedelta(minutes=7 * count)
    for number in range(1, count + 1):
        when += timedelta(minutes=7)
        flags = ["\\Seen"] if chance.random() < 0.66 or number < count - 400 else []
        flags += ["\\Answered"] * (chance.random() < 0.1) + ["\\Flagged"] * (chance.random() < 0.04)
        yield Letter(_letter(number, when, chance), " ".join(flags), when)


def letter(
    subject: str,
    *,
    sender: tuple[str, str] = PEOPLE[0],
    number: int = 0,
    body: str = "It compiles.\r\n",
    when: datetime | None = None,
) -> bytes:
    """Return one plain message with a subject of one's own.

    Args:
        subject: ASCII.
        sender: name and address.
        number: goes into the Message-ID.
        body: with CR LF.
        when: it was written; None: now.
    """
    name, spec = sender
    dates = _dates(when or datetime.now(UTC), f"single-{number}", spec)
    head = [*_addresses(name, spec), f"Subject: {subject}", *dates]
    return "\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", body]).encode()


def _letter(number: int, when: datetime, chance: random.Random) -> bytes:
    name, spec = _person(chance)
    topic = f"{chance.choice(TOPICS)} {number}"
    subject = topic if topic.isascii() else Header(topic, "utf-8").encode(linesep="\r\n")
    head = [*_addresses(name, spec), f"Subject: {subject}", *_dates(when, str(number), spec)]
    if number > 12 and chance.random() < 0.5:
        parent = f"<{number - chance.randint(1, 12)}@letters.example>"
        head += [f"In-Reply-To: {parent}", f"References: {parent}"]
    if chance.random() < 0.3:
        head += ["Cc: Team <team@mill.example>, Charles Babbage <charles@mill.example>"]
    text = "".join(f"{_sentence(chance)}\r\n" for _ in range(chance.randint(3, 14)))
    kind = chance.random()
    if kind < 0.5:
        return "\r\n".join([*head, "Content-Type: text/plain; charset=utf-8", "", text]).encode()
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"]
    if kind < 0.85:
        html = (
            f"<p>{text.replace(chr(13) + chr(10), '<br>')}</p><p><a href='https://mill.example/{number}'>more</a></p>"
        )
        parts.append(f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n")
        subtype = "alternative"
    else:
        content = b64encode(chance.randbytes(600)).decode()
        parts.append(
            f'Content-Type: application/pdf; name="plan {number}.pdf"\r\n'
            f'Content-Disposition: attachment; filename="plan {number}.pdf"\r\n'
            f"Content-Transfer-Encoding: base64\r\n\r\n{content}\r\n"
        )
        subtype = "mixed"
    mark = f"=_{number}"
    body = "".join(f"--{mark}\r\n{part}\r\n" for part in parts) + f"--{mark}--\r\n"
    return "\r\n".join([*head, f'Content-Type: multipart/{subtype}; boundary="{mark}"', "", body]).encode()


def _person(chance: random.Random) -> tuple[str, str]:
    if chance.random() < 0.3:
        return chance.choice(PEOPLE)
    number = int(STRANGERS * chance.random() ** 2)
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // 3 % len(LAST)]}"
    return name, f"person{number}@house{number % 190}.example"


def _addresses(name: str, spec: str) -> list[str]:
    shown = name if name.isascii() else Header(name, "utf-8").encode()
    return [f"From: {shown} <{spec}>" if name else f"From: {spec}", "To: Charles Babbage <charles@mill.example>"]


def _dates(when: datetime, number: str, spec: str) -> list[str]:
    return [
        f"Date: {when:%a, %d %b %Y %H:%M:%S +0000}",
        f"Message-ID: <{number}@letters.example>",
        f"Received: from {spec.partition('@')[2]} by mx.mill.example; {when:%a, %d %b %Y %H:%M:%S +0000}",
        "MIME-Version: 1.0",
    ]


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(6, 12))).capitalize() + "."


def load(port: int, user: str, password: str, messages: Iterator[Letter], mailbox: str = "INBOX") -> int:
    """Put messages into a mailbox by MULTIAPPEND (RFC 3502) with LITERAL+. Return how many.

    Args:
        port: of an IMAP server on 127.0.0.1 without TLS.
        user, password: of the owner, ASCII.
        messages: oldest first.
        mailbox: its name, an atom.

    Raises:
        RuntimeError: when the server says anything but OK.
    """
    count = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        answers = line.makefile("rb")
        answers.readline()
        line.sendall(b"a0 LOGIN %b %b\r\n" % (quoted(user), quoted(password)))
        _agree(answers, b"a0")
        rest = iter(messages)
        while True:
            pieces = [b"a1 APPEND %b" % mailbox.encode()]
            for each in rest:
                date = f"{each.received:%d-%b-%Y %H:%M:%S +0000}"
                pieces.append(f' ({each.flags}) "{date}" {{{len(each.raw)}+}}\r\n'.encode())
                pieces.append(each.raw)
                count += 1
                if len(pieces) > 2 * LIMIT:
                    break
            if len(pieces) == 1:
                break
            line.sendall(b"".join((*pieces, b"\r\n")))
            _agree(answers, b"a1")
        line.sendall(b"a2 LOGOUT\r\n")
        _agree(answers, b"a2")
    return count


def quoted(text: str) -> bytes:
    """Return a quoted string (RFC 9051, 4.3)."""
    return b'"%b"' % text.encode("ascii").replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _agree(answers: Iterable[bytes], tag: bytes) -> None:
    for answer in answers:
        if answer.startswith(tag + b" "):
            if not answer.startswith(tag + b" OK"):
                raise RuntimeError(answer.decode("utf-8", "replace").strip())
            return
    raise RuntimeError("the server closed the line")
