"""A part by itself as a page: a text, what a program made of it, an enclosed message. Slow: for worker threads."""

from dataclasses import replace

from tui.mail.message import Header, Message
from tui.mail.parse import parse_message
from tui.mail.part import Part
from tui.render.choose import is_readable
from tui.render.heading import header_lines
from tui.render.lines import Mode, Page
from tui.render.message import render_message, tail_lines

MOST_OCTETS = 2_000_000
"""Of a part that are shown; the rest is left out."""
_TEXTS = frozenset(
    f"application/{name}"
    for name in (
        "json",
        "xml",
        "javascript",
        "x-sh",
        "x-shellscript",
        "x-yaml",
        "yaml",
        "toml",
        "sql",
        "x-patch",
        "x-diff",
    )
)
_ENCLOSED = ("message/rfc822", "message/global")


def is_text(part: Part) -> bool:
    """Whether a part can be shown as it is, as text."""
    return part.type.startswith("text/") or part.type in _TEXTS or part.type.startswith("message/")


def is_enclosed(part: Part) -> bool:
    """Whether it is a message."""
    return part.type in _ENCLOSED or (
        part.filename.lower().endswith(".eml") and part.type in ("application/octet-stream", "text/plain")
    )


def preview(part: Part, data: bytes, width: int) -> Page:
    """Lay out a part. Never raises.

    Args:
        part: says what it is.
        data: its octets, transfer encoding undone.
        width: cells.
    """
    if is_enclosed(part):
        message = parse_message(data)
        page = render_message(message, width)
        lines = [*header_lines(message, width), (), *page.lines, *tail_lines(page, width)]
        return replace(page, lines=tuple(lines))
    html = part.type == "text/html"
    kind = part.type if html or is_readable(part) else "text/plain"
    alone = Part("1", kind, part.params, encoding="binary", size=len(data))
    cut = data[:MOST_OCTETS]
    page = render_message(Message(Header(), alone, {"1": cut}), width, mode=Mode.HTML if html else Mode.PLAIN)
    left_out = (f"Only the first {MOST_OCTETS // 1_000_000} MB are shown.",) if len(cut) < len(data) else ()
    return replace(page, parts=(), notes=(*left_out, *page.notes))


def preview_text(text: bytes, width: int) -> Page:
    """Lay out what a program made of a part: UTF-8."""
    return preview(Part("1", "text/plain", {"charset": "utf-8"}), text, width)
