"""Adversarial compositions, made by numbers, with what is right for each; `composition_judge` says what is wrong.

What is right is known because they are put together of pieces of which that is known: an address is a local part and
a domain whose form on the wire stands beside it, everything that must reach nobody is at evil.example.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from tests.mail.odd_mails import ME, answer, mails
from tui.mail.address import Address, format_addresses, parse_addresses
from tui.mail.compose import empty_draft
from tui.mail.draft import Attachment, Draft, from_json, to_json
from tui.mail.draft_message import from_message, to_message
from tui.mail.mailto import parse_mailto
from tui.mail.parse import parse_message
from tui.mail.ready_made import ReadyMade, make_ready
from tui.mail.reply import edit_as_new, forward, forward_attached
from tui.mail.resend import resend

COUNT = 1_500
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
EVIL = "evil@evil.example"
TOKEN = "the word that comes through"

NAMES = (
    *("", "", "Grace", "Grace Hopper", "O'Hara, Scarlett", "a.b.", "Grüße aus Köln", "名前" * 40, "x" * 900),
    *(f"Please: {EVIL}, you", f"{EVIL},", f"<{EVIL}>", f'" <{EVIL}>, "', f"x\r\nBcc: {EVIL}", f"x\nCc: {EVIL}"),
    *(f"=?utf-8?q?=0D=0ABcc:_{EVIL}?=", "=?utf-8?b?ZXZpbEBldmlsLmV4YW1wbGU=?=", "=?", "?= =?", "=?utf-8?q?", "\\"),
    *('"', '""', '\\"', "(comment", ")", f"group: {EVIL};", ";", ":", ",", ",,", "@", "\x00\x1b[31m", "\u202eevil"),
    *(f"\u2028Bcc: {EVIL}", "\ud800", "👩\u200d💻" * 30, "a\tb", " spaces  in  it ", "tail\\", f"({EVIL})"),
)
LOCALS = (
    *(
        (each, each)
        for each in ("grace", "a.b+c", "o'hara", "a_b", "x" * 64, "{|}~", "1", "GRACE", "a=b", "#!$%&*/?^`")
    ),
    ('"quoted local"', '"quoted local"'),
    ('"a@evil.example"', '"a@evil.example"'),
    ('"a,b"', '"a,b"'),
    ("grüße", "grüße"),
)
DOMAINS = (
    *(
        (each, each)
        for each in ("example.org", "a-b.c.d.example", "xn--bcher-kva.example", "[127.0.0.1]", "EXAMPLE.net")
    ),
    ("bücher.example", "xn--bcher-kva.example"),
    ("日本。example", "xn--wgv71a.example"),
    ("straße.example", "xn--strae-oqa.example"),
)
TEXTS = (
    *(
        "",
        ".",
        "..",
        ".\nMAIL FROM:<evil@evil.example>",
        "\r\n.\r\nRCPT TO:<evil@evil.example>\r\n",
        "From here",
        "a\rb",
    ),
    *(
        "x" * 10_000,
        "grüße " * 500,
        "日本語" * 300,
        "\n\n\n",
        "--=_0\nContent-Type: text/html",
        "a=b =C3=BC =",
        "\x00\x1b",
    ),
    *(
        "trailing  \nspaces \n-- \nsig",
        "tab\there",
        "\ud800",
        "word " * 300,
        "> quoted\n>> deeper",
        "\u2028",
        "begin 644 x",
    ),
)
SUBJECTS = (
    *(
        "",
        "hello",
        "Grüße",
        f"x\r\nBcc: {EVIL}",
        f"x\nTo: {EVIL}",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "=?",
        "a" * 1200,
        "  a  b ",
    ),
    *(
        "word " * 200,
        "日本語" * 100,
        "\x00\x1b[31mred",
        "Re: =?x?q?y?=",
        "\u202eback",
        "\ud800",
        ":",
        "a" * 76 + " b",
        "\t",
    ),
)
IDS = (
    *("<a@b>", f"<{'x' * 120}@example.org>", "<a@[127.0.0.1]>", "<a=b+c@d>"),
    *(f"<a@b>\r\nBcc: {EVIL}", "a@b", "<a b@c>", "<>", "<ü@b>", "<a@b> <c@d>", "<a@b", "\x00", "<@b>", "<a@b>\x00"),
)
FILES = (
    *("a.txt", "Grüße.pdf", "../../etc/passwd", "a\r\nContent-Type: text/html", '"; filename="evil.exe', "n" * 300, ""),
    *(
        "\u202etxt.exe",
        "=?utf-8?q?x?=",
        "a;b=c",
        "\\",
        "日本語.png",
        "\x00",
        "a%0d%0ab",
        "名" * 200,
        ".",
        "'",
        "utf-8''x",
    ),
)
TYPES = ("text/plain", "image/png", "no type at all\r\nX: y", "message/rfc822", "multipart/mixed", "", "text/calendar")

ID = re.compile(r"<[!#-'*+\-./0-9:=?A-Z^-~]+@(?:[!#-'*+\-./0-9:=?A-Z^-~]+|\[[!-Z^-~]+\])>\Z")
"""RFC 5322, 3.6.4, as far as it goes for what is written today."""
MADE = frozenset(
    (
        *("Date", "From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    )
)
RESENT = frozenset(("Resent-Date", "Resent-From", "Resent-To", "Resent-Message-ID"))


@dataclass(frozen=True)
class Composition:
    """A mail to send, and what is right for it.

    Attributes:
        kind: how it came to be.
        mail: what is submitted.
        shown, hidden: addr-specs as on the wire, of To and Cc and of Bcc alone.
        subject: words of it; None where it is not ours.
        fields: names that its header may have.
        ids: Message-ID, or "" for a fresh one; In-Reply-To, References; None where they are not ours.
        text: stands in it.
    """

    kind: str
    mail: Draft | ReadyMade
    shown: frozenset[str]
    hidden: frozenset[str] = frozenset()
    subject: tuple[str, ...] | None = None
    fields: frozenset[str] = MADE
    ids: tuple[str, str, tuple[str, ...]] | None = None
    text: str = ""

    @property
    def draft(self) -> Draft:
        return self.mail.draft if isinstance(self.mail, ReadyMade) else self.mail


def composition(seed: int) -> Composition:
    """Return a composition, always the same of the same number."""
    pick = random.Random(f"composition {seed}")
    return pick.choice(KINDS)(pick)


def _person(pick: random.Random) -> tuple[Address, str]:
    """Return somebody, and the addr-spec as on the wire."""
    local, wire = pick.choice(LOCALS) if pick.random() < 0.5 else (f"p{pick.randrange(999)}",) * 2
    domain, ascii_domain = pick.choice(DOMAINS)
    name = pick.choice(NAMES) if pick.random() < 0.9 else pick.choice(NAMES) + pick.choice(NAMES)
    return Address(name, f"{local}@{domain}"), f"{wire}@{ascii_domain}"


def _people(pick: random.Random, least: int, most: int) -> tuple[tuple[Address, ...], frozenset[str]]:
    found = [_person(pick) for _ in range(pick.randint(least, most))]
    return tuple(address for address, _ in found), frozenset(wire.casefold() for _, wire in found)


def words_of(text: str) -> tuple[str, ...]:
    """Return what is left of a line's words by everything that cleans: characters that no two ways see differently."""
    kept = "".join(each if each.isalnum() or each in "=?:.,;@<>_-" else " " for each in text)
    return tuple(kept.split())


