"""format=flowed (RFC 3676): paragraphs made again of the lines a sender broke."""

import re
from collections.abc import Iterator

SIGNATURE = "-- "
MAX_PARAGRAPH = 100_000
"""Characters after which a paragraph is ended, however its lines end."""

_QUOTE = re.compile(">*")


def unflow(text: str, delsp: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs and fixed lines of a flowed text: how deeply each is quoted, and its words.

    Quote marks and stuffed spaces are taken away; the signature's line ``-- `` comes as it is.

    Args:
        text: decoded, lines ended by ``\\n``.
        delsp: the parameter DelSp: the space at a line's end is no part of the text.
    """
    held: list[str] = []
    size, depth = 0, 0
    for line in text.split("\n"):
        match = _QUOTE.match(line)
        level = match.end() if match else 0
        content = line[level:]
        content = content[1:] if content.startswith(" ") else content
        if held and (level != depth or content == SIGNATURE or size > MAX_PARAGRAPH):
            yield depth, "".join(held)  # improper: the paragraph was not finished (RFC 3676, 4.5)
            held, size = [], 0
        depth = level
        if content == SIGNATURE:
            yield level, content
        elif content.endswith(" "):
            held.append(content[:-1] if delsp else content)
            size += len(content)
        else:
            yield level, "".join([*held, content])
            held, size = [], 0
    if held:
        yield depth, "".join(held)


def flow(text: str, width: int = 72) -> str:
    """Return a text as format=flowed, DelSp=no: long lines broken with a space at the end, the rest stuffed.

    `unflow` gives back what was written, but for spaces at the ends of lines.

    Args:
        text: lines ended by ``\\n``; quoted lines begin with ``>``.
        width: characters after which a line is broken, where it has a space.
    """
    out: list[str] = []
    for line in text.split("\n"):
        if line.startswith(">"):
            match = _QUOTE.match(line)
            level = match.end() if match else 0
            prefix, content = line[:level] + " ", line[level:].removeprefix(" ")
        else:
            prefix, content = "", line
        content = content if content == SIGNATURE else content.rstrip(" ")
        if content == SIGNATURE or len(prefix) + len(content) <= width + 6:
            out.append(prefix + content if prefix else _stuffed(content))
            continue
        pieces = _break(content, max(20, width - len(prefix)))
        out.extend(prefix + piece if prefix else _stuffed(piece) for piece in pieces)
    return "\n".join(out)


def _stuffed(line: str) -> str:
    return " " + line if line.startswith((" ", ">", "From ")) else line


def _break(content: str, width: int) -> list[str]:
    """Cut at spaces; every piece but the last keeps its space at the end, which marks it as flowed."""
    pieces: list[str] = []
    start = 0
    while len(content) - start > width:
        at = content.rfind(" ", start + 1, start + width)
        if at < 0:
            at = content.find(" ", start + width)
        # A piece must not be the signature's mark.
        if at < 0 or content[start : at + 1] == SIGNATURE:
            break
        pieces.append(content[start : at + 1])
        start = at + 1
    pieces.append(content[start:])
    return pieces
