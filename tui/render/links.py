"""Links: found in text, taken to their true host, and doubted where text and target disagree.

Hosts are read the way browsers read them (WHATWG URL), not the way RFC 3986 would: what matters is where a click ends.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import field
from functools import lru_cache
from urllib.parse import unquote

from tui.mail.noun import dataclass
from tui.mail.text import clean_line
from tui.render.lines import Link

MAX_URL = 8_000
"""Characters of an address; a longer one is no link."""
MAX_LINKS = 2_000
"""Links of one message that are numbered."""

_FOUND = re.compile(r"(?:https?://|www\.)[^\s<>\"\u00ab\u00bb\u201c\u201d]+|mailto:[^\s<>\"]+", re.IGNORECASE)
_HINT = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
_TRAILING = frozenset(".,:;!?'*_~…。、，")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_WEB = re.compile(r"(https?):[/\\]*", re.IGNORECASE)
_SCHEME = re.compile(r"[\s\x00-\x1f]*([a-zA-Z][a-zA-Z0-9+.\-]*)\s*:")
_HARMLESS = frozenset(("tel", "sms", "cid", "mid", "geo", "callto", "facetime", "whatsapp", "x-apple-data-detectors"))
_IGNORED = re.compile(r"[\t\r\n]")
_UNSAFE = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\Z")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_\-.]*[a-z0-9_])?\.?\Z")
_NAMED = re.compile(
    r"(?:https?://)?(?:[^\s/@]*@)?((?:[\w\-]+\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9\-]+))(?::\d+)?(?:[/?#]\S*)?\Z",
    re.IGNORECASE,
)
_FILE_ENDINGS = frozenset(
    (
        "pdf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "zip",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "txt",
        "csv",
        "html",
        "htm",
        "py",
        "js",
        "md",
        "sh",
        "rs",
        "go",
    )
)
_DOTS = re.compile("[\u3002\uff0e\uff61]")


@dataclass(slots=True)
class LinkList:
    """The links of one message, numbered in the order they are met; the same address keeps its number."""

    links: list[Link] = field(default_factory=list)
    refused: int = 0
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, href: str, text: str = "") -> int:
        """Return the number of the link, or 0 when the address is none that may ever be opened.

        Args:
            href: as written by the sender.
            text: what the message calls it; "" when it is the address itself.
        """
        target = resolve(href)
        if target is None:
            self.refused += 1
            return 0
        url, host, warning = target
        text = clean_line(text, 200)
        doubt = mismatch(text, host)
        key = (url, doubt)
        number = self._numbers.get(key, 0)
        if number:
            if text and not self.links[number - 1].text:
                self.links[number - 1] = Link(number, url, host, text, self.links[number - 1].warning)
            return number
        if len(self.links) >= MAX_LINKS:
            return 0
        number = len(self.links) + 1
        self._numbers[key] = number
        self.links.append(Link(number, url, host, text, "; ".join(filter(None, (doubt, warning)))))
        return number


def find_urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every address standing in a text, without the punctuation that follows it."""
    if not _HINT.search(text):
        return
    for match in _FOUND.finditer(text):
        start = match.start()
        if start and (text[start - 1].isalnum() or text[start - 1] in "._-@"):
            continue
        end = _trimmed(text, start, match.end())
        if end - start > 7:
            yield start, end


def _trimmed(text: str, start: int, end: int) -> int:
    """Return where an address ends that stands in a sentence: no closing mark, no bracket that was not opened in it."""
    surplus = {
        close: text.count(close, start, end) - text.count(opening, start, end) for close, opening in _PAIRS.items()
    }
    while end > start:
        last = text[end - 1]
        if last in _PAIRS:
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return end


