"""A message as a page: which of its parts are read, laid out for a width. Pure and slow: call it in a worker thread."""

import re
from collections.abc import Iterable

from tui.mail.header import decode_bytes
from tui.mail.message import Header, Message
from tui.mail.part import Part
from tui.mail.text import clean, clean_line
from tui.mail.transfer import FORCED, decode_text, is_damaged
from tui.render.choose import Piece, choose, says_nothing, stands_in, wanted_sections
from tui.render.flow import hard_wrap, wrap
from tui.render.folds import MAX_LINES, quote_levels
from tui.render.heading import all_fields, field_lines, header_lines
from tui.render.html import layout_html
from tui.render.lines import Line, Mode, Page, Span, Style, line_text
from tui.render.links import LinkList
from tui.render.linktable import link_lines
from tui.render.parts import human_size, part_rows
from tui.render.plain import layout_plain

__all__ = ["Mode", "as_text", "header_lines", "render_message", "tail_lines", "wanted_sections"]

MAX_TEXT = 2_000_000
"""Characters of a message that are laid out; the rest is left out, and said so."""
MOST_OCTETS = 4 * MAX_TEXT
"""Octets of one text that are decoded for that."""
MIN_WIDTH = 16
ENCLOSED = "enclosed message"

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def render_message(message: Message, width: int, *, mode: Mode = Mode.AUTO) -> Page:
    """Lay a message out.

    Args:
        message: with the bodies of `wanted_sections`; what is not here is said to be missing.
        width: cells; no line is wider (below 16 it counts as 16).
        mode: which version; where there is only one, that one.
    """
    width = max(width, MIN_WIDTH)
    if mode is Mode.SOURCE:
        return _page(_source(message, width), mode=Mode.SOURCE)
    if mode is Mode.HEADERS:
        return _page(all_fields(message.header, width), mode=Mode.HEADERS)
    return _Reading(message, width, mode).page()


def as_text(page: Page) -> str:
    """Return a page without styles, parts and notes at its end; no control character but newlines."""
    width = max([len(line_text(line)) for line in page.lines], default=40)
    lines = [*page.lines, *tail_lines(page, max(width, 40))]
    return "\n".join([_CONTROL.sub("\ufffd", line_text(line)) for line in lines])


def tail_lines(page: Page, width: int) -> list[Line]:
    """Return the parts and notes of a page as lines, a rule before them; none when there are none."""
    lines: list[Line] = []
    for row in page.parts:
        size = f" {human_size(row.size)}" if row.size else ""
        mark = (Span("& ", Style.MUTED), Span(f"{row.number} ", Style.ACCENT))
        lines.extend(wrap([Span(row.label), Span(size, Style.MUTED)], width, mark, (Span("    "),)))
    for note in page.notes:
        lines.extend(wrap([Span(note, Style.MUTED)], width))
    if not lines:
        return []
    return [(), (Span("─" * min(width, 40), Style.RULE),), *lines]


