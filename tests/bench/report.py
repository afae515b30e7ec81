"""How a bench says what it measured: a line for each figure, beside the peer or limit of the same run and its aim."""

import os
import statistics
from collections.abc import Sequence

WIDTH = 44


def heading(text: str) -> None:
    """Print what follows; with the load of the machine, for other people's work makes figures worse."""
    load = os.getloadavg()[0]
    print(f"\n{text}   (load {load:.1f} on {os.cpu_count()} cores)", flush=True)


def row(
    what: str,
    value: float,
    unit: str,
    *,
    beside: tuple[str, float] | None = None,
    most: float | None = None,
    least: float | None = None,
    note: str = "",
) -> bool:
    """Print one figure; return whether its aim is met.

    Args:
        what: is measured.
        value, unit: the figure.
        beside: (whose, figure) in the same unit and run: their ratio is printed.
        most, least: the aim: at most or at least this.
        note: more words.
    """
    met = (most is None or value <= most) and (least is None or value >= least)
    words = f"  {what:<{WIDTH}} {number(value):>9} {unit:<6}"
    if beside is not None:
        whose, theirs = beside
        ratio = f"{value / theirs:.2f}" if theirs else "-"
        words += f" {ratio:>6} of {whose} {number(theirs)}"
    if most is not None or least is not None:
        bound = f"<= {number(most)}" if most is not None else f">= {number(least or 0)}"
        words += f"   aim {bound}: {'met' if met else 'MISSED'}"
    print(f"{words}   {note}".rstrip(), flush=True)
    return met


def number(value: float) -> str:
    """Return a figure with three or so digits that matter."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else 0.0


def percentile(values: Sequence[float], part: float) -> float:
    """Return the value below which that part of them lies; 0.99 for p99."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
