"""The splitter: any cutting of the stream gives the same responses, and limits hold."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.imap.limits import Limits
from tui.imap.wire import Splitter
from tui.mail.errors import ProtocolViolation

Responses = list[tuple[bytes, tuple[bytes, ...]]]


def split(*chunks: bytes, limits: Limits | None = None) -> Responses:
    found: Responses = []

    def sink(line: bytes, literals: Sequence[bytes]) -> None:
        found.append((line, tuple(literals)))

    splitter = Splitter(sink)
    if limits is not None:
        splitter.limits = limits
    for chunk in chunks:
        splitter.feed(chunk)
    return found


STREAM = (
    b'* OK hello {5}\r\n* LIST () "/" {5}\r\na{1}\r\r\n'
    b"* 1 FETCH (BODY[] {3}\r\n)\r\n FLAGS () X {0}\r\n)\r\n"
    b"+ go {3}\r\na1 NO see {7}\r\n* SEARCH\n* 2 EXISTS\n* 3 FETCH (UID 4 BODY[1] {2+}\nab)\n"
)
WANTED: Responses = [
    (b"* OK hello {5}", ()),
    (b'* LIST () "/" {5}\r\n', (b"a{1}\r",)),
    (b"* 1 FETCH (BODY[] {3}\r\n FLAGS () X {0}\r\n)", (b")\r\n", b"")),
    (b"+ go {3}", ()),
    (b"a1 NO see {7}", ()),
    (b"* SEARCH", ()),
    (b"* 2 EXISTS", ()),
    (b"* 3 FETCH (UID 4 BODY[1] {2+}\r\n)", (b"ab",)),
]


def test_a_stream_in_one_piece() -> None:
    assert split(STREAM) == WANTED


def test_a_stream_octet_by_octet() -> None:
    assert split(*(STREAM[place : place + 1] for place in range(len(STREAM)))) == WANTED


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_a_stream_cut_anywhere(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    assert split(*(STREAM[low:high] for low, high in itertools.pairwise(places))) == WANTED


@given(st.lists(st.integers(0, len(STREAM)), max_size=8), st.integers(0, 3))
def test_several_at_once_are_the_same_as_one_by_one(cuts: list[int], most: int) -> None:
    found: Responses = []

    def run(lines: Sequence[bytes], place: int) -> int:
        taken = [line for line in lines[place : place + most] if b"EXISTS" not in line]
        found.extend((line, ()) for line in taken)
        return len(taken) if lines[place : place + len(taken)] == taken else 0

    def sink(line: bytes, literals: Sequence[bytes]) -> None:
        found.append((line, tuple(literals)))

    splitter = Splitter(sink, run)
    stream = STREAM * 2
    places = [0, *sorted(cuts), len(stream)]
    for low, high in itertools.pairwise(places):
        splitter.feed(stream[low:high])
    assert found == WANTED * 2


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_what_follows_a_halt_is_left(end: bytes) -> None:
    seen: list[bytes] = []

    def sink(line: bytes, literals: Sequence[bytes]) -> None:
        seen.append(line)
        if line == b"b OK":
            splitter.halt()

    splitter = Splitter(sink)
    assert splitter.feed(end.join((b"* 1 EXISTS", b"b OK", b"packed", b"more", b"rest"))) == end.join(
        (b"packed", b"more", b"rest")
    )
    assert seen == [b"* 1 EXISTS", b"b OK"]
    assert splitter.is_empty


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(1, 50))
def test_noise_never_breaks_it(noise: bytes, step: int) -> None:
    try:
        whole = split(noise)
    except ProtocolViolation:
        return
    assert split(*(noise[place : place + step] for place in range(0, len(noise), step))) == whole


def test_many_lines_in_one_chunk_need_no_stack() -> None:
    assert len(split(b"* 1 EXISTS\r\n" * 50_000)) == 50_000


@pytest.mark.parametrize(
    "stream",
    [
        b"* " + b"x" * 2000,
        b"* 1 FETCH (A {500}\r\n",
        b"* 1 FETCH (A {99999999999999999999}\r\n",
        b"* 1 FETCH (" + b"A {90}\r\n" + b"x" * 90 + b" B {90}\r\n" + b"x" * 90 + b" C {90}\r\n",
        b"* 1 FETCH (" + b"A {0}\r\n" * 500,
    ],
)
def test_limits_hold(stream: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        split(stream, limits=Limits(line=1000, literal=100, literals=200))


@pytest.mark.parametrize(
    "line", [b"* 1 FETCH (A {-5}", b"* 1 FETCH (A {x}", b"* 1 FETCH (A {}", b"x {5}", b"* BYE {5}"]
)
def test_what_is_no_literal_is_text(line: bytes) -> None:
    assert split(line + b"\r\n") == [(line, ())]


def test_is_empty_tells_of_a_rest() -> None:
    splitter = Splitter(lambda line, literals: None)
    assert splitter.is_empty
    for rest in (b"* OK", b"\r\n* 1 FETCH (A {2}\r\n", b"a"):
        splitter.feed(rest)
        assert not splitter.is_empty
    splitter.feed(b"b)\r\n")
    assert splitter.is_empty
