"""text/plain as styled lines: quotes, signature, patches and addresses are seen, words are never changed."""

import re
from collections.abc import Iterable, Iterator

from tui.mail.flowed import unflow
from tui.mail.width import cell_width
from tui.render.flow import hard_wrap, wrap
from tui.render.lines import Line, Span, Style
from tui.render.links import LinkList, find_urls
from tui.render.quotes import quote_prefix, quote_style, split_quote

MAX_BLANKS = 3
"""Blank lines in a row that are kept."""
SIGNATURE_LINES = 60
"""A signature longer than this is none."""
MAX_LINE = 100_000
"""Characters of one line that are laid out by words; a longer one is cut by cells."""

_HANGING = re.compile(r"(?:[-*+•·]|\d{1,3}[.)]|\[\d{1,3}\]) +")
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_FILE_HEAD = re.compile(r"diff --git |Index: \S|--- \S|\+\+\+ \S|index [0-9a-f]+\.\.[0-9a-f]+")
_PATCH_STYLES = {"+": Style.GOOD, "-": Style.BAD, "\\": Style.MUTED}


def layout_plain(text: str, width: int, links: LinkList, *, flowed: bool = False, delsp: bool = False) -> list[Line]:
    """Lay out the text of a part.

    Args:
        text: decoded and cleaned, lines ended by ``\\n``.
        width: cells.
        links: gains every address found.
        flowed: whether it is format=flowed (RFC 3676), so that paragraphs are made again.
        delsp: its DelSp parameter.
    """
    logical = list(unflow(text, delsp=delsp)) if flowed else [split_quote(line) for line in text.split("\n")]
    signature = _signature(logical)
    patch = _Patch()
    lines: list[Line] = []
    blanks = 0
    for index, (level, content) in enumerate(logical):
        if not content.strip():
            patch.feed(content)
            blanks += 1
            if blanks <= MAX_BLANKS:
                lines.append(wrap((), width, quote_prefix(level, width))[0])
            continue
        blanks = 0
        if "\t" in content:
            content = content.expandtabs(8)
        style = patch.feed(content)
        prefix = quote_prefix(level, width)
        if style is not None:
            lines.extend(hard_wrap([Span(content, style)], width, prefix))
            continue
        style = Style.SIGNATURE if index >= signature else quote_style(level)
        lines.extend(_layout_line(content, width, prefix, style, links))
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def linked(text: str, style: Style, links: LinkList) -> Iterator[Span]:
    """Yield a text as spans, the addresses in it numbered as links."""
    position = 0
    for start, end in find_urls(text):
        number = links.add(text[start:end])
        if not number:
            continue
        if start > position:
            yield Span(text[position:start], style)
        yield Span(text[start:end], Style.LINK, number)
        position = end
    if position < len(text):
        yield Span(text[position:], style)


def _layout_line(content: str, width: int, prefix: Line, style: Style, links: LinkList) -> list[Line]:
    spans = list(linked(content, style, links))
    if len(content) > MAX_LINE:
        return hard_wrap(spans, width, prefix)
    if len(content) <= width // 2 or cell_width(content) + 2 * len(prefix) <= width:
        return wrap(spans, width, prefix)
    body = content.lstrip(" ")
    indent = len(content) - len(body)
    bullet = _HANGING.match(body)
    hanging = min(indent + (bullet.end() if bullet else 0), width // 3)
    return wrap(spans, width, prefix, (*prefix, Span(" " * hanging, style)))


def _signature(logical: Iterable[tuple[int, str]]) -> int:
    """Return the index of the line from which on all is signature, or one past the end."""
    found, total = -1, 0
    for index, (level, content) in enumerate(logical):
        total = index + 1
        if level == 0 and content.rstrip("\xa0 ") == "--":
            found = index
    return found if found >= 0 and total - found <= SIGNATURE_LINES else total


class _Patch:
    """Knows which lines belong to a patch: by the counts its hunks announce, not by their first character."""

    def __init__(self) -> None:
        self._old = 0
        self._new = 0

    def feed(self, line: str) -> Style | None:
        """Return the style of a line of a patch, None for one that is not."""
        if self._old > 0 or self._new > 0:
            sign = line[:1]
            if sign in ("-", " ", ""):
                self._old -= 1
            if sign in ("+", " ", ""):
                self._new -= 1
            return _PATCH_STYLES.get(sign, Style.CODE)
        hunk = _HUNK.match(line)
        if hunk:
            self._old, self._new = (int(count[:6]) if count else 1 for count in hunk.groups())
            return Style.ACCENT
        if _FILE_HEAD.match(line) and not line.startswith("-- "):
            return Style.STRONG
        return None
