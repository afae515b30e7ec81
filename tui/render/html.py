"""text/html as styled lines. Nothing is fetched, nothing is run; what the sender hid stays hidden, and is counted.

The tree is walked with a list of open elements of our own, never by recursion. Each element changes a copy of the
state of the one around it; text goes into a `Flow`, a table's cells into flows of their own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tui.mail.text import clean, clean_line
from tui.mail.width import cell_width
from tui.render.blocks import Flow, lay_blocks
from tui.render.bounded import bounded
from tui.render.css import APART, UNKNOWN, Colour, Facts, inline_facts, parse_colour, same_colour
from tui.render.lines import Line, Span, Style
from tui.render.links import LinkList, is_refused, resolve
from tui.render.quotes import quote_style
from tui.render.stylesheet import sheet_marks
from tui.render.tables import Cell, Table, put_table

MAX_NODES = 300_000
"""Nodes of the tree that are looked at."""

_SPACES = re.compile(r"[ \t\n\r\f]+")
_WIDE_GAP = re.compile(r"[ \xa0]*\xa0[ \xa0]+|[ \xa0]+\xa0[ \xa0]*")
_INVISIBLE = re.compile("[\u00ad\u034f\u200c]")
_ZWNJ_SCRIPTS = re.compile("[\u0590-\u0dff]")
_NOTHING = re.compile("[\\s\u00a0\u00ad\u034f\u200b-\u200f\u2060\u2800\u3164\ufeff]*\\Z")
_REMOTE = re.compile(r"\s*(?:https?:|//)", re.IGNORECASE)
_EXPONENT = re.compile(r"[+\-−]?\w{1,6}\Z")
_SIGNATURE = re.compile(
    r"(?:gmail|moz|yahoo|zmail|protonmail|ms-outlook)[-_a-z]*signature|\AAppleMailSignature", re.IGNORECASE
)
_MSO_LEVEL = re.compile(r"mso-list:[^;]*?level(\d)", re.IGNORECASE)

_DROPPED = frozenset(
    (
        "script",
        "style",
        "head",
        "title",
        "meta",
        "link",
        "base",
        "object",
        "embed",
        "applet",
        "iframe",
        "frame",
        "frameset",
        "noframes",
        "template",
        "svg",
        "math",
        "video",
        "audio",
        "canvas",
        "map",
        "input",
        "select",
        "textarea",
        "button",
        "datalist",
        "bgsound",
        "xml",
        "param",
        "source",
        "track",
        "col",
        "colgroup",
    )
)
_BLOCKS = frozenset(
    (
        "div",
        "p",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "address",
        "center",
        "figure",
        "figcaption",
        "fieldset",
        "legend",
        "details",
        "summary",
        "dl",
        "dt",
        "dd",
        "caption",
        "hgroup",
        "noscript",
        "form",
        "blockquote",
        "pre",
        "listing",
        "xmp",
        "plaintext",
        "ul",
        "ol",
        "menu",
        "dir",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "marquee",
    )
)
_APART = frozenset(
    (
        "p",
        "blockquote",
        "pre",
        "listing",
        "xmp",
        "ul",
        "ol",
        "dl",
        "menu",
        "dir",
        "figure",
        "fieldset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    )
)
_INLINE = {
    "b": Style.STRONG,
    "strong": Style.STRONG,
    "i": Style.EMPHASIS,
    "em": Style.EMPHASIS,
    "cite": Style.EMPHASIS,
    "var": Style.EMPHASIS,
    "dfn": Style.EMPHASIS,
    "code": Style.CODE,
    "tt": Style.CODE,
    "kbd": Style.CODE,
    "samp": Style.CODE,
}
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
_STRUCK = frozenset(("s", "strike", "del"))
_BULLETS = ("•", "-")


@dataclass(slots=True)
class HtmlText:
    """An HTML text laid out.

    Attributes:
        lines: no wider than was asked for.
        hidden: blocks of text that the sender hid from the reader's eyes.
        remote: pictures that would have been fetched from elsewhere.
        forms: forms, whose fields are not shown.
        cut: it was too large; its end is left out.
    """

    lines: list[Line]
    hidden: int = 0
    remote: int = 0
    forms: int = 0
    cut: bool = False


def layout_html(html: str, width: int, links: LinkList) -> HtmlText:
    """Lay out an HTML text.

    Args:
        html: decoded and cleaned.
        width: cells.
        links: gains every link met.
    """
    text, cut = bounded(html)
    walk = _Walk(LexborHTMLParser(text), width, links)
    walk.run()
    walk.flow.end_block()
    lines = lay_blocks(walk.flow.blocks, width)
    return HtmlText(lines, walk.hidden, walk.remote, walk.forms, cut or walk.cut)


class _State:
    """What an element hands on to what is in it."""

    __slots__ = ("background", "colour", "invisible", "level", "link", "ordinal", "pre", "right", "style", "tiny")

    def __init__(self) -> None:
        self.style = Style.TEXT
        self.link = 0
        self.pre = False
        self.level = 0
        self.tiny = False
        self.invisible = False
        self.right = False
        self.colour: Colour | None = None
        self.background: Colour = (255, 255, 255)
        self.ordinal: list[int] | None = None

    def copy(self) -> "_State":
        new = _State.__new__(_State)
        new.style, new.link, new.pre, new.level = self.style, self.link, self.pre, self.level
        new.tiny, new.invisible, new.right = self.tiny, self.invisible, self.right
        new.colour, new.background, new.ordinal = self.colour, self.background, self.ordinal
        return new


Ending = Callable[[], None]


class _Walk:
    """One walk over one tree."""

    def __init__(self, parser: LexborHTMLParser, width: int, links: LinkList) -> None:
        self.flow = Flow(width)
        self.hidden = self.remote = self.forms = 0
        self.cut = False
        self._parser = parser
        self._width = width
        self._links = links
        self._state = _State()
        self._gone, self._painted = sheet_marks(parser)
        self._said = self._targets_with_words()
        self._last_hidden = 0
        self._tables: list[Table] = []
        self._lists = 0
        self._endings: list[Ending] = []

    def run(self) -> None:
        """Walk the whole tree."""
        root = self._parser.root
        if root is None:
            return
        open_elements: list[tuple[LexborNode, _State, int]] = []
        node: LexborNode | None = root
        count = 0
        while True:
            if node is None:
                if not open_elements:
                    return
                node, self._state, endings = open_elements.pop()
                while len(self._endings) > endings:
                    self._endings.pop()()
                node = node.next if open_elements else None
                continue
            count += 1
            if count > MAX_NODES:
                self.cut = True
                node = None
                while open_elements:
                    _, self._state, endings = open_elements.pop()
                    while len(self._endings) > endings:
                        self._endings.pop()()
                return
            tag = node.tag
            if tag == "-text":
                self._text(node)
            elif tag is not None and tag[0] != "-" and tag[0] != "!":
                state, endings = self._state, len(self._endings)
                if self._open(node, tag):
                    child = node.first_child
                    if child is not None:
                        open_elements.append((node, state, endings))
                        node = child
                        continue
                    while len(self._endings) > endings:
                        self._endings.pop()()
                self._state = state
            node = node.next if open_elements else None

    # Elements

    def _open(self, node: LexborNode, tag: str) -> bool:
        """Begin an element; False when what is in it is left out."""
        if tag in _DROPPED:
            return False
        attributes = node.attributes
        style = attributes.get("style") or ""
        if (style and inline_facts(style).hidden and not (tag == "a" and _only_for_outlook(style))) or (
            "hidden" in attributes or (self._gone and node.mem_id in self._gone)
        ):
            self._count_hidden(node)
            return False
        state = self._state = self._state.copy()
        facts = inline_facts(style) if style else None
        if attributes:
            self._apply(state, facts, attributes, node)
        if tag == "br":
            self._break()
        elif tag == "img":
            self._image(attributes)
        elif tag == "hr":
            self.flow.end_block()
            self.flow.want(1)
            self.flow.add_rule()
            self.flow.want(1)
        elif tag == "a":
            self._anchor(node, attributes)
        elif tag in _INLINE:
            if state.style is not Style.HEADING:
                state.style = _INLINE[tag]
        elif tag in _BLOCKS:
            self._block(node, tag, attributes, facts)
        elif tag in ("table", "tr", "td", "th"):
            self._tabular(tag, attributes, facts, state)
        elif tag in _STRUCK:
            self._around("~~", "~~")
        elif tag == "q":
            self._around("“", "”")
        elif tag == "sup":
            self._raised(node)
        elif style and "mso-list" in style and "ignore" in style.lower():
            self._mso_marker(node)
            return False
        return True

    def _apply(self, state: _State, facts: Facts | None, attributes: dict[str, str | None], node: LexborNode) -> None:
        """Take over what an element's attributes say about its text."""
        background = attributes.get("bgcolor")
        if background:
            colour, transparent = parse_colour(background.lower())
            if colour is not None and not transparent:
                state.background = colour
        if attributes.get("background"):
            state.background = UNKNOWN
            self._count_remote(attributes.get("background") or "")
        if attributes.get("color") and node.tag == "font":
            state.colour = parse_colour((attributes.get("color") or "").lower())[0]
        if (attributes.get("align") or "").lower() == "right":
            state.right = True
        if self._painted and node.mem_id in self._painted:
            state.background = UNKNOWN
        if facts is None:
            return
        if facts.background is not None:
            state.background = facts.background
            if facts.background == UNKNOWN and "url(" in (attributes.get("style") or "").lower():
                self.remote += "http" in (attributes.get("style") or "").lower()
        if facts.transparent:
            state.invisible = True
        elif facts.colour is not None:
            state.colour = facts.colour
        if facts.tiny is not None:
            state.tiny = facts.tiny
        if facts.invisible is not None:
            state.invisible = facts.invisible
        if facts.bold and state.style in (Style.TEXT, Style.EMPHASIS):
            state.style = Style.STRONG
        elif facts.bold is False and state.style is Style.STRONG:
            state.style = Style.TEXT
        if facts.pre:
            state.pre = True
        state.right = state.right or facts.right

    def _block(self, node: LexborNode, tag: str, attributes: dict[str, str | None], facts: Facts | None) -> None:
        flow, state = self.flow, self._state
        flow.end_block()
        before, after = self._gaps(node, tag, attributes, facts)
        flow.want(before)
        if facts is not None and facts.rule and tag in ("div", "p"):
            flow.add_rule()
        indent, pre = flow.indent, flow.pre
        if tag in _HEADINGS:
            state.style = Style.HEADING
        elif tag == "blockquote":
            self._quotation(attributes, facts)
        elif tag in _PRE:
            state.pre = True
            if state.level == 0:
                state.style = Style.CODE
        elif tag in _LISTS:
            state.ordinal = [_number(attributes.get("start"), 1)] if tag == "ol" else None
            self._lists += 1
        elif tag == "li":
            self._item(state, attributes)
        elif tag == "dd":
            flow.indent = (*flow.indent, Span("    "))
        elif tag == "dt":
            state.style = Style.STRONG
        elif tag == "form":
            self.forms += 1
        elif tag == "p" and "mso-list:" in (attributes.get("style") or ""):
            level = _MSO_LEVEL.search(attributes.get("style") or "")
            flow.indent = (*flow.indent, Span("  " * (int(level.group(1)) if level else 1)))
        if "signature" in (attributes.get("class") or "") and _SIGNATURE.search(attributes.get("class") or ""):
            state.style = Style.SIGNATURE
        flow.pre = state.pre and not ("wrap" in attributes or state.level)

        def end() -> None:
            flow.end_block()
            if tag == "li":
                flow.marker = None
            flow.indent, flow.pre = indent, pre
            if tag in _LISTS:
                self._lists -= 1
            flow.want(after)

        self._endings.append(end)

    def _gaps(
        self, node: LexborNode, tag: str, attributes: dict[str, str | None], facts: Facts | None
    ) -> tuple[int, int]:
        """Return the blank lines wanted before and after a block."""
        usual = 1 if tag in _APART else 0
        if tag in _LISTS and self._lists:
            usual = 0
        if usual and tag == "p" and (attributes.get("class") or "").startswith(("Mso", "yiv")):
            usual = 0
        if usual and tag == "p" and _is_alone_in_item(node):
            usual = 0
        before = after = usual
        if facts is not None:
            if facts.before is not None and tag != "li":
                before = 1 if facts.before >= APART or tag in _HEADINGS else 0
            if facts.after is not None and tag != "li":
                after = 1 if facts.after >= APART or tag in _HEADINGS else 0
        return before, after

    def _quotation(self, attributes: dict[str, str | None], facts: Facts | None) -> None:
        flow, state = self.flow, self._state
        if facts is not None and facts.plain_border and attributes.get("type") != "cite":
            flow.indent = (*flow.indent, Span("    "))  # the indent button of some web mailers
            return
        state.level += 1
        state.style = quote_style(state.level)
        indent = flow.indent
        if indent and indent[-1].text == "> ":
            indent = (*indent[:-1], Span(">", indent[-1].style))
        if len(indent) < 30:
            flow.indent = (*indent, Span("> ", state.style))

    def _item(self, state: _State, attributes: dict[str, str | None]) -> None:
        flow = self.flow
        if state.ordinal is not None:
            number = _number(attributes.get("value"), state.ordinal[0])
            state.ordinal[0] = number + 1
            mark = f"{number}. "
        else:
            mark = f"{_BULLETS[max(self._lists - 1, 0) % len(_BULLETS)]} "
        if "none" in (attributes.get("style") or "") and "list-style" in (attributes.get("style") or ""):
            return
        lead = Span("  ")
        if len(flow.indent) > 30:
            return
        flow.marker = (*(flow.indent if flow.marker is None else flow.marker), lead, Span(mark, Style.MUTED))
        flow.indent = (*flow.indent, lead, Span(" " * len(mark)))
        state.ordinal = None

    def _mso_marker(self, node: LexborNode) -> None:
        """Take the number or dot that Outlook writes as text before an item of its lists."""
        mark = clean_line(node.text(deep=True), 12)
        mark = mark if mark[:1].isalnum() else _BULLETS[0]
        flow = self.flow
        flow.marker = (*flow.indent, Span(f"{mark} ", Style.MUTED))
        flow.indent = (*flow.indent, Span(" " * (cell_width(mark) + 1)))

    def _tabular(self, tag: str, attributes: dict[str, str | None], facts: Facts | None, state: _State) -> None:
        if tag == "table":
            self._table(attributes, state)
        elif not self._tables:
            return
        elif tag == "tr":
            self._tables[-1].add_row()
        else:
            self._cell(tag, attributes, facts, state)

    def _table(self, attributes: dict[str, str | None], state: _State) -> None:
        flow, table = self.flow, Table(roomy=_number(attributes.get("cellpadding"), 0) >= 8)
        flow.end_block()
        state.right = False
        self._tables.append(table)
        lists, self._lists = self._lists, 0

        def end() -> None:
            flow.end_block()
            self._tables.pop()
            self._lists = lists
            put_table(table, flow)

        self._endings.append(end)

    def _cell(self, tag: str, attributes: dict[str, str | None], facts: Facts | None, state: _State) -> None:
        outer = self.flow
        inner = Flow(outer.room)
        apart = facts is not None and ((facts.before or 0) >= APART or (facts.after or 0) >= APART)
        cell = Cell(
            inner,
            max(_number(attributes.get("colspan"), 1), 1),
            max(_number(attributes.get("rowspan"), 1), 1),
            heads=tag == "th",
            right=state.right,
            apart=apart or _number(attributes.get("height"), 0) >= APART,
        )
        if tag == "th" and state.style is Style.TEXT:
            state.style = Style.STRONG
        state.right = False
        self._tables[-1].add_cell(cell)
        self.flow = inner

        def end() -> None:
            inner.end_block()
            self.flow = outer

        self._endings.append(end)

    def _anchor(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        href = attributes.get("href") or ""
        if not href:
            return
        target = resolve(href)
        if target is None:
            self._links.refused += is_refused(href)
            return
        words = _words(node)
        if not words and not node.css("img"):
            return
        if not words and target[0] in self._said:
            self._state.link = -1  # a picture beside words that lead to the same place
            return
        label = words or _alt(node)
        number = self._links.add(href, label)
        if not number:
            return
        flow = self.flow
        if not label:
            flow.text(target[1], Style.LINK, number)
        self._state.link = number
        self._state.style = Style.LINK
        if href[:7].lower() == "mailto:" and label == target[1]:
            return
        self._endings.append(lambda: flow.append(Span(f"\xa0[{number}]", Style.LINK, number)))

    def _image(self, attributes: dict[str, str | None]) -> None:
        self._count_remote(attributes.get("src") or attributes.get("data-src") or "")
        if self._state.link < 0:
            return
        alt = clean_line(attributes.get("alt") or "", 120)
        if alt and not _NOTHING.match(alt) and not self._is_unseen():
            style = Style.LINK if self._state.link else Style.MUTED
            self.flow.text(f"[{alt}]", style, self._state.link)

    def _around(self, before: str, after: str) -> None:
        flow, state = self.flow, self._state
        flow.text(before, state.style, max(state.link, 0))
        self._endings.append(lambda: flow.text(after, state.style, max(state.link, 0)))

    def _raised(self, node: LexborNode) -> None:
        """Mark an exponent, which on one line would be another number; a footnote's bracket needs no mark."""
        if not self.flow.at_start and self.flow.ends_with_word and _EXPONENT.match(node.text(deep=True)[:20]):
            self.flow.text("^", self._state.style, max(self._state.link, 0))

    def _break(self) -> None:
        if self._state.pre:
            self.flow.raw_text("\n", self._state.style)
        else:
            self.flow.break_line()

    # Text

    def _text(self, node: LexborNode) -> None:
        raw = node.text_content
        if not raw:
            return
        state = self._state
        if self._is_unseen():
            parent = node.parent
            if not _NOTHING.match(raw) and parent is not None and parent.mem_id != self._last_hidden:
                self._last_hidden = parent.mem_id
                self.hidden += 1
            return
        if state.pre:
            if raw.isspace() and self.flow.at_start and "\n" in raw:
                raw = raw.lstrip("\n") if self.flow.is_empty else raw
            self.flow.raw_text(clean(raw), state.style, max(state.link, 0))
            return
        text = _SPACES.sub(" ", raw)
        if text == " ":
            self.flow.text(text, Style.TEXT)
            return
        if not text.isascii():
            if not _ZWNJ_SCRIPTS.search(text):
                text = _INVISIBLE.sub("", text)
            if "\xa0" in text:
                text = text.replace("\xa0", " ") if text.count("\xa0") > 6 else _WIDE_GAP.sub("  ", text)
        self.flow.text(clean(text).replace("\n", " "), state.style, max(state.link, 0))

    def _is_unseen(self) -> bool:
        state = self._state
        if state.tiny or state.invisible:
            return True
        return state.colour is not None and same_colour(state.colour, state.background)

    def _count_hidden(self, node: LexborNode) -> None:
        if not _NOTHING.match(node.text(deep=True)[:20_000]):
            self.hidden += 1
        self.remote += len([image for image in node.css("img") if _REMOTE.match(image.attributes.get("src") or "")])

    def _count_remote(self, source: str) -> None:
        if _REMOTE.match(source):
            self.remote += 1

    def _targets_with_words(self) -> set[str]:
        """Return the addresses that some link with words leads to."""
        said: set[str] = set()
        for node in self._parser.css("a[href]")[:5_000]:
            if _words(node):
                target = resolve(node.attributes.get("href") or "")
                if target is not None:
                    said.add(target[0])
        return said


def _is_alone_in_item(node: LexborNode) -> bool:
    """Whether a paragraph is all the text of a list's item: such items stand close together."""
    parent = node.parent
    if parent is None or parent.tag != "li":
        return False
    before, after = node.prev, node.next
    while before is not None and before.is_empty_text_node:
        before = before.prev
    while after is not None and after.is_empty_text_node:
        after = after.next
    return before is None and (after is None or after.tag in _LISTS)


def _words(node: LexborNode) -> str:
    """Return the words in a link, "" when there are none to be seen."""
    text = node.text(deep=True)[:2_000]
    return "" if _NOTHING.match(text) else clean_line(text, 200)


def _alt(node: LexborNode) -> str:
    for image in node.css("img")[:20]:
        alt = clean_line(image.attributes.get("alt") or "", 120)
        if alt and not _NOTHING.match(alt):
            return alt
    return ""


def _number(value: str | None, default: int) -> int:
    match = re.match(r"\s*(-?\d{1,6})", value or "")
    return int(match.group(1)) if match else default


def _only_for_outlook(style: str) -> bool:
    """Whether a style hides from Outlook alone: the buttons of many newsletters, which Outlook draws itself."""
    return not inline_facts(re.sub(r"mso-hide\s*:[^;]*", "", style, flags=re.IGNORECASE)).hidden
