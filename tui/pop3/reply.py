"""The first line of a server's answer (RFC 1939, 3): read strictly, its words cleaned."""

import re

from tui.mail.noun import dataclass
from tui.mail.text import clean_line

MAX_TEXT = 500
"""Characters of a reply's words that are kept."""

_STATUS = re.compile(rb"(\+OK|-ERR|\+)(?:[ \t]+(.*))?\Z", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"\[([A-Za-z0-9./-]{1,60})\]\s*")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        is_ok: +OK, and not -ERR.
        code: the response code (RFC 2449, 8) in capitals, ``IN-USE``; "" when there is none.
        text: the server's words without the code, cleaned.
        challenge: the answer is ``+``: it wants more; then these are the octets behind it.
    """

    is_ok: bool
    code: str = ""
    text: str = ""
    challenge: bytes | None = None


def read_reply(line: bytes) -> Reply | None:
    """Return the answer that a line is, None when it is none.

    Args:
        line: without its line end.
    """
    match = _STATUS.match(line)
    if match is None:
        return None
    mark, words = match.group(1).upper(), match.group(2) or b""
    if mark == b"+":
        return Reply(True, challenge=words.strip())
    text = clean_line(words.decode("utf-8", "replace"), MAX_TEXT)
    code = _CODE.match(text)
    if code is not None:
        return Reply(mark == b"+OK", code.group(1).upper(), text[code.end() :])
    return Reply(mark == b"+OK", text=text)
