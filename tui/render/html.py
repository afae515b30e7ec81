"""text/html as styled lines."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from tui.mail.text import clean
from tui.render.lines import Line
from tui.render.links import LinkList
from tui.render.plain import layout_plain


@dataclass(frozen=True, slots=True)
class HtmlText:
    """What became of an HTML text."""

    lines: list[Line]
    hidden: int = 0
    remote: int = 0
    forms: int = 0


def layout_html(html: str, width: int, links: LinkList) -> HtmlText:
    """Lay out an HTML text."""
    body = LexborHTMLParser(html).body
    return HtmlText(layout_plain(clean(body.text(separator="\n")) if body else "", width, links))
