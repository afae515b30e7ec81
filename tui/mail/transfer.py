"""Content-transfer encodings and charsets of bodies (RFC 2045, 6), undone as far as damage allows. Nothing raises."""

import binascii
import re

from tui.mail.header import decode_bytes
from tui.mail.part import Part
from tui.mail.text import clean

MAX_TEXT = 32 * 1024 * 1024
"""Octets of a text part that are decoded for reading."""
_SAMPLE = 4096
"""Octets that are shown to the charset guesser."""
_ENOUGH = 12
"""Octets above 0x7F below which a guess is a throw of dice."""

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_NOT_BASE64_OR_PAD = bytes(set(_NOT_BASE64) - {0x3D})
_PAD = re.compile(rb"=[=\s]*")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^end\s*$", re.MULTILINE)
_BAD_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{1,40})", re.IGNORECASE)
_JAPANESE = re.compile(rb"\x1b\$[@B(]|\x1b\([JI]")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OFTEN_WRONG = ("", "us-ascii", "ascii", "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "iso-8859-15")
"""Declared by habit: text that is UTF-8 by its form is UTF-8 whatever these say."""


FORCED = "x-read-as"
"""A parameter of parts that are to be read in a charset of the user's choice: a key of `CHARSETS`."""
CHARSETS = {
    "UTF-8": "utf-8",
    "Western (Windows-1252)": "cp1252",
    "Western (ISO-8859-15)": "iso8859-15",
    "Western (Macintosh)": "mac-roman",
    "Western (DOS, CP850)": "cp850",
    "Central European (Windows-1250)": "cp1250",
    "Central European (ISO-8859-2)": "iso8859-2",
    "Baltic (Windows-1257)": "cp1257",
    "Cyrillic (Windows-1251)": "cp1251",
    "Cyrillic (KOI8-R)": "koi8-r",
    "Cyrillic (KOI8-U)": "koi8-u",
    "Cyrillic (ISO-8859-5)": "iso8859-5",
    "Cyrillic (DOS, CP866)": "cp866",
    "Greek (Windows-1253)": "cp1253",
    "Turkish (Windows-1254)": "cp1254",
    "Hebrew (Windows-1255)": "cp1255",
    "Arabic (Windows-1256)": "cp1256",
    "Vietnamese (Windows-1258)": "cp1258",
    "Thai (TIS-620)": "tis-620",
    "Chinese, simplified (GB18030)": "gb18030",
    "Chinese, traditional (Big5)": "big5hkscs",
    "Japanese (Shift_JIS)": "cp932",
    "Japanese (EUC-JP)": "euc_jis_2004",
    "Japanese (ISO-2022-JP)": "iso2022_jp_ext",
    "Korean (EUC-KR)": "cp949",
    "UTF-16, little-endian": "utf-16-le",
    "UTF-16, big-endian": "utf-16-be",
    "UTF-7": "utf-7",
}
"""What a user may choose → Python's codec: of text, every one."""


def decode_part(part: Part, body: bytes) -> bytes:
    """Return a part's content with its transfer encoding undone, best effort.

    Args:
        part: says the encoding.
        body: octets as transferred.
    """
    match part.encoding:
        case "base64":
            return decode_base64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return decode_uu(body)
    return body


def is_damaged(part: Part, body: bytes) -> bool:
    """Whether octets break the rules of their transfer encoding, so that something of the content may be missing.

    Args:
        part: says the encoding.
        body: octets as transferred; those behind `MAX_TEXT` are not looked at.
    """
    body = body[:MAX_TEXT]
    match part.encoding:
        case "base64":
            digits = body.translate(None, b"\r\n\t ")
            inner = digits.rstrip(b"=")
            return len(digits) % 4 != 0 or bool(inner.translate(None, _BASE64))
        case "quoted-printable":
            return _BAD_QP.search(body) is not None
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _UU_BEGIN.search(body) is None or _UU_END.search(body) is None
        case "7bit" | "8bit" | "binary" | "":
            return False
    return True  # an encoding nobody knows


def decode_base64(body: bytes) -> bytes:
    """Return base64 undone (RFC 2045, 6.8): what is no base64 is skipped, text glued on behind the end is dropped."""
    digits = body.translate(None, _NOT_BASE64_OR_PAD)
    end = digits.find(b"=")
    if end < 0 or len(digits) - end <= 2:
        return _quads(digits[:end] if end >= 0 else digits)
    out: list[bytes] = []
    start = 0
    for match in _PAD.finditer(body):  # several encoded blocks in a row, or a list's footer behind the first
        out.append(_quads(body[start : match.start()].translate(None, _NOT_BASE64)))
        start = match.end()
        if _is_prose(body[start : start + 1000]):
            return b"".join(out)
    out.append(_quads(body[start:].translate(None, _NOT_BASE64)))
    return b"".join(out)


def _is_prose(rest: bytes) -> bool:
    lines = rest.translate(None, b"\r\n")
    return len(lines.translate(None, _NOT_BASE64_OR_PAD)) < len(lines) * 0.95


def _quads(digits: bytes) -> bytes:
    over = len(digits) % 4
    if over == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def decode_uu(body: bytes) -> bytes:
    """Return uuencoded octets undone; lines that are none are skipped."""
    begin = _UU_BEGIN.search(body)
    out: list[bytes] = []
    for line in body[begin.end() if begin else 0 :].splitlines():
        if line == b"end":
            break
        if not line or line in (b"`", b" "):
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            wanted = ((line[0] - 32 & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                continue
    return b"".join(out)


def decode_text(part: Part, body: bytes) -> str:
    """Return a text part as cleaned text, lines ended by ``\\n``; not reflowed.

    Args:
        part: says encoding and charset.
        body: octets as transferred.
    """
    forced = part.params.get(FORCED, "")
    if forced in CHARSETS:
        return clean(decode_part(part, body)[:MAX_TEXT].decode(CHARSETS[forced], "replace"))
    return decode_charset(decode_part(part, body), part.params.get("charset", ""), html=part.type == "text/html")


def decode_charset(data: bytes, charset: str, *, html: bool = False) -> str:
    """Return octets as cleaned text, lines ended by ``\\n``.

    The charset named is believed unless the octets contradict it; then form decides (BOM, UTF-8, ISO-2022-JP,
    UTF-16's zeros), then a guess from a sample, then Windows-1252.

    Args:
        data: transfer encoding undone.
        charset: as the sender named it, "" when not.
        html: whether a ``<meta charset>`` may name it.
    """
    data = data[:MAX_TEXT]
    if not charset and html and (match := _META_CHARSET.search(data, 0, 2048)):
        charset = match.group(1).decode("ascii")
    return clean(_decode(data, charset.strip().strip("\"'").lower()))


def _decode(data: bytes, charset: str) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace").lstrip("\ufeff")
    if _JAPANESE.search(data, 0, 65_536) and (charset in _OFTEN_WRONG or "2022-jp" in charset):
        return data.decode("iso2022_jp_ext", "replace")
    if data.isascii() and charset in (*_OFTEN_WRONG, "utf-8") and data.count(0, 0, 2048) * 4 <= len(data[:2048]):
        return data.decode("ascii")
    wide = _without_bom(data, charset)
    if wide:
        return data.decode(wide, "replace")
    if charset in _OFTEN_WRONG or charset in ("utf-8", "utf8"):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        if charset in _OFTEN_WRONG[3:]:
            return decode_bytes(data, charset)
        if _is_mostly_utf8(data):
            return data.decode("utf-8", "replace")
        guess = _guess(data)
        return data.decode(guess or "cp1252", "replace")
    return decode_bytes(data, charset)


def _without_bom(data: bytes, charset: str) -> str:
    """Return the byte order of UTF-16 without its mark, told by where the zeros or spaces are; "" for no UTF-16."""
    if charset.replace("_", "-") in ("utf-16le", "utf-16be", "utf-16-le", "utf-16-be"):
        return charset
    sample = data[:2048]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    declared = charset in ("utf-16", "utf16", "ucs-2", "unicode")
    if not declared and max(even, odd) * 4 < len(sample):
        return ""
    if not declared and min(even, odd) * 10 > max(even, odd):
        return ""
    if even == odd:
        little = sample[1::2].count(0x20) <= sample[0::2].count(0x20)
    else:
        little = odd > even
    return "utf-16-le" if little else "utf-16-be"


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether damage is rare in what is else UTF-8: one cut character must not turn a whole text into mojibake."""
    sample = data[: 16 * _SAMPLE]
    text = sample.decode("utf-8", "replace")
    high = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") * 10 <= high


def _guess(data: bytes) -> str:
    """Return the charset a sample looks like, "" when it is too small or nothing fits."""
    first = re.search(rb"[\x80-\xff]", data)
    if first is None:
        return ""
    start = max(0, data.rfind(b"\n", 0, first.start()) + 1, first.start() - 200)
    sample = data[start : start + _SAMPLE]
    if len(sample.translate(None, bytes(range(128)))) < _ENOUGH:
        return ""
    from charset_normalizer import from_bytes  # noqa: PLC0415  # late: start-up time

    best = from_bytes(sample, steps=3, chunk_size=1024, threshold=0.3).best()
    return best.encoding if best is not None else ""
