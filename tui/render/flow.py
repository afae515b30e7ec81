"""Styled text laid into a width: words wrapped by cells, whatever styles meet inside a word."""

import re
from collections.abc import Iterable, Iterator, Sequence

from tui.mail.width import cell_width, split_at
from tui.render.lines import Line, Span, Style

MIN_WIDTH = 8
"""Cells below which prefixes give way: text is never laid into less."""

# Scripts written without spaces: a line may break between any two of these.
_BREAKABLE = re.compile(
    "[\u2e80-\u303f\u3041-\u30ff\u3100-\u312f\u31a0-\u9fff\uf900-\ufaff\uff01-\uffef\U00020000-\U0003ffff]"
)
_CLOSING = frozenset("。、，．：；？！）」』】〉》〕］｝ー々…‥’”,.:;?!)]}")
_OPENING = frozenset("（「『【〈《〔［｛‘“([{")
_NOT_NARROW = re.compile("[^ -~\xa0-\u02ff\u2010-\u2027\u2030-\u205e]")
"""What may take another room than one cell, or end a line."""
_JOINER = "\u200d"

_Piece = tuple[str, Style, int]
"""What a `Span` holds, before it is one: one is made of many."""
_Word = tuple[int, int, list[_Piece]]
"""Text that stays together: cells of space before it, its cells, its pieces."""


def wrap(runs: Iterable[Span], width: int, first: Line = (), rest: Line | None = None) -> list[Line]:
    """Lay runs into lines of at most ``width`` cells.

    Args:
        runs: cleaned text without newlines or tabs; no-break spaces hold words together.
        width: cells, prefix included.
        first: what stands before the first line.
        rest: what stands before the others; None: the same.

    Returns:
        At least one line. Words wider than a line are cut by cells.
    """
    rest = first if rest is None else rest
    first_cells = line_cells(first) if first else 0
    runs = list(runs)
    if line_cells(runs) + first_cells <= width:
        if len(runs) == 1 and not first and "\xa0" not in runs[0].text and runs[0].text[-1:] not in ("", " "):
            return [(runs[0],)]
        return [_joined(first, [(run.text, run.style, run.link) for run in runs])]
    room = max(width - first_cells, MIN_WIDTH)
    rest_room = max(width - (line_cells(rest) if rest else 0), MIN_WIDTH)
    pieces = _narrow_pieces(runs)
    if pieces is not None:
        laid = _narrow_lines(pieces, room, rest_room)
        if laid is not None:
            return [_joined(rest if place else first, line) for place, line in enumerate(laid)]
    return _wrap_words(runs, first, rest, room, rest_room)


def _narrow_pieces(runs: Iterable[Span]) -> list[_Piece] | None:
    """Return runs with the spaces at their ends by themselves; None where a character may not be one cell wide."""
    pieces: list[_Piece] = []
    gap = 0
    for run in runs:
        text, style, link = run.text, run.style, run.link
        if _NOT_NARROW.search(text):
            return None
        words = text.lstrip(" ")
        gap += len(text) - len(words)
        if not words:
            continue
        if gap:
            if not pieces:
                return None
            pieces.append(_space(gap, pieces, [(words, style, link)]))
        body = words.rstrip(" ")
        pieces.append((body, style, link))
        gap = len(words) - len(body)
    return pieces or None


def _narrow_lines(pieces: Sequence[_Piece], room: int, rest_room: int) -> list[list[_Piece]] | None:
    """Return pieces of narrow text line by line; None where a word is longer than a line."""
    text = pieces[0][0] if len(pieces) == 1 else "".join([piece[0] for piece in pieces])
    lines: list[list[_Piece]] = []
    start, length = 0, len(text)
    left = iter(pieces)
    piece, style, link = next(left)
    at = 0  # where that piece begins
    while start < length:
        end = length if length - start <= room else text.rfind(" ", start, start + room + 1)
        if end < 0:
            return None
        line: list[_Piece] = []
        while True:
            line.append((piece[max(start - at, 0) : end - at], style, link))
            if at + len(piece) >= end:
                break
            at += len(piece)
            piece, style, link = next(left)
        lines.append(line)
        start, room = end, rest_room
        while start < length and text[start] == " ":
            start += 1
        while start < length and at + len(piece) <= start:
            at += len(piece)
            piece, style, link = next(left)
    return lines


def _wrap_words(runs: Sequence[Span], first: Line, rest: Line, room: int, rest_room: int) -> list[Line]:
    """Lay runs into lines word by word.

    Args:
        room, rest_room: cells beside ``first`` and beside ``rest``.
    """
    lines: list[Line] = []
    used = 0
    held: list[_Piece] = []
    for gap, cells, pieces in _words(runs):
        if used and used + gap + cells > room:
            lines.append(_joined(rest if lines else first, held))
            held, used, room = [], 0, rest_room
        if used == 0 and lines:
            gap = 0
        if gap:
            held.append(_space(gap, held, pieces))
            used += gap
        if used + cells <= room:
            held.extend(pieces)
            used += cells
            continue
        for text, style, link in pieces:
            for head, head_cells, full in _cuts(text, room - used, rest_room):
                if full:
                    lines.append(_joined(rest if lines else first, held))
                    held, used, room = [], 0, rest_room
                held.append((head, style, link))
                used += head_cells
    if held or not lines:
        lines.append(_joined(rest if lines else first, held))
    return lines


