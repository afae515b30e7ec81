"""What was said on a line, for people: both sides' words in their order, cleaned, bounded, and nothing secret."""

import time
from base64 import b64encode
from collections.abc import Callable
from typing import Final

from tui.mail.text import clean_line
from tui.smtp.reply import Reply

MOST_LINES: Final = 150
"""Lines that are kept: the first ones and the last."""
MOST_WORDS: Final = 300
"""Characters of a line."""
KEPT_HEAD: Final = 50
"""Lines of the beginning that are kept when there are too many."""
HIDDEN: Final = "***"
LEAST_SECRET: Final = 4
"""Characters from which a secret is looked for in what is said; shorter ones stand in any word."""


class Talk:
    """Takes down a dialogue.

    Args:
        clock: seconds since 1970 UTC.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._head: list[str] = []
        self._tail: list[str] = []
        self._left_out = 0
        self._secrets: list[str] = []
        self._is_login = False

    def hide(self, secret: str) -> None:
        """Let this never be seen, neither plain nor in base64."""
        if len(secret) >= LEAST_SECRET:
            encoded = b64encode(secret.encode("utf-8", "replace")).decode("ascii").rstrip("=")
            self._secrets += [secret, encoded]

    def note(self, words: str) -> None:
        """Note what happened, with the time: ``09:17:03 connected``."""
        self._add(f"{time.strftime('%H:%M:%S', time.localtime(self._clock()))} {words}")

    def we_said(self, words: bytes) -> None:
        """Take down a command. Everything behind the mechanism of AUTH is hidden, and every answer to its questions."""
        if self._is_login:
            text = HIDDEN
        else:
            text = words.decode("utf-8", "replace")
            verb, _, rest = text.partition(" ")
            if verb.upper() == "AUTH":
                mechanism, _, initial = rest.partition(" ")
                text = f"{verb} {mechanism}{f' {HIDDEN}' if initial else ''}"
        self._add(f"> {text}")

    def they_said(self, reply: Reply) -> None:
        """Take down a reply."""
        self._is_login = reply.code == 334
        if self._is_login:
            self._add(f"< {reply.code} {HIDDEN}")
            return
        first, *more = reply.lines or ("",)
        self._add(f"< {reply.label} {first}")
        for line in more:
            self._add(f"< {reply.code} {line}")

    def _add(self, line: str) -> None:
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        line = clean_line(line, MOST_WORDS).rstrip()
        if len(self._head) < KEPT_HEAD:
            self._head.append(line)
            return
        self._tail.append(line)
        if len(self._tail) > MOST_LINES - KEPT_HEAD:
            self._left_out += 1
            del self._tail[0]

    @property
    def text(self) -> str:
        """The whole of it, a line each."""
        gap = [f"… {self._left_out:,} lines are left out …"] if self._left_out else []
        return "\n".join([*self._head, *gap, *self._tail])
