"""Blocks of text one below the other: what an HTML text, or one cell of a table in it, is made of."""

from collections.abc import Iterable
from dataclasses import field, replace

from tui.mail.noun import dataclass
from tui.render.flow import MIN_WIDTH, hard_wrap, line_cells, wrap
from tui.render.lines import Line, Span, Style

MAX_BREAKS = 2
"""Line breaks in a row that are kept."""

_SPACE = Span(" ")


@dataclass(slots=True)
class Block:
    """A paragraph, a rule or lines that are laid out already.

    Attributes:
        runs: its text; ``\\n`` in a run is a line break.
        first, rest: what stands before its first and its other lines: quote marks, list marks, indent.
        gap: blank lines wanted before it.
        pre: white space is kept, lines are cut by cells only.
        laid: lines of a table; ``runs`` is empty then.
        rule: a rule across the width.
    """

    runs: list[Span] = field(default_factory=list)
    first: Line = ()
    rest: Line = ()
    gap: int = 0
    pre: bool = False
    laid: list[Line] | None = None
    rule: bool = False

    @property
    def is_short(self) -> bool:
        """Whether it is one stretch of text without marks before it."""
        return (
            self.laid is None
            and not (self.rule or self.pre or self.first or self.rest)
            and not any("\n" in run.text for run in self.runs)
        )

    @property
    def cells(self) -> int:
        return line_cells(self.runs)


class Flow:
    """Takes text, breaks and blocks in order, and keeps them as blocks.

    Args:
        width: cells that its lines may take.
    """

    __slots__ = ("_blank", "_breaks", "_gap", "_glued", "_runs", "_width", "blocks", "indent", "marker", "pre")

    def __init__(self, width: int) -> None:
        self.blocks: list[Block] = []
        self.indent: Line = ()
        self.marker: Line | None = None
        self.pre = False
        self._width = width
        self._runs: list[Span] = []
        self._gap = 0
        self._glued = True
        self._breaks = 0
        self._blank = False

    @property
    def room(self) -> int:
        """Cells that are left beside the indent."""
        room = self._width - line_cells(self.indent) if self.indent else self._width
        return room if room > MIN_WIDTH else MIN_WIDTH

    @property
    def is_empty(self) -> bool:
        return not self.blocks and not self._runs

    @property
    def at_start(self) -> bool:
        """Whether the current line holds no text yet."""
        return not self._runs or self._runs[-1].text.endswith("\n")

    @property
    def ends_with_word(self) -> bool:
        """Whether the text so far ends in a letter or digit."""
        return bool(self._runs) and self._runs[-1].text[-1:].isalnum()

    @property
    def ends_with_bracket(self) -> bool:
        """Whether the text so far ends in the number of a link or the words of a picture."""
        return bool(self._runs) and self._runs[-1].text.endswith("]")

    def want(self, gap: int) -> None:
        """Ask for blank lines before the next block."""
        if gap > self._gap:
            self._gap = gap

    def text(self, text: str, style: Style, link: int = 0) -> None:
        """Add text whose white space is folded to single spaces already."""
        if self._glued and text.startswith(" "):
            text = text[1:]
        if text:
            if text.isspace() and self.at_start:
                self._blank = True
                return
            self._runs.append(Span(text, style, link))
            self._glued = text.endswith(" ")
            self._breaks = 0

    def blank(self) -> None:
        """Add white space that is text by itself: what stands between elements."""
        if not self._glued:
            self._runs.append(_SPACE)
            self._glued = True
            self._breaks = 0

    def raw_text(self, text: str, style: Style, link: int = 0) -> None:
        """Add text whose white space counts."""
        if text:
            self._runs.append(Span(text.expandtabs(8), style, link))
            self._glued = text.endswith((" ", "\n"))

    def break_line(self) -> None:
        """End the line, not the block."""
        if not self._runs:
            self._blank = True
        elif self._breaks < MAX_BREAKS:
            self._runs.append(Span("\n"))
            self._breaks += 1
        self._glued = True

    def end_block(self) -> None:
        """End the block; one without words becomes a wish for a blank line if it had white space of its own."""
        runs = self._runs
        if not runs:
            if self._blank:
                self.want(1)
                self._blank = False
            self._glued, self._breaks = True, 0
            return
        self._runs = []
        self._glued = True
        trailing = self._breaks
        self._breaks = 0
        while runs and not runs[-1].text.strip("\n" if self.pre else None):
            runs.pop()
        if runs:
            runs[-1] = Span(runs[-1].text.rstrip("\n" if self.pre else "\n "), runs[-1].style, runs[-1].link)
        if runs and (not self.pre or any(not run.text.isspace() for run in runs)):
            self._add(Block(runs, pre=self.pre))
            if trailing > 1:
                self.want(1)
        elif runs or self._blank:
            self.want(1)
        self._blank = False

    def add_rule(self) -> None:
        """Add a rule across the width; two in a row are one."""
        self.end_block()
        if not (self.blocks and self.blocks[-1].rule):
            self._add(Block(rule=True))

    def add_lines(self, lines: list[Line]) -> None:
        """Add lines that are laid out for `room`."""
        self.end_block()
        if lines:
            self._add(Block(laid=lines))

    def add_blocks(self, blocks: Iterable[Block]) -> None:
        """Add the blocks of another flow."""
        self.end_block()
        for block in blocks:
            self._add(block)

    def append(self, span: Span) -> None:
        """Add to the line that is being written, or to the block just ended."""
        if self._runs or not self.blocks or self.blocks[-1].laid is not None or self.blocks[-1].rule:
            self._runs.append(span)
        else:
            self.blocks[-1].runs.append(span)

    def _add(self, block: Block) -> None:
        first = self.indent if self.marker is None else self.marker
        if first or self.indent:
            block = replace(block, first=(*first, *block.first), rest=(*self.indent, *block.rest))
            self.marker = None
        if self._gap > block.gap:
            block.gap = self._gap
        self._gap = 0
        self.blocks.append(block)


