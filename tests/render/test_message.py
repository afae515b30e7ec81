"""Messages as pages: what is shown, what is told about the rest, and that nothing gets out."""

from dataclasses import replace

import pytest

from tests.mail.judge import unsafe
from tui.mail.message import Message
from tui.mail.parse import parse_message
from tui.render.lines import Mode, Page, line_text
from tui.render.message import as_text, render_message

MIXED = b"""Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=
From: Ada <ada@example.org>
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

The plain words.
--a
Content-Type: text/html

<p>The <b>marked</b> words.<img src="https://a.example/x.png"></p><p style="display:none">no</p><form></form>
<a href="javascript:x">click</a>
--a--
--m
Content-Type: application/pdf; name="../plan.pdf"
Content-Transfer-Encoding: base64

UERG
--m--
"""


def body(text: bytes, fields: bytes = b"Content-Type: text/plain; charset=utf-8\n") -> Message:
    return parse_message(fields + b"\n" + text)


def words(page: Page) -> str:
    return "\n".join(line_text(line) for line in page.lines)


def test_plain_first_the_rest_below() -> None:
    page = render_message(parse_message(MIXED), 60)
    assert page.mode is Mode.PLAIN
    assert words(page) == "The plain words."
    assert [row.label for row in page.parts] == ["../plan.pdf", "HTML"]
    assert as_text(page).split("\n")[-3:] == ["─" * 40, "& 1 ../plan.pdf 3 B", "& 2 HTML 142 B"]


def test_html_when_asked_for() -> None:
    page = render_message(parse_message(MIXED), 60, mode=Mode.HTML)
    assert page.mode is Mode.HTML
    assert words(page) == "The marked words.\n\nclick"
    assert page.notes == (
        "1 hidden block",
        "1 remote image not loaded",
        "1 form not shown",
        "1 link of a kind that is never opened",
    )
    assert [row.label for row in page.parts] == ["../plan.pdf", "plain text"]


def test_source_and_headers() -> None:
    message = parse_message(MIXED)
    source = render_message(message, 60, mode=Mode.SOURCE)
    assert source.mode is Mode.SOURCE
    assert words(source).startswith("Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\nFrom: Ada")
    assert "UERG" in words(source)
    headers = words(render_message(message, 60, mode=Mode.HEADERS))
    assert headers.startswith("Subject: grüße\nFrom: Ada <ada@example.org>\nContent-Type: multipart/mixed; boundary=m")


def test_what_is_not_here_is_told() -> None:
    message = replace(parse_message(MIXED), bodies={})
    assert words(render_message(message, 60, mode=Mode.PLAIN)) == "This text has not been fetched yet."


def test_enclosed_messages_have_their_own_box() -> None:
    page = render_message(body(b"Subject: inner\nFrom: b@c.example\n\nwords", b"Content-Type: message/rfc822\n"), 40)
    assert words(page).split("\n")[:3] == ["── enclosed message " + "─" * 20, "inner", "From  b@c.example"]
    assert words(page).endswith("\n\nwords")


def test_encryption_is_told() -> None:
    raw = b"Content-Type: multipart/encrypted; boundary=x\n\n--x\nContent-Type: application/pgp-encrypted\n\n1\n"
    page = render_message(parse_message(raw + b"--x\n\n-----BEGIN PGP MESSAGE-----\n--x--\n"), 60)
    assert "This message is encrypted; it cannot be opened here." in page.notes


@pytest.mark.parametrize(
    ("encoding", "octets"),
    [
        ("base64", b"SGVsbG8gQWRhLCB0aGVzZSBhcmUgd29yZHMu!!!"),
        ("base64", b"SGVsbG8gQWRhLCB0aGVzZSBhcmUgd29yZHMu\nZ"),
        ("quoted-printable", b"Hello Ada, these are words.=ZZ"),
        ("x-uuencode", b"begin 644 x\n;2&5L;&\\@061A+\"!T:&5S92!A<F4@=V]R9',N\n"),
        ("x-unheard-of", b"Hello Ada, these are words."),
    ],
)
def test_damaged_encodings_are_read_as_far_as_they_go_and_told(encoding: str, octets: bytes) -> None:
    page = render_message(body(octets, f"Content-Transfer-Encoding: {encoding}\n".encode()), 60)
    assert words(page).startswith("Hello Ada, these are words.")
    assert "The encoding of this text is damaged; what could be read of it is shown." in page.notes


@pytest.mark.parametrize(
    ("encoding", "octets"),
    [
        ("base64", b"SGVsbG8=\r\n"),
        ("base64", b""),
        ("quoted-printable", b"a=3D=\r\nb =20\n= \nlast="),
        ("8bit", b"=ZZ"),
        ("7bit", b"!!"),
    ],
)
def test_sound_encodings_are_not_doubted(encoding: str, octets: bytes) -> None:
    assert render_message(body(octets, f"Content-Transfer-Encoding: {encoding}\n".encode()), 60).notes == ()


def test_parts_are_laid_out_apart() -> None:
    """EFAIL: an address that one part opens must not swallow the next."""
    raw = b'Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n\n<img src="https://evil.example/\n'
    raw += b'--x\nContent-Type: text/plain\n\nSECRET\n--x\nContent-Type: text/html\n\n">\n--x--\n'
    page = render_message(parse_message(raw), 60)
    assert "SECRET" in words(page)
    assert page.links == ()


def test_a_huge_text_is_cut_and_told() -> None:
    page = render_message(body(b"word " * 420_000), 80)
    assert any("end is left out" in note for note in page.notes)
    for markup in (b"<p>" + b"word " * 420_000, b"<p>" * 260_000):
        html = render_message(body(markup, b"Content-Type: text/html\n"), 80)
        assert any("end is left out" in note for note in html.notes)


ESCAPES = "\x1b[2J\x1b]52;c;AA\x07\x9b31m\u202ex\u2028y\x00\x7f\x08"


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/plain; format=flowed", "text/enriched"])
def test_nothing_a_terminal_obeys_gets_out(mode: Mode, kind: str) -> None:
    fields = f"Subject: {ESCAPES}\nFrom: {ESCAPES} <a@b.example>\nX-{ESCAPES}: {ESCAPES}\nContent-Type: {kind}\n"
    raw = f"{fields}\n{ESCAPES} &#27;[31m &#x9b;1m &#0; <b title='{ESCAPES}'>{ESCAPES}</b> https://a.example/{ESCAPES}"
    page = render_message(parse_message(raw.encode("utf-8", "surrogateescape")), 60, mode=mode)
    assert not unsafe(as_text(page), allowed="\n")
    for link in page.links:
        assert not unsafe(link.url + link.host + link.text + link.warning)


@pytest.mark.parametrize(
    ("charset", "octets"),
    [
        ("", "grüße".encode()),
        ("us-ascii", "grüße".encode()),
        ("iso-8859-1", "grüße".encode()),
        ("utf-16", "grüße".encode("utf-16")),
        ("utf-16", "grüße".encode("utf-16-le")),
        ("utf-7", "grüße".encode("utf-7")),
        ("x-unheard-of", "grüße".encode()),
        ("iso-8859-15", "grüße".encode("iso-8859-15")),
    ],
)
def test_charsets(charset: str, octets: bytes) -> None:
    assert words(render_message(body(octets, f"Content-Type: text/plain; charset={charset}\n".encode()), 60)) == "grüße"
