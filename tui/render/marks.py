"""What stands before and around the blocks of an HTML text: blank lines, quote marks, the dots and numbers of lists."""

import re

from selectolax.lexbor import LexborNode

from tui.mail.text import clean_line
from tui.mail.width import cell_width
from tui.render.blocks import Flow
from tui.render.css import APART, Facts
from tui.render.elements import APART as BLOCKS_APART
from tui.render.elements import HEADINGS, LISTS
from tui.render.inside import text_in
from tui.render.lines import Span, Style
from tui.render.quotes import quote_style
from tui.render.state import State

MAX_MARKS = 30
"""Marks before one line; deeper lists and quotations look like this deep."""
INDENT = Span("    ")

_BULLETS = ("•", "-")
_MSO_LEVEL = re.compile(r"mso-list:[^;]*?level(\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(-?\d{1,6})")


def leading_number(value: str | None, default: int) -> int:
    """Return the number an attribute begins with."""
    match = _NUMBER.match(value or "")
    return int(match.group(1)) if match else default


def gaps(
    node: LexborNode, tag: str, attributes: dict[str, str | None], facts: Facts | None, in_list: bool
) -> tuple[int, int]:
    """Return the blank lines wanted before and after a block."""
    usual = 1 if tag in BLOCKS_APART else 0
    if tag in LISTS and in_list:
        usual = 0
    if usual and tag == "p" and (attributes.get("class") or "").startswith(("Mso", "yiv")):
        usual = 0
    if usual and tag == "p" and _is_alone_in_item(node):
        usual = 0
    before = after = usual
    if facts is not None:
        if facts.before is not None and tag != "li":
            before = 1 if facts.before >= APART or tag in HEADINGS else 0
        if facts.after is not None and tag != "li":
            after = 1 if facts.after >= APART or tag in HEADINGS else 0
    return before, after


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
    return before is None and (after is None or after.tag in LISTS)


def put_quote(flow: Flow, state: State, attributes: dict[str, str | None], facts: Facts | None) -> None:
    """Begin a quotation: one more quote mark before every line."""
    if facts is not None and facts.plain_border and attributes.get("type") != "cite":
        flow.indent = (*flow.indent, INDENT)  # the indent button of some web mailers
        return
    state.level += 1
    state.style = quote_style(state.level)
    indent = flow.indent
    if indent and indent[-1].text == "> ":
        indent = (*indent[:-1], Span(">", indent[-1].style))
    if len(indent) < MAX_MARKS:
        flow.indent = (*indent, Span("> ", state.style))


def put_item(flow: Flow, state: State, attributes: dict[str, str | None], depth: int) -> None:
    """Begin an item of a list: its number or dot before the first line.

    Args:
        depth: how many lists it is in.
    """
    if state.ordinal is not None:
        ordinal = leading_number(attributes.get("value"), state.ordinal[0])
        state.ordinal[0] = ordinal + 1
        mark = f"{ordinal}. "
    else:
        mark = f"{_BULLETS[max(depth - 1, 0) % len(_BULLETS)]} "
    style = attributes.get("style") or ""
    if "none" in style and "list-style" in style:
        return
    if len(flow.indent) > MAX_MARKS:
        return
    lead = Span("  ")
    flow.marker = (*(flow.indent if flow.marker is None else flow.marker), lead, Span(mark, Style.MUTED))
    flow.indent = (*flow.indent, lead, Span(" " * len(mark)))
    state.ordinal = None


def put_mso_item(flow: Flow, attributes: dict[str, str | None]) -> None:
    """Indent a paragraph that Outlook means as an item of a list."""
    level = _MSO_LEVEL.search(attributes.get("style") or "")
    flow.indent = (*flow.indent, Span("  " * (int(level.group(1)) if level else 1)))


def put_mso_mark(flow: Flow, node: LexborNode) -> None:
    """Take the number or dot that Outlook writes as text before an item of its lists."""
    mark = clean_line(text_in(node, 100), 12)
    mark = mark if mark[:1].isalnum() else _BULLETS[0]
    flow.marker = (*flow.indent, Span(f"{mark} ", Style.MUTED))
    flow.indent = (*flow.indent, Span(" " * (cell_width(mark) + 1)))