def _written(pick: random.Random) -> Composition:
    """All fields as the composer holds them."""
    to, seen = _people(pick, 1, 4)
    cc, more = _people(pick, 0, 3)
    bcc, hidden = _people(pick, 0, 2)
    subject, text = pick.choice(SUBJECTS), pick.choice(TEXTS)
    own = f"<{pick.getrandbits(64):x}@example.org>" if pick.random() < 0.5 else pick.choice(IDS)
    answered = pick.choice(("", *IDS))
    references = tuple(pick.choice(IDS) for _ in range(pick.randrange(8)))
    me = replace(ME, address=Address(pick.choice(NAMES), ME.address.spec)) if pick.random() < 0.3 else ME
    draft = Draft(
        me,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=subject,
        body=f"{TOKEN}\n{text}",
        attachments=tuple(_file(pick) for _ in range(pick.choice((0, 0, 0, 1, 2)))),
        in_reply_to=answered,
        references=references,
        message_id=own,
        markdown=pick.random() < 0.2,
    )
    ids = (
        own if ID.match(own) else "",
        " ".join(each for each in answered.split() if ID.match(each)),
        tuple(each for each in references if ID.match(each)),
    )
    shown = seen | more
    right = Composition("written", draft, shown, hidden - shown, words_of(subject), ids=ids, text=TOKEN)
    return _handled(pick, right)


