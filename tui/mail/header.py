"""Header fields: encoded words (RFC 2047), parameters (RFC 2231) and charsets, decoded without ever raising."""

import binascii
import re
from email.quoprimime import header_decode
from itertools import islice

from tui.mail.text import clean_line

MAX_FIELD = 16_384
"""Characters of a field that are decoded for display."""
MAX_WORDS = 500
"""Encoded words of a field that are decoded; those behind stay as they are."""

_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_WHOLE = re.compile(r"=\?([^?*\s]{1,40})\?([bBqQ])\?([^?]*)\?=\Z")
"""A field that is one encoded word, as most short ones are that hold any."""
_ODD_ESCAPE = re.compile(r"=(?![0-9A-Fa-f]{2})|[^\x20-\x7e]")
"""Where the quick decoder of Q would not do as the careful one does."""
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "x-mac-roman": "mac_roman",
    "x-unknown": "",
    "unknown-8bit": "",
    "default": "",
    "binary": "",
}
_SAFE_CODEC = re.compile(r"[a-z0-9][a-z0-9_.:\-]{0,39}\Z")
_NOT_TEXT = re.compile(
    r"(base64|bz2|hex|quopri|uu|zip|zlib|rot_?13)(_codec)?\Z|idna|punycode|raw_unicode_escape|undefined|unicode_escape|mbcs|oem"
)


def decode_bytes(data: bytes, charset: str = "") -> str:
    """Return bytes as text: the named charset, else UTF-8, else Windows-1252; what fits nowhere becomes U+FFFD.

    Not cleaned. Guessing among more charsets is `tui.mail.message.decode_text`'s affair: bodies only.

    Args:
        data: the bytes, content-transfer decoding undone.
        charset: the charset's name as the sender wrote it, "" when unknown.
    """
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name == "utf-8":  # what nearly everyone says, and nearly always rightly
        return data.decode("utf-8", "replace")
    if name and _SAFE_CODEC.match(name) and not _NOT_TEXT.match(name.replace("-", "_")):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if name and _SAFE_CODEC.match(name) and not _NOT_TEXT.match(name.replace("-", "_")):
        try:
            return data.decode(name, "replace")
        except (LookupError, UnicodeError, ValueError):
            pass
    return data.decode("cp1252", "replace")


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "bB":
        try:
            return binascii.a2b_base64(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            return text.encode("utf-8", "surrogateescape")
    if not _ODD_ESCAPE.search(text):
        return binascii.a2b_qp(text, header=True)
    return header_decode(text).encode("latin-1", "replace")


def decode_words(text: str) -> str:
    """Return a field body with its encoded words decoded; the bytes of adjacent words are joined first.

    Not cleaned; never raises. Undecodable words stay as written.

    Args:
        text: the unfolded field body.
    """
    if "=?" not in text:
        return text
    whole = _WHOLE.match(text)
    if whole is not None and len(text) <= MAX_FIELD:
        return decode_bytes(_word_bytes(whole[2], whole[3]), whole[1])
    text = _BETWEEN.sub(r"\1\2", text[:MAX_FIELD])
    out: list[str] = []
    held, held_charset = b"", ""
    position = 0
    for match in islice(_WORD.finditer(text), MAX_WORDS):
        charset, encoding, payload = match.groups()
        if match.start() > position or charset.lower() != held_charset:
            out.append(decode_bytes(held, held_charset))
            held = b""
        out.append(text[position : match.start()])
        held += _word_bytes(encoding, payload)
        held_charset = charset.lower()
        position = match.end()
    out.append(decode_bytes(held, held_charset))
    out.append(text[position:])
    return "".join(out)


def decode_field(raw: bytes | str, limit: int = 1000) -> str:
    """Return an unstructured field body, unfolded, decoded and cleaned to one line of at most ``limit`` characters."""
    if isinstance(raw, bytes):
        raw = decode_bytes(raw[: MAX_FIELD * 4])
    return clean_line(decode_words(raw[:MAX_FIELD]), limit)
