"""Words of a line, each with the role it is painted in, and how they are fitted into cells. Nothing heavy is loaded.

A role is one of the theme's; behind it "+" makes it bold, "~" puts it on the tint of the cursor's cell.
"""

from __future__ import annotations

from tui.mail.width import cell_width, cut

TYPE_CHECKING = False  # typing takes longer to load than painting the first screen
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Protocol, TypeVar

    Paint = TypeVar("Paint")

    class Hint(Protocol):
        """What a hint shows, see `tui.terminal.keys.KeyHint`."""

        @property
        def key_label(self) -> str: ...
        @property
        def text(self) -> str: ...
        @property
        def command_id(self) -> str: ...


Words = list[tuple[str, str]]
"""(text, role)."""
GAP = 3
"""Cells between what stands on a line."""
PINNED = ("app.palette", "app.help")
"""Commands whose hints stand at the right edge and are never cut."""


def width_of(runs: Iterable[tuple[str, object]]) -> int:
    """Return the cells that runs take."""
    return sum(cell_width(text) for text, _ in runs)


def fit(runs: Iterable[tuple[str, Paint]], cells: int) -> list[tuple[str, Paint]]:
    """Return runs that take at most ``cells``: what is beyond is cut, with an ellipsis."""
    fitted: list[tuple[str, Paint]] = []
    for text, paint in runs:
        wide = cell_width(text)
        if wide > cells:
            if cells > 0:
                fitted.append((cut(text, cells), paint))
            break
        fitted.append((text, paint))
        cells -= wide
    return fitted


def spread(
    left: Sequence[tuple[str, Paint]], right: Sequence[tuple[str, Paint]], cells: int, space: Paint
) -> list[tuple[str, Paint]]:
    """Return runs of exactly ``cells``: the right ones at the right edge, the left ones cut to what remains."""
    right = fit(right, cells)
    kept = fit(left, max(0, cells - width_of(right) - (2 if right else 0)))
    return [*kept, (" " * (cells - width_of(kept) - width_of(right)), space), *right]


def hint_words(hints: Sequence[Hint], cells: int, *, gap: int = 3) -> Words:
    """Return as many hints as fit, cut from the middle: the first ones and the pinned ones stay."""
    left, right = _split(hints, cells, gap)
    return _join([*left, *right], gap)


def hint_line(hints: Sequence[Hint], cells: int) -> Words:
    """Return a whole line of hints; the pinned ones stand at the right edge."""
    left, right = _split(hints, cells - 2, GAP)
    return spread([(" ", "text"), *_join(left, GAP)], [*_join(right, GAP), (" ", "text")], cells, "text")


def quiet_status(trust: Words, place: Words, hints: Sequence[Hint], cells: int, note: Words | None = None) -> Words:
    """Return the status line while there is no news.

    Args:
        trust: what is known of the accounts' lines.
        place: where the user is; left out where there are hints.
        hints: keys, where they have no line of their own.
        cells: of the line.
        note: stands before the hints, where there is room for it and the last of them.
    """
    if not hints:
        return spread(trust, [*place, (" ", "text")], cells, "text")
    room = max(cells - width_of(trust) - GAP - 1, 0)
    right = hint_words(hints, max(room - width_of(note) - 2, 0), gap=2) if note else []
    right = [*note, ("  ", "text"), *right] if note and right else hint_words(hints, room, gap=2)
    return spread(trust, [*right, (" ", "text")] if right else [], cells, "text")


def head_words(account: str, label: str, unread: int, total: int, *, fresh: int = 0, marked: int = 0) -> Words:
    """Return what stands left above the list: which mailbox is shown, and how much is in it."""
    words = [(f" {label}", "accent+"), (f"  {account}", "muted")]
    words.append((f"   {f'{unread:,} unread of ' if unread else ''}{total:,}", "muted"))
    if fresh:
        words.append((f"   +{fresh:,} new", "new+"))
    if marked:
        words.append((f"   {marked:,} marked", "accent+"))
    return words


def place_words(account: str, label: str, rank: int | None, total: int, dot: str, *, spacious: bool) -> Words:
    """Return where the user is.

    Args:
        account, label: of the mailbox that is shown.
        rank: the cursor's place in it, the newest is 1; None when it is not known.
        total: messages in it.
        dot: the mark between facts.
        spacious: there is room for the mailbox's name.
    """
    words = [(f"{account} ", "muted")]
    if spacious:
        words.append((f"{dot} {label} ", "muted"))
    total = max(total, rank or 0)
    return [*words, (f"{dot} {f'{rank:,} of {total:,}' if rank is not None else f'{total:,}'}", "muted")]


def _split(hints: Sequence[Hint], cells: int, gap: int) -> tuple[list[Words], list[Words]]:
    pinned = [_hint(hint) for hint in hints if hint.command_id in PINNED]
    while pinned and width_of(_join(pinned, gap)) > cells:
        del pinned[0]
    room = cells - sum(width_of(each) + gap for each in pinned)
    kept: list[Words] = []
    for hint in hints:
        if hint.command_id in PINNED:
            continue
        words = _hint(hint)
        if width_of(words) > room:
            break
        kept.append(words)
        room -= width_of(words) + gap
    return kept, pinned


def _hint(hint: Hint) -> Words:
    return [(hint.key_label, "accent+"), (f" {hint.text}", "muted")]


def _join(hints: Sequence[Words], gap: int) -> Words:
    words: Words = []
    for hint in hints:
        if words:
            words.append((" " * gap, "muted"))
        words += hint
    return words
