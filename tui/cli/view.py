"""``tidings view``: a message from a file as the reader shows it, for pagers, scripts and other mail programs."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from tui.mail.header import decode_bytes
from tui.mail.parse import parse_message
from tui.mail.text import clean, clean_line
from tui.render.heading import all_fields
from tui.render.lines import Line, Mode, Span, Style, line_text
from tui.render.message import header_lines, render_message, tail_lines

MAX_OCTETS = 256 * 1024 * 1024
"""Octets of a file that are read."""
PIECE = 1024 * 1024
"""Octets that are read, or made text, at a time."""
DEFAULT_WIDTH = 80

_SGR = {
    Style.BRIGHT: "1",
    Style.HEADING: "1",
    Style.STRONG: "1",
    Style.MUTED: "2",
    Style.FAINT: "2",
    Style.SIGNATURE: "2",
    Style.RULE: "2",
    Style.EMPHASIS: "3",
    Style.LINK: "4",
    Style.WARN: "1",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``tidings view``."""
    parser.add_argument("file", metavar="FILE", help="a message as it came (.eml); - reads standard input")
    parser.add_argument(
        "--width", type=_cells, metavar="N", help=f"cells of a line (default: the terminal's, at most {DEFAULT_WIDTH})"
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--html", action="store_true", help="prefer the HTML version of the text")
    modes.add_argument("--raw", action="store_true", help="the source, with nothing in it that a terminal obeys")
    modes.add_argument("--headers", action="store_true", help="every header field, decoded")


def run(arguments: argparse.Namespace) -> int:
    """Print the message; 0 done, 2 when it cannot be read."""
    try:
        raw = _read(arguments.file)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no usable file name"
        print(f"tidings: {clean_line(arguments.file, 300)} cannot be read: {reason.lower()}.", file=sys.stderr)
        return 2
    width = arguments.width or min(
        shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns or DEFAULT_WIDTH, DEFAULT_WIDTH
    )
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    if arguments.raw:
        _write_source(raw)
    else:
        styled = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        _write(_lines(raw, width, arguments), styled)
    sys.stdout.flush()
    return 0


def _cells(text: str) -> int:
    cells = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 0
    if not 16 <= cells <= 1000:
        raise argparse.ArgumentTypeError("must be 16 to 1000 cells")
    return cells


def _read(name: str) -> bytes:
    if name == "-":
        return _read_bounded(sys.stdin.buffer)
    with Path(name).open("rb") as file:
        return _read_bounded(file)


def _read_bounded(file: BinaryIO) -> bytes:
    """Return what is in a file, up to the limit. Piece by piece: one large read takes the memory of all at once."""
    pieces: list[bytes] = []
    left = MAX_OCTETS
    while left > 0 and (piece := file.read(min(left, PIECE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _lines(raw: bytes, width: int, arguments: argparse.Namespace) -> Iterator[Line]:
    message = parse_message(raw)
    if arguments.headers:
        yield from all_fields(message.header, width)
        return
    yield from header_lines(message, width)
    yield (Span("─" * width, Style.RULE),)
    yield ()
    page = render_message(message, width, mode=Mode.HTML if arguments.html else Mode.AUTO)
    yield from page.lines
    yield from tail_lines(page, width)


def _write_source(raw: bytes) -> None:
    """Print the source, cleaned; only a piece of it at a time is text, for it may be large."""
    start = 0
    while start < len(raw):
        end = raw.find(b"\n", start + PIECE) + 1 or len(raw)
        text = clean(decode_bytes(raw[start:end])).expandtabs(8)
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        start = end


def _write(lines: Iterable[Line], styled: bool) -> None:
    out = sys.stdout
    for line in lines:
        text = "".join(map(_styled, line)) if styled else line_text(line)
        out.write(f"{text}\n")


def _styled(span: Span) -> str:
    code = _SGR.get(span.style)
    return f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text
