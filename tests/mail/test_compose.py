"""Bytes of mail: read back by two parsers, whatever was written; nobody and nothing is smuggled in."""

import inspect
import re
from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as StdlibMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.mail.address import Address, parse_addresses
from tui.mail.compose import empty_draft, new_message_id, to_bytes
from tui.mail.domain import domain_to_ascii, wire_spec
from tui.mail.draft import Attachment, Draft
from tui.mail.errors import MailError
from tui.mail.fields import find_message_ids, is_message_id
from tui.mail.flowed import unflow
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.parse import decode_part, decode_text, parse_message
from tui.mail.text import clean_line

WHEN = datetime(2026, 11, 24, 15, 8, 53, tzinfo=UTC)
ADA = Identity(AccountName("work"), Address("Ada Lovelace", "ada@example.org"), "Ada")
GRACE = Address("Grace", "grace@example.org")

NASTY = [
    "Please note: attacker@evil.example, you",
    "a\r\nBcc: evil@example.org",
    "a\nB: c",
    "\x00\x1b[31m",
    "=?utf-8?q?=0D=0ABcc:_evil@example.org?=",
    "=?utf-8?b?ZXZpbEBleGFtcGxlLm9yZw==?=",
    '"',
    "\\",
    '" <evil@example.org>, "',
    "<evil@example.org>",
    "(comment",
    "group: a@b;",
    "Grüße aus Köln",
    "名前" * 40,
    "👩\u200d💻" * 30,
    "x" * 1200,
    "word " * 300,
    "\u202eevil",
    "\u2028Bcc: x@y",
    "a" * 76 + " " + "b" * 77,
    "",
    " ",
    "\t",
    "\ud800",
    "=?",
    "?=",
    "Re: =?x?q?y?=",
    ".",
]
TEXTS = st.one_of(
    st.sampled_from(NASTY), st.text(max_size=120), st.lists(st.sampled_from(NASTY), max_size=3).map(" ".join)
)
LOCALS = st.sampled_from(["ada", "a.b+c", '"quoted local"', "x" * 64, "o'hara", "a_b", "grüße"])
DOMAINS = st.sampled_from(
    ["example.org", "bücher.example", "xn--bcher-kva.example", "[127.0.0.1]", "日本.example", "a-b.c.d.example"]
)
SPECS = st.builds("{}@{}".format, LOCALS, DOMAINS)
ADDRESSES = st.builds(Address, TEXTS, SPECS)
IDS = st.one_of(
    st.sampled_from(
        [
            "<a@b>",
            "<" + "x" * 120 + "@example.org>",
            "<a@b> <c@d>",
            "<a@b>\r\nBcc: e@f",
            "a@b",
            "<a b@c>",
            "<>",
            "<ü@b>",
        ]
    ),
    st.text(max_size=40),
)


def draft(**fields: object) -> Draft:
    given_fields: dict[str, object] = {"identity": ADA, "to": (GRACE,), "message_id": "<id@example.org>", **fields}
    return Draft(**given_fields)  # type: ignore[arg-type]


def compose(**fields: object) -> bytes:
    return to_bytes(draft(**fields), date=WHEN)


def header_names(raw: bytes) -> list[str]:
    return [name.lower() for name in message_from_bytes(raw).keys()]  # noqa: SIM118 - a message is no dict


EXPECTED = {"date", "from", "to", "cc", "subject", "message-id", "in-reply-to", "references", "mime-version",
            "content-type", "content-transfer-encoding"}  # fmt: skip


def check_wire(raw: bytes) -> None:
    """What holds for every mail that leaves."""
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    header = raw.partition(b"\r\n\r\n")[0]
    for line in header.split(b"\r\n"):
        assert line.strip()
    names = header_names(raw)
    assert set(names) <= EXPECTED
    assert len(names) == len(set(names))


