"""The elements of HTML by what a reader does with them."""

from tui.render.lines import Style

DROPPED = frozenset(
    (
        *("head", "title", "meta", "link", "base", "style", "script", "template", "xml", "bgsound"),
        *("object", "embed", "applet", "param", "iframe", "frame", "frameset", "noframes"),
        *("svg", "math", "canvas", "map", "video", "audio", "source", "track", "col", "colgroup"),
        *("input", "select", "textarea", "button", "datalist"),
    )
)
"""Neither they nor what is in them is text."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
LISTS = frozenset(("ul", "ol", "menu", "dir"))
PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
STRUCK = frozenset(("s", "strike", "del"))
TABULAR = frozenset(("table", "tr", "td", "th"))

KEEPING = frozenset(("div", "p", "td", "table", "tr", "tbody", "thead", "tfoot", "span", "center", "img", "br", "font"))
"""Those that change nothing of the words in them by themselves: their attributes may."""
LOUD = frozenset(("bgcolor", "background", "align", "color"))
"""Attributes that change something of them."""

PLAIN = frozenset(("html", "body", "tr", "tbody", "thead", "tfoot", "span", "font"))
"""Those that change nothing of the words in them, where they have no attributes."""

APART = HEADINGS | LISTS | (PRE - {"plaintext"}) | {"p", "blockquote", "dl", "figure", "fieldset"}
"""Blocks with a blank line before and behind them, unless their style says otherwise."""

BLOCKS = (
    APART
    | PRE
    | {
        *("div", "section", "article", "header", "footer", "main", "nav", "aside", "address", "center", "hgroup"),
        *("li", "dt", "dd", "figcaption", "legend", "caption", "details", "summary", "form", "noscript", "marquee"),
    }
)

INLINE = {
    **dict.fromkeys(("b", "strong"), Style.STRONG),
    **dict.fromkeys(("i", "em", "cite", "var", "dfn"), Style.EMPHASIS),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), Style.CODE),
}
"""Elements within a line, and the style of their words."""
