"""Bytes from the socket → complete responses (RFC 9051, 2.2.2), iteratively and within limits.

A response is a line; where the line ends in ``{n}``, n octets follow and then the rest of the line. Everything is cut
by the methods of ``bytes``: no octet is touched by Python code, and no line costs a stack frame.
"""

import re
from collections.abc import Callable, Sequence

from tui.imap.limits import COMMON, Limits
from tui.mail.errors import ProtocolViolation

Sink = Callable[[bytes, Sequence[bytes]], None]
"""Takes a response without its last line end, and its literals. In the text each literal is ``{n}`` CR LF."""
Run = Callable[[Sequence[bytes], int], int]
"""Offered responses without literals, from a place in the sequence on; returns how many of them it takes, in order."""

_LITERAL = re.compile(rb"\{(\d{1,20})\+?\}\Z")
_BRACE_AT_END = re.compile(rb"\}\r?\n")
# Text for people is no place for a literal: `* OK see {7}` is complete.
_HOLDS_DATA = re.compile(rb"\* (?!(?:OK|NO|BAD|BYE|PREAUTH)(?: |\Z))", re.IGNORECASE)


class Splitter:
    """Cuts a stream into responses.

    Args:
        sink: given each complete response that ``run`` did not take; may raise `ProtocolViolation`.
        run: offered several at once where they came so.

    Attributes:
        limits: what is tolerated now; the owner changes it with each command.
    """

    def __init__(self, sink: Sink, run: Run = lambda lines, place: 0) -> None:
        self.limits: Limits = COMMON
        self._sink = sink
        self._run = run
        self._pieces: list[bytes] = []  # of a line whose end has not come yet
        self._pieces_size = 0
        self._lines: list[bytes] = []  # of a response that goes on behind a literal
        self._lines_size = 0
        self._literals: list[bytes] = []
        self._literals_size = 0
        self._literal: bytearray | None = None
        self._wanted = 0
        self._is_halted = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing of an unfinished response is held."""
        return not (self._pieces or self._lines or self._literal is not None)

    def halt(self) -> None:
        """Leave what follows the response at hand: it is written in another way. For the sink to call."""
        self._is_halted = True

    def feed(self, data: bytes) -> bytes:
        """Take what came from the socket.

        Returns:
            What was left because of `halt`; else nothing.

        Raises:
            ProtocolViolation: when a limit is passed, or from the sink. The stream cannot be used further.
        """
        position, end = 0, len(data)
        while position < end:
            if self._literal is not None:
                position = self._fill(self._literal, data, position)
                continue
            if not self._pieces and not self._lines:
                position = self._whole_lines(data, position)
                if self._is_halted:
                    self._is_halted = False
                    return data[position:]
            stop = data.find(b"\n", position)
            if stop < 0:
                if position < end:
                    self._keep(data[position:])
                return b""
            line = data[position:stop]
            position = stop + 1
            if self._pieces:
                self._keep(line)
                line = b"".join(self._pieces)
                self._pieces.clear()
                self._pieces_size = 0
            if line.endswith(b"\r"):
                line = line[:-1]
            if line.endswith(b"}") and self._announces(line):
                continue
            if self._lines:
                self._finish(line)
            else:
                self._sink(line, ())
            if self._is_halted:
                self._is_halted = False
                return data[position:]
        return b""

    def _whole_lines(self, data: bytes, position: int) -> int:
        """Take all lines that are complete, up to one that may announce a literal. Return the position behind them."""
        brace = data.find(b"}", position)  # a single octet is found forty times as quickly as an expression
        announcement = _BRACE_AT_END.search(data, brace) if brace >= 0 else None
        stop = data.rfind(b"\n", position, announcement.start() if announcement is not None else len(data)) + 1
        if not stop:
            return position
        rows = data[position : stop - 1].split(b"\n")
        lines = [row[:-1] if row.endswith(b"\r") else row for row in rows]
        place = 0
        while place < len(lines):
            taken = self._run(lines, place)
            if not taken:
                self._sink(lines[place], ())
                taken = 1
                if self._is_halted:
                    return stop - sum(len(row) + 1 for row in rows[place + 1 :])
            place += taken
        return stop

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._pieces_size += len(piece)
        if self._pieces_size + self._lines_size > self.limits.line:
            raise ProtocolViolation(f"The server sent a line of more than {self.limits.line // 1024} kB.")

    def _announces(self, line: bytes) -> bool:
        match = _LITERAL.search(line)
        if match is None or not (self._lines or _HOLDS_DATA.match(line)):
            return False
        size = int(match.group(1))
        self._literals_size += size
        if size > self.limits.literal or self._literals_size > self.limits.literals:
            raise ProtocolViolation(f"This is too large: the server wants to send {size} octets at once.")
        self._lines.append(line)
        self._lines_size += len(line)
        if self._lines_size > self.limits.line:
            raise ProtocolViolation("The server sent a response of too many literals.")
        if size:
            self._literal, self._wanted = bytearray(), size
        else:
            self._literals.append(b"")
        return True

    def _fill(self, literal: bytearray, data: bytes, position: int) -> int:
        stop = position + self._wanted - len(literal)
        if position == 0 and stop >= len(data):
            literal += data
        else:
            literal += data[position:stop]
        if len(literal) == self._wanted:
            self._literals.append(bytes(literal))
            self._literal = None
        return min(stop, len(data))

    def _finish(self, line: bytes) -> None:
        self._lines.append(line)
        text, literals = b"\r\n".join(self._lines), tuple(self._literals)
        self._lines.clear()
        self._literals.clear()
        self._lines_size = self._literals_size = 0
        self._sink(text, literals)
