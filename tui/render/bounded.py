"""HTML cut down before it is parsed, so that no nesting makes the parser slow or its tree huge."""

import re

MAX_DEPTH = 400
"""Elements within elements."""
MAX_FORMATTING = 16
"""Formatting elements open at once: a parser makes all of them again in every block (HTML, 13.2.4.3)."""
MAX_ATTRIBUTES = 500
"""Attributes of one tag; with more, it loses them all (parsers compare each with each)."""
MAX_TAGS = 250_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:\-]{0,40})[^>]*>?")
_TAG_NAMES = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9:\-]{0,40})[^>]*>?")
_NEVER_NEST = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "li",
        "p",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "dd",
        "dt",
        "option",
        "html",
        "head",
        "body",
    )
)
_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)


def bounded(html: str) -> tuple[str, bool]:
    """Return the text with tags left out that nest too deeply, and whether its end was cut off.

    Args:
        html: decoded.
    """
    if html.count("<") < MAX_DEPTH // 2 and html.count("=") < MAX_ATTRIBUTES:
        return html, False
    return _cut(html) if _is_deep(html) else (html, False)


def _cut(html: str) -> tuple[str, bool]:
    """Return what `bounded` does, whatever there is to leave out."""
    open_tags: dict[str, int] = {}
    depth = formatting = count = kept = 0
    out: list[str] = []
    for match in _TAG.finditer(html):
        name = match.group(2).lower()
        count += 1
        if count > MAX_TAGS:
            out.append(html[kept : match.start()])
            return "".join(out), True
        if match.end() - match.start() > 2 * MAX_ATTRIBUTES and html.count("=", *match.span()) > MAX_ATTRIBUTES:
            out.extend((html[kept : match.start()], f"<{match.group(1)}{name}>"))
            kept = match.end()
        if name in _NEVER_NEST:
            continue
        is_formatting = name in _FORMATTING
        if match.group(1):
            too_deep = depth > MAX_DEPTH or (is_formatting and formatting > MAX_FORMATTING)
            if open_tags.get(name, 0):
                open_tags[name] -= 1
                depth -= 1
                formatting -= is_formatting
        else:
            open_tags[name] = open_tags.get(name, 0) + 1
            depth += 1
            formatting += is_formatting
            too_deep = depth > MAX_DEPTH or (is_formatting and formatting > MAX_FORMATTING)
        if too_deep:
            out.append(html[kept : match.start()])
            kept = max(kept, match.end())
    if not out:
        return html, False
    out.append(html[kept:])
    return "".join(out), False


def _is_deep(html: str) -> bool:
    """Whether there may be anything to leave out: a quick look that no mail which people write gives cause for more."""
    tags = _TAG_NAMES.findall(html)
    if len(tags) > MAX_TAGS:
        return True
    nesting = {tag: _nesting(tag) for tag in set(tags)}
    open_tags: dict[str, int] = {}
    depth = formatting = 0
    for name, step, is_formatting in [found for tag in tags if (found := nesting[tag])]:
        held = open_tags.get(name, 0) + step
        if held < 0:
            continue
        open_tags[name] = held
        depth += step
        formatting += is_formatting
        if depth > MAX_DEPTH or formatting > MAX_FORMATTING:
            return True
    long = [piece for piece in html.split(">") if len(piece) > MAX_ATTRIBUTES]
    return any(0 <= piece.find("<") < len(piece) - MAX_ATTRIBUTES for piece in long)


def _nesting(tag: str) -> tuple[str, int, int] | None:
    """Return a tag's name, by how much it changes the depth, and that of formatting; None where it cannot nest."""
    name = tag.lstrip("/").lower()
    step = -1 if tag[0] == "/" else 1
    return None if name in _NEVER_NEST else (name, step, step if name in _FORMATTING else 0)
