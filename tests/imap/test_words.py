"""Names, dates, arguments, response codes: small values on their way over the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.imap import dates, listed, names, responses
from tui.imap.arguments import Literal, astring, section, sequence_set, uid_set, uid_sets
from tui.imap.responses import Alert, Bye, Exists, Expunged, FlagsChanged, Untagged, Vanished
from tui.mail.date import MONTHS
from tui.mail.errors import NotSupported
from tui.mail.ids import ModSeq, Uid

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(TEXT)
def test_names_come_back(name: str) -> None:
    wire = names.encode(name)
    assert wire.isascii()
    cleaned = names.decode(names.encode(name, utf8=True)) if not name.isascii() else names.decode(wire)
    assert names.decode(wire) == cleaned


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        (b"Entw&APw-rfe", "Entwürfe"),
        (b"a&-b", "a&b"),
        (b"&broken", "&broken"),
        (b"&!!!-x", "&!!!-x"),
        (b"&AGE-", "a"),
        ("café".encode(), "café"),
        (b"", "(no name)"),
        (b"a\x1b]0;x\x07b", "a\ufffd]0;x\ufffdb"),
    ],
)
def test_names_as_people_see_them(wire: bytes, shown: str) -> None:
    assert names.decode(wire) == shown


@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_dates_of_both_kinds(when: datetime, minutes: int) -> None:
    aware = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    wanted = int(aware.timestamp())
    month = MONTHS[aware.month - 1]
    for written in (
        f"{aware.day:2d}-{month}-{aware:%Y %H:%M:%S %z}",
        f"{aware:%a}, {aware.day} {month} {aware:%Y %H:%M:%S %z}",
    ):
        for _ in range(2):  # the second time from what was learned
            assert dates.seconds(written.encode()) == wanted
    assert dates.seconds(dates.internal_date(aware).strip(b'"')) == wanted


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"yesterday",
        b"1 Jan 0000 00:00:00 +0000",
        b"1 Jan 9999 00:00:00 +0000",
        b"\x1b[31m",
        b"9" * 5000,
        b"1 Jan 2026 1x:00:00 +0000",
    ],
)
def test_absurd_dates_are_none(text: bytes) -> None:
    dates.seconds(b"1 Jan 2026 10:00:00 +0000")
    assert dates.seconds(text) is None


def test_dates_with_names_of_zones_and_comments() -> None:
    wanted = 1795521600
    for text in (
        b"Tue, 24 Nov 2026 12:00:00 GMT",
        b"Tue, 24 Nov 2026 07:00:00 EST",
        b"Tue, 24 Nov 2026 12:00:00 +0000 (UTC)",
    ):
        assert dates.seconds(text) == wanted


@given(st.sets(st.integers(1, 2**32 - 1), max_size=50))
def test_sets_name_every_uid_once(uids: set[int]) -> None:
    named = [uid for low, high in responses.ranges(uid_set(uids).encode()) for uid in (low, high)]
    assert set(named) <= uids
    assert sum(high - low + 1 for low, high in responses.ranges(uid_set(uids).encode())) == len(uids)


def test_long_sets_are_cut() -> None:
    uids = range(1, 20_000, 2)
    pieces = uid_sets(uids)
    assert all(len(piece) < 8000 for piece in pieces)
    assert ",".join(pieces) == uid_set(uids)
    assert uid_sets([]) == []
    assert uid_set([1, 2, 3, 9]) == "1:3,9"


def test_strings_are_quoted_or_literals() -> None:
    assert astring(b'a "b" \\') == b'"a \\"b\\" \\\\"'
    assert astring(b"a\r\nb") == Literal(b"a\r\nb")
    assert astring(b"\xff") == Literal(b"\xff")
    with pytest.raises(NotSupported):
        astring(b"a\0")


@pytest.mark.parametrize("text", ["", "1 2", "1;2", "a", "1:", "1,\r\n"])
def test_no_set(text: str) -> None:
    with pytest.raises(ValueError, match="set"):
        sequence_set(text)


@pytest.mark.parametrize("text", ["0", "1.", "1]", "HEADER.FIELDS (X)", "1.2.foo", "\n"])
def test_no_section(text: str) -> None:
    with pytest.raises(ValueError, match="section"):
        section(text)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (b"* 3 EXISTS", Exists(3)),
        (b"* 3 expunge", Expunged(3)),
        (b"* 0 EXPUNGE", None),
        (b"* -1 EXISTS", None),
        (b"* VANISHED (EARLIER) 1:3,9", Vanished(((1, 3), (9, 9)), True)),
        (b"* VANISHED 5", Vanished(((5, 5),), False)),
        (b"* 4 FETCH (FLAGS (\\Seen) MODSEQ (12))", FlagsChanged(4, None, frozenset({"\\Seen"}), ModSeq(12))),
        (b"* 4 FETCH (UID 9 FLAGS ())", FlagsChanged(4, Uid(9), frozenset())),
        (b"* 4 FETCH (UID 99999999999 FLAGS ())", FlagsChanged(4, None, frozenset())),
        (b"* OK [ALERT] look\x1b", Alert("look\ufffd")),
        (b"* NO [ALERT]", None),
        (b"* OK still here", None),
        (b"* BYE", Bye("")),
        (b"* BYE [X] gone", Bye("gone")),
        (b"* 3 RECENT", None),
        (b"*", None),
    ],
)
def test_what_a_server_says_by_itself(line: bytes, wanted: Untagged | None) -> None:
    assert responses.untagged(line, ()) == wanted


def test_results() -> None:
    said = responses.result(b'a1 NO [BADCHARSET ("x]" y)] no\x07 way')
    assert said is not None
    assert (said.kind, said.code, said.argument, said.text) == ("NO", "BADCHARSET", b'("x]" y)', "no\ufffd way")
    assert responses.result(b"a1 OKAY x") is None
    assert responses.result(b"a1 ok").kind == "OK"  # type: ignore[union-attr]


@given(st.binary(max_size=100))
def test_noise_is_nothing(noise: bytes) -> None:
    for start in (b"* ", b"* 1 ", b"* LIST ", b"* STATUS ", b"* VANISHED ", b"* OK [", b"* ESEARCH "):
        responses.untagged(start + noise, ())
        responses.result(start + noise)
        listed.listed(start + noise, ())
        listed.status(start + noise)
        listed.esearch_all(start + noise)


@pytest.mark.parametrize(
    ("line", "wire", "delimiter"),
    [
        (b'* LIST () "/" "a \\"b\\""', b'a "b"', "/"),
        (b"* LIST () NIL INBOX", b"INBOX", ""),
        (b'* LSUB (\\A) "\\\\" x', b"x", "\\"),
        (b'* LIST (\\A \\B) "." a.b ("CHILDINFO" ("SUBSCRIBED"))', b"a.b", "."),
        (b'* LIST () "/" caf\xc3\xa9 noir', b"caf\xc3\xa9 noir", "/"),
    ],
)
def test_rows_of_list(line: bytes, wire: bytes, delimiter: str) -> None:
    row = listed.listed(line, ())
    assert row is not None
    assert (row.wire, row.delimiter) == (wire, delimiter)


def test_internal_date_is_utc() -> None:
    assert dates.internal_date(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == b'" 2-Jan-2026 03:04:05 +0000"'
