"""What the terminal is asked at the start, and its answers, which come between the keys at any time or never."""

import re
from collections.abc import Callable

_WIDTH = re.compile(r"\x1b\[1;([1-9])R")
_BACKGROUND = re.compile(
    r"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})[^\x07\x1b]*(?:\x07|\x1b\\)"
)
_OTHER = re.compile(r"\x1b\][0-9]{1,3};[^\x07\x1b]*(?:\x07|\x1b\\)")
_UNFINISHED = re.compile(r"\x1b\](?:11?|11;[rgba:0-9A-F/]{0,30}\x1b?)?\Z", re.IGNORECASE)

Color = tuple[int, int, int]


class Answers:
    """Takes the answers out of what is read, so that none of them becomes keys.

    Args:
        width: called once with the cells of an ambiguous mark.
        background: called once with red, green and blue, 0 to 255.
    """

    def __init__(self, width: Callable[[int], None], background: Callable[[Color], None]) -> None:
        self._width = width
        self._background = background
        self._asks_width = self._asks_background = True
        self._rest = ""

    def take(self, text: str) -> str:
        """Return what was read without the answers in it."""
        if not self._rest and "\x1b" not in text:
            return text
        text, self._rest = self._rest + text, ""
        if self._asks_width and (found := _WIDTH.search(text)):
            # Shift+F3 is told the same way; so only the first is taken.
            self._asks_width = False
            text = text[: found.start()] + text[found.end() :]
            self._width(int(found[1]) - 1)
        if self._asks_background and (found := _BACKGROUND.search(text)):
            self._asks_background = False
            red, green, blue = (int(part, 16) * 255 // (16 ** len(part) - 1) for part in found.groups())
            self._background((red, green, blue))
        text = _OTHER.sub("", text)
        if self._asks_background and (found := _UNFINISHED.search(text)):
            text, self._rest = text[: found.start()], found[0]
        return text
