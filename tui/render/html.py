"""text/html as styled lines. Nothing is fetched, nothing is run; what the sender hid stays hidden, and is counted.

The tree is walked with a list of open elements of our own, never by recursion. Each element changes a copy of the
state of the one around it; text goes into a `Flow`, a table's cells into flows of their own.
"""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tui.mail.noun import dataclass
from tui.mail.text import clean
from tui.render.anchors import Anchors
from tui.render.blocks import Flow, lay_blocks
from tui.render.bounded import bounded
from tui.render.cell import Cell
from tui.render.css import APART, UNKNOWN, Facts, inline_facts
from tui.render.elements import (
    BLOCKS,
    DROPPED,
    HEADINGS,
    INLINE,
    KEEPING,
    LISTS,
    LOUD,
    PLAIN,
    PRE,
    STRUCK,
    TABULAR,
)
from tui.render.inside import alt_text, folded, text_in
from tui.render.lines import Line, Style
from tui.render.links import LinkList
from tui.render.marks import INDENT, gaps, leading_number, put_item, put_mso_item, put_mso_mark, put_quote
from tui.render.state import State
from tui.render.stylesheet import sheet_marks
from tui.render.tables import Table, put_table
from tui.render.withheld import Withheld

MAX_NODES = 300_000
"""Nodes of the tree that are looked at."""

_WHITE = " \t\n\r\f"
"""White space as HTML knows it."""
_EXPONENT = re.compile(r"[+\-−]?\w{1,6}\Z")
_SIGNATURE = re.compile(
    r"(?:gmail|moz|yahoo|zmail|protonmail|ms-outlook)[-_a-z]*signature|\AAppleMailSignature", re.IGNORECASE
)


_OUTLOOKS = re.compile(r"(?:x_)*Signature\Z")


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
    withheld = walk.withheld
    return HtmlText(lines, withheld.hidden, withheld.remote, withheld.forms, cut or walk.cut)


Ending = Callable[[], None]