def hard_wrap(runs: Sequence[Span], width: int, prefix: Line = ()) -> list[Line]:
    """Lay runs into lines cut by cells only, every space kept: for code, tables of figures and patches."""
    room = max(width - line_cells(prefix), MIN_WIDTH)
    lines: list[Line] = []
    held: list[_Piece] = []
    used = 0
    for run in runs:
        for head, cells, full in _cuts(run.text, room - used, room):
            if full:
                lines.append(_joined(prefix, held))
                held, used = [], 0
            held.append((head, run.style, run.link))
            used += cells
    if held or not lines:
        lines.append(_joined(prefix, held))
    return lines


def _words(runs: Iterable[Span]) -> Iterator[_Word]:
    """Yield the runs as words between which a line may break."""
    gap, cells = 0, 0
    pieces: list[_Piece] = []
    for run in runs:
        style, link = run.style, run.link
        for place, word in enumerate(run.text.split(" ")):
            if place:
                if pieces:
                    yield gap, cells, pieces
                    gap, cells, pieces = 0, 0, []
                gap += 1
            if not word:
                continue
            if word.isascii() or not _BREAKABLE.search(word):
                pieces.append((word, style, link))
                cells += cell_width(word)
                continue
            for cluster in _clusters(word):
                if pieces and not _holds(pieces[-1][0][-1], cluster[0]):
                    yield gap, cells, pieces
                    gap, cells, pieces = 0, 0, []
                pieces.append((cluster, style, link))
                cells += cell_width(cluster)
    if pieces:
        yield gap, cells, pieces


def _cuts(text: str, room: int, next_room: int) -> Iterator[tuple[str, int, bool]]:
    """Yield a long text piece by piece: (piece, its cells, whether it begins a new line).

    Args:
        room: cells left on the current line; ``next_room``: those of a whole line.
    """
    start = 0
    full = room <= 0
    room = next_room if full else room
    while start < len(text):
        window = text[start : start + 4 * room + 16]  # a look at the whole rest for every line would be quadratic
        end = split_at(window, room)
        if not end:
            if full or room == next_room:
                end = 1  # a wide character in too little room: better there than nowhere
            else:
                full, room = True, next_room
                continue
        cells = cell_width(window[:end])
        yield window[:end], cells, full
        start += end
        room -= cells
        full = room <= 0 or (start < len(text) and end < len(window))
        if full:
            room = next_room


def line_cells(line: Iterable[Span]) -> int:
    """Return the cells a line takes."""
    cells = 0
    for span in line:
        text = span.text
        cells += len(text) if text.isascii() and text.isprintable() else cell_width(text)
    return cells


def _cluster_end(text: str, start: int) -> int:
    end = start + 1
    while end < len(text) and end - start < 16:
        if text[end] == _JOINER:
            end += 2
        elif cell_width(text[end]) == 0:
            end += 1
        else:
            break
    return min(end, len(text))


def _clusters(word: str) -> Iterable[str]:
    """Yield the pieces of a word in a script without spaces; a stretch of other letters stays one piece."""
    position = 0
    while position < len(word):
        end = _cluster_end(word, position)
        if not _BREAKABLE.match(word[position]):
            while end < len(word) and not _BREAKABLE.match(word[end]):
                end = _cluster_end(word, end)
        yield word[position:end]
        position = end


def _holds(before: str, after: str) -> bool:
    """Whether no line may break between these two characters."""
    if after in _CLOSING or before in _OPENING:
        return True
    return not (_BREAKABLE.match(before) or _BREAKABLE.match(after))


def _space(cells: int, before: Sequence[_Piece], after: Sequence[_Piece]) -> _Piece:
    """Return the space between two words; it belongs to a link or style only when both sides do."""
    if before and after and before[-1][1] is after[0][1] and before[-1][2] == after[0][2]:
        return " " * cells, after[0][1], after[0][2]
    return " " * cells, Style.TEXT, 0


def _joined(prefix: Line, pieces: Sequence[_Piece]) -> Line:
    """Return a line with neighbours of one style made one span, no-break spaces made spaces, none at its end."""
    if prefix:
        pieces = [*((span.text, span.style, span.link) for span in prefix), *pieces]
    out: list[_Piece] = []
    texts: list[str] = []
    style, link = Style.TEXT, 0
    for text, its_style, its_link in pieces:
        if texts and (its_style is not style or its_link != link):
            out.append(("".join(texts), style, link))
            texts = []
        style, link = its_style, its_link
        texts.append(text)
    if texts:
        out.append(("".join(texts), style, link))
    while out:
        text, style, link = out[-1]
        if text := text.replace("\xa0", " ").rstrip(" "):
            out[-1] = (text, style, link)
            break
        out.pop()
    return tuple([Span(text.replace("\xa0", " "), style, link) for text, style, link in out])
