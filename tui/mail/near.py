"""Words that are nearly others: slips of the hand."""

from collections.abc import Iterable, Sequence
from typing import Final

COMMON: Final = (
    *("gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "googlemail.com", "live.com", "aol.com"),
    *("gmx.de", "gmx.net", "web.de", "t-online.de", "proton.me", "protonmail.com", "fastmail.com", "yandex.ru"),
    *("orange.fr", "wanadoo.fr", "libero.it", "hotmail.co.uk", "btinternet.com", "comcast.net", "mail.ru", "qq.com"),
)
"""Domains with which many people have mail."""


def near(word: str, known: Iterable[str]) -> str:
    """Return the first known word that a slip of the hand makes of this one, "" when there is none.

    A slip is one character left out, added or mistaken, or two side by side that changed places.

    Args:
        word: what was typed.
        known: the likeliest first; those shorter than five characters are slips of too much.
    """
    return next((each for each in known if len(each) > 4 and each != word and _is_slip(word, each)), "")


def _is_slip(one: Sequence[str], other: Sequence[str]) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    if len(rest) == len(others):
        swapped = len(rest) > 1 and rest[0] == others[1] and rest[1] == others[0] and rest[2:] == others[2:]
        return rest[1:] == others[1:] or swapped
    return rest[1:] == others if len(rest) > len(others) else rest == others[1:]
