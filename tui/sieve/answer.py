"""Answers of a ManageSieve server (RFC 5804, 4): read strictly and within bounds, their words cleaned."""

import asyncio
import re
from typing import TypeAlias

from tui.config.line import Line
from tui.mail.errors import ProtocolViolation
from tui.mail.noun import dataclass
from tui.mail.text import clean

MAX_TEXT = 8_000
"""Characters of a server's words that are kept: a compiler may have several complaints."""
MAX_LITERAL = 4 * 1024 * 1024
"""Octets of the strings of an answer; scripts have some kilobytes."""
MAX_ROWS = 10_000
"""Rows of an answer, empty ones too."""
AT_ONCE = 50
"""Rows read in one go where they are here already: keys come first."""
MAX_TOKENS = 200
"""Tokens of a row."""

_QUOTED = re.compile(rb'"((?:[^"\\\r\n\0]|\\["\\])*)"')
_LITERAL = re.compile(rb"\{([0-9]{1,10})\+?\}\Z")
_ATOM = re.compile(rb"[^\s\"{}()\\]+")
_ESCAPED = re.compile(rb"\\(.)")


class Text(bytes):
    """A string, as opposed to an atom."""


Token: TypeAlias = "Text | bytes"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says at the end of a command, and the rows before it.

    Attributes:
        kind: ``OK``, ``NO`` or ``BYE``.
        code: the response code (RFC 5804, 1.3) in capitals, ``QUOTA/MAXSIZE``; "" when there is none.
        words: behind the code in its parentheses.
        text: the server's words, cleaned; lines are kept.
        rows: the rows, each its tokens.
    """

    kind: str
    code: str = ""
    words: tuple[Token, ...] = ()
    text: str = ""
    rows: tuple[tuple[Token, ...], ...] = ()

    @property
    def is_ok(self) -> bool:
        return self.kind == "OK"


async def read_answer(line: Line) -> Answer:
    """Read up to the end of an answer.

    Raises:
        ProtocolViolation: what comes is none.
        ConnectionLost, TimedOut: it did not come.
    """
    rows: list[tuple[Token, ...]] = []
    room = MAX_LITERAL
    for number in range(1, MAX_ROWS + 1):
        row = await read_row(line, room)
        room -= sum(len(token) for token in row)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
        answer = ending(row, tuple(rows))
        if answer is not None:
            return answer
        if row:
            rows.append(tuple(row))
    raise _strange(line, b"")


async def read_row(line: Line, room: int = MAX_LITERAL) -> list[Token]:
    """Read one row, with the literals in it. Parentheses are tokens of their own.

    Args:
        room: octets that its literals may have.

    Raises:
        ProtocolViolation, ConnectionLost, TimedOut: see `read_answer`.
    """
    row: list[Token] = []
    octets = await line.line()
    start = octets
    at, total = 0, 0
    while len(row) < MAX_TOKENS:
        while octets[at : at + 1] == b" ":
            at += 1
        if at == len(octets):
            return row
        if octets[at : at + 1] in (b"(", b")"):
            row.append(octets[at : at + 1])
            at += 1
        elif match := _QUOTED.match(octets, at):
            row.append(Text(_ESCAPED.sub(rb"\1", match.group(1))))
            at = match.end()
        elif match := _LITERAL.match(octets, at):
            count = int(match.group(1))
            total += count
            if total > room:
                raise _strange(line, start)
            row.append(Text(await line.octets(count)))
            octets, at = await line.line(), 0
        elif match := _ATOM.match(octets, at):
            row.append(match.group())
            at = match.end()
        else:
            break
    raise _strange(line, start)


def ending(row: list[Token], rows: tuple[tuple[Token, ...], ...] = ()) -> Answer | None:
    """Return the answer that ends with a row, None when it is not the last one."""
    if not row or isinstance(row[0], Text) or row[0].upper() not in (b"OK", b"NO", b"BYE"):
        return None
    rest = row[1:]
    code, words = "", tuple[Token, ...]()
    if rest and not isinstance(rest[0], Text) and rest[0] == b"(" and b")" in rest:
        end = rest.index(b")")
        inside = rest[1:end]
        if inside:
            code, words = clean(inside[0].decode("ascii", "replace")).upper(), tuple(inside[1:])
        rest = rest[end + 1 :]
    text = clean(bytes(rest[0]).decode("utf-8", "replace")).strip()[:MAX_TEXT] if rest else ""
    return Answer(row[0].upper().decode("ascii"), code, words, text, rows)


def _strange(line: Line, octets: bytes) -> ProtocolViolation:
    start = clean(octets[:40].decode("ascii", "replace"))
    error = ProtocolViolation(
        f"{line.server.label} does not speak ManageSieve: it says “{start}”.",
        cure="Check host, port and security under sieve in the account.",
    )
    line.abort(error)
    return error