@lru_cache(maxsize=256)  # asked for a link several times; newsletters lead often to the same places
def resolve(href: str) -> tuple[str, str, str] | None:
    """Return (url, host, warning) of an address, or None when it is not one of the web or a mailto.

    Args:
        href: as written. ``www.`` without a scheme counts as https, as readers expect of text.
    """
    if len(href) > MAX_URL:
        return None
    href = _IGNORED.sub("", href).strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x1b\x1f \xa0")
    if href[:4].lower() == "www.":
        href = f"https://{href}"
    elif href[:2] == "//":
        href = f"https:{href}"
    if href[:7].lower() == "mailto:":
        return _resolve_mail(href)
    web = _WEB.match(href)
    if not web:
        return None
    return _resolve_web(web.group(1).lower(), href[web.end() :])


def is_refused(href: str) -> bool:
    """Whether an address that is no link would do something if it were one: run a script, open a file, a program."""
    scheme = _SCHEME.match(_IGNORED.sub("", href))
    return scheme is not None and scheme.group(1).lower() not in _HARMLESS


def mismatch(text: str, host: str) -> str:
    """Return a warning when a link's text names another host than it goes to, else ""."""
    named = _NAMED.match(text.strip(" \u2026.<>()[]")) if "." in text else None
    if not named:
        return ""
    shown = ascii_host(named.group(1).lower())
    if not shown or shown.rpartition(".")[2] in _FILE_ENDINGS:
        return ""
    target = host.rpartition("@")[2].removeprefix("www.")
    shown = shown.removeprefix("www.")
    if target == shown or target.endswith(f".{shown}") or shown.endswith(f".{target}"):
        return ""
    return f"the text says {named.group(1).lower()}"


def ascii_host(host: str) -> str:
    """Return a host name in ASCII, punycode where it must be; "" when it is none."""
    host = _DOTS.sub(".", host)
    if host.isascii():
        return host if _HOST.match(host) else ""
    labels = []
    for label in unicodedata.normalize("NFKC", host).lower().split("."):
        if label.isascii():
            labels.append(label)
            continue
        try:
            labels.append("xn--" + label.encode("punycode").decode("ascii"))
        except UnicodeError:
            return ""
    joined = ".".join(labels)
    return joined if _HOST.match(joined) and len(joined) < 254 else ""


def unicode_host(host: str) -> str:
    """Return a host name with its punycode labels readable; the same when there are none or they are damaged."""
    labels = []
    for label in host.split("."):
        if label.startswith("xn--"):
            try:
                label = clean_line(label[4:].encode("ascii").decode("punycode"), 63)
            except (UnicodeError, ValueError, OverflowError):
                return host
        labels.append(label)
    return ".".join(labels)


def _resolve_mail(href: str) -> tuple[str, str, str] | None:
    address = clean_line(unquote(href[7:].partition("?")[0]), 320)
    if not address or "@" not in address:
        return None
    return _quoted(href), address, ""


def _resolve_web(scheme: str, rest: str) -> tuple[str, str, str] | None:
    end = next((index for index, character in enumerate(rest) if character in "/\\?#"), len(rest))
    authority, tail = rest[:end], rest[end:]
    path = re.match(r"[^?#]*", tail)
    if path:
        tail = path.group().replace("\\", "/") + tail[path.end() :]
    user, at, place = authority.rpartition("@")
    if place.startswith("["):
        name, bracket, port = place.partition("]")
        host = name[1:].lower()
        if not bracket or not re.fullmatch(r"[0-9a-f:.]{2,45}", host):
            return None
        shown = f"[{host}]"
    else:
        name, colon, port = place.partition(":")
        port = colon + port
        host = shown = ascii_host(unquote(name).lower())
    if not host or not re.fullmatch(r"(:\d{0,5})?", port):
        return None
    warnings = []
    if at:
        warnings.append(f"“{clean_line(unquote(user), 60)}” before the @ is not the host")
    if shown != host or _NUMERIC.match(host):
        warnings.append("a number instead of a name")
    elif "xn--" in host:
        warnings.append(f"reads as {unicode_host(host)}")
    return _quoted(f"{scheme}://{user + at if at else ''}{shown}{port}{tail}"), host, "; ".join(warnings)


def _quoted(url: str) -> str:
    """Return an address with white space, controls and invisible characters written as %XX."""
    return _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "replace")), url)
