"""A paragraph broken anew, quoted ones with their marks."""

import re
from collections.abc import Sequence

from tui.mail.width import wrap

WIDTH = 72
"""Cells of a line."""

_QUOTE = re.compile(r"(?:>[ ]?)*")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,3}[.)])[ \t]+")


def paragraph(lines: Sequence[str], at: int) -> tuple[int, int]:
    """Return the first line of the paragraph around a line, and the one behind its last; the same twice for none.

    A paragraph is lines that are quoted alike, with no blank one and no beginning of an item between them.
    """
    if not _words(lines[at]) or lines[at] == "-- ":
        return at, at
    level = _level(lines[at])
    start = at
    while start > 0 and not _ITEM.match(_words(lines[start])) and _goes_on(lines[start - 1], level):
        start -= 1
    end = at + 1
    while end < len(lines) and _goes_on(lines[end], level) and not _ITEM.match(_words(lines[end])):
        end += 1
    return start, end


def reflow(lines: Sequence[str], width: int = WIDTH) -> list[str]:
    """Return the lines of one paragraph, broken anew."""
    level = _level(lines[0])
    mark = ">" * level + " " if level else ""
    first = _words(lines[0])
    item = _ITEM.match(first)
    hang = " " * len(item[0]) if item else ""
    words = " ".join(" ".join(_words(line).split()) for line in lines)
    if item:
        words = words[len(" ".join(item[0].split())) :].lstrip()
    broken = wrap(words, max(20, width - len(mark) - len(hang)))
    lead = item[0] if item else ""
    return [f"{mark}{lead if not number else hang}{each.rstrip()}" for number, each in enumerate(broken)]


def _level(line: str) -> int:
    match = _QUOTE.match(line)
    return match[0].count(">") if match else 0


def _words(line: str) -> str:
    return _QUOTE.sub("", line, count=1).strip()


def _goes_on(line: str, level: int) -> bool:
    return _level(line) == level and bool(_words(line)) and line != "-- "
