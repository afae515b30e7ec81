"""What every test of strangers' text asks: is anything in it that a terminal obeys, and did it take too long?"""

import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

_OVERRIDES = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def unsafe(text: str, allowed: str = "") -> list[str]:
    """Return the controls, line and paragraph separators, lone surrogates and bidirectional overrides in a text.

    Only categories that Unicode promises never to change are asked, so that the answer is the same in every Python.

    Args:
        allowed: characters that are all right here: newline in a text of several lines.
    """
    return [
        character
        for character in set(text).difference(allowed)
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _OVERRIDES
    ]


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail when the block takes more CPU time of this thread than that.

    Waiting for a busy machine does not count. The limits are some ten times what the code takes: they tell linear from
    quadratic, not a good day from a bad one.
    """
    began = time.thread_time()
    yield
    took = time.thread_time() - began
    assert took < seconds, f"{took:.2f} s of CPU"
