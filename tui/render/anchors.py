"""The links of an HTML text: which become numbers, and what they are called."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tui.render.blocks import Flow
from tui.render.inside import alt_in, words_in
from tui.render.lines import Span, Style
from tui.render.links import LinkList, is_refused, resolve
from tui.render.state import State

MAX_ANCHORS = 5_000
"""Links whose words are looked at before the walk."""


class Anchors:
    """Numbers the links of one document as they are met.

    Args:
        parser: of the document.
        links: gains every link met.
    """

    def __init__(self, parser: LexborHTMLParser, links: LinkList) -> None:
        self._links = links
        self._parser = parser
        self._said: set[str] | None = None
        self._words: dict[int, str] = {}

    def begin(self, node: LexborNode, href: str, flow: Flow, state: State) -> Span | None:
        """Begin a link, and return what is to stand behind its words.

        Args:
            node: the element.
            href: as written; "" is no link.
            flow: takes the host's name when the link has no words of its own.
            state: the element's own; its words become those of a link.
        """
        if not href:
            return None
        target = resolve(href)
        if target is None:
            self._links.refused += is_refused(href)
            return None
        url, host, _ = target
        words = self._words_in(node)
        label = words or alt_in(node)
        if label is None:
            return None
        if not words and url in self._said_in_words():
            state.link = -1  # a picture beside words that lead to the same place
            return None
        number = self._links.add(href, label)
        if not number:
            return None
        if not label:
            flow.text(host, Style.LINK, number)
        state.link = number
        state.style = Style.LINK
        if href[:7].lower() == "mailto:" and label == host:
            return None
        return Span(f"\xa0[{number}]", Style.LINK, number)

    def _said_in_words(self) -> set[str]:
        """Return the addresses that some link with words leads to; asked for by pictures only."""
        if self._said is None:
            self._said = set()
            for node in self._parser.css("a[href]")[:MAX_ANCHORS]:
                if self._words_in(node):
                    target = resolve(node.attributes.get("href") or "")
                    if target is not None:
                        self._said.add(target[0])
        return self._said

    def _words_in(self, node: LexborNode) -> str:
        id = node.mem_id
        words = self._words.get(id)
        if words is None:
            words = self._words[id] = words_in(node)
        return words