class _Reading:
    """Lays out the pieces of one message."""

    def __init__(self, message: Message, width: int, mode: Mode) -> None:
        self._message = message
        self._width = width
        self._mode = mode
        self._links = LinkList()
        self._texts: dict[str, str] = {}
        self._notes: dict[str, None] = {}
        self._room = MAX_TEXT
        self._hidden = 0
        self._remote = 0
        self._forms = 0

    def page(self) -> Page:
        structure = self._message.structure
        pieces = choose(structure, self._mode, self._is_stub)
        lines: list[Line] = []
        levels: list[int] = []
        numbered = False
        shown: list[Part] = []
        for piece in pieces:
            if lines:
                lines.append(())
            if piece.is_heading:
                lines.extend(self._heading(piece))
                continue
            shown.append(piece.part)
            levels.extend([0] * (len(lines) - len(levels)))
            laid = self._piece(piece.part)
            levels.extend(quote_levels(laid))
            lines.extend(laid)
            numbered = numbered or piece.part.type == "text/html"
        lines.extend(link_lines(self._links.links, self._width, only_doubtful=not numbered))
        self._note_counts(structure)
        mode = Mode.HTML if numbered else Mode.PLAIN
        notes = (*self._notes, *self._message.defects)
        return _page(
            lines,
            self._links,
            self._message,
            shown,
            notes,
            mode,
            levels if len(levels) <= MAX_LINES and any(levels) else (),
        )

    def _is_stub(self, part: Part, html: Part | None) -> bool:
        if not self._message.has(part):
            return True
        if html is None or not self._message.has(html):
            return says_nothing(self._text(part))
        return stands_in(self._text(part), self._text(html))

    def _text(self, part: Part) -> str:
        text = self._texts.get(part.section)
        if text is None:
            text = decode_text(part, self._message.bodies[part.section][:MOST_OCTETS])
            self._texts[part.section] = text
        return text

    def _piece(self, part: Part) -> list[Line]:
        if not self._message.has(part):
            return [(Span("This text has not been fetched yet.", Style.MUTED),)]
        text = self._text(part)
        octets = self._message.bodies[part.section]
        is_long = len(octets) > MOST_OCTETS  # it may be a beginning only
        if not is_long and is_damaged(part, octets):
            self._notes["The encoding of this text is damaged; what could be read of it is shown."] = None
        if is_long or len(text) > self._room:
            text = text[: self._room]
            self._notes[f"The text is longer than {human_size(MAX_TEXT)}; its end is left out here."] = None
        self._room -= len(text)
        if part.type == "text/html":
            laid = layout_html(text, self._width, self._links)
            self._hidden += laid.hidden
            self._remote += laid.remote
            self._forms += laid.forms
            if laid.cut:
                self._notes["The HTML has more elements than are looked at; its end is left out here."] = None
            return laid.lines
        flowed = part.type == "text/plain" and part.params.get("format", "").lower() == "flowed"
        delsp = part.params.get("delsp", "").lower() == "yes"
        return layout_plain(text, self._width, self._links, flowed=flowed, delsp=delsp)

    def _heading(self, piece: Piece) -> list[Line]:
        part = piece.part
        head: Line = (Span(ENCLOSED, Style.MUTED),)
        if self._width > len(ENCLOSED) + 4:
            rule = "─" * (self._width - len(ENCLOSED) - 4)
            head = (Span("── ", Style.RULE), *head, Span(f" {rule}", Style.RULE))
        lines: list[Line] = [head]
        raw = self._message.bodies.get(f"{part.section}.HEADER")
        if raw is not None:
            lines.extend(field_lines(Header.parse(raw), self._width))
        elif part.filename:
            lines.append((Span(part.filename, Style.BRIGHT),))
        return lines

    def _note_counts(self, structure: Part) -> None:
        if any(part.type == "multipart/encrypted" for part in structure.walk()):
            self._notes["This message is encrypted; it cannot be opened here."] = None
        if any(part.type in ("text/calendar", "application/ics") for part in structure.leaves()):
            self._notes["It holds an invitation."] = None
        forced = next((part.params[FORCED] for part in structure.walk() if FORCED in part.params), "")
        if forced:
            self._notes[f"Read as {clean_line(forced, 30)}, as you wish."] = None
        for count, one, many in (
            (self._hidden, "hidden block", "hidden blocks"),
            (self._remote, "remote image not loaded", "remote images not loaded"),
            (self._forms, "form not shown", "forms not shown"),
            (self._links.refused, "link of a kind that is never opened", "links of a kind that is never opened"),
        ):
            if count:
                self._notes[f"{count} {one if count == 1 else many}"] = None


def _page(
    lines: Iterable[Line],
    links: LinkList | None = None,
    message: Message | None = None,
    shown: Iterable[Part] = (),
    notes: Iterable[str] = (),
    mode: Mode = Mode.PLAIN,
    levels: Iterable[int] = (),
) -> Page:
    rows = part_rows(message.structure, list(shown)) if message is not None else ()
    safe = tuple([_safe(line) for line in lines])
    return Page(safe, tuple(links.links) if links else (), rows, tuple(notes), mode, tuple(levels))


def _safe(line: Line) -> Line:
    """The last door: whatever a layout overlooked, no span holds a character that a terminal obeys."""
    for span in line:
        if _CONTROL.search(span.text):
            return tuple([Span(_CONTROL.sub("\ufffd", span.text), span.style, span.link) for span in line])
    return line


def _source(message: Message, width: int) -> Iterable[Line]:
    """Yield the mail as it came, cleaned: whole where it is here, else the header and the bodies that are."""
    whole = message.bodies.get("") if "" in message.bodies else None
    yield from source_lines(whole if whole is not None else message.header.raw, width)
    if whole is not None:
        return
    leaves = [part for part in message.structure.leaves() if message.has(part)]
    for part in leaves:
        yield ()
        if len(leaves) > 1:
            yield (Span(f"── part {part.section} {part.type} {part.encoding} ──", Style.RULE),)
        yield from source_lines(message.bodies[part.section], width)


def source_lines(raw: bytes, width: int) -> Iterable[Line]:
    """Yield octets as cleaned lines, cut by cells, nothing decoded but the characters."""
    for line in clean(decode_bytes(raw[:MAX_TEXT])).split("\n"):
        yield from hard_wrap([Span(line.expandtabs(8), Style.CODE)], width)