@settings(max_examples=400)
@given(
    st.lists(ADDRESSES, min_size=1, max_size=5),
    st.lists(ADDRESSES, max_size=3),
    st.lists(ADDRESSES, max_size=3),
    TEXTS,
    TEXTS,
    IDS,
    st.lists(IDS, max_size=12),
    IDS,
    TEXTS,
)
def test_nothing_is_smuggled_in(
    to: list[Address],
    cc: list[Address],
    bcc: list[Address],
    subject: str,
    body: str,
    in_reply_to: str,
    references: list[str],
    message_id: str,
    own_name: str,
) -> None:
    identity = Identity(AccountName("work"), Address(own_name, "ada@example.org"))
    made = draft(
        identity=identity,
        to=tuple(to),
        cc=tuple(cc),
        bcc=tuple(bcc),
        subject=subject,
        body=body,
        in_reply_to=in_reply_to,
        references=tuple(references),
        message_id=message_id,
    )
    raw = to_bytes(made, date=WHEN)
    check_wire(raw)
    ours, theirs = parse_message(raw), message_from_bytes(raw)
    for field, addresses in (("To", to), ("Cc", cc), ("From", [identity.address])):
        meant = list(dict.fromkeys(wire_spec(address).casefold() for address in addresses))
        assert [each.spec.casefold() for each in ours.header.addresses(field)] == meant
        assert [spec.casefold() for spec in _stdlib_specs(theirs, field)] == meant
        names = {clean_line(each.name, 300) for each in addresses}
        assert {each.name for each in ours.header.addresses(field)} <= names | {""}
    for address in bcc:
        if wire_spec(address).casefold() not in {wire_spec(other).casefold() for other in (*to, *cc)}:
            assert wire_spec(address) not in _stdlib_specs(theirs, "To") + _stdlib_specs(theirs, "Cc")
    assert ours.header.text("Subject", 4000) == clean_line(subject, 4000)
    for field, ids in (("References", references), ("In-Reply-To", in_reply_to.split())):
        assert ours.header.raw_field(field).split() == [id for id in ids if is_message_id(id)]
    assert is_message_id(ours.header.raw_field("Message-ID"))
    if is_message_id(message_id):
        assert ours.header.raw_field("Message-ID") == message_id


def _stdlib_specs(message: StdlibMessage, field: str) -> list[str]:
    raw = [value for name, value in message.raw_items() if name.lower() == field.lower()]
    decoded = [str(value).encode("utf-8", "surrogateescape").decode() for value in raw]
    lenient = {"strict": False} if "strict" in inspect.signature(getaddresses).parameters else {}
    return [spec for _, spec in getaddresses(decoded, **lenient) if spec]


BODIES = [
    ".",
    "..\n.\n...",
    "a\r\nb\rc\n",
    "From here on\nFrom there",
    "x" * 10_000,
    "grüße " * 2_000,
    "日本語" * 500,
    "trailing  \nspaces \n-- \nsig",
    "\n\n\n",
    "tab\there",
    "a=b =C3=BC =\n",
    "👍🏽 👩\u200d💻 \u2764\ufe0f",
]


@pytest.mark.parametrize("body", BODIES)
def test_the_text_comes_back_as_written(body: str) -> None:
    raw = compose(body=body)
    check_wire(raw)
    assert raw.isascii()
    message = parse_message(raw)
    octets = decode_part(message.structure, message.bodies["1"])
    meant = re.sub("\r\n|\r|\n", "\n", body).rstrip("\n") + "\n"
    assert _unflowed(octets.decode().replace("\r\n", "\n"), message.structure.params) == meant


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=400))
def test_any_text_comes_back(body: str) -> None:
    raw = compose(body=body)
    check_wire(raw)
    message = parse_message(raw)
    octets = decode_part(message.structure, message.bodies["1"])
    params = message.structure.params
    text = _unflowed(octets.decode().replace("\r\n", "\n"), params)
    meant = body.rstrip("\n") + "\n"
    if params.get("format") == "flowed":
        text, meant = ("\n".join(line.rstrip(" ") for line in each.split("\n")) for each in (text, meant))
    assert text == meant


def _unflowed(text: str, params: dict[str, str]) -> str:
    if params.get("format") != "flowed":
        return text
    return "\n".join(">" * level + (" " if level and line else "") + line for level, line in unflow(text))


def test_long_paragraphs_are_flowed() -> None:
    paragraph = "some words that go on " * 30
    raw = compose(body=f"{paragraph}\n\nshort\n> quoted {paragraph}\n-- \nAda")
    message = parse_message(raw)
    assert message.structure.params["format"] == "flowed"
    assert max(map(len, message.bodies["1"].split(b"\r\n"))) <= 79
    found = list(unflow(decode_text(message.structure, message.bodies["1"])))
    assert found[0] == (0, paragraph.rstrip())
    assert (1, f"quoted {paragraph}".rstrip()) in found
    assert (0, "-- ") in found


