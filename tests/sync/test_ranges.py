"""Ranges behave as the sets they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from tui.sync.ranges import Ranges

numbers = st.sets(st.integers(1, 60))


def members(ranges: Ranges) -> set[int]:
    return {number for low, high in ranges.pairs for number in range(low, high + 1)}


@given(numbers, numbers)
def test_without(ours: set[int], theirs: set[int]) -> None:
    assert members(Ranges.of(ours).without(Ranges.of(theirs))) == ours - theirs


@given(numbers, st.integers(0, 70))
def test_newest(ours: set[int], count: int) -> None:
    newest = Ranges.of(ours).newest(count)
    assert members(newest) == set(sorted(ours)[max(0, len(ours) - count) :])
    assert newest.count == min(count, len(ours))


@given(numbers, st.integers(0, 70), st.integers(1, 5))
def test_split(ours: set[int], count: int, pieces: int) -> None:
    whole = Ranges.of(ours)
    assert whole.count == len(ours)
    newest, rest = whole.split(count, pieces)
    assert len(newest.pairs) <= pieces
    assert members(newest) | members(rest) == ours
    assert not ours or newest.count <= count
    assert not newest or not rest or max(members(rest)) < min(members(newest))
    assert (newest.count, rest.count) == (len(members(newest)), len(members(rest)))
    assert all(high + 1 < low for (_, high), (low, _) in zip(rest.pairs, rest.pairs[1:], strict=False))


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_pairs_in_any_order_may_overlap(pairs: list[tuple[int, int]]) -> None:
    ranges = Ranges(pairs)
    assert members(ranges) == {n for low, high in pairs for n in range(low, high + 1)}
    assert all(high + 1 < low for (_, high), (low, _) in zip(ranges.pairs, ranges.pairs[1:], strict=False))


def test_text_is_a_sequence_set() -> None:
    assert Ranges([(7, 7), (1, 3), (4, 4)]).text == "1:4,7"
    assert Ranges.of([]).text == ""
