"""The usual answer is read in one go, and says the same as when it is read item by item."""

from datetime import UTC, datetime

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.imap.test_fetched import addresses, ascii_text, nstring, string, structures, text
from tui.imap.dates import internal_date
from tui.imap.fetched import FetchData, envelope, parse
from tui.imap.usual import row, row_or_data
from tui.mail.envelope import Envelope

ada = b'(("Ada" NIL "ada" "example.org"))'
team = b'((NIL NIL "ada" "example.org")("Team" NIL "team" "a.example"))'
SOME = (b"NIL", ada, b'((NIL NIL "grace" "a.example"))', b'(("=?utf-8?q?J=C3=B6rg?=" NIL "j" "a.example"))', team)
some, people = st.sampled_from(SOME), st.one_of(st.sampled_from(SOME), addresses)
times = st.datetimes(datetime(1971, 1, 1), datetime(2030, 1, 1)).map(
    lambda when: internal_date(when.replace(tzinfo=UTC))
)
date = st.one_of(times, st.sampled_from([b'"Tue, 18 Aug 2026 03:47:00 +0000"', b'"never"', b'"99-Xxx-0000 x"']))
an_id = st.sampled_from([b'"<1@a.example>"', b'"<1@a.example> <2@a.example>"', b"NIL"])
subject = st.sampled_from(
    [b'"Lunch?"', b'"=?utf-8?q?caf=C3=A9?="', b'" a"', b'"a  b"', b'"b "', b'"' + b"x" * 1_100 + b'"', b'""', b"NIL"]
)
TAME = (
    st.sampled_from([b"1", b"4294967295"]),
    st.sampled_from([b"", b"\\Seen", b"\\Answered \\Seen $Forwarded", b"\\SEEN \\Recent"]),
    times,
    st.integers(0, 10**9).map(lambda size: b"%d" % size),
    st.one_of(date, st.just(b"NIL")),
    subject,
    *[some] * 6,
    an_id,
    st.sampled_from([b'"<1@a.example>"', b"NIL"]),
    structures,
    st.just(b")"),
)
"""What each item is where a server is like most."""
WILD = (
    st.sampled_from([b"0", b"4294967296", b"9999999999", b"x"]),
    st.sampled_from([b"(", b'"\\Seen"', b"x " * 600]),
    st.one_of(date, st.just(b"NIL")),
    st.sampled_from([b"x", b"NIL", b"9" * 16]),
    st.one_of(nstring, st.just(b'"')),
    st.one_of(nstring, text.map(string), ascii_text.map(string)),
    *[people] * 6,
    nstring,
    st.one_of(an_id, nstring, st.just(b'"no id"')),
    st.sampled_from([b"NIL", b"()", b'("message" "rfc822" NIL NIL NIL "7bit" 9 NIL NIL 3)', b"(" * 70 + b")" * 70]),
    st.sampled_from([b" MODSEQ (7))", b" THREADID (Tab))", b" X-GM-THRID 12)", b" UID 9)", b") ", b"", b" (", b"))"]),
)
FORM = (
    b"* 7 FETCH (UID %b FLAGS (%b) INTERNALDATE %b RFC822.SIZE %b ENVELOPE (%b %b %b %b %b %b %b %b %b %b)"
    b" BODYSTRUCTURE %b%b"
)


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """Draw what most servers say, but for one item of it."""
    odd = draw(st.integers(0, 2 * len(WILD)))
    items = [draw(WILD[place] if place == odd else tame) for place, tame in enumerate(TAME)]
    if draw(st.booleans()):
        items[7] = items[8] = items[6]
    return FORM % tuple(items)


@settings(max_examples=400)
@given(responses())
def test_it_says_the_same_as_item_by_item(line: bytes) -> None:
    usual = row(line)
    data = parse(line, ())
    read = envelope(data)
    assert usual is None or usual == read
    event("usual" if usual is not None else "not usual")
    told = row_or_data(line, ())
    assert told == read if read is not None else isinstance(told, FetchData)


LINE = (
    b'* 2 FETCH (UID 2 FLAGS (\\Seen) INTERNALDATE "18-Aug-2026 03:54:00 +0000" RFC822.SIZE 1842 ENVELOPE ('
    b'"Tue, 18 Aug 2026 03:54:00 +0000" "Release candidate 3" '
    + b" ".join([ada] * 3)
    + b' (("Charles Babbage" NIL "charles" "mill.example")) NIL NIL "<1@a.example>" "<2@a.example>")'
    b' BODYSTRUCTURE (("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 453 10 NIL NIL NIL NIL)'
    b'("application" "pdf" ("name" "plan.pdf") NIL NIL "base64" 802 NIL ("attachment" ("filename" "plan.pdf")) NIL NIL)'
    b' "mixed" ("boundary" "=_2") NIL NIL NIL))'
)


def test_what_servers_mostly_say_is_usual() -> None:
    usual = row(LINE)
    assert usual is not None
    assert usual == envelope(parse(LINE, ()))
    assert (usual.subject, usual.message_id, usual.has_file) == ("Release candidate 3", "<2@a.example>", True)
    assert usual.reply_to == usual.sender == usual.from_


@pytest.mark.parametrize("place", range(len(LINE)))
def test_what_is_cut_anywhere_is_not(place: int) -> None:
    assert row(LINE[:place]) is None
    if place > len("* 2 FETCH ("):
        told = row_or_data(LINE[:place], ())
        assert isinstance(told, Envelope) == (parse(LINE[:place], ()).uid is not None)


def test_what_comes_in_another_way_is_read_all_the_same() -> None:
    literal = LINE.replace(b'"Release candidate 3"', b"{6}\r\n")
    assert row(literal) is None
    told = row_or_data(literal, (b"Lunch?",))
    assert isinstance(told, Envelope)
    assert told.subject == "Lunch?"
    assert row_or_data(b"* 2 FETCH (FLAGS (\\Seen))", ()).flags == frozenset(("\\Seen",))