def _file(pick: random.Random) -> Attachment:
    data = pick.choice(
        (b"", b"\r\n.\r\n", bytes(range(256)), f"Bcc: {EVIL}\r\n\r\nx\r\n".encode(), b"METHOD:REPLY\r\n")
    )
    return Attachment(pick.choice(FILES), pick.choice(TYPES), data)


def _handled(pick: random.Random, given: Composition) -> Composition:
    """Let a draft go some of the ways that drafts go before they leave."""
    assert isinstance(given.mail, Draft)
    draft, way = given.mail, pick.random()
    if way < 0.5:  # the fields of the composer are text
        to, cc, bcc = (parse_addresses(format_addresses(each)) for each in (draft.to, draft.cc, draft.bcc))
        draft = replace(draft, to=to, cc=cc, bcc=bcc)
    elif way < 0.7:
        text = to_json(draft).encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")
        draft = from_json(text)
    elif way < 0.9:
        kept = parse_message(to_message(draft, "mark", date=NOW))
        draft = from_message(kept, [draft.identity])
        _, answered, references = given.ids or ("", "", ())
        once = tuple(dict.fromkeys(references))
        shown = answered.split()[:1]
        given = replace(given, ids=(_id_of(draft, given), shown[0] if shown else "", once))
    return replace(given, mail=draft)


def _id_of(draft: Draft, given: Composition) -> str:
    """Return the id that a draft from the server must have: its own, which is kept where it had one."""
    own = given.ids[0] if given.ids else ""
    return own or draft.message_id


def _typed(pick: random.Random) -> Composition:
    """Recipients typed or pasted, in the ways that people have."""
    ways: tuple[Callable[[str, str], str], ...] = (
        lambda name, spec: spec,
        lambda name, spec: f"<{spec}>",
        lambda name, spec: f"{spec} ({name})",
        lambda name, spec: f'"{name}" <{spec}>',
        lambda name, spec: f"group: {spec};",
        lambda name, spec: f" \t{spec} ,",
        lambda name, spec: f"=?utf-8?q?{EVIL}=2C?= <{spec}>",
        lambda name, spec: f'"{EVIL}, \\"x" <{spec}>',
        lambda name, spec: f"<@evil.example:{spec}>",
    )
    fields, specs = [], []
    for least in (1, 0, 0):
        people = [_person(pick) for _ in range(pick.randint(least, 3))]
        plain = ("Grace", "Grace Hopper", "O'Hara", "Grüße", "名前")
        fields.append(", ".join(pick.choice(ways)(pick.choice(plain), each.spec) for each, _ in people))
        specs.append(frozenset(wire.casefold() for _, wire in people))
    to, cc, bcc = map(parse_addresses, fields)
    shown = specs[0] | specs[1]
    subject = pick.choice(SUBJECTS)
    draft = replace(empty_draft(ME), to=to, cc=cc, bcc=bcc, subject=subject, body=TOKEN)
    return _handled(
        pick,
        Composition(
            "typed", draft, shown, specs[2] - shown, words_of(subject), ids=(draft.message_id, "", ()), text=TOKEN
        ),
    )


def _linked(pick: random.Random) -> Composition:
    """A mailto link that asks for more than it may."""
    people = [_person(pick) for _ in range(pick.randint(1, 3))]
    specs = [(each.spec, wire.casefold()) for each, wire in people if not re.search("[{|}`^#%&?]", each.spec)]
    specs = specs or [("grace@example.org", "grace@example.org")]
    subject = pick.choice(SUBJECTS)[:900].encode("utf-8", "replace").decode()
    more = (
        f"attach=/etc/passwd&from={EVIL}&Reply-To={EVIL}",
        f"subject={quote(subject)}&body={quote(TOKEN)}%0D%0A.%0D%0ABcc:%20{EVIL}",
        f"in-reply-to=%3Ca@b%3E&message-id=%3Cevil@x%3E&x%0d%0aBcc={EVIL}",
        f"cc=Name%20%3C{quote(specs[0][0])}%3E&to=a%2C{quote(EVIL)}",
        f"bcc=&cc=%0D%0ABcc:{quote(EVIL)}%0D%0A",
    )
    link = f"mailto:{','.join(quote(spec, safe='@') for spec, _ in specs)}?{'&'.join(pick.sample(more, 3))}"
    draft = parse_mailto(link).put_into(empty_draft(ME))
    draft = replace(draft, body=draft.body + TOKEN)
    wanted = words_of(subject) if "subject=" in link else ()
    shown = frozenset(wire for _, wire in specs)
    return _handled(
        pick, Composition("linked", draft, shown, subject=wanted, ids=(draft.message_id, "", ()), text=TOKEN)
    )


