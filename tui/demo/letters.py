"""The sample mail, as the files in sample/ describe it: what was written, by whom, to whom, how long ago."""

import re
from datetime import timedelta
from typing import Any

from tui.demo.people import Cast, MailingList, read_sample
from tui.mail.address import Address
from tui.mail.noun import dataclass

_AGO = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_ADDRESSED = frozenset(("account", "mailbox", "id", "answers", "from", "to", "cc", "subject", "ago", "flags"))
_FILLED = frozenset(("text", "html", "files", "charset", "list", "unsubscribe", "invite", "quote", "flowed"))
_SYSTEM_FLAGS = frozenset(("seen", "answered", "flagged", "draft"))


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it has a date.

    Attributes:
        account: whose it is.
        mailbox: where it lies.
        id: by which answers call it, or "".
        answers: the id of the letter it answers, or "".
        ago: how long before now it came.
        flags: as on the wire.
        text: lines ended by ``\\n``, or "" for a mail that is HTML only.
        html: the same as HTML, or "".
        files: names of attachments; `tui.demo.files` makes what is in them.
        charset: of the text, as Python calls it.
        list: the mailing list it came by, or None.
        unsubscribe: a link that ends a newsletter, or "".
        invite: the day and time to which an invitation for the calendar comes with it, as ``Thursday 20:00``, or "".
        quote: the text of what it answers is quoted below.
        flowed: its paragraphs are sent as format=flowed (RFC 3676).
    """

    account: str
    from_: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    mailbox: str = "INBOX"
    id: str = ""
    answers: str = ""
    ago: timedelta = timedelta()
    flags: frozenset[bytes] = frozenset()
    html: str = ""
    files: tuple[str, ...] = ()
    charset: str = "utf-8"
    list: MailingList | None = None
    unsubscribe: str = ""
    invite: str = ""
    quote: bool = False
    flowed: bool = False


def load_letters(name: str, cast: Cast, account: str) -> list[Letter]:
    """Return the letters of one file.

    Args:
        name: of the file in sample/, without ``.toml``.
        cast: who is who.
        account: of letters that do not say.

    Raises:
        ValueError: when a letter has a key that means nothing, or is from or to nobody.
    """
    return [_letter(row, cast, account) for row in read_sample(name)["letter"]]


def _letter(row: dict[str, Any], cast: Cast, account: str) -> Letter:
    unknown = row.keys() - _ADDRESSED - _FILLED
    if unknown:
        raise ValueError(f"{row.get('subject')!r}: nothing is called {', '.join(sorted(unknown))}")
    account = row.get("account", account)
    return Letter(
        account=account,
        from_=cast.address(row["from"], account),
        to=tuple(cast.address(each, account) for each in row.get("to", ["me"])),
        cc=tuple(cast.address(each, account) for each in row.get("cc", [])),
        subject=row["subject"],
        text=row.get("text", ""),
        mailbox=row.get("mailbox", "INBOX"),
        id=row.get("id", ""),
        answers=row.get("answers", ""),
        ago=_ago(row.get("ago", "")),
        flags=frozenset(_flag(word) for word in row.get("flags", "").split()),
        html=row.get("html", ""),
        files=tuple(row.get("files", ())),
        charset=row.get("charset", "utf-8"),
        list=cast.lists[row["list"]] if "list" in row else None,
        unsubscribe=row.get("unsubscribe", ""),
        invite=row.get("invite", ""),
        quote=row.get("quote", False),
        flowed=row.get("flowed", False),
    )


def _ago(words: str) -> timedelta:
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in _AGO.findall(words)})


def _flag(word: str) -> bytes:
    return (f"\\{word.capitalize()}" if word in _SYSTEM_FLAGS else word).encode("ascii")
