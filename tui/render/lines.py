"""What a reader paints: styled lines, links and parts. No Textual, no colours: a style is a role of the theme."""

from collections.abc import Iterable
from enum import StrEnum

from tui.mail.noun import dataclass, noun
from tui.mail.part import Part


class Style(StrEnum):
    """A role of the theme."""

    TEXT = "text"
    BRIGHT = "bright"
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    QUOTE = "quote"
    QUOTE2 = "quote2"
    QUOTE3 = "quote3"
    SIGNATURE = "signature"
    LINK = "link"
    HEADING = "heading"
    EMPHASIS = "emphasis"
    STRONG = "strong"
    CODE = "code"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    RULE = "rule"


class Mode(StrEnum):
    """How a message is read: AUTO chooses between PLAIN and HTML; SOURCE is the mail as it came, cleaned."""

    AUTO = "auto"
    PLAIN = "plain"
    HTML = "html"
    SOURCE = "source"
    HEADERS = "headers"


@noun
class Span:
    """A stretch of one line in one style.

    Attributes:
        text: cleaned; no newline, no tab.
        link: number in `Page.links`, 0 for none.
    """

    text: str
    style: Style = Style.TEXT
    link: int = 0


Line = tuple[Span, ...]
"""One line, no wider than the width that was asked for; an empty tuple is a blank line."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place the message points to. Only http, https and mailto ever become one.

    Attributes:
        number: from 1, as shown in the text.
        url: normalised the way a browser would; no white space, no control character.
        host: where it really goes, in ASCII (punycode); for mailto the address.
        text: what the message calls it; "" when it is the address itself.
        warning: why not to trust it, a clause such as ``the text says gallica.example``; "" when nothing is odd.
    """

    number: int
    url: str
    host: str
    text: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part that is not in the text: a file, a picture, the version of the text that is not shown.

    Attributes:
        number: from 1, what the user types to save it.
        label: its file name, else what it is ("HTML", "forwarded message").
        size: octets after decoding, estimated from those transferred; 0 when unknown.
    """

    number: int
    part: Part
    label: str
    size: int


@dataclass(frozen=True, slots=True)
class Page:
    """A message laid out for one width.

    Attributes:
        lines: the text, then the list of links where the text shows only their numbers.
        links: by number, from 1.
        parts: what else is in the message.
        notes: sentences about what is not shown or damaged.
        mode: how it was laid out: never AUTO.
        levels: how deeply each of the first lines is quoted, see `tui.render.folds`; empty when none is.
    """

    lines: tuple[Line, ...]
    links: tuple[Link, ...] = ()
    parts: tuple[PartRow, ...] = ()
    notes: tuple[str, ...] = ()
    mode: Mode = Mode.PLAIN
    levels: tuple[int, ...] = ()


def plain_line(text: str, style: Style = Style.TEXT, link: int = 0) -> Line:
    """Return a line of one span; a blank line for ""."""
    return (Span(text, style, link),) if text else ()


def line_text(line: Iterable[Span]) -> str:
    """Return a line without its styles."""
    return "".join([span.text for span in line])
