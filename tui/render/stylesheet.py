"""The rules of an HTML text's own <style> elements, as far as they hide text or change what is behind it.

Selectors are matched here, step by step and each step in one pass over the elements: the engine that comes with the
parser tries every way to match ``a b c d`` and takes minutes for a hostile mail. It is asked for single steps only.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from tui.render.css import WHITE, declarations, facts_of, pixels, same_colour

MAX_SHEET = 200_000
"""Characters of all <style> elements that are looked at."""
MAX_RULES = 60
"""Rules that hide or paint and are matched against the document."""
MAX_STEPS = 5
"""Steps of a selector: ``ul > li b`` has three."""
MAX_TESTS = 4
"""Conditions of one step: ``p.a[b]`` has three."""
MAX_MATCHES = 200_000
"""Elements that all steps together may match; rules behind are left out."""
MAX_BEFORE = 20
"""Nodes that are passed over on the way to the element before."""

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_HINTS = re.compile(
    r"display|visibility|font-size|opacity|max-height|height|mso-hide|background|clip|text-indent|left|color"
)
_BRACE = re.compile(r"[{}]")
_STEP = re.compile(r"\s*([>+~]|\s)?\s*((?:[^\s>+~,\[\]]|\[[^\[\]]*\])+)")
_TEST = re.compile(r"[.#\[]")


def sheet_marks(parser: LexborHTMLParser) -> tuple[set[int], set[int], set[int]]:
    """Return the elements that <style> rules hide, those they give a background, and those whose text they make white.

    All are ids of nodes. Of rules that colour one element the last one counts.

    Rules for other media (narrow screens, dark mode, print) are left out: the reader is a wide, light screen.
    """
    text = "".join([node.text(deep=True) for node in parser.css("style")])[:MAX_SHEET]
    hidden: set[int] = set()
    painted: set[int] = set()
    white: set[int] = set()
    if not text:
        return hidden, painted, white
    matching = _Matching(parser)
    matched = 0
    whitened = False
    for selector, body in _top_rules(_COMMENT.sub(" ", text)):
        if not _HINTS.search(body):
            continue
        rules = declarations(body)
        facts = facts_of(rules)
        # 1 px by a rule is often overruled further in; nothing at all is meant.
        gone = facts.hidden or facts.invisible is True or (facts.tiny is True and pixels(rules["font-size"]) == 0)
        whitens = facts.transparent or (facts.colour is not None and same_colour(facts.colour, WHITE))
        coloured = facts.colour is not None and whitened
        whitened = whitened or whitens
        if not (gone or whitens or coloured) and facts.background is None:
            continue
        matched += 1
        if matched > MAX_RULES:
            break
        for alternative in selector.split(","):
            if alternative.strip().lower() not in ("", "*", "body", "html", "img"):
                found = matching.find(alternative)
                if gone:
                    hidden |= found
                    continue
                if facts.background is not None:
                    painted |= found
                if whitens:
                    white |= found
                elif coloured:
                    white -= found
    return hidden, painted, white


class _Matching:
    """Matches selectors against one document."""

    def __init__(self, parser: LexborHTMLParser) -> None:
        self._parser = parser
        self._left = MAX_MATCHES
        self._found: dict[str, list[LexborNode]] = {}

    def find(self, selector: str) -> set[int]:
        """Return the elements that a selector without commas matches; none when it is not understood."""
        steps = _steps(selector)
        matched: set[int] = set()
        for place, (combinator, step) in enumerate(steps):
            nodes = self._nodes(step)
            matched = {node.mem_id for node in nodes} if not place else _related(nodes, combinator, matched)
            if not matched:
                break
        return matched

    def _nodes(self, step: str) -> list[LexborNode]:
        """Return the elements that one step matches."""
        if step in self._found:
            return self._found[step]
        nodes: list[LexborNode] = []
        if self._left > 0:
            try:
                nodes = self._parser.css(step)
            except (SelectolaxError, ValueError, RuntimeError, TypeError):
                nodes = []
            self._left -= len(nodes)
        self._found[step] = nodes
        return nodes


def _steps(selector: str) -> list[tuple[str, str]]:
    """Return a selector as (combinator before the step, step); nothing when it is not one of those understood.

    States and pseudo-elements (``:hover``) are never true of a text at rest.
    """
    selector = selector.strip()
    if ":" in selector or len(selector) > 300:
        return []
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(selector):
        match = _STEP.match(selector, position)
        if match is None or len(found) >= MAX_STEPS or len(_TEST.findall(match.group(2))) >= MAX_TESTS:
            return []
        found.append(((match.group(1) or "").strip() or " ", match.group(2)))
        position = match.end()
    return found


def _related(nodes: list[LexborNode], combinator: str, matched: set[int]) -> set[int]:
    """Return those of the elements that stand to a matched one as the combinator wants."""
    if combinator == ">":
        return {node.mem_id for node in nodes if node.parent is not None and node.parent.mem_id in matched}
    if combinator == "+":
        return {node.mem_id for node in nodes if (before := _before(node)) is not None and before.mem_id in matched}
    known: dict[int, bool] = {}
    return {node.mem_id for node in nodes if _follows(node, combinator == "~", matched, known)}


def _before(node: LexborNode) -> LexborNode | None:
    """Return the element before an element, text and comments between them passed over."""
    before = node.prev
    for _ in range(MAX_BEFORE):
        if before is None or (before.tag or "-")[0] not in "-!_":
            return before
        before = before.prev
    return None


def _follows(node: LexborNode, sideways: bool, matched: set[int], known: dict[int, bool]) -> bool:
    """Whether a matched element is above, or before it among its siblings; what was found out is kept in ``known``."""
    passed: list[int] = []
    answer = False
    current = node.prev if sideways else node.parent
    while current is not None:
        id = current.mem_id
        if id in matched:
            answer = True
            break
        if id in known:
            answer = known[id]
            break
        passed.append(id)
        current = current.prev if sideways else current.parent
    known.update(dict.fromkeys(passed, answer))
    return answer


def _top_rules(text: str) -> Iterator[tuple[str, str]]:
    """Yield (selector, declarations) of the rules outside of any @-block."""
    position = 0
    for _ in range(5_000):
        start = text.find("{", position)
        if start < 0:
            return
        selector = text[position:start].rpartition(";")[2].strip()
        if selector.startswith("@"):
            position = _block_end(text, start)
            continue
        end = text.find("}", start)
        end = len(text) if end < 0 else end
        yield selector, text[start + 1 : end]
        position = end + 1


def _block_end(text: str, start: int) -> int:
    depth = 0
    for match in _BRACE.finditer(text, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(text)
