"""What is inside an element, looked at within bounds: a link around a whole mail must not copy the mail."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from tui.mail.text import clean_line

MAX_NODES = 300
"""Nodes of one element that are looked at for its words."""

_NOTHING = re.compile("[\\s\u00a0\u00ad\u034f\u200b-\u200f\u2060\u2800\u3164\ufeff]*\\Z")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WIDE_GAP = re.compile(r"[ \xa0]*\xa0[ \xa0]+|[ \xa0]+\xa0[ \xa0]*")
_INVISIBLE = re.compile("[\u00ad\u034f\u200c]")
_ZWNJ_SCRIPTS = re.compile("[\u0590-\u0dff]")


def is_nothing(text: str) -> bool:
    """Whether a text holds nothing to be seen: white space and what has no width."""
    first = text[:1]
    return not (first.isascii() and first.isalnum()) and _NOTHING.match(text) is not None


def folded(raw: str) -> str:
    """Return a text with its white space folded, and without what has no width (but where scripts need it)."""
    text = raw if raw.isprintable() and "  " not in raw else _SPACES.sub(" ", raw)
    if text.isascii():
        return text
    if not _ZWNJ_SCRIPTS.search(text):
        text = _INVISIBLE.sub("", text)
    if "\xa0" in text:
        text = text.replace("\xa0", " ") if text.count("\xa0") > 6 else _WIDE_GAP.sub("  ", text)
    return text


def inside(element: LexborNode, limit: int = MAX_NODES) -> Iterator[LexborNode]:
    """Yield the nodes in an element in the order of the text, at most ``limit``."""
    top = element.mem_id
    node = element.first_child
    for _ in range(limit):
        if node is None:
            return
        yield node
        below = node.first_child
        while below is None:
            below = node.next
            if below is None:
                node = node.parent
                if node is None or node.mem_id == top:
                    return
        node = below


def only_text(element: LexborNode) -> str | None:
    """Return the text in an element that holds nothing else, as most do; None where it does."""
    child = element.first_child
    if child is None:
        return ""
    return (child.text_content or "") if child.next is None and child.tag == "-text" else None


def text_in(element: LexborNode, characters: int, limit: int = MAX_NODES) -> str:
    """Return the first characters of the text in an element."""
    only = only_text(element)
    if only is not None:
        return only[:characters]
    out: list[str] = []
    size = 0
    for node in inside(element, limit):
        if node.tag == "-text":
            out.append(node.text_content or "")
            size += len(out[-1])
            if size >= characters:
                break
    return "".join(out)[:characters]


def words_in(element: LexborNode) -> str:
    """Return the words in a link on one line, "" when there are none to be seen."""
    text = text_in(element, 2_000)
    return "" if is_nothing(text) else clean_line(text, 200)


def alt_text(attributes: dict[str, str | None]) -> str:
    """Return what a picture says of itself, "" when that is nothing."""
    alt = clean_line(attributes.get("alt") or "", 120)
    return "" if is_nothing(alt) else alt


def alt_in(element: LexborNode) -> str | None:
    """Return what the first talking picture in an element says; "" when none does, None when there is no picture."""
    found: str | None = None
    for node in inside(element):
        if node.tag == "img":
            found = alt_text(node.attributes)
            if found:
                return found
    return found