def _answered(pick: random.Random) -> Composition:
    given = mails()[pick.randrange(len(mails()))]
    draft = answer(given)
    subject = words_of(f"Re: {given.subject}")
    ids = (draft.message_id, given.answered, given.references)
    return _handled(pick, Composition("answered", draft, frozenset(given.to), subject=subject, ids=ids))


def _forwarded(pick: random.Random) -> Composition:
    given = mails()[pick.randrange(len(mails()))]
    message = parse_message(given.raw)
    to, shown = _people(pick, 1, 3)
    if pick.random() < 0.5:
        draft = forward(message, None, ME, now=NOW)
    else:
        draft = forward_attached(message, None, ME, given.raw.replace(b"\n", b"\r\n"))
    if pick.random() < 0.3:
        draft = edit_as_new(replace(draft, subject="Fwd: " + given.subject))
    draft = replace(draft, to=to)
    ids = (draft.message_id, "", draft.references and given.references)
    return _handled(pick, Composition("forwarded", draft, shown, subject=("Fwd:", *words_of(given.subject)), ids=ids))


def _passed_on(pick: random.Random) -> Composition:
    given = mails()[pick.randrange(len(mails()))]
    to, shown = _people(pick, 1, 3)
    ready = resend(given.raw, ME, to, date=NOW)
    head = given.raw.partition(b"\n\n")[0].decode("utf-8", "replace")
    names = frozenset(each.strip() for each in re.findall(r"(?m)^([!-9;-~]+)[ \t]*:", head))
    return Composition("passed on", ready, shown, fields=names | RESENT)


def _ready(pick: random.Random) -> Composition:
    """What another program hands over, who may hide people in Bcc."""
    people = [_person(pick) for _ in range(pick.randint(1, 3))]
    others = [_person(pick) for _ in range(pick.randint(0, 3))]
    end = pick.choice(("\n", "\r\n"))
    names = [
        each.name if each.name.isprintable() and len(each.name) < 500 else "Grace" for each, _ in (*people, *others)
    ]
    wires = [wire for _, wire in (*people, *others)]
    typed = [str(Address(name, wire)) for name, wire in zip(names, wires, strict=True)]
    blind = f",{end} ".join(typed[len(people) :])
    subject = re.sub(r"[\r\n\u2028\ud800\0]", " ", pick.choice(SUBJECTS)[:900])
    own = pick.choice(("<a@b>", "<x=1@[127.0.0.1]>", ""))
    head = [
        f"From: {ME.address}",
        f"To: {', '.join(typed[: len(people)])}",
        *([f"{pick.choice(('Bcc', 'BCC', 'bcc '))}: {blind}"] if blind else []),
        f"Subject: {subject}",
        *([f"Message-ID: {own}"] if own else []),
        f"Return-Path: <{EVIL}>",
        "X-Other: kept",
    ]
    pick.shuffle(head)
    raw = end.join([*head, "", TOKEN, ".", "end", ""]).encode("utf-8", "replace")
    made = make_ready(raw, [ME], date=NOW)
    fields = frozenset(("Date", "From", "To", "Subject", "Message-ID", "X-Other"))
    shown, hidden = (
        frozenset(each.casefold() for each in part) for part in (wires[: len(people)], wires[len(people) :])
    )
    return Composition("ready", made, shown, hidden - shown, fields=fields, ids=(own, "", ()), text=TOKEN)


KINDS: Sequence[Callable[[random.Random], Composition]] = (
    *(_written, _written, _written, _typed, _typed, _linked),
    *(_answered, _answered, _forwarded, _passed_on, _ready),
)
