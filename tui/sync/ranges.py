"""Sets of UIDs as ranges: a million messages are a handful of pairs."""

from collections.abc import Iterable, Sequence


class Ranges:
    """An immutable set of positive integers.

    Args:
        pairs: (low, high), both included; in any order, overlapping or not.
    """

    __slots__ = ("_count", "pairs")

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        merged: list[tuple[int, int]] = []
        for low, high in sorted(pairs):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            elif low <= high:
                merged.append((low, high))
        self.pairs: Sequence[tuple[int, int]] = tuple(merged)
        self._count: int | None = None

    @classmethod
    def of_merged(cls, pairs: Iterable[tuple[int, int]]) -> "Ranges":
        """Return the set of pairs that are ascending, apart and true already: nothing is looked at again."""
        made = cls.__new__(cls)
        made.pairs, made._count = tuple(pairs), None
        return made

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
        if self._count is None:
            self._count = sum(high - low + 1 for low, high in self.pairs)
        return self._count

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
        return self.split(count)[0]

    def split(self, count: int, pieces: int | None = None) -> "tuple[Ranges, Ranges]":
        """Return the ``count`` largest numbers, and the rest; only what is taken costs time.

        Args:
            count: how many numbers at most.
            pieces: of how many ranges at most; None: any number.
        """
        taken: list[tuple[int, int]] = []
        left = len(self.pairs)
        cut: tuple[tuple[int, int], ...] = ()
        while left and count > 0 and (pieces is None or len(taken) < pieces):
            low, high = self.pairs[left - 1]
            start = max(low, high - count + 1)
            taken.append((start, high))
            count -= high - start + 1
            left -= 1
            cut = ((low, start - 1),) if start > low else ()
        newest, rest = Ranges.of_merged(reversed(taken)), Ranges.of_merged((*self.pairs[:left], *cut))
        if self._count is not None:
            rest._count = self._count - newest.count
        return newest, rest

    def without(self, other: "Ranges") -> "Ranges":
        """Return the numbers that are not in the other set."""
        left: list[tuple[int, int]] = []
        theirs = iter(other.pairs)
        cut = next(theirs, None)
        for pair in self.pairs:
            low, high = pair
            while cut is not None and cut[1] < low:
                cut = next(theirs, None)
            if cut is None or cut[0] > high:
                left.append(pair)
                continue
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
        return Ranges.of_merged(left)