def test_attachments_come_back_to_the_octet() -> None:
    files = (
        Attachment("a.pdf", "application/pdf", bytes(range(256)) * 300),
        Attachment("Grüße\r\nX: y.txt", "text/plain", "grüße\n".encode()),
        Attachment("../../etc/passwd", "text/x-thing", b""),
        Attachment("n" * 300 + ".png", "image/png", b"x"),
        Attachment('quo"te\\.bin', "no type at all\r\nX: y", b"\x00\r\n.\r\n"),
        Attachment("mail.eml", "message/rfc822", b"Subject: x\r\n\r\nhello\r\n"),
        Attachment("bad.eml", "message/rfc822", "Subject: ü\n\nhello\n".encode()),
    )
    raw = compose(attachments=files, body="see below")
    check_wire(raw)
    message = parse_message(raw)
    assert message.defects == ()
    text, *parts = message.structure.children
    assert decode_text(text, message.bodies["1"]) == "see below\n"
    assert [decode_part(part, message.bodies[part.section]) for part in parts] == [file.data for file in files[:5]] + [
        files[5].data,
        files[6].data,
    ]
    assert [part.filename for part in parts[:3]] == ["a.pdf", "Grüße X: y.txt", "passwd"]
    assert parts[4].filename == 'quo"te\\.bin' or parts[4].filename == ".bin"
    assert [part.type for part in parts] == [
        "application/pdf", "text/plain", "text/x-thing", "image/png", "application/octet-stream", "message/rfc822",
        "application/octet-stream",
    ]  # fmt: skip
    assert all(part.disposition == "attachment" for part in parts)
    theirs = list(message_from_bytes(raw).walk())[2:]
    assert [part.get_filename() for part in theirs[:2]] == ["a.pdf", "Grüße X: y.txt"]


@given(st.text(min_size=1, max_size=120), st.binary(max_size=200))
def test_any_file_name_comes_back(name: str, data: bytes) -> None:
    raw = compose(attachments=(Attachment(name, "application/x-test", data),))
    check_wire(raw)
    message = parse_message(raw)
    part = message.structure.children[1]
    assert decode_part(part, message.bodies["2"]) == data
    assert part.filename == (clean_line(re.split(r"[/\\]", name)[-1], 255) or "attachment")


def test_bcc_is_nowhere_in_the_bytes() -> None:
    raw = compose(bcc=(Address("Secret Reader", "secret@example.org"),), attachments=(Attachment("a", "a/b", b"x"),))
    assert b"secret" not in raw.lower()
    only = compose(to=(), bcc=(Address("", "secret@example.org"),))
    assert b"\r\nTo: undisclosed-recipients:;\r\n" in only
    assert b"secret" not in only


@pytest.mark.parametrize(
    "spec", ["", "ada", "a@", "@b", "a b@c", "a@b c", "a@b,c@d", "a@b\r\nX: y", "a@-b", "a@b..c", "a@b\x00"]
)
@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_what_is_no_address_is_named(spec: str, field: str) -> None:
    with pytest.raises(MailError) as caught:
        compose(**{field: (GRACE, Address("Broken", spec))})
    assert "Broken" in str(caught.value)
    assert caught.value.cure


def test_nobody_to_send_it_to() -> None:
    with pytest.raises(MailError, match="no recipient"):
        compose(to=())


def test_domains_are_written_in_ascii() -> None:
    assert domain_to_ascii("Straße.example") == "xn--strae-oqa.example"
    assert domain_to_ascii("BÜCHER.example") == "xn--bcher-kva.example"
    assert domain_to_ascii("日本。example") == "xn--wgv71a.example"
    for bad in ("", "a..b", "-a.b", "a b", "<b>", "ü/.example", "x" * 64 + ".example", "é" * 60 + ".example"):
        with pytest.raises(ValueError, match=r"domain|label|character"):
            domain_to_ascii(bad)


def test_ids_tell_the_domain_and_nothing_else() -> None:
    made = {new_message_id("Bücher.example") for _ in range(100)}
    assert len(made) == 100
    assert all(is_message_id(each) and each.endswith("@xn--bcher-kva.example>") for each in made)
    assert is_message_id(new_message_id(""))
    assert is_message_id(new_message_id("bad domain\r\n"))


def test_ids_are_found_among_anything() -> None:
    text = "<a@b> junk <bad id@c> <c@d>\r\n <a@b> <e@f@g> <" + "x" * 500 + "@y>"
    assert find_message_ids(text) == ("<a@b>", "<c@d>")


def test_an_empty_draft_has_signature_and_id() -> None:
    made = empty_draft(ADA)
    assert made.body == "\n\n-- \nAda\n"
    assert is_message_id(made.message_id)
    assert empty_draft(Identity(AccountName("x"), ADA.address)).body == ""


def test_large_files_are_in_lines_of_base64() -> None:
    data = bytes(range(256)) * 2_000
    raw = compose(attachments=(Attachment("a", "application/x-a", data),))
    lines = [line for line in raw.split(b"\r\n") if len(line) == 76]
    assert len(lines) >= len(data) // 57
    body = parse_message(raw).bodies["2"]
    assert b64decode(body) == data


def test_a_quoted_local_part_is_typed_and_read_back() -> None:
    (typed,) = parse_addresses('"quoted local"@example.org')
    assert typed == Address("", '"quoted local"@example.org')
    raw = compose(to=(typed,))
    assert parse_message(raw).header.addresses("To") == (typed,)
