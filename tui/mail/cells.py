"""The width of single characters, where the toolkit and terminals disagree: settled here, for both.

The toolkit (rich, and Textual above it) gives spacing marks (general category Mc: vowel signs of Indic scripts and
others) no cell of their own. tmux, xterm and whatever asks the C library give them one; where they get none, the cell
stays empty behind the sign, which can still be read. So the toolkit's own table is amended, in this process.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich import cells
from rich._unicode_data import load
from rich.cells import cell_len, get_character_cell_size

__all__ = ["cell_len", "get_character_cell_size", "spacing_marks"]

_SPACING = """
903 93B 93E-940 949-94C 94E-94F 982-983 9BE-9C0 9C7-9C8 9CB-9CC 9D7 A03 A3E-A40 A83 ABE-AC0 AC9 ACB-ACC
B02-B03 B3E B40 B47-B48 B4B-B4C B57 BBE-BBF BC1-BC2 BC6-BC8 BCA-BCC BD7 C01-C03 C41-C44 C82-C83 CBE CC0-CC4
CC7-CC8 CCA-CCB CD5-CD6 D02-D03 D3E-D40 D46-D48 D4A-D4C D57 D82-D83 DCF-DD1 DD8-DDF DF2-DF3 F3E-F3F F7F
102B-102C 1031 1038 103B-103C 1056-1057 1062-1064 1067-106D 1083-1084 1087-108C 108F 109A-109C 1715 1734
17B6 17BE-17C5 17C7-17C8 1923-1926 1929-192B 1930-1931 1933-1938 1A19-1A1A 1A55 1A57 1A61 1A63-1A64
1A6D-1A72 1B04 1B35 1B3B 1B3D-1B41 1B43-1B44 1B82 1BA1 1BA6-1BA7 1BAA 1BE7 1BEA-1BEC 1BEE 1BF2-1BF3
1C24-1C2B 1C34-1C35 1CE1 1CF7 A823-A824 A827 A880-A881 A8B4-A8C3 A952-A953 A983 A9B4-A9B5 A9BA-A9BB
A9BE-A9C0 AA2F-AA30 AA33-AA34 AA4D AA7B AA7D AAEB AAEE-AAEF AAF5 ABE3-ABE4 ABE6-ABE7 ABE9-ABEA ABEC FFA0
11000 11002 11082 110B0-110B2 110B7-110B8 1112C 11145-11146 11182 111B3-111B5 111BF-111C0 111CE 1122C-1122E
11232-11233 11235 112E0-112E2 11302-11303 1133E-1133F 11341-11344 11347-11348 1134B-1134D 11357 11362-11363
11435-11437 11440-11441 11445 114B0-114B2 114B9 114BB-114BE 114C1 115AF-115B1 115B8-115BB 115BE 11630-11632
1163B-1163C 1163E 116AC 116AE-116AF 116B6 11720-11721 11726 1182C-1182E 11838 11930-11935 11937-11938 1193D
11940 11942 119D1-119D3 119DC-119DF 119E4 11A39 11A57-11A58 11A97 11C2F 11C3E 11CA9 11CB1 11CB4 11D8A-11D8E
11D93-11D94 11D96 11EF5-11EF6 16F51-16F87 1D165-1D166 1D16D-1D172
"""
"""Code points that tmux 3.3 gave one cell and rich 15 none, of all that Unicode 14 has; measured."""

Range = tuple[int, int]


def spacing_marks() -> list[Range]:
    """Return the ranges of the characters that get one cell here, ascending, both ends included."""
    pairs = (word.partition("-") for word in _SPACING.split())
    return [(int(first, 16), int(last or first, 16)) for first, _, last in pairs]


@lru_cache
def _table(version: str) -> "cells.CellTable":
    table = load(version)
    spacing = spacing_marks()
    widths = [piece for row in table.widths for piece in ([row] if row[2] else _without(row, spacing))]
    return table._replace(widths=widths)


def _without(row: tuple[int, int, int], ranges: Sequence[Range]) -> Iterable[tuple[int, int, int]]:
    """Yield what is left of a row of the table; what is in no row takes one cell."""
    first, last, width = row
    for start, end in ranges:
        if end < first or start > last:
            continue
        if start > first:
            yield first, start - 1, width
        first = end + 1
    if first <= last:
        yield first, last, width


# What `cells` looks the table up with is not promised; a test holds that this reaches it.
cells.__dict__["load_cell_table"] = _table
cells.get_character_cell_size.cache_clear()
cells.cached_cell_len.cache_clear()
