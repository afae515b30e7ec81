"""The bytes that paint a picture over cells, and take it away again."""

from base64 import b64encode

from tui.terminal.graphics import Placed, Way

ID = 32
"""Of the picture that is shown; there is one at a time."""
CHUNK = 4096
"""Octets of base64 in one sequence, as kitty wants it."""
GONE = f"\x1b_Ga=d,d=I,i={ID},q=2\x1b\\"


def paint(placed: Placed) -> str:
    """Return what paints a picture; the cursor and its pen stay."""
    painting = placed.painting
    if painting.graphics.way is Way.KITTY:
        body = _kitty(painting.data, painting.columns, painting.rows)
    else:
        body = painting.data.decode("ascii")
    return f"\x1b7\x1b[{placed.y + 1};{placed.x + 1}H{body}\x1b8"


def take_away(placed: Placed) -> str:
    """Return what takes it away, where that is not done by writing over it."""
    return GONE if placed.painting.graphics.way is Way.KITTY else ""


def _kitty(png: bytes, columns: int, rows: int) -> str:
    coded = b64encode(png).decode("ascii")
    pieces = [coded[at : at + CHUNK] for at in range(0, len(coded), CHUNK)]
    out = []
    for place, piece in enumerate(pieces):
        keys = f"a=T,f=100,i={ID},q=2,c={columns},r={rows},C=1," if not place else ""
        out.append(f"\x1b_G{keys}m={int(place + 1 < len(pieces))};{piece}\x1b\\")
    return "".join(out)
