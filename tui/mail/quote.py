"""A message's words, quoted line by line as an answer needs them."""

import html
import re

from tui.mail.flowed import unflow
from tui.mail.message import Message
from tui.mail.part import Part
from tui.mail.text import clean
from tui.mail.transfer import decode_text
from tui.mail.width import wrap

MAX_QUOTED = 400_000
"""Characters of a text that are quoted."""
QUOTE_ABOVE = 78
"""Characters of a quoted line above which it is broken again."""
QUOTE_WIDTH = 72

_HIDDEN = re.compile(r"<(?:script|style|head|title)\b|<!--", re.I)
_HIDDEN_ENDS = {name: re.compile(f"</{name}[^>]{{0,50}}>", re.I) for name in ("script", "style", "head", "title")}
_HIDDEN_ENDS["!--"] = re.compile("-->")
_LINE_TAG = re.compile(r"<(?:br|/p|/div|/tr|/h[1-6]|/li|/blockquote)\b[^>]{0,200}>", re.I)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BLANKS = re.compile(r"\n\s*\n\s*\n+")


def quoted(message: Message, text: str | None = None) -> str:
    """Return a message's words as an answer quotes them, without its signature.

    Args:
        message: with the bodies that are here.
        text: what to quote instead, cleaned, lines ended by ``\\n``; None: the message's own text.
    """
    paragraphs = _paragraphs(message) if text is None else [(0, line) for line in text.split("\n")]
    lines = _without_signature(paragraphs)
    while lines and not lines[-1][1].strip():
        lines.pop()
    while lines and not lines[0][1].strip():
        lines.pop(0)
    return "\n".join(line for level, content in lines for line in quote(content, level))


def quote(content: str, level: int = 0) -> list[str]:
    """Return a line or paragraph as quoted lines.

    Args:
        content: one line, cleaned, without the quote marks that ``level`` counts.
        level: how deeply it is quoted already.
    """
    if content.startswith(">") and not level:
        return [">" + content]
    mark = ">" * (level + 1)
    content = content.rstrip()
    pieces = [content] if len(content) <= QUOTE_ABOVE else wrap(content, QUOTE_WIDTH)
    return [f"{mark} {piece}" if piece else mark for piece in pieces]


def _without_signature(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    for number in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        if lines[number] in ((0, "-- "), (0, "--")):
            return lines[:number]
    return lines


def _paragraphs(message: Message) -> list[tuple[int, str]]:
    part = _text_leaf(message)
    if part is not None and part.params.get("format", "").lower() == "flowed":
        words = decode_text(part, message.bodies[part.section])[:MAX_QUOTED]
        return list(unflow(words, part.params.get("delsp", "").lower() == "yes"))
    return [(0, line) for line in own_text(message)[:MAX_QUOTED].split("\n")]


def _text_leaf(message: Message) -> Part | None:
    """Return the plain text to quote: the first that is here and no file."""
    return next(
        (
            part
            for part in message.structure.leaves()
            if part.type == "text/plain" and not part.is_attachment and message.has(part)
        ),
        None,
    )


def own_text(message: Message) -> str:
    """Return a message's words: its plain text, paragraphs made again, else the bare words of its HTML."""
    part = _text_leaf(message)
    if part is not None:
        words = decode_text(part, message.bodies[part.section])[:MAX_QUOTED]
        if part.params.get("format", "").lower() != "flowed":
            return words
        delsp = part.params.get("delsp", "").lower() == "yes"
        return "\n".join(f"{'>' * level} {line}" if level else line for level, line in unflow(words, delsp))
    for leaf in message.structure.leaves():
        if leaf.type == "text/html" and not leaf.is_attachment and message.has(leaf):
            return _bare_words(decode_text(leaf, message.bodies[leaf.section])[:MAX_QUOTED])
    return ""


def _bare_words(markup: str) -> str:
    """Return the words of HTML, roughly: where the caller has rendered the message, it passes better ones."""
    markup = _without_hidden(markup).replace("\n", " ")
    words = html.unescape(_TAG.sub("", _LINE_TAG.sub("\n", markup)))
    lines = (" ".join(line.split()) for line in clean(words).split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def _without_hidden(markup: str) -> str:
    """Return markup without scripts, styles and comments; in one pass, however many are never closed."""
    out: list[str] = []
    position = 0
    endless: set[str] = set()
    for start in _HIDDEN.finditer(markup):
        name = start.group()[1:].lower()
        if start.start() < position or name in endless:
            continue
        end = _HIDDEN_ENDS[name].search(markup, start.end())
        if end is None:
            endless.add(name)
            continue
        out.append(markup[position : start.start()])
        position = end.end()
    out.append(markup[position:])
    return " ".join(out)