class _Walk:
    """One walk over one tree."""

    def __init__(self, parser: LexborHTMLParser, width: int, links: LinkList) -> None:
        self.flow = Flow(width)
        self.withheld = Withheld()
        self.cut = False
        self._parser = parser
        self._state = State()
        self._gone, self._painted, self._white = sheet_marks(parser)
        self._anchors = Anchors(parser, links)
        self._tables: list[Table] = []
        self._lists = 0
        self._endings: list[Ending] = []

    def run(self) -> None:
        """Walk the whole tree."""
        root = self._parser.root
        if root is None:
            return
        open_elements: list[tuple[LexborNode, State, int]] = []
        node: LexborNode | None = root
        count = 0
        while True:
            if node is None:
                if not open_elements:
                    return
                node, self._state, endings = open_elements.pop()
                self._end(endings)
                node = node.next if open_elements else None
                continue
            count += 1
            if count > MAX_NODES:
                self.cut = True
                self._end(0)
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
                    if len(self._endings) > endings:
                        self._end(endings)
                self._state = state
            node = node.next if open_elements else None

    def _end(self, endings: int) -> None:
        """End the elements begun last, until so many are left that have something to do at their end."""
        while len(self._endings) > endings:
            self._endings.pop()()

    # Elements

    def _open(self, node: LexborNode, tag: str) -> bool:
        """Begin an element; False when what is in it is left out."""
        if tag in DROPPED:
            return False
        attributes = node.attributes
        style = attributes.get("style") or "" if attributes else ""
        facts = inline_facts(style) if style else None
        if (facts is not None and facts.hidden and not (tag == "a" and _only_for_outlook(style))) or (
            "hidden" in attributes or (self._gone and node.mem_id in self._gone)
        ):
            self.withheld.element(node)
            return False
        state = self._state
        if not attributes and tag in PLAIN:
            if tag == "tr" and self._tables:
                self._tables[-1].add_row()
            return True
        if not (
            tag in KEEPING
            and not state.right
            and (facts is None or facts.is_quiet)
            and LOUD.isdisjoint(attributes)
            and not (self._white or self._painted)
        ):
            state = self._state = state.copy()
            if self._white and tag != "a" and not state.link and node.mem_id in self._white:
                state.whiten()  # a button's white words stand on what may be painted in ways not looked at
            if attributes:
                state.take(tag, attributes, facts, bool(self._painted) and node.mem_id in self._painted)
                if "background" in attributes or (facts is not None and facts.background is UNKNOWN):
                    self.withheld.backgrounds(attributes, facts)
        if tag in TABULAR:
            self._tabular(tag, attributes, facts, state)
        elif tag in BLOCKS:
            self._block(node, tag, attributes, facts)
        elif tag in INLINE:
            if state.style is not Style.HEADING:
                state.style = INLINE[tag]
        elif tag == "a":
            self._anchor(node, attributes)
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._image(attributes)
        elif tag == "hr":
            self.flow.end_block()
            self.flow.want(1)
            self.flow.add_rule()
            self.flow.want(1)
        elif tag in STRUCK:
            self._around("~~", "~~")
        elif tag == "q":
            self._around("“", "”")
        elif tag == "sup":
            self._raised(node)
        elif style and "mso-list" in style and "ignore" in style.lower():
            put_mso_mark(self.flow, node)
            return False
        return True

    def _block(self, node: LexborNode, tag: str, attributes: dict[str, str | None], facts: Facts | None) -> None:
        flow, state = self.flow, self._state
        flow.end_block()
        before, after = gaps(node, tag, attributes, facts, self._lists > 0)
        flow.want(before)
        if facts is not None and facts.rule and tag in ("div", "p"):
            flow.want(1)
            flow.add_rule()
        indent, pre = flow.indent, flow.pre
        if tag in HEADINGS:
            state.style = Style.HEADING
        elif tag == "blockquote":
            put_quote(flow, state, attributes, facts)
        elif tag in PRE:
            state.pre = True
            if state.level == 0:
                state.style = Style.CODE
        elif tag in LISTS:
            state.ordinal = [leading_number(attributes.get("start"), 1)] if tag == "ol" else None
            self._lists += 1
        elif tag == "li":
            put_item(flow, state, attributes, self._lists)
        elif tag == "dd":
            flow.indent = (*flow.indent, INDENT)
        elif tag == "dt":
            state.style = Style.STRONG
        elif tag == "form":
            self.withheld.forms += 1
        elif tag == "p" and "mso-list:" in (attributes.get("style") or ""):
            put_mso_item(flow, attributes)
        if attributes and _is_signature(attributes):
            state = self._state = state.copy()
            state.style = Style.SIGNATURE
        flow.pre = state.pre and not ("wrap" in attributes or state.level)

        def end() -> None:
            flow.end_block()
            if tag == "li":
                flow.marker = None
            flow.indent, flow.pre = indent, pre
            if tag in LISTS:
                self._lists -= 1
            flow.want(after)

        self._endings.append(end)

    def _tabular(self, tag: str, attributes: dict[str, str | None], facts: Facts | None, state: State) -> None:
        if tag == "table":
            self._table(attributes, facts, state)
        elif not self._tables:
            return
        elif tag != "tr":
            self._cell(tag, attributes, facts, state)
        else:
            self._tables[-1].add_row()

    def _table(self, attributes: dict[str, str | None], facts: Facts | None, state: State) -> None:
        flow, table = self.flow, Table(roomy=leading_number(attributes.get("cellpadding"), 0) >= 8)
        flow.end_block()
        if facts is not None and (facts.before or 0) >= APART:
            flow.want(1)
        if state.right:
            state.right = False
        self._tables.append(table)
        lists, self._lists = self._lists, 0

        def end() -> None:
            flow.end_block()
            self._tables.pop()
            self._lists = lists
            put_table(table, flow)

        self._endings.append(end)

    def _cell(self, tag: str, attributes: dict[str, str | None], facts: Facts | None, state: State) -> None:
        outer = self.flow
        inner = Flow(outer.room)
        cell = Cell(inner, heads=tag == "th", right=state.right)
        if "colspan" in attributes:
            cell.span = max(leading_number(attributes["colspan"], 1), 1)
        if "rowspan" in attributes:
            cell.rows = max(leading_number(attributes["rowspan"], 1), 1)
        cell.apart = (facts is not None and ((facts.before or 0) >= APART or (facts.after or 0) >= APART)) or (
            "height" in attributes and leading_number(attributes["height"], 0) >= APART
        )
        if tag == "th" and state.style is Style.TEXT:
            state.style = Style.STRONG
        if state.right:
            state.right = False
        self._tables[-1].add_cell(cell)
        self.flow = inner

        def end() -> None:
            inner.end_block()
            cell.is_empty = not inner.blocks
            self.flow = outer

        self._endings.append(end)

    def _anchor(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        flow = self.flow
        behind = self._anchors.begin(node, attributes.get("href") or "", flow, self._state)
        if behind is not None:
            self._endings.append(lambda: flow.append(behind))

    def _image(self, attributes: dict[str, str | None]) -> None:
        self.withheld.picture(attributes.get("src") or attributes.get("data-src"))
        if self._state.link < 0:
            return
        alt = alt_text(attributes)
        if alt and not self._state.is_unseen:
            style = Style.LINK if self._state.link else Style.MUTED
            if self.flow.ends_with_bracket:
                self.flow.text(" ", Style.TEXT)
            self.flow.text(f"[{alt}]", style, self._state.link)

    def _around(self, before: str, after: str) -> None:
        flow, state = self.flow, self._state
        flow.text(before, state.style, state.number)
        self._endings.append(lambda: flow.text(after, state.style, state.number))

    def _raised(self, node: LexborNode) -> None:
        """Mark an exponent, which on one line would be another number; a footnote's bracket needs no mark."""
        if not self.flow.at_start and self.flow.ends_with_word and _EXPONENT.match(text_in(node, 20)):
            self.flow.text("^", self._state.style, self._state.number)

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
        if raw[0] in _WHITE and not state.pre and not raw.strip(_WHITE):  # half of all texts stand between elements
            if not state.is_unseen:
                self.flow.blank()
            return
        if state.is_unseen:
            self.withheld.words(node, raw)
            return
        if state.pre:
            if raw.isspace() and self.flow.at_start and "\n" in raw:
                raw = raw.lstrip("\n") if self.flow.is_empty else raw
            self.flow.raw_text(clean(raw), state.style, state.number)
            return
        text = folded(raw)
        if not (text.isascii() and text.isprintable()):
            text = clean(text).replace("\n", " ")
        self.flow.text(text, state.style, state.link if state.link > 0 else 0)


def _is_signature(attributes: dict[str, str | None]) -> bool:
    name, id = attributes.get("class") or "", attributes.get("id") or ""
    if "ignature" not in name and "ignature" not in id:
        return False
    return bool(_SIGNATURE.search(name) or _SIGNATURE.search(id)) or _OUTLOOKS.match(id) is not None


def _only_for_outlook(style: str) -> bool:
    """Whether a style hides from Outlook alone: the buttons of many newsletters, which Outlook draws itself."""
    return not inline_facts(re.sub(r"mso-hide\s*:[^;]*", "", style, flags=re.IGNORECASE)).hidden
