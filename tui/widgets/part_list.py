"""What else is in a message: its parts by number, in one line or as a list."""

from collections.abc import Sequence

from tui.mail.width import cell_width, cut, pad
from tui.render.lines import PartRow
from tui.render.parts import human_size
from tui.widgets.painting import Look, Run
from tui.widgets.words import width_of

MOST_LISTED = 6
"""Parts that get a line of their own where there is room."""


def parts_line(parts: Sequence[PartRow], links: int, width: int, look: Look) -> list[Run]:
    """Return the parts in one line: ``& 1 table.pdf 214 kB   2 …``; those that do not fit are counted.

    Args:
        parts: of the page.
        links: how many links to name behind them, 0 for none.
        width: cells of the line.
    """
    roles = look.roles
    ending = f"{links} link{'' if links == 1 else 's'}" if links else ""
    runs: list[Run] = [(f"{look.marks.file} ", roles["muted"])] if parts else []
    for place, part in enumerate(parts):
        left = len(parts) - place
        more = f"+{left}"
        room = width - width_of(runs) - (len(ending) + 3 if ending else 0) - (len(more) + 3 if left > 1 else 0)
        item = _item(part, look)
        if width_of(item) > room and place:
            runs.append((more, roles["muted"]))
            break
        if width_of(item) > room:
            label = cut(part.label, max(4, room - 3 - len(human_size(part.size))))
            item = _item(part, look, label)
        runs += [*item, ("   ", roles["text"])]
    if ending:
        runs.append((ending if not parts or runs[-1][0].isspace() else f"   {ending}", roles["muted"]))
    return runs


def _item(part: PartRow, look: Look, label: str | None = None) -> list[Run]:
    roles = look.roles
    size = f" {human_size(part.size)}" if part.size else ""
    return [
        (str(part.number), roles.style("accent", bold=True)),
        (f" {label or part.label}", roles["text"]),
        (size, roles["muted"]),
    ]


def parts_lines(parts: Sequence[PartRow], width: int, look: Look) -> list[list[Run]]:
    """Return the parts as a list of at most `MOST_LISTED` lines: number, name, kind, size."""
    roles = look.roles
    shown = parts[:MOST_LISTED]
    name = min(max((cell_width(part.label) for part in shown), default=0), max(8, width - 26))
    lines: list[list[Run]] = []
    for part in shown:
        mark = look.marks.file if part.part.is_attachment else " "
        lines.append(
            [
                (f"{mark} ", roles["muted"]),
                (f"{part.number:<3}", roles.style("accent", bold=True)),
                (pad(part.label, name), roles["text"]),
                (f"  {pad(_kind(part), 8)}{human_size(part.size) if part.size else '':>8}", roles["muted"]),
            ]
        )
    if len(parts) > len(shown):
        lines.append([(f"  +{len(parts) - len(shown)}", roles["muted"])])
    return lines


def _kind(part: PartRow) -> str:
    """Return the short name people know a kind of file by."""
    suffix = part.part.filename.rpartition(".")[2]
    if "." in part.part.filename and suffix.isalnum() and len(suffix) <= 5:
        return suffix.upper()
    return part.part.type.rpartition("/")[2][:8]
