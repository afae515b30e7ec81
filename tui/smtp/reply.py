"""A server's reply (RFC 5321, 4.2): read strictly, its words cleaned."""

import re

from tui.mail.noun import dataclass
from tui.mail.text import clean_line

MAX_LINE = 8_192
"""Octets of one line; RFC 5321 allows 512, real servers send more."""
MAX_TEXT = 1_000
"""Characters of a reply's words that are kept."""

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ \-])(.*))?\Z", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|\Z)")


class BadReply(Exception):
    """What came is no reply. Its text is ours, not the server's."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply.

    Attributes:
        code: three digits.
        enhanced: the enhanced status code (RFC 3463), "" when there is none.
        lines: the words of each line, without codes; cleaned.
    """

    code: int
    enhanced: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words in one line."""
        return clean_line(" ".join(line for line in self.lines if line), MAX_TEXT)

    @property
    def label(self) -> str:
        """Both codes: ``550 5.1.1``."""
        return f"{self.code} {self.enhanced}".rstrip()

    @property
    def is_success(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_temporary(self) -> bool:
        return 400 <= self.code < 500

    @property
    def is_refusal(self) -> bool:
        return 500 <= self.code < 600

    def __str__(self) -> str:
        return f"{self.label} {self.text}".rstrip()


def split_reply(buffer: bytes | bytearray) -> tuple[int, str, int] | None:
    """Return code, words and length of the first reply in what was received, or None while it is not complete.

    Args:
        buffer: wire bytes from the beginning of a reply.

    Raises:
        BadReply: when a line has no code, is too long, or has another code than the line before.
    """
    code = -1
    words: list[bytes] = []
    position = 0
    while True:
        end = buffer.find(b"\n", position)
        if end < 0:
            if len(buffer) - position > MAX_LINE:
                raise BadReply("a line without end")
            return None
        if end - position > MAX_LINE:
            raise BadReply("a line without end")
        match = _LINE.match(bytes(buffer[position:end]).rstrip(b"\r"))
        if match is None:
            raise BadReply("a line without a code")
        if code not in (-1, int(match.group(1))):
            raise BadReply("two codes in one reply")
        code = int(match.group(1))
        words.append((match.group(3) or b"").strip())
        position = end + 1
        if match.group(2) != b"-":
            return code, b"\n".join(words).decode("utf-8", "replace"), position


def make_reply(code: int, words: str) -> Reply:
    """Return a reply with its words cleaned and its enhanced status code taken out of them.

    Args:
        words: of all lines, ``\\n`` between.
    """
    enhanced = ""
    lines: list[str] = []
    for raw in words.split("\n")[:200]:
        line = clean_line(raw, MAX_TEXT)
        match = _ENHANCED.match(line)
        if match is not None and code >= 200 and match.group(1)[0] == str(code)[0]:
            enhanced = enhanced or match.group(1)
            line = line[match.end() :]
        lines.append(line)
    return Reply(code, enhanced, tuple(lines))
