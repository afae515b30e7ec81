"""How many terminal cells a text takes: the one answer for the whole program, and the same as the toolkit's.

Made for cleaned text (`tui.mail.text.clean`): what terminals disagree about has been taken out there.
"""

from tui.mail.known_widths import width_if_known

ELLIPSIS = "…"
_JOINER = "\u200d"
_WIDENER = "\ufe0f"


def cell_width(text: str) -> int:
    """Return the cells a text of one line takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    known = width_if_known(text)
    if known is not None:
        return known
    from tui.mail.cells import cell_len  # noqa: PLC0415 - late: start-up time

    return cell_len(text)


def character_width(character: str) -> int:
    """Return the cells one character takes by itself: 0, 1 or 2."""
    known = width_if_known(character)
    if known is not None:
        return known
    from tui.mail.cells import get_character_cell_size  # noqa: PLC0415 - late: start-up time

    return get_character_cell_size(character)


def cut(text: str, cells: int) -> str:
    """Return a text that takes at most ``cells``; where something was left out, ``…`` stands at its end."""
    if cells <= 0:
        return ""
    if len(text) <= cells // 2 or (len(text) <= 4 * cells and cell_width(text) <= cells):
        return text
    if text.isascii() and text.isprintable():
        return text if len(text) <= cells else text[: cells - 1] + ELLIPSIS
    room = split_at(text, cells)
    # A joiner at the end would swallow what comes behind it.
    return text if room == len(text) else text[: split_at(text, cells - 1)].rstrip(_JOINER) + ELLIPSIS


def pad(text: str, cells: int) -> str:
    """Return a text that takes exactly ``cells``: cut, or filled with spaces."""
    text = cut(text, cells).rstrip(_JOINER)
    return text + " " * (cells - cell_width(text))


def split_at(text: str, cells: int) -> int:
    """Return the index up to which a text fits into ``cells``; marks stay with their base, joined signs together."""
    if text.isascii() and text.isprintable():
        return min(len(text), max(cells, 0))
    used, index, length = 0, 0, len(text)
    while index < length:
        character = text[index]
        step = 2 if character == _JOINER else 1
        wide = 0 if character in (_JOINER, _WIDENER) else character_width(character)
        if character == _WIDENER and index:
            wide = cell_width(text[index - 1 : index + 1]) - cell_width(text[index - 1])
        if used + wide > cells:
            break
        used += wide
        index += step
    return min(index, length)


def wrap(text: str, cells: int) -> list[str]:
    """Return a text of one line as lines of at most ``cells``, broken at spaces where there are any.

    Args:
        text: without newlines.
        cells: at least 2, so that a wide character has room.
    """
    cells = max(cells, 2)
    lines: list[str] = []
    line, used = "", 0
    for word in text.split(" "):
        wide = cell_width(word)
        if line and used + 1 + wide <= cells:
            line, used = f"{line} {word}", used + 1 + wide
            continue
        if line:
            lines.append(line)
        while wide > cells:
            at = split_at(word, cells) or 1
            lines.append(word[:at])
            word = word[at:]
            wide = cell_width(word)
        line, used = word, wide
    lines.append(line)
    return lines