def lay_blocks(blocks: Iterable[Block], width: int) -> list[Line]:
    """Return blocks as lines of at most ``width`` cells, blank lines between where they are wanted."""
    lines: list[Line] = []
    before: Line = ()
    for block in blocks:
        if lines and block.gap:
            lines.append(_common_marks(before, block.rest))
        lines.extend(lay_block(block, width))
        before = block.rest
    while lines and not lines[-1]:
        lines.pop()
    return lines


def lay_block(block: Block, width: int) -> list[Line]:
    """Return one block as lines of at most ``width`` cells."""
    if block.rule:
        room = max(width - line_cells(block.first), 3)
        return [(*block.first, Span("─" * room, Style.RULE))]
    if block.laid is not None:
        return [(*(block.rest if place else block.first), *line) for place, line in enumerate(block.laid)]
    lines: list[Line] = []
    for place, runs in enumerate(split_breaks(block.runs)):
        prefix = block.rest if place else block.first
        if block.pre:
            lines.extend(hard_wrap(runs, width, prefix))
        else:
            lines.extend(wrap(runs, width, prefix, block.rest))
    return lines


def split_breaks(runs: Iterable[Span]) -> list[list[Span]]:
    """Return runs line by line, as their line breaks divide them."""
    out: list[list[Span]] = [[]]
    for run in runs:
        if "\n" not in run.text:
            out[-1].append(run)
            continue
        for place, piece in enumerate(run.text.split("\n")):
            if place:
                out.append([])
            if piece:
                out[-1].append(Span(piece, run.style, run.link))
    return out


def _common_marks(before: Line, after: Line) -> Line:
    """Return the quote marks that both neighbours of a blank line have, so that a quotation does not fall apart."""
    if not (before and after):
        return ()
    marks = min((_marks(before), _marks(after)), key=len)
    return tuple([Span(">", mark.style) for mark in marks])


def _marks(prefix: Line) -> Line:
    """Return the quote marks at the beginning of what stands before a line."""
    end = next((place for place, span in enumerate(prefix) if not span.text.startswith(">")), len(prefix))
    return prefix[:end]
