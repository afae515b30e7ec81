"""Links that begin a mail (RFC 6068): whom to, about what, in which words; nothing else a link says is obeyed."""

import re
from dataclasses import replace
from urllib.parse import unquote

from tui.mail.address import Address, parse_addresses
from tui.mail.draft import Draft
from tui.mail.noun import dataclass
from tui.mail.text import clean, clean_line, is_safe

MOST = 100_000
"""Characters of a link that are looked at."""
MOST_SUBJECT = 1_000
MOST_BODY = 50_000

_PREFIX = re.compile(r"mailto:", re.I)


@dataclass(frozen=True, slots=True)
class Mailto:
    """What a link asks for.

    Attributes:
        to, cc, bcc: whom; only those that are addresses.
        subject: cleaned, one line.
        body: cleaned, lines ended by ``\\n``.
        ignored: names of what else it asks for, ``attach`` for one; cleaned.
    """

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What the user should know of it, "" for nothing."""
        if not self.ignored:
            return ""
        names = ", ".join(self.ignored[:4])
        is_file = any(name.startswith("attach") for name in self.ignored)
        return f"the link's {names} {'was' if len(self.ignored) == 1 else 'were'} ignored" + (
            ": no link attaches files" if is_file else ""
        )

    def put_into(self, draft: Draft) -> Draft:
        """Return a new mail with all this; its signature stays below the text."""
        body = self.body + draft.body if self.body else draft.body
        return replace(
            draft,
            to=(*draft.to, *self.to),
            cc=(*draft.cc, *self.cc),
            bcc=(*draft.bcc, *self.bcc),
            subject=self.subject or draft.subject,
            body=body,
        )


def parse_mailto(link: str) -> Mailto:
    """Return what a link, or a plain address, asks for. Never raises."""
    link = link.strip()[:MOST]
    if not _PREFIX.match(link):
        return Mailto(to=_good(parse_addresses(clean_line(link, MOST))))
    path, _, query = _PREFIX.sub("", link, count=1).partition("#")[0].partition("?")
    found: dict[str, list[Address]] = {"to": _addresses(path), "cc": [], "bcc": []}
    subject, body, ignored = "", list[str](), list[str]()
    for pair in re.split("&amp;|&", query)[:200]:
        name, _, value = pair.partition("=")
        key = unquote(name).strip().lower()
        if key in found:
            found[key] += _addresses(value)
        elif key == "subject":
            subject = subject or clean_line(unquote(value), MOST_SUBJECT)
        elif key == "body":
            body.append(clean(unquote(value).replace("\r\n", "\n").replace("\r", "\n"))[:MOST_BODY])
        elif key:
            ignored.append(clean_line(key, 30))
    to, cc, bcc = (_good(found[key]) for key in ("to", "cc", "bcc"))
    return Mailto(to, cc, bcc, subject, "\n".join(body), tuple(dict.fromkeys(ignored)))


def _addresses(encoded: str) -> list[Address]:
    """Return addresses with commas between; a comma that is encoded is part of one."""
    found: list[Address] = []
    for each in encoded.split(",")[:500]:
        # One alone: what else an encoded comma would bring in is nobody whom the link names openly. A line end makes
        # it no address, but something that wants to be a field of its own.
        words = unquote(each)
        parsed = parse_addresses(clean_line(words, 1_000)) if is_safe(words) else ()
        found += parsed if len(parsed) == 1 else ()
    return found


def _good(addresses: "list[Address] | tuple[Address, ...]") -> tuple[Address, ...]:
    kept: dict[str, Address] = {}
    for address in addresses:
        if address.is_valid:
            kept.setdefault(address.spec.casefold(), address)
    return tuple(kept.values())
