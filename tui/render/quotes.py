"""Quoted text: how deep a line is quoted, and how each depth looks."""

import re

from tui.render.lines import Line, Span, Style

MAX_LEVEL = 20
"""Depth of quoting that is told apart; what is quoted deeper counts as this deep."""

_PREFIX = re.compile(r">(?: ?>){0,200} ?")
_STYLES = (Style.QUOTE, Style.QUOTE2, Style.QUOTE3)


def split_quote(line: str) -> tuple[int, str]:
    """Return (depth, text) of a line of text/plain: ``> > yes`` is (2, "yes"). Depth 0 is not quoted."""
    if not line.startswith(">"):
        return 0, line
    match = _PREFIX.match(line)
    if match is None:  # cannot be: the line begins with ">"
        return 0, line
    return min(match.group().count(">"), MAX_LEVEL), line[match.end() :]


def quote_style(level: int) -> Style:
    """Return the style of quoted text; three of them take turns."""
    return _STYLES[(level - 1) % len(_STYLES)] if level > 0 else Style.TEXT


def quote_prefix(level: int, width: int = 80) -> Line:
    """Return the marks before a quoted line; at most a third of the width."""
    if level <= 0:
        return ()
    level = min(level, max(width // 3, 1))
    marks = [Span(">", quote_style(depth)) for depth in range(1, level)]
    return (*marks, Span("> ", quote_style(level)))
