"""Sets of UIDs as ranges: a million messages are a handful of pairs."""

from collections.abc import Iterable, Sequence


class Ranges:
    """An immutable set of positive integers.

    Args:
        pairs: (low, high), both included; in any order, overlapping or not.
    """

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        merged: list[tuple[int, int]] = []
        for low, high in sorted(pairs):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            elif low <= high:
                merged.append((low, high))
        self.pairs: Sequence[tuple[int, int]] = tuple(merged)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> "Ranges":
        """Return the set of these numbers."""
        return cls((number, number) for number in numbers)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranges) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __repr__(self) -> str:
        return f"Ranges({self.text!r})"

    @property
    def count(self) -> int:
        return sum(high - low + 1 for low, high in self.pairs)

    @property
    def lowest(self) -> int:
        """The smallest number; 1 when there is none."""
        return self.pairs[0][0] if self.pairs else 1

    @property
    def text(self) -> str:
        """The set as IMAP writes it (RFC 9051, sequence-set): ``1:3,7``."""
        return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in self.pairs)

    def newest(self, count: int) -> "Ranges":
        """Return the ``count`` largest numbers."""
        taken: list[tuple[int, int]] = []
        for low, high in reversed(self.pairs):
            if count <= 0:
                break
            start = max(low, high - count + 1)
            taken.append((start, high))
            count -= high - start + 1
        return Ranges(taken)

    def without(self, other: "Ranges") -> "Ranges":
        """Return the numbers that are not in the other set."""
        left: list[tuple[int, int]] = []
        theirs = iter(other.pairs)
        cut = next(theirs, None)
        for low, high in self.pairs:
            while cut is not None and cut[1] < low:
                cut = next(theirs, None)
            start = low
            while cut is not None and cut[0] <= high:
                if cut[0] > start:
                    left.append((start, cut[0] - 1))
                start = max(start, cut[1] + 1)
                if cut[1] > high:
                    break
                cut = next(theirs, None)
            if start <= high:
                left.append((start, high))
        return Ranges(left)
