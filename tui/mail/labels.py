"""What is typed to give messages labels; which keywords are some, `tui.mail.flags.labels_of` says."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

MOST_CHARACTERS: Final = 50
"""Characters of a label; servers refuse or cut longer ones."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9$&'+,./:;<=>?@_|~-]*\Z")  # an atom that begins like a word


def wanted(text: str) -> tuple[list[str], list[str]]:
    """Return what ``todo -later`` means: the labels to give, and those to take off.

    Raises:
        ValueError: with the word that cannot be a label.
    """
    add: list[str] = []
    remove: list[str] = []
    for word in text.split():
        off = word.startswith("-")
        name = word[1:] if off else word
        if len(name) > MOST_CHARACTERS or not (_NAME.match(name) or (off and name.startswith("$") and name.isascii())):
            raise ValueError(name)
        (remove if off else add).append(name)
    return add, remove


def as_known(names: Iterable[str], known: Sequence[str]) -> list[str]:
    """Return names as they are written already: servers take ``Todo`` and ``todo`` for one."""
    written = {each.casefold(): each for each in reversed(known)}
    return [written.get(name.casefold(), name) for name in names]


def completed(text: str, known: Sequence[str]) -> str:
    """Return a line with its last word gone on with, as far as one known label does."""
    begun, space, word = text.rpartition(" ")
    sign = word[: word.startswith("-")]
    start = word[len(sign) :].casefold()
    found = next((each for each in known if each.casefold().startswith(start)), None)
    return f"{begun}{space}{sign}{found} " if start and found is not None else text
