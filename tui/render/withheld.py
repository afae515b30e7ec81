"""What an HTML text holds that is not shown, counted so that the reader can be told."""

import re

from selectolax.lexbor import LexborNode

from tui.render.css import UNKNOWN, Facts
from tui.render.inside import is_nothing, only_text, text_in

MAX_NODES = 20_000
"""Nodes of a hidden element that are looked at for words."""

_REMOTE = re.compile(r"\s*(?:https?:|//)", re.IGNORECASE)


class Withheld:
    """The counts of one document.

    Attributes:
        hidden: blocks of text that the sender hid from the reader's eyes.
        remote: pictures that would have been fetched from elsewhere.
        forms: forms, whose fields are not shown.
    """

    def __init__(self) -> None:
        self.hidden = self.remote = self.forms = 0
        self._last = 0

    def element(self, node: LexborNode) -> None:
        """Count an element that is left out with all that is in it."""
        text = only_text(node)
        if not is_nothing(text_in(node, 20_000, MAX_NODES) if text is None else text):
            self.hidden += 1
        if text is not None and node.tag != "img":
            return
        self.remote += len([image for image in node.css("img") if _REMOTE.match(image.attributes.get("src") or "")])

    def words(self, node: LexborNode, text: str) -> None:
        """Count a text that cannot be seen; the texts of one element are one.

        Args:
            node: of the text.
            text: what it holds.
        """
        parent = node.parent
        if parent is not None and parent.mem_id != self._last and not is_nothing(text):
            self._last = parent.mem_id
            self.hidden += 1

    def picture(self, source: str | None) -> None:
        """Count a picture if it is elsewhere."""
        if source and _REMOTE.match(source):
            self.remote += 1

    def backgrounds(self, attributes: dict[str, str | None], facts: Facts | None) -> None:
        """Count the pictures behind an element."""
        self.picture(attributes.get("background"))
        if facts is not None and facts.background == UNKNOWN:
            style = (attributes.get("style") or "").lower()
            self.remote += "url(" in style and "http" in style
