"""Which parts of a message are its text: one version of each, in order, enclosed messages included."""

import re
from collections.abc import Callable, Iterable

from tui.mail.noun import dataclass
from tui.mail.part import Part
from tui.render.lines import Mode

MAX_ENCLOSED_DEPTH = 3
"""Messages in messages that are opened in the text; what is deeper is a part to save."""
MAX_PIECES = 100
SMALL = 256 * 1024
"""Octets up to which the version of a text that is not shown is fetched too, so that switching costs nothing."""
STUB = 1000
"""Octets of text/plain below which it may be a mere pointer to the HTML."""
FEW_WORDS = 45
"""Words of text/plain below which a pointer to the HTML is all it says, or it may be a title of what the HTML says."""
MORE_WORDS = 8
"""How many times as many words the HTML then has at least."""
MOST_LOOKED_AT = 200_000
"""Characters of HTML in which words are counted."""

_ENCLOSED = ("message/rfc822", "message/global")
_NOT_READ = frozenset(
    f"text/{subtype}"
    for subtype in (
        "calendar",
        "x-amp-html",
        "css",
        "javascript",
        "vcard",
        "x-vcard",
        "directory",
        "rtf",
        "csv",
        "xml",
        "rfc822-headers",
    )
)
_POINTER = re.compile(
    r"(?:does not|doesn.t|do not|don.t|cannot|can.t|unable to|not able to|without)\W+(?:\w+\W+){0,5}html"
    r"|(?:view|read|see|open|show)(?:ed)? (?:\w+[ -]){0,4}(?:online|(?:in|as|on) (?:an? |your |the )?(?:web|browser))"
    r"|(?:trouble|problems?|can.?t|unable to) (?:viewing|reading|seeing|see|view|read) this"
    r"|html[ -](?:version|e-?mail|enabled|capable|compatible)",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:https?://|www\.)\S*")
_WORDS = re.compile(r"[^\W_]{2,}")
_TAG = re.compile(r"<[^<>]*>?|&#?\w{1,10};")

Stub = Callable[[Part, Part | None], bool]
"""Whether a text/plain part, with the HTML beside it where there is any, says no more than "look at the HTML"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text.

    Attributes:
        part: a text part to read, or an enclosed message whose heading stands here and whose pieces follow.
        depth: how many messages it is enclosed in.
    """

    part: Part
    depth: int = 0

    @property
    def is_heading(self) -> bool:
        return self.part.type in _ENCLOSED


def choose(structure: Part, mode: Mode, is_stub: Stub) -> list[Piece]:
    """Return what is to be read, in order.

    Args:
        structure: the MIME tree.
        mode: PLAIN or HTML prefer that version; any other takes text/plain unless it is a stub.
        is_stub: see `Stub`.
    """
    pieces: list[Piece] = []
    pending = [(structure, 0)]
    while pending and len(pieces) < MAX_PIECES:
        part, depth = pending.pop()
        if part.type == "multipart/alternative" and part.children:
            pending.append((_alternative(part, mode, is_stub), depth))
        elif part.type == "multipart/related" and part.children:
            pending.append((_related_root(part), depth))
        elif part.type == "multipart/signed" and part.children:
            pending.append((part.children[0], depth))
        elif part.type == "multipart/encrypted":
            continue
        elif part.is_multipart:
            pending.extend((child, depth) for child in reversed(part.children))
        elif part.type in _ENCLOSED:
            if part.children and depth < MAX_ENCLOSED_DEPTH:
                pieces.append(Piece(part, depth))
                pending.append((part.children[0], depth + 1))
        elif is_readable(part) and not part.is_attachment:
            pieces.append(Piece(part, depth))
    if not pieces:
        pieces.extend(Piece(part) for part in [*filter(is_readable, structure.leaves())][:1])
    return pieces


def wanted_sections(structure: Part) -> list[str]:
    """Return the sections to fetch so that the message can be read, and switched to its other version if that is small.

    An enclosed message's header is asked for as ``N.HEADER``.
    """
    sections: dict[str, None] = {}
    for mode in (Mode.AUTO, Mode.HTML, Mode.PLAIN):
        for piece in choose(structure, mode, lambda part, html: part.size < STUB):
            if mode is Mode.AUTO or piece.part.size <= SMALL:
                name = f"{piece.part.section}.HEADER" if piece.is_heading else piece.part.section
                sections[name] = None
    return list(sections)


def is_readable(part: Part) -> bool:
    """Whether a part is text that a person reads."""
    return part.type.startswith("text/") and part.type not in _NOT_READ


def says_nothing(text: str) -> bool:
    """Whether a text/plain version is no more than a pointer to the HTML: no words, or a sentence about browsers."""
    if len(text) > 20_000:
        return False
    rest = _URL.sub(" ", text)
    words = len(_WORDS.findall(rest))
    if words == 0:
        return True
    pointer = _POINTER.search(rest)
    return pointer is not None and words < FEW_WORDS


def stands_in(text: str, html: str) -> bool:
    """Whether a text/plain version only stands in for the HTML: it says nothing, or the title of what that says."""
    if says_nothing(text):
        return True
    if len(text) > 20_000:
        return False
    words = len(_WORDS.findall(_URL.sub(" ", text)))
    return words < FEW_WORDS and words * MORE_WORDS + 2 * FEW_WORDS < html_words(html)


def html_words(html: str) -> int:
    """Return about how many words an HTML text has, style sheets and scripts left out."""
    html = html[:MOST_LOOKED_AT]
    folded = html.lower() if len(html.lower()) == len(html) else html
    pieces, at = [], 0
    while True:
        starts = [found for name in ("<style", "<script", "<!--") if (found := folded.find(name, at)) >= 0]
        if not starts:
            break
        start = min(starts)
        close = "-->" if folded.startswith("<!--", start) else "</"
        pieces.append(html[at:start])
        end = folded.find(close, start + 4)
        if end < 0:
            at = len(html)
            break
        at = end + 2
    pieces.append(html[at:])
    return len(_WORDS.findall(_TAG.sub(" ", " ".join(pieces))))


def _alternative(part: Part, mode: Mode, is_stub: Stub) -> Part:
    plain = html = other = None
    for child in part.children:
        kinds = {leaf.type for leaf in _texts(child)}
        if "text/html" in kinds:
            html = child
        elif "text/plain" in kinds:
            plain = plain or child
        elif kinds:
            other = child
    if plain is None or html is None:
        return plain or html or other or part.children[-1]
    if mode is Mode.HTML:
        return html
    if mode is Mode.PLAIN:
        return plain
    page = next((leaf for leaf in _texts(html) if leaf.type == "text/html"), None)
    return html if all(is_stub(leaf, page) for leaf in _texts(plain)) else plain


def _texts(part: Part) -> Iterable[Part]:
    return [leaf for leaf in part.leaves() if is_readable(leaf) and not leaf.is_attachment]


def _related_root(part: Part) -> Part:
    start = part.params.get("start", "").strip("<>")
    named = next((child for child in part.children if start and child.content_id == start), None)
    if named is not None:
        return named
    first = part.children[0]
    if first.is_multipart or is_readable(first):
        return first
    return next((child for child in part.children if child.is_multipart or is_readable(child)), first)
