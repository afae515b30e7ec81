"""What a mail says of the list it came by: its name (RFC 2919), how to leave it (RFC 2369, RFC 8058)."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from tui.mail.authentication import Check
from tui.mail.header import decode_words
from tui.mail.message import Header
from tui.mail.noun import dataclass
from tui.mail.text import clean_line

MOST = 8_000
"""Characters of a field that are looked at."""
MOST_URL = 2_000

_PLACE = re.compile(r"<\s*([^<>]{1,4000}?)\s*>")
_LIST_ID = re.compile(r"\s*(?:\"?(?P<name>[^<\"]*)\"?)\s*<(?P<id>[^<>\s]{1,255})>")
_ONE_CLICK = re.compile(r"\s*List-Unsubscribe\s*=\s*One-Click\s*\Z", re.IGNORECASE)
_TAG = re.compile(r"(?:\A|;)\s*([a-z]{1,8})\s*=\s*([^;]*)", re.IGNORECASE)
_URL = re.compile(r"[!-~]+\Z")
_INSIDE = frozenset(("localhost", "local", "internal", "lan", "home", "arpa", "localdomain", "intranet", "corp"))
"""Last labels of names that lead nowhere but into the user's own net."""


@dataclass(frozen=True, slots=True)
class MailingList:
    """A list or newsletter.

    Attributes:
        name: as it calls itself, cleaned; "" when it does not.
        id: of List-Id; "" when it has none.
        one_click: where a POST alone unsubscribes (RFC 8058), an https address; "" for no such place.
        mailto: the link of a mail that unsubscribes; "" for none.
        page: a web page on which one may unsubscribe; "" for none.
        is_signed: a signature that the receiving server found good covers what is said of unsubscribing.
    """

    name: str = ""
    id: str = ""
    one_click: str = ""
    mailto: str = ""
    page: str = ""
    is_signed: bool = False

    @property
    def label(self) -> str:
        """What to call it."""
        return f"{self.name} <{self.id}>" if self.name and self.id else self.name or self.id

    @property
    def can_leave(self) -> bool:
        """Whether it tells a way to unsubscribe."""
        return bool(self.one_click or self.mailto or self.page)


def list_of(header: Header, checks: Sequence[Check] = ()) -> MailingList | None:
    """Return the list a mail came by, None when it says nothing of one. Never raises.

    Args:
        header: of the message.
        checks: what the receiving server found, see `tui.mail.authentication.Verdict`.
    """
    name, id = _name(header.raw_field("List-Id")[:MOST])
    places = ["".join(place.split()) for place in _PLACE.findall(header.raw_field("List-Unsubscribe")[:MOST])]
    urls = [place for place in places if _URL.match(place) and len(place) <= MOST_URL]
    mailto = next((url for url in urls if url[:7].lower() == "mailto:"), "")
    secure = next((url for url in urls if url[:8].lower() == "https://"), "")
    page = secure or next((url for url in urls if url[:7].lower() == "http://"), "")
    posts = bool(_ONE_CLICK.match(header.raw_field("List-Unsubscribe-Post")))
    if not (id or name or mailto or page):
        return None
    return MailingList(name, id, secure if posts else "", mailto, page, _is_signed(header, checks))


def is_public(url: str) -> bool:
    """Whether an address names a host of the internet at the usual port: others may be in the user's own net."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        is_usual = parts.port in (None, 443)
    except ValueError:
        return False
    last = host.rpartition(".")[2]
    return is_usual and "." in host and not last.isdigit() and last not in _INSIDE and ":" not in host


def _name(field: str) -> tuple[str, str]:
    match = _LIST_ID.match(field)
    if match is None:
        bare = clean_line(field, 255).strip("<>")
        return "", bare if "." in bare and " " not in bare else ""
    return clean_line(decode_words(match["name"]), 120), clean_line(match["id"], 255)


def _is_signed(header: Header, checks: Sequence[Check]) -> bool:
    """Whether a good signature covers both fields (RFC 8058, 4)."""
    good = {check.domain for check in checks if check.method == "dkim" and check.result == "pass" and check.domain}
    for field in header.all("DKIM-Signature")[:10]:
        tags = {name.lower(): value for name, value in _TAG.findall(field[:MOST])}
        covered = {name.strip().lower() for name in tags.get("h", "").split(":")}
        if (
            "".join(tags.get("d", "").split()).lower() in good
            and {
                "list-unsubscribe",
                "list-unsubscribe-post",
            }
            <= covered
        ):
            return True
    return False
