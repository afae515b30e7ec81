"""Scripts that are mixed within a word, so that it looks like another one: ``pаypal`` with a Cyrillic ``а``."""

import re
import unicodedata

MOST = 1_000
"""Characters that are looked at."""

_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN", "DESERET", "OSAGE")
"""Scripts with letters that look like those of another of these; the others are mixed by honest people, too."""


def mixed_scripts(text: str) -> str:
    """Return the scripts that the first odd word mixes, such as ``Latin and Cyrillic``; "" when there is none.

    Args:
        text: cleaned.
    """
    if text.isascii():
        return ""
    for match in _WORD.finditer(text[:MOST]):
        word = match.group()
        if word.isascii():
            continue
        scripts = dict.fromkeys(script for letter in word if (script := _script(letter)))
        if len(scripts) > 1:
            return " and ".join(script.capitalize() for script in scripts)
    return ""


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith("FULLWIDTH "):
        name = name.removeprefix("FULLWIDTH ")
    first = name.partition(" ")[0]
    return first if first in _ALIKE else ""
