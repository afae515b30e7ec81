"""How a cell is drawn: SGR parameters and a link. Nothing heavy is loaded for it; `tui.terminal.pens` knows Rich."""

from __future__ import annotations

Sgr = tuple[str, ...]


class Pen(tuple[Sgr, str]):
    """What is set before a character is written.

    Attributes:
        sgr: SGR parameters (ECMA-48, 8.3.117), attributes first, then colours, each whole: ``38;2;1;2;3``.
        link: where it leads to, printable ASCII, or "".
    """

    __slots__ = ()

    def __new__(cls, sgr: Sgr = (), link: str = "") -> Pen:
        return tuple.__new__(cls, (sgr, link))

    @property
    def sgr(self) -> Sgr:
        return self[0]

    @property
    def link(self) -> str:
        return self[1]


_ON_BLANKS = ("4", "7", "9")
_ENDS = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "7": "27",
    "9": "29",
    "foreground": "39",
    "background": "49",
}
"""What takes back an attribute or a colour (ECMA-48, 8.3.117)."""
PLAIN = Pen()


def on_blanks(pen: Pen) -> Pen:
    """Return the least pen with which a space looks the same as with this one."""
    if pen.link or any(code in _ON_BLANKS for code in pen.sgr):
        return pen
    return Pen(tuple(code for code in pen.sgr if kind(code) == "background"))


def change(before: Pen, after: Pen) -> str:
    """Return what changes one pen into another."""
    link = "" if before.link == after.link else f"\x1b]8;;{after.link}\x1b\\"
    return link + _change_sgr(before.sgr, after.sgr)


def _change_sgr(before: Sgr, after: Sgr) -> str:
    """Return the shorter of: resetting and setting all, or taking back what is gone and adding what is new."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    whole = f"\x1b[0;{';'.join(after)}m" if before else f"\x1b[{';'.join(after)}m"
    undone: list[str] = []
    for code in before:
        if code not in after:
            end = _ENDS.get(kind(code) or code)
            if end is None:
                return whole
            if not _is_replaced(code, after) and end not in undone:
                undone.append(end)
    kept = () if _ENDS["1"] in undone else ("1", "2")  # one code ends both
    added = [code for code in after if code not in before or (code in ("1", "2") and code not in kept)]
    return min(whole, f"\x1b[{';'.join([*undone, *added])}m", key=len)


def _is_replaced(code: str, after: Sgr) -> bool:
    of = kind(code)
    return bool(of) and any(kind(other) == of for other in after)


def kind(code: str) -> str:
    """Return what an SGR parameter sets: ``foreground``, ``background``, or "" for an attribute."""
    first = code.split(";", 1)[0]
    if first == "38" or (len(first) == 2 and first[0] in "39" and first != "39"):
        return "foreground"
    if first == "48" or (len(first) == 2 and first[0] == "4") or (len(first) == 3 and first.startswith("10")):
        return "background"
    return ""
