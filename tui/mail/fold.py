"""Text as search sees it: no case, no accents, no punctuation. The index and what is looked for are folded alike.

The folded text is words with one space between. A word is a run of letters and digits; in scripts that put no spaces
between words (Chinese, Japanese, Thai …) every character is a word of its own, so that a part of a sentence is found.
"""

import unicodedata
from typing import Final

_SCRIPTS_WITHOUT_SPACES: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x303C),
    (0x3041, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_MOST_LEARNED: Final = 20_000


class _Folding(dict[int, str]):
    """Code point → what becomes of it; learned as it is met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _MOST_LEARNED:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = "".join(each for each in plain if not unicodedata.category(each).startswith("M"))
    whole = unicodedata.normalize("NFC", kept)  # Hangul is put together again
    return "".join(_separated(each) for each in whole) if whole or not plain else ""


def _separated(character: str) -> str:
    if not character.isalnum():
        return " "
    code = ord(character)
    alone = any(low <= code <= high for low, high in _SCRIPTS_WITHOUT_SPACES)
    return f" {character} " if alone else character


_FOLDING: Final = _Folding()
_ASCII: Final = {code: _fold_character(chr(code)) for code in range(128)}


def fold(text: str) -> str:
    """Return text folded; "" when there is no letter or digit in it."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    return " ".join(unicodedata.normalize("NFC", text).translate(_FOLDING).split())


def stands_alone(word: str) -> bool:
    """Whether a folded word of one character is one that can be looked for: a character of a script without spaces."""
    return len(word) == 1 and _separated(word) != word
