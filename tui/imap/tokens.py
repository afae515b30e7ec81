"""Parenthesised data (RFC 9051, 4) → nested lists, without recursion: for all that the fast paths do not know."""

import re
from collections.abc import Sequence

from tui.imap.limits import MAX_DEPTH, MAX_TOKENS

Value = bytes | None | list["Value"]
"""An atom or string (unquoted), NIL, or a list."""

_TOKEN = re.compile(rb'[ \t\r\n]*+(?:(\()|(\))|"((?>(?:[^"\\]++|\\.)*))"|~?\{(\d+)\+?\}\r\n|([^\s()"]++))', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class Malformed(ValueError):
    """A response that cannot be understood; the connection is still good."""


def unescape(raw: bytes) -> bytes:
    """Return the inside of a quoted string with its backslashes undone."""
    return _ESCAPED.sub(rb"\1", raw) if b"\\" in raw else raw


class Cursor:
    """Reads values from a response, one after another.

    Args:
        line: the response, literals marked ``{n}`` CR LF.
        literals: their contents, in order.
        position: where to begin.
    """

    __slots__ = ("_literals", "_used", "line", "position")

    def __init__(self, line: bytes, literals: Sequence[bytes] = (), position: int = 0) -> None:
        self.line = line
        self.position = position
        self._literals = literals
        self._used = line.count(b"}\r\n", 0, position) if position and literals else 0

    def value(self) -> Value:
        """Read one value. Levels deeper than `tui.imap.limits.MAX_DEPTH` are skipped.

        Raises:
            Malformed: when there is none, or more than `tui.imap.limits.MAX_TOKENS` tokens.
        """
        stack: list[list[Value]] = []
        too_deep = 0
        for _ in range(MAX_TOKENS):
            match = _TOKEN.match(self.line, self.position)
            if match is None:
                raise Malformed("a token was expected")
            self.position = match.end()
            kind = match.lastindex
            if kind == 1:
                if too_deep or len(stack) >= MAX_DEPTH:
                    too_deep += 1
                else:
                    stack.append([])
                continue
            if kind == 2:
                if too_deep:
                    too_deep -= 1
                    continue
                if not stack:
                    raise Malformed("a parenthesis too many")
                value: Value = stack.pop()
            else:
                value = self._scalar(match)
            if too_deep:
                continue
            if not stack:
                return value
            stack[-1].append(value)
        raise Malformed("too many tokens")

    def _scalar(self, match: re.Match[bytes]) -> bytes | None:
        if match.lastindex == 3:
            return unescape(match.group(3))
        if match.lastindex == 4:
            if self._used >= len(self._literals):
                raise Malformed("a literal is missing")
            self._used += 1
            return self._literals[self._used - 1]
        atom: bytes = match.group(5)
        return None if atom.upper() == b"NIL" else atom
