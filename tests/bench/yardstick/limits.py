"""What physics allows: the same on a bare socket, a bare terminal, a bare interpreter, a bare file."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw

from tests.bench.mailboxes import quoted
from tests.bench.pty_driver import PtyProgram
from tests.bench.report import median
from tests.bench.yardstick.clients import Line
from tests.bench.yardstick.ground import memory
from tests.bench.yardstick.post import RARE
from tui.imap.fetch import ENVELOPE_ITEMS

DEADLINE = 120.0
ROWS = 40
AGAIN = 9
_END = 200
"""Last octets in which the end of an answer is looked for."""


class Socket:
    """A line on which a mailbox is selected, and nothing is looked at.

    Attributes:
        trips, octets: what it took so far, the greeting and both directions included.
        count: messages.
    """

    def __init__(self, line: Line) -> None:
        self.trips = 2  # the greeting; LOGIN and SELECT in one
        self.octets = 0
        self._line = socket.create_connection(("127.0.0.1", line.port), timeout=DEADLINE)
        self._read(b"\r\n")
        said = self._asked(b"a LOGIN %b %b\r\nb SELECT INBOX\r\n" % (quoted(line.user), quoted(line.password)), b"b")
        self.count = next(int(each.split()[1]) for each in said.split(b"\r\n") if each.endswith(b" EXISTS"))

    def asked(self, command: bytes) -> int:
        """Send a command and read its answer. Return its octets."""
        self.trips += 1
        return len(self._asked(b"c %b\r\n" % command, b"c"))

    def close(self) -> None:
        self._line.close()

    def _asked(self, data: bytes, tag: bytes) -> bytes:
        self.octets += len(data)
        self._line.sendall(data)
        return self._read(b"\r\n%b OK" % tag)

    def _read(self, end: bytes) -> bytes:
        pieces: list[bytes] = []
        last = b""
        while end not in last:
            piece = self._line.recv(1 << 18)
            if not piece:
                raise ConnectionError("the server closed the line")
            pieces.append(piece)
            last = (last + piece)[-_END:] if len(piece) < _END else piece[-_END:]
        data = b"".join(pieces)
        self.octets += len(data)
        return data


@contextmanager
def selected(line: Line) -> Iterator[Socket]:
    """Open a `Socket`."""
    with closing(Socket(line)) as opened:
        yield opened


def newest(line: Line) -> tuple[float, int, int]:
    """Read what a first screen needs: milliseconds from connecting, round trips, octets."""
    began = time.perf_counter()
    with selected(line) as opened:
        opened.asked(b"FETCH %d:* " % max(1, opened.count - ROWS + 1) + ENVELOPE_ITEMS)
        return (time.perf_counter() - began) * 1000, opened.trips, opened.octets


def everything(line: Line, items: bytes = ENVELOPE_ITEMS) -> tuple[float, int]:
    """Read these items of all messages: seconds from connecting, octets."""
    began = time.perf_counter()
    with selected(line) as opened:
        octets = opened.asked(b"FETCH 1:* " + items)
    return time.perf_counter() - began, octets


def one_text(line: Line) -> float:
    """Read one message on a line that is open: milliseconds."""
    with selected(line) as opened:
        times = []
        for number in range(1, 4):
            began = time.perf_counter()
            opened.asked(b"FETCH %d BODY.PEEK[]" % number)
            times.append((time.perf_counter() - began) * 1000)
    return median(times)


def interpreter() -> float:
    """Start an interpreter that does nothing, as a program is started: milliseconds."""
    times = []
    for _ in range(AGAIN):
        began = time.perf_counter()
        subprocess.run(["setsid", sys.executable, "-c", "pass"], check=True)
        times.append((time.perf_counter() - began) * 1000)
    return median(times)


def echo() -> float:
    """Have a bare terminal show a key: milliseconds."""
    with PtyProgram(["cat"]) as cat:
        cat.press("a\r", gap=0.3)
        return median([cat.press("j", gap=0.03).last * 1000 for _ in range(20)])


def bare_memory() -> float:
    """Return the PSS of an interpreter that does nothing, MiB."""
    with PtyProgram([sys.executable, "-c", "print('up', flush=True); input()"]) as bare:
        bare.until("up")
        return memory(bare.process.pid)


def rows(cache: Path) -> float:
    """Open a store and read its newest rows: milliseconds."""
    return _read(
        cache,
        "SELECT * FROM envelopes WHERE mailbox = (SELECT id FROM mailboxes ORDER BY held DESC LIMIT 1) AND hidden = 0"
        " ORDER BY received DESC, id DESC LIMIT 40",
    )


def text(cache: Path) -> float:
    """Open a store and read one text: milliseconds."""
    return _read(cache, "SELECT data FROM bodies WHERE envelope = (SELECT max(envelope) FROM bodies)")


def hits(cache: Path) -> float:
    """Open a store and look for the rare word in its index: milliseconds."""
    return _read(cache, f"SELECT rowid FROM head_words WHERE head_words MATCH '{RARE}' ORDER BY rowid DESC LIMIT 40")


def _read(cache: Path, statement: str) -> float:
    times = []
    for _ in range(AGAIN):
        began = time.perf_counter()
        with closing(apsw.Connection(str(cache), flags=apsw.SQLITE_OPEN_READONLY)) as opened:
            opened.execute(statement).fetchall()
        times.append((time.perf_counter() - began) * 1000)
    return median(times)
