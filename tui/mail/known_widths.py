"""The width of the characters most mail is written in, without loading the toolkit's table: that takes as long as
painting the first screen. The toolkit says the same of all of them; what is in no row here, it is asked.
"""

from bisect import bisect_right

ROWS = (
    *((0x20, 0x7E, 1), (0xA0, 0x2FF, 1), (0x370, 0x482, 1), (0x48A, 0x52F, 1), (0x531, 0x587, 1), (0x5D0, 0x5EA, 1)),
    *((0x620, 0x64A, 1), (0x660, 0x66D, 1), (0xE01, 0xE30, 1), (0xE40, 0xE46, 1), (0x1E00, 0x1FFF, 1)),
    *((0x2010, 0x2027, 1), (0x2030, 0x205E, 1), (0x20A0, 0x20BF, 1), (0x2100, 0x22FF, 1), (0x2500, 0x25FC, 1)),
    *((0x2600, 0x2613, 1), (0x2648, 0x2653, 2), (0x2654, 0x267E, 1), (0x2694, 0x26A0, 1), (0x2706, 0x2709, 1)),
    *((0x270C, 0x2727, 1), (0x2729, 0x274B, 1), (0x2758, 0x2794, 1), (0x2798, 0x27AF, 1), (0x3001, 0x3029, 2)),
    *((0x3030, 0x303E, 2), (0x3041, 0x3096, 2), (0x30A1, 0x30FF, 2), (0x3400, 0x4DBF, 2), (0x4E00, 0x9FFF, 2)),
    *((0xAC00, 0xD7A3, 2), (0xF900, 0xFAD9, 2), (0xFF01, 0xFF60, 2), (0xFFFD, 0xFFFD, 1)),
    # Signs that show a picture, without those that join with others
    *((0x1F300, 0x1F320, 2), (0x1F32D, 0x1F335, 2), (0x1F337, 0x1F37C, 2), (0x1F37E, 0x1F393, 2)),
    *((0x1F3A0, 0x1F3CA, 2), (0x1F3CF, 0x1F3D3, 2), (0x1F3E0, 0x1F3F0, 2), (0x1F400, 0x1F43E, 2)),
    *((0x1F442, 0x1F4FC, 2), (0x1F4FF, 0x1F53D, 2), (0x1F550, 0x1F567, 2), (0x1F5FB, 0x1F64F, 2)),
    *((0x1F680, 0x1F6C5, 2), (0x1F6F4, 0x1F6FC, 2), (0x1F90C, 0x1F93A, 2), (0x1F93C, 0x1F945, 2)),
    *((0x1F947, 0x1F9FF, 2), (0x20000, 0x2FFFD, 2)),
)
"""(first, last, cells), ascending."""

_STARTS = tuple(first for first, _, _ in ROWS)


def width_if_known(text: str) -> int | None:
    """Return the cells a text of one line takes; None when a character in it is not known here."""
    if text.replace("\xa0", " ").isprintable() and max(text, default="") < "\u0300":
        return len(text)
    cells = 0
    for character in text:
        code = ord(character)
        _, last, wide = ROWS[bisect_right(_STARTS, code) - 1] if code >= _STARTS[0] else (0, -1, 0)
        if code > last:
            return None
        cells += wide
    return cells
