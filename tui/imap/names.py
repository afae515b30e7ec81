"""Names of mailboxes: modified UTF-7 (RFC 3501, 5.1.3), UTF-8 (RFC 9051, 5.1), and what a name says of its use."""

import base64
import binascii
import re
from collections.abc import Collection

from tui.mail.header import decode_bytes
from tui.mail.mailbox import Role
from tui.mail.text import clean_line

_SHIFTED = re.compile(rb"&([^-]*)-")
_UNSAFE = re.compile(r"[^\x20-\x7e]+|&")

_ATTRIBUTES = {
    b"\\drafts": Role.DRAFTS,
    b"\\sent": Role.SENT,
    b"\\archive": Role.ARCHIVE,
    b"\\junk": Role.JUNK,
    b"\\trash": Role.TRASH,
    b"\\all": Role.ALL,
    b"\\flagged": Role.FLAGGED,
    b"\\important": Role.IMPORTANT,
}

_GUESSES: dict[Role, str] = {
    Role.DRAFTS: "drafts draft entwürfe entwurf brouillons brouillon borradores bozze concepten rascunhos utkast "
    "kladder luonnokset szkice koncepty piszkozatok черновики чернетки 草稿 草稿箱 下書き 임시보관함 taslaklar",
    Role.SENT: "sent|sent items|sent mail|sent messages|gesendet|gesendete elemente|gesendete objekte|envoyés|"
    "éléments envoyés|messages envoyés|enviados|elementos enviados|inviata|inviati|posta inviata|verzonden|"
    "verzonden items|skickat|skickade|sendt|lähetetyt|wysłane|odeslaná pošta|odeslané|elküldött|отправленные|"
    "надіслані|已发送|已发送邮件|寄件備份|送信済み|送信済みメール|보낸편지함|gönderilmiş öğeler",
    Role.ARCHIVE: "archive archives archiv archivo archivio archief arquivo arkiv arkisto archiwum архив архів "
    "归档 封存 アーカイブ 보관함 arşiv",
    Role.JUNK: "junk|junk e-mail|junk email|junk mail|spam|bulk mail|werbung|unerwünscht|junk-e-mail|pourriel|"
    "indésirables|courrier indésirable|correo no deseado|no deseado|posta indesiderata|ongewenst|"
    "ongewenste e-mail|lixo eletrônico|skräppost|søppelpost|roskaposti|нежелательная почта|спам|垃圾邮件|"
    "垃圾郵件|迷惑メール|스팸메일함|önemsiz",
    Role.TRASH: "trash|deleted|deleted items|deleted messages|bin|papierkorb|gelöscht|gelöschte elemente|"
    "gelöschte objekte|corbeille|éléments supprimés|papelera|elementos eliminados|eliminados|cestino|"
    "posta eliminata|prullenbak|verwijderde items|lixeira|lixo|papperskorg|papirkurv|søppel|roskakori|kosz|koš|"
    "lomtár|корзина|удаленные|кошик|已删除|已删除邮件|垃圾桶|ゴミ箱|휴지통|çöp kutusu",
}
_BY_NAME = {
    name: role for role, names in _GUESSES.items() for name in (names.split("|") if "|" in names else names.split())
}


def decode(wire: bytes) -> str:
    """Return a mailbox name for people: decoded where it can be, cleaned, never empty.

    Args:
        wire: the name as LIST gave it, without quoting. It stays the only name that is sent back.
    """
    if wire.isascii():
        text = _SHIFTED.sub(_unshift, wire).decode("utf-8", "replace") if b"&" in wire else wire.decode("ascii")
    else:
        text = decode_bytes(wire)
    return clean_line(text, 5000) or "(no name)"


def _unshift(match: re.Match[bytes]) -> bytes:
    inside = match.group(1)
    if not inside:
        return b"&"
    try:
        octets = base64.b64decode(inside.replace(b",", b"/") + b"=" * (-len(inside) % 4), validate=True)
        return octets.decode("utf-16-be").encode("utf-8")
    except (binascii.Error, ValueError):
        return match.group()


def encode(name: str, *, utf8: bool = False) -> bytes:
    """Return the wire bytes of a name that a person chose.

    Args:
        name: the whole name with its delimiters.
        utf8: whether UTF8=ACCEPT is enabled (RFC 9755).
    """
    if utf8:
        return name.encode("utf-8", "replace")
    return _UNSAFE.sub(_shift, name).encode("ascii")


def _shift(match: re.Match[str]) -> str:
    text = match.group()
    if text == "&":
        return "&-"
    octets = text.encode("utf-16-be", "surrogatepass")
    return "&" + base64.b64encode(octets).rstrip(b"=").replace(b"/", b",").decode("ascii") + "-"


def role_of(wire: bytes, attributes: Collection[bytes]) -> Role | None:
    """Return what LIST says a mailbox is for (RFC 6154), or None.

    Args:
        wire: its name.
        attributes: lower case.
    """
    if wire.upper() == b"INBOX":
        return Role.INBOX
    return next((role for attribute, role in _ATTRIBUTES.items() if attribute in attributes), None)


def guess(name: str, delimiter: str) -> Role | None:
    """Return what a name suggests, in the languages of many servers; only at the top, or right below INBOX."""
    levels = name.split(delimiter) if delimiter else [name]
    if len(levels) > 1 and levels[0].upper() in ("INBOX", "[GMAIL]", "[GOOGLE MAIL]"):
        levels = levels[1:]
    return _BY_NAME.get(levels[0].casefold()) if len(levels) == 1 else None
