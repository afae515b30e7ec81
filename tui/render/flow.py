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
_SPACES = re.compile(" +")
_JOINER = "\u200d"

Token = tuple[int, int, list[Span]]
"""A piece of text that stays together: cells of space before it, its cells, its spans."""


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
    first_cells, rest_cells = line_cells(first), line_cells(rest)
    runs = list(runs)
    total = sum([cell_width(run.text) for run in runs])
    if total + first_cells <= width:
        return [_joined(first, runs)]
    lines: list[Line] = []
    room = max(width - first_cells, MIN_WIDTH)
    rest_room = max(width - rest_cells, MIN_WIDTH)
    used = 0
    held: list[Span] = []
    for gap, cells, pieces in tokens(runs):
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
        for piece in pieces:
            for head, head_cells, full in _cuts(piece.text, room - used, rest_room):
                if full:
                    lines.append(_joined(rest if lines else first, held))
                    held, used, room = [], 0, rest_room
                held.append(Span(head, piece.style, piece.link))
                used += head_cells
    if held or not lines:
        lines.append(_joined(rest if lines else first, held))
    return lines


def hard_wrap(runs: Sequence[Span], width: int, prefix: Line = ()) -> list[Line]:
    """Lay runs into lines cut by cells only, every space kept: for code, tables of figures and patches."""
    room = max(width - line_cells(prefix), MIN_WIDTH)
    lines: list[Line] = []
    held: list[Span] = []
    used = 0
    for run in runs:
        for head, cells, full in _cuts(run.text, room - used, room):
            if full:
                lines.append(_joined(prefix, held))
                held, used = [], 0
            held.append(Span(head, run.style, run.link))
            used += cells
    if held or not lines:
        lines.append(_joined(prefix, held))
    return lines


def tokens(runs: Iterable[Span]) -> list[Token]:
    """Return the runs as pieces between which a line may break."""
    found: list[Token] = []
    gap, cells = 0, 0
    pieces: list[Span] = []
    for run in runs:
        style, link = run.style, run.link
        position = 0
        for space in [*_SPACES.finditer(run.text), None]:
            word = run.text[position : space.start() if space else None]
            if word:
                if not word.isascii() and _BREAKABLE.search(word):
                    for cluster in _clusters(word):
                        if pieces and not _holds(pieces[-1].text[-1], cluster[0]):
                            found.append((gap, cells, pieces))
                            gap, cells, pieces = 0, 0, []
                        pieces.append(Span(cluster, style, link))
                        cells += cell_width(cluster)
                else:
                    pieces.append(Span(word, style, link))
                    cells += cell_width(word)
            if space:
                if pieces:
                    found.append((gap, cells, pieces))
                    gap, cells, pieces = 0, 0, []
                gap += space.end() - space.start()
                position = space.end()
    if pieces:
        found.append((gap, cells, pieces))
    return found


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
    return sum([cell_width(span.text) for span in line])


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


def _space(cells: int, before: Sequence[Span], after: Sequence[Span]) -> Span:
    """Return the space between two words; it belongs to a link or style only when both sides do."""
    if before and after and before[-1].style is after[0].style and before[-1].link == after[0].link:
        return Span(" " * cells, after[0].style, after[0].link)
    return Span(" " * cells)


def _joined(prefix: Line, spans: Sequence[Span]) -> Line:
    """Return a line with neighbours of one style made one span, no-break spaces made spaces, none at its end."""
    out: list[Span] = []
    texts: list[str] = []
    style, link = Style.TEXT, 0
    for span in (*prefix, *spans):
        if texts and (span.style is not style or span.link != link):
            out.append(Span("".join(texts).replace("\xa0", " "), style, link))
            texts = []
        style, link = span.style, span.link
        texts.append(span.text)
    if texts:
        out.append(Span("".join(texts).replace("\xa0", " "), style, link))
    while out:
        last = out[-1].text.rstrip(" ")
        if last:
            if last != out[-1].text:
                out[-1] = Span(last, out[-1].style, out[-1].link)
            break
        out.pop()
    return tuple(out)
