"""Bodies: transfer encodings and charsets, undone as far as damage allows."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mail.judge import unsafe
from tui.mail.parse import parse_message
from tui.mail.part import Part
from tui.mail.text import clean
from tui.mail.transfer import (
    CHARSETS,
    FORCED,
    decode_base64,
    decode_charset,
    decode_part,
    decode_text,
    decode_uu,
)

TEXT = "Grüße aus Köln, 24 €\nzweite Zeile\n"


def text_part(charset: str = "", encoding: str = "8bit", kind: str = "text/plain") -> Part:
    return Part("1", kind, {"charset": charset} if charset else {}, encoding)


@given(st.binary(max_size=400), st.integers(0, 500), st.sampled_from([b"!", b"\x80", b" ", b"\r\n", b"-", b"\0"]))
def test_a_bad_character_loses_nothing(data: bytes, place: int, bad: bytes) -> None:
    coded = base64.encodebytes(data)
    place = min(place, len(coded))
    assert decode_base64(coded[:place] + bad + coded[place:]) == data


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5))
def test_blocks_in_a_row(blocks: list[bytes]) -> None:
    assert decode_base64(b"\n".join(base64.b64encode(block) for block in blocks)) == b"".join(blocks)


def test_a_footer_behind_base64_is_no_base64() -> None:
    coded = base64.b64encode(b"1234") + b"\r\n_____________\r\nList mailing list, see http://example.org/?a=b\r\n"
    assert decode_base64(coded) == b"1234"


@given(st.binary(max_size=200))
def test_base64_cut_anywhere(data: bytes) -> None:
    coded = base64.b64encode(data)
    for cut in range(len(coded)):
        assert data.startswith(decode_base64(coded[:cut]))


@given(
    st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "8bit", "nonsense"]), st.binary(max_size=300)
)
def test_any_octets_in_any_encoding(encoding: str, body: bytes) -> None:
    decode_part(text_part(encoding=encoding), body)
    assert decode_text(text_part("utf-8", encoding), body) == clean(decode_text(text_part("utf-8", encoding), body))


def test_quoted_printable_with_damage() -> None:
    assert decode_part(text_part(encoding="quoted-printable"), b"a=C3=BC=\r\nb =ZZ =").startswith("aüb =ZZ".encode())


def test_uuencode_with_damage() -> None:
    lines = [binascii.b2a_uu(b"hello "), b"!!garbage\xff line\n", binascii.b2a_uu(b"world")]
    assert decode_uu(b"begin 644 a.txt\n" + lines[0] + lines[2] + b"`\nend\n") == b"hello world"
    assert decode_uu(b"begin 644 a.txt\n" + b"".join(lines) + b"end\n").endswith(b"world")


@pytest.mark.parametrize(
    "charset", ["utf-8", "iso-8859-15", "windows-1252", "utf-16", "utf-16le", "utf-16be", "utf-7", "UTF8", '"utf-8"']
)
def test_the_charset_that_is_named(charset: str) -> None:
    assert decode_text(text_part(charset), TEXT.encode(charset.strip('"'))) == TEXT


@pytest.mark.parametrize("charset", ["", "us-ascii", "iso-8859-1", "utf-8", "no-such-charset", "x-unknown", "latin1"])
def test_utf8_under_any_name(charset: str) -> None:
    assert decode_text(text_part(charset), TEXT.encode()) == TEXT


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("charset", ["utf-16", ""])
def test_utf16_without_its_mark(codec: str, charset: str) -> None:
    assert decode_charset(TEXT.encode(codec), charset) == TEXT


@pytest.mark.parametrize("charset", ["", "us-ascii", "iso-2022-jp"])
def test_japanese_in_seven_bits(charset: str) -> None:
    assert decode_charset("日本語のテスト".encode("iso-2022-jp"), charset) == "日本語のテスト"


def test_a_guess_where_nothing_is_named() -> None:
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 4
    assert decode_charset(text.encode("koi8-r"), "") == text
    assert decode_charset("Grüße".encode("cp1252"), "") == "Grüße"
    assert decode_charset("Grüße".encode("cp1252"), "utf-8") == "Grüße"


def test_one_broken_character_does_not_spoil_the_rest() -> None:
    damaged = (TEXT * 20).encode().replace("ö".encode(), b"\xc3", 1)
    assert decode_charset(damaged, "utf-8").count("Grüße") == 20


def test_codecs_that_are_no_charsets() -> None:
    for charset in ("zlib", "base64", "rot13", "unicode_escape", "idna", "../../etc/passwd", "\x1b[31m", "a" * 500):
        assert decode_charset(b"plain text", charset) == "plain text"


def test_a_charset_named_in_html() -> None:
    page = '<html><meta charset="koi8-r"><p>Привет</p>'
    assert decode_text(text_part(kind="text/html"), page.encode("koi8-r")) == page


def test_line_ends_and_controls() -> None:
    assert decode_text(text_part("utf-8"), b"a\r\nb\rc\n\x1b[31md\x00") == "a\nb\nc\n\ufffd[31md\ufffd"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_octets_in_any_charset_are_clean(data: bytes, charset: str) -> None:
    text = decode_charset(data, charset)
    assert clean(text) == text
    assert "\x1b" not in text
    assert "\r" not in text


@pytest.mark.parametrize("name", CHARSETS)
def test_every_charset_that_can_be_chosen_reads_any_octets(name: str) -> None:
    message = parse_message(b"Content-Type: text/plain; charset=utf-8\n\n" + bytes(range(256))).read_as(name)
    part = message.structure
    assert part.params[FORCED] == name
    text = decode_text(part, message.bodies[part.section])
    assert not unsafe(text.replace("\n", "").replace("\t", ""))


def test_a_wrong_charset_is_put_right_and_back() -> None:
    raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nПривет\n--b--\n"
    message = parse_message(raw.encode("koi8-r"))

    def text(name: str) -> str:
        read = message.read_as(name)
        part = next(read.structure.leaves())
        return decode_text(part, read.bodies[part.section])

    assert text("Cyrillic (KOI8-R)") == "Привет"
    assert text("Cyrillic (Windows-1251)") != "Привет"
    assert message.read_as("Cyrillic (KOI8-R)").read_as("").structure == message.structure
