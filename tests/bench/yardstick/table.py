"""The one table: a row for each thing measured, with the programs side by side, told as soon as it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.report import number

OURS = "tidings"
Figure = float | str | None
"""A number, or a word where there is none; None: not measured."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured.

    Attributes:
        group: what it belongs to; the heading of its rows.
        what: is measured.
        where: size of the mailbox and round trip, as words.
        unit: of all figures.
        figures: program → figure.
        limit: what physics allows in the same run, and what that was; None where there is no such thing.
        more_is_better: for rates.
    """

    group: str
    what: str
    where: str
    unit: str
    figures: Mapping[str, Figure]
    limit: tuple[str, float] | None = None
    more_is_better: bool = False

    @property
    def ours(self) -> float | None:
        value = self.figures.get(OURS)
        return value if isinstance(value, int | float) else None

    @property
    def best(self) -> tuple[str, float] | None:
        """The best of the others."""
        others = [(value, name) for name, value in self.figures.items() if name != OURS]
        found = [(value, name) for value, name in others if isinstance(value, int | float)]
        if not found:
            return None
        value, name = max(found) if self.more_is_better else min(found)
        return name, value

    @property
    def to_best(self) -> str:
        """Ours by the best of the others, and whose that is."""
        best = self.best
        return f"{_ratio(self.ours, best[1])} of {best[0]}" if best is not None and self.ours is not None else ""

    @property
    def to_limit(self) -> str:
        """Ours by the limit, and what that is."""
        if self.limit is None or self.ours is None:
            return ""
        name, value = self.limit
        return f"{_ratio(self.ours, value)} of {name} ({number(value)})"


class Table:
    """All rows of a run.

    Args:
        names: of the programs, in the order of the columns.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Add a row, and print it."""
        if not self.rows or self.rows[-1].group != row.group:
            print(f"\n{row.group}", flush=True)
        self.rows.append(row)
        named = [name for name in self._names if name in row.figures]
        figures = "  ".join(f"{name} {_shown(row.figures[name]):>6}" for name in named)
        print(f"  {row.what:<34} {row.where:<13} {row.unit:<5} {figures}", flush=True)
        ratios = [text for text in (row.to_best, row.to_limit) if text]
        if ratios:
            print(f"  {'':<34} {'':<13}       = {', '.join(ratios)}", flush=True)

    def markdown(self) -> str:
        """Return it with a heading for each group, in the order in which they came first."""
        groups: dict[str, list[Row]] = {}
        for row in self.rows:
            groups.setdefault(row.group, []).append(row)
        return "\n".join(_group(name, rows, self._names) for name, rows in groups.items())


def _group(name: str, rows: Sequence[Row], all_names: Sequence[str]) -> str:
    names = [each for each in all_names if any(row.figures.get(each) is not None for row in rows)]
    head = ["", "where", *names, "to the best other", "to the limit"]
    lines = [f"## {name}", "", _line(head), _line(["---", "---", *["--:"] * len(names), "---", "---"])]
    for row in sorted(rows, key=lambda row: [each.what for each in rows].index(row.what)):
        figures = [_shown(row.figures.get(each)) for each in names]
        what = f"{row.what}, {row.unit}" if row.unit else row.what
        lines.append(_line([what, row.where, *figures, row.to_best, row.to_limit]))
    return "\n".join([*lines, ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(figure: Figure) -> str:
    if figure is None:
        return "–"
    return figure if isinstance(figure, str) else number(figure)


def _ratio(ours: float | None, theirs: float) -> str:
    return number(ours / theirs) if ours is not None and theirs else "–"
