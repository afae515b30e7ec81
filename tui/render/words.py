"""The words of a message's text, for an index: nothing of how it looks."""

import re

from selectolax.lexbor import LexborHTMLParser

from tui.mail.part import Part
from tui.mail.transfer import decode_text

MOST_OCTETS = 1024 * 1024
"""Octets of one part that are looked at."""
_TAG = re.compile(r"<[^<>]{0,2000}>")


def words_of(structure: Part, bodies: dict[str, bytes]) -> str:
    """Return the text of the parts that are here: the plain ones, else what HTML shows. Never raises.

    Args:
        structure: of the message.
        bodies: section → octets as transferred.
    """
    leaves = [part for part in structure.leaves() if part.section in bodies and not part.is_attachment]
    plain = [part for part in leaves if part.type == "text/plain"]
    chosen = plain or [part for part in leaves if part.type == "text/html"]
    texts = [(part, decode_text(part, bodies[part.section][:MOST_OCTETS])) for part in chosen]
    return "\n".join(text if part.type == "text/plain" else words_of_html(text) for part, text in texts)


def words_of_html(html: str) -> str:
    """Return what stands in an HTML text, hidden words too."""
    try:
        tree = LexborHTMLParser(html)
        tree.strip_tags(["script", "style", "head", "title"], recursive=True)
        return tree.body.text(separator=" ") if tree.body is not None else ""
    except Exception:  # a parser in C: whatever it says of a stranger's bytes, there is an index to go on with
        return _TAG.sub(" ", html)
