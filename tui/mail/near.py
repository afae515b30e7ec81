"""Words that are nearly others: slips of the hand."""

from collections.abc import Iterable, Sequence


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
