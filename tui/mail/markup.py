"""Markdown as HTML (CommonMark, with tables): a clean page in which nothing of the writer's is markup but that."""

import html
import re
from collections.abc import Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SIGNATURE = "\n-- \n"
_IMAGE = re.compile(r"[^\s/\\]{1,255}\Z")


def to_html(text: str, images: Mapping[str, str]) -> tuple[str, set[str]]:
    """Return a text as an HTML page, and which of the images stand in it.

    Args:
        text: Markdown, lines ended by ``\\n``; the signature is taken as it is.
        images: names of files that go along → their content ids, without angle brackets.
    """
    body, mark, signature = text.partition(_SIGNATURE)
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(body)
    used = _put_in(tokens, images)
    page = parser.renderer.render(tokens, parser.options, {})
    if mark:
        lines = "<br>\n".join(html.escape(line) for line in signature.rstrip("\n").split("\n"))
        page += f'<p class="signature">-- <br>\n{lines}</p>\n'
    return f'<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"></head>\n<body>\n{page}</body>\n</html>\n', used


def _put_in(tokens: list[Token], images: Mapping[str, str]) -> set[str]:
    """Have images of files that go along point at them; those of elsewhere become links: nobody's reader fetches."""
    used: set[str] = set()
    for token in tokens:
        for child in token.children or ():
            if child.type != "image":
                continue
            source = str(child.attrGet("src") or "")
            if _IMAGE.match(source) and source in images:
                child.attrSet("src", f"cid:{images[source]}")
                used.add(source)
            else:
                child.type, child.tag, child.content = "text", "", f"{child.content} ({source})"
    return used
