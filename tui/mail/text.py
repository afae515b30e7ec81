"""Text from strangers: made safe to show, in one place.

Two rules hold for the whole program. What comes from outside goes through `clean` or `clean_line` before it becomes
part of any noun, and a cleaned string holds no character that a terminal obeys.
"""

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# C0, DEL and C1; bidirectional overrides, embeddings and isolates; line and paragraph separators; the interlinear
# annotation marks; tags; the byte-order mark; lone surrogates.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_NOT_IN_A_LINE = re.compile(f"[\t\n\u2028\u2029]|{_FORBIDDEN.pattern}")
# Variation selectors and skin tones: terminals disagree about the width of what they follow.
_WIDTH_LIARS = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]")
# A joiner behind a pictograph, and the keycap: some terminals join, some do not.
_JOINED_EMOJI = re.compile("(?<=[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff])\u200d|\u20e3")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[\s\u3164\u2800]+")
# Of what `str.isprintable` lets pass, all that the above change: text without any of it is clean as it is.
_DELICATE = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2800\u3164\ufe00-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)

MAX_MARKS = 4
"""Combining marks kept on one base character; a storm of them is cut."""
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARK_STORM = re.compile(f"({_MARKS}{{{MAX_MARKS}}}){_MARKS}+")


def _replace(match: re.Match[str]) -> str:
    character = match.group()
    invisible = unicodedata.category(character) == "Cf"
    return "" if invisible else REPLACEMENT


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _DELICATE.search(text))


def clean(text: str) -> str:
    """Return several lines of text without anything a terminal would obey.

    Newlines become ``\\n`` and stay, tabs stay (the renderer expands them); controls become U+FFFD; invisible
    formatting characters (bidirectional overrides, zero-width no-break space, variation selectors) vanish.
    """
    if _is_plain(text):
        return text
    text = _BREAKS.sub("\n", text)
    if text.isascii():
        return _FORBIDDEN.sub(_replace, text)
    text = _JOINED_EMOJI.sub("", _WIDTH_LIARS.sub("", text))
    text = _MARK_STORM.sub(r"\1", text)
    return _FORBIDDEN.sub(_replace, text)


def is_safe(text: str) -> bool:
    """Whether one line holds nothing that a terminal or a reader of lines obeys.

    That is: no control, no line or paragraph separator, no bidirectional override, no lone surrogate. Which characters
    are assigned does not matter: every Unicode table gives the same answer.
    """
    return (text.isascii() and text.isprintable()) or not _NOT_IN_A_LINE.search(text)


def clean_line(text: str, limit: int = 1000) -> str:
    """Return one line: cleaned, all white space folded to single spaces, stripped, cut to ``limit`` characters."""
    if len(text) > 8 * limit:
        text = text[: 8 * limit]
    if _is_plain(text) and "  " not in text:
        line = text.strip()
    else:
        line = _SPACES.sub(" ", clean(text)).strip()
    return line if len(line) <= limit else line[: limit - 1] + "…"
