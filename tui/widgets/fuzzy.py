"""Finding by typing: which rows hold the typed characters in order, and how well."""

from collections.abc import Sequence
from typing import NamedTuple


class Found(NamedTuple):
    """A match: the better the higher the score; the places of the matched characters in the text."""

    score: int
    places: tuple[int, ...]


def find(query: str, text: str) -> Found | None:
    """Return how well a text answers a query, None when it does not.

    The whole query in one piece counts most, more at the start of the text or of a word; otherwise its characters
    may be the beginnings of words, ``lpd`` for ``Lists/python-dev``. Case is ignored.
    """
    wanted = query.casefold().replace(" ", "")
    folded = "".join(character.casefold()[:1] or character for character in text)
    if not wanted:
        return Found(0, ())
    whole = folded.find(query.casefold().strip())
    if whole >= 0:
        length = len(query.strip())
        bonus = 400 if whole == 0 else 300 if not folded[whole - 1].isalnum() else 200
        return Found(1000 + bonus - min(len(text), 100), tuple(range(whole, whole + length)))
    places = _scattered(wanted, folded)
    if places is None:
        return None
    return Found(500 - min(len(text), 100), places)


def _scattered(wanted: str, folded: str) -> tuple[int, ...] | None:
    """Return places where every character begins a word or follows the one before; None when there are none."""
    places: list[int] = []
    position = 0
    for character in wanted:
        if places and folded[position : position + 1] == character:
            place = position
        else:
            place = _word_start(folded, character, position)
        if place < 0:
            return None
        places.append(place)
        position = place + 1
    return tuple(places)


def _word_start(folded: str, character: str, position: int) -> int:
    for place in range(position, len(folded)):
        if folded[place] == character and (place == 0 or not folded[place - 1].isalnum()):
            return place
    return -1


def rank(query: str, texts: Sequence[str]) -> list[tuple[int, Found]]:
    """Return (index, match) of those texts that answer the query, best first, equals in their own order."""
    found = ((index, find(query, text)) for index, text in enumerate(texts))
    kept = [(index, match) for index, match in found if match is not None]
    return sorted(kept, key=lambda each: (-each[1].score, each[0]))
