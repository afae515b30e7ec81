"""Streams of docs in order of time: how what the leaves of a query find is put together.

A stream hands out its docs batch by batch, and can say of docs that others handed out which are its own. Where all of
several are wanted, one leads and the others are asked about its batches: the one that is cheapest here, as far as its
last batch tells how many messages it has a while, and what it costs to have them. So a rare flag leads past a word
that is in every mail, and a rare word past a flag that all have. Places count onwards in the direction of the walk: a
doc, or its negative when the walk goes from new to old. Everything here runs in the reading thread.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

END: Final = 1 << 62
"""Beyond every place."""
PEEK: Final = 64
"""Docs read to learn how many there are."""
RANGE: Final = 4096
"""Docs read at once to find others among them."""
LEAD: Final = 8
"""Batches for which the one that leads goes on leading at first; twice as many each time they are compared."""

Batch = tuple[list[int], int]
"""Places in their order, and up to which place these are all there are."""


class Rate(NamedTuple):
    """What a stream is like around a place.

    Attributes:
        docs: how many it has for each place that is passed.
        toil: seconds it takes to have them.
    """

    docs: float
    toil: float


class Stream(Protocol):
    """Docs in the direction of the walk."""

    def batch(self, at: int, count: int) -> Batch:
        """Return some places from ``at`` on, and up to where they are known: beyond ``at``, or there.

        Args:
            count: about how many docs are looked at.
        """

    def among(self, places: list[int]) -> list[int]:
        """Return those of the places, which are in order, that are in this stream."""

    def rate(self, at: int) -> Rate:
        """Return what this stream is like from a place on."""


class Read:
    """A stream that is read from a table.

    Args:
        reads: (place, count) → the batch there, for which about so many docs are looked at.
        test: returns those of some places that are in it, looking at each.
        row, test_row: seconds it takes to read a doc, and to look at a place.
        peek: docs read at least, and to learn how many there are.
    """

    def __init__(
        self,
        reads: Callable[[int, int], Batch],
        test: Callable[[list[int]], list[int]],
        row: float,
        test_row: float,
        peek: int = PEEK,
    ) -> None:
        self._reads, self._test = reads, test
        self._row, self._test_row, self._peek = row, test_row, peek
        self._from, self._to = END, -END
        self._places: list[int] = []
        self._rate: Rate | None = None

    def _go(self, at: int, count: int) -> None:
        self._places, self._to = self._reads(at, count)
        self._from = at
        span = self._to - at + 1
        looked = len(self._places) if self._to >= END else count
        self._rate = Rate((len(self._places) + 0.5) / span, (looked + 1) * self._row / span)

    def batch(self, at: int, count: int) -> Batch:
        if not self._from <= at <= self._to:
            self._go(at, max(count, self._peek))
        places = self._places[bisect_left(self._places, at) :]
        if len(places) > count:
            return places[:count], places[count - 1]
        return places, self._to

    def rate(self, at: int) -> Rate:
        if self._rate is None or not self._from <= at <= self._to:
            self._go(at, self._peek)
        assert self._rate is not None
        return self._rate

    def among(self, places: list[int]) -> list[int]:
        first, last = places[0], places[-1]
        rate = self._rate or self.rate(first)
        expected = rate.docs * (last - first + 1)
        if not self._from <= first <= last <= self._to:
            toil = rate.toil * (last - first + 1) + RANGE / 8 * self._row
            if toil > len(places) * self._test_row:
                return self._test(places)
        found: list[int] = []
        index, most = 0, 4 * expected + RANGE
        while index < len(places):
            at = places[index]
            if not self._from <= at <= self._to:
                if most < 0:  # there are more of them here than was thought
                    return found + self._test(places[index:])
                self._go(at, max(self._peek, min(RANGE, int(expected))))
                most -= len(self._places)
            end = bisect_right(places, self._to, index)
            own = set(self._places[bisect_left(self._places, at) : bisect_right(self._places, places[end - 1])])
            found += [place for place in places[index:end] if place in own]
            index = end
        return found


class Either:
    """What is in one of some streams."""

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = streams

    def batch(self, at: int, count: int) -> Batch:
        batches = [stream.batch(at, count) for stream in self._streams]
        known = min(batch[1] for batch in batches)
        return sorted({place for places, _ in batches for place in places if place <= known}), known

    def among(self, places: list[int]) -> list[int]:
        found: set[int] = set()
        for stream in self._streams:
            left = [place for place in places if place not in found]
            if left:
                found.update(stream.among(left))
        return [place for place in places if place in found]

    def rate(self, at: int) -> Rate:
        rates = [stream.rate(at) for stream in self._streams]
        return Rate(sum(rate.docs for rate in rates), sum(rate.toil for rate in rates))


class Both:
    """What is in all of some streams, and in none of others.

    Args:
        streams: each is to be asked.
        rows: streams that all know the same, by several ways; may be none.
        without: what is in these is left out.
        test: seconds it takes to look at a place that another stream found.
    """

    def __init__(
        self, streams: Sequence[Stream], rows: Sequence[Stream], without: Sequence[Stream], test: float
    ) -> None:
        self._streams, self._rows, self._without, self._test = streams, rows, without, test
        self._lead: Stream | None = None
        self._led, self._lead_for = 0, LEAD
        self._asked = rows[0] if rows else None

    def _leading(self, at: int) -> Stream:
        if self._lead is None:
            self._lead = self._cheapest(at)
        elif self._led >= self._lead_for:
            self._lead, self._led, self._lead_for = self._cheapest(at), 0, 2 * self._lead_for
        self._led += 1
        return self._lead

    def _cheapest(self, at: int) -> Stream:
        if len(self._rows) + len(self._streams) == 1:
            return (*self._rows, *self._streams)[0]
        ways = [(way.rate(at), way) for way in self._rows]
        streams = [(stream.rate(at), stream) for stream in self._streams]
        asked = 0.0
        if ways:
            rate, self._asked = min(ways, key=lambda each: each[0].toil)
            asked = rate.toil

        def cost(each: tuple[Rate, Stream]) -> float:
            (docs, toil), leading = each
            others = [rate.toil for rate, stream in streams if stream is not leading]
            others += [asked] if len(others) < len(streams) else []
            return toil + sum(min(other, docs * self._test) for other in others)

        return min((*ways, *streams), key=cost)[1]

    def batch(self, at: int, count: int) -> Batch:
        lead = self._leading(at)
        places, known = lead.batch(at, count)
        return self._narrowed(places, lead), known

    def among(self, places: list[int]) -> list[int]:
        return self._narrowed(places, None)

    def _narrowed(self, places: list[int], lead: Stream | None) -> list[int]:
        asked: list[Stream] = [] if self._asked is None or lead in self._rows else [self._asked]
        asked += [stream for stream in self._streams if stream is not lead]
        for stream in asked:
            if places:
                places = stream.among(places)
        for stream in self._without:
            if places:
                gone = set(stream.among(places))
                places = [place for place in places if place not in gone]
        return places

    def rate(self, at: int) -> Rate:
        return min((stream.rate(at) for stream in (*self._rows, *self._streams)), key=lambda rate: rate.toil)


class Listed:
    """Docs that are known by number.

    Args:
        places: in their order.
    """

    def __init__(self, places: list[int]) -> None:
        self._places = places

    def batch(self, at: int, count: int) -> Batch:
        start = bisect_left(self._places, at)
        places = self._places[start : start + count]
        return places, END if start + count >= len(self._places) else places[-1]

    def among(self, places: list[int]) -> list[int]:
        own = set(self._places)
        return [place for place in places if place in own]

    def rate(self, at: int) -> Rate:
        left = len(self._places) - bisect_left(self._places, at)
        return Rate(left / END, 0.0)


class Within:
    """A stream of which only what lies between two places is wanted.

    Args:
        first, last: both included.
    """

    def __init__(self, stream: Stream, first: int, last: int) -> None:
        self._stream, self._first, self._last = stream, first, last

    def batch(self, at: int, count: int) -> Batch:
        if at > self._last:
            return [], END
        places, known = self._stream.batch(max(at, self._first), count)
        if known < self._last:
            return places, known
        return places[: bisect_left(places, self._last + 1)], END

    def among(self, places: list[int]) -> list[int]:
        inside = [place for place in places if self._first <= place <= self._last]
        return self._stream.among(inside) if inside else []

    def rate(self, at: int) -> Rate:
        return self._stream.rate(max(at, self._first))
