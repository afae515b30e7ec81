"""FETCH responses → nouns: the fast roads and the tokenizer agree, and damage costs as little as can be."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.imap import envelope, structure
from tui.imap.fetched import envelope as noun
from tui.imap.fetched import has_file, parse
from tui.imap.tokens import Cursor, Malformed
from tui.mail.address import Address
from tui.mail.flags import SEEN
from tui.mail.ids import Uid

text = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20)
ascii_text = st.text(st.sampled_from("abc XY\"\\()[]{}<>@.,:;=?_-'&*%5"), max_size=12)


def string(value: str | None) -> bytes:
    if value is None:
        return b"NIL"
    return b'"' + value.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


nstring = st.one_of(st.none(), text, ascii_text).map(string)
address = st.tuples(nstring, nstring, nstring, nstring).map(lambda parts: b"(" + b" ".join(parts) + b")")
addresses = st.one_of(
    st.just(b"NIL"), st.lists(address, min_size=1, max_size=3).map(lambda many: b"(" + b"".join(many) + b")")
)
envelopes = st.tuples(nstring, nstring, *[addresses] * 6, nstring, nstring).map(
    lambda parts: b"(" + b" ".join(parts) + b")"
)


@settings(max_examples=300)
@given(envelopes)
def test_both_roads_to_an_envelope_agree(wire: bytes) -> None:
    read = envelope.fast(wire, 0)
    assert read is not None
    fields, end = read
    assert end == len(wire)
    assert fields == envelope.from_value(Cursor(wire).value())


params = st.one_of(
    st.just(b"NIL"),
    st.lists(st.tuples(ascii_text.map(string), nstring), min_size=1, max_size=3).map(
        lambda pairs: b"(" + b" ".join(name + b" " + value for name, value in pairs) + b")"
    ),
)
plain = st.sampled_from([b'"text" "plain"', b'"TEXT" "html"', b'"image" "png"', b'"application" "x-y"'])
disposition = st.one_of(
    st.just(b"NIL"),
    st.tuples(st.sampled_from([b'"inline"', b'"ATTACHMENT"']), params).map(
        lambda two: b"(" + two[0] + b" " + two[1] + b")"
    ),
)


@st.composite
def leaves(draw: st.DrawFn) -> bytes:
    kind = draw(plain)
    fields = [
        kind,
        draw(params),
        draw(nstring),
        draw(nstring),
        draw(st.sampled_from([b'"7bit"', b"NIL", b'"BASE64"'])),
        b"%d" % draw(st.integers(0, 10**9)),
    ]
    if kind.lower().startswith(b'"text"'):
        fields.append(b"12")
    extension = [
        draw(nstring),
        draw(disposition),
        draw(st.sampled_from([b"NIL", b'("en" "de")', b'"en"'])),
        draw(nstring),
    ]
    return b"(" + b" ".join(fields + extension[: draw(st.integers(0, 4))]) + b")"


structures = st.recursive(
    leaves(),
    lambda child: st.tuples(st.lists(child, min_size=1, max_size=3), params).map(
        lambda two: b"(" + b"".join(two[0]) + b' "mixed" ' + two[1] + b" NIL NIL NIL)"
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(structures)
def test_both_roads_to_a_structure_agree(wire: bytes) -> None:
    read = structure.fast(wire, 0)
    assert read is not None
    part, end = read
    assert end == len(wire)
    assert part == structure.from_value(Cursor(wire).value())


@settings(max_examples=500)
@given(structures, st.sampled_from([b")", b" RFC822.SIZE 7)"]))
def test_a_structure_that_is_left_for_later_says_the_same(wire: bytes, behind: bytes) -> None:
    read = structure.fast(wire, 0)
    assert read is not None
    skimmed = structure.skim(b"x" + wire + behind, 1)
    if skimmed is not None:
        outline, files, end = skimmed
        assert end == len(wire) + 1
        assert structure.read(outline) == read[0]
        assert files == has_file(read[0])


@pytest.mark.parametrize(
    ("wire", "files"),
    [
        (b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 153 3 NIL NIL NIL NIL)', False),
        (b'("TEXT" "PLAIN" NIL NIL NIL "7bit" 153 3 NIL ("INLINE" NIL) NIL NIL)', False),
        (b'(("text" "plain" NIL NIL NIL "7bit" 1 1 NIL NIL NIL NIL)("application" "pdf" ("name" "a.pdf") NIL NIL'
         b' "base64" 802 NIL ("attachment" ("filename" "a.pdf")) NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)', True),
    ],
)  # fmt: skip
def test_the_usual_structures_are_left_for_later(wire: bytes, files: bool) -> None:
    row = noun(parse(b"* 1 FETCH (UID 2 BODYSTRUCTURE " + wire + b")", ()))
    assert row is not None
    assert (row.outline, row.structure, row.has_file) == (wire, None, files)
    tree = structure.of(row)
    assert tree is not None
    assert has_file(tree) is files


@pytest.mark.parametrize(
    "wire",
    [
        b'("text" "plain" NIL NIL NIL "7bit" 1 1 NIL ("form-data" NIL))',
        b'("image" "png" ("name" "a") "<id>" NIL "7bit" 1)',
        b'("text" "plain" ("x" "y{3}") NIL NIL "7bit" 1 1',
        b'("text" "plain" ("x" "' + b"y" * 5000 + b'") NIL NIL "7bit" 1 1)',
        b'("message" "rfc822" NIL NIL NIL "7bit" 9 NIL ("text" "plain" NIL NIL NIL "7bit" 1 1) 1)',
    ],
)
def test_the_others_are_read_at_once(wire: bytes) -> None:
    assert structure.skim(wire, 0) is None


def test_an_outline_that_makes_no_sense_is_no_tree() -> None:
    for wire in (b'("text")', b"()", b"(1 2)", b"(", b'(("a" "b") "mixed")'):
        assert structure.read(wire) is None


def test_sections_are_numbered_as_imap_does() -> None:
    leaf = b'("text" "plain" NIL NIL NIL "7bit" 1 1)'
    wire = b"(" + leaf + b"(" + leaf + b"(" + leaf + leaf + b' "related")' + b' "alternative")' + leaf + b' "mixed")'
    read = structure.fast(wire, 0)
    assert read is not None
    assert [part.section for part in read[0].walk()] == ["", "1", "2", "2.1", "2.2", "2.2.1", "2.2.2", "3"]


def test_enclosed_messages_are_numbered_too() -> None:
    leaf = b'("text" "plain" NIL NIL NIL "7bit" 1 1)'
    note = b'("a" "b" NIL NIL NIL NIL NIL NIL NIL NIL)'
    enclosed = b'("message" "rfc822" NIL NIL NIL "7bit" 99 %s %s 5 NIL ("attachment" ("filename" "m.eml")))'
    wire = b"(" + leaf + enclosed % (note, leaf) + enclosed % (note, b"(" + leaf + leaf + b' "mixed")') + b' "mixed")'
    data = parse(b"* 1 FETCH (UID 2 BODYSTRUCTURE " + wire + b" RFC822.SIZE 7)", ())
    assert data.structure is not None
    assert data.size == 7
    sections = [part.section for part in data.structure.walk()]
    assert sections == ["", "1", "2", "2.1", "3", "3.TEXT", "3.1", "3.2"]
    assert [part.filename for part in data.structure.leaves()] == ["", "m.eml", "m.eml"]


def test_file_names_by_every_road() -> None:
    for written in (
        b'("filename" "=?utf-8?q?=C3=A4?=.pdf")',
        b'("filename*" "utf-8\'\'%C3%A4.pdf")',
        b'("filename*0*" "utf-8\'\'%C3" "filename*1*" "%A4.p" "filename*2" "df")',
        '("filename" "ä.pdf")'.encode(),
    ):
        wire = b'("application" "pdf" ("name" "other") NIL NIL "base64" 5 NIL ("attachment" ' + written + b") NIL NIL)"
        read = structure.fast(wire, 0)
        assert read is not None
        assert (read[0].filename, read[0].disposition, read[0].params) == ("ä.pdf", "attachment", {})


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (('"Ada"', "NIL", '"ada"', '"example.org"'), Address("Ada", "ada@example.org")),
        (("NIL", "NIL", '"ada"', '"MISSING_DOMAIN"'), Address("", "ada")),
        (("NIL", "NIL", '"ceo@bank.example"', '"evil.example"'), Address("", '"ceo@bank.example"@evil.example')),
        (('"a\\"b"', "NIL", '"x"', '"y"'), Address('a"b', "x@y")),
        (('"=?utf-8?q?a=1B=5B31m?="', "NIL", '"x"', '"y"'), Address("a\ufffd[31m", "x@y")),
    ],
)
def test_addresses(parts: tuple[str, ...], wanted: Address) -> None:
    wire = b"(NIL NIL ((" + " ".join(parts).encode() + b")) NIL NIL NIL NIL NIL NIL NIL)"
    read = envelope.fast(wire, 0)
    assert read is not None
    assert read[0][2] == (wanted,)
    assert envelope.from_value(Cursor(wire).value())[2] == (wanted,)


def test_groups_are_flattened() -> None:
    member = b'(NIL NIL "a" "b.c")'
    wire = b'(NIL NIL NIL NIL NIL ((NIL NIL "friends" NIL)' + member + b"(NIL NIL NIL NIL)) NIL NIL NIL NIL)"
    read = envelope.fast(wire, 0)
    assert read is not None
    assert read[0][5] == (Address("", "a@b.c"),)


@given(
    st.permutations(
        [
            "UID 5",
            "FLAGS (\\Seen)",
            'INTERNALDATE "24-Nov-2026 12:00:00 +0000"',
            "RFC822.SIZE 7",
            "MODSEQ (9)",
            "X-Y (a (b))",
            "ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
        ]
    )
)
def test_items_come_in_any_order(items: list[str]) -> None:
    data = parse(f"* 3 FETCH ({' '.join(items)})".encode(), ())
    assert (data.uid, data.flags, data.received, data.size, data.modseq) == (
        Uid(5),
        frozenset({SEEN}),
        1795521600,
        7,
        9,
    )
    assert data.fields is not None


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_noise_never_raises_anything_else(noise: bytes) -> None:
    line = b"* 1 FETCH (UID 3 " + noise
    uid = parse(line, ()).uid
    assert uid is None or 0 < uid < 2**32
    with pytest.raises(Malformed):
        parse(b"* 1 " + noise[:1] + b"EXISTS", ())


def test_damage_leaves_a_row() -> None:
    row = noun(parse(b'* 1 FETCH (UID 3 FLAGS (\\Seen) ENVELOPE ("x', ()))
    assert row is not None
    assert (row.uid, row.flags, row.subject) == (Uid(3), frozenset({SEEN}), "")


def test_a_list_row_needs_a_uid_and_something_asked_for() -> None:
    assert noun(parse(b"* 1 FETCH (RFC822.SIZE 3)", ())) is None
    assert noun(parse(b"* 1 FETCH (UID 4 FLAGS ())", ())) is None


@pytest.mark.parametrize(
    "bomb",
    [
        b"BODYSTRUCTURE " + b"(" * 100_000,
        b"BODYSTRUCTURE " + b"(" * 50_000 + b")" * 50_000,
        b'BODYSTRUCTURE (("text" "plain" ' + b"(" * 100_000,
        b"ENVELOPE (" + b'"a' * 100_000,
        b"FLAGS (" + b"a " * 200_000 + b")",
        b"FLAGS (" + b"{ " * 200_000 + b")",
        b'ENVELOPE (NIL "' + b"=?utf-8?q?a?= " * 20_000 + b'" NIL NIL NIL NIL NIL NIL NIL NIL)',
        b"ENVELOPE (NIL NIL (" + b'("a" NIL "b" "c")' * 30_000 + b") NIL NIL NIL NIL NIL NIL NIL)",
    ],
)
def test_bombs_cost_little_time(bomb: bytes) -> None:
    began = time.thread_time()
    parse(b"* 1 FETCH (UID 3 " + bomb, ())
    assert time.thread_time() - began < 3


def test_a_name_may_be_a_literal() -> None:
    name = "Rózsa Péter".encode()
    person = b"(({%d}\r\n" % len(name) + b' NIL "rozsa" "b.example"))'
    line = b'* 1 FETCH (UID 3 ENVELOPE (NIL "x" ' + person + b" " + person + b" NIL NIL NIL NIL NIL NIL))"
    read = noun(parse(line, [name, name]))
    assert read is not None
    assert read.from_ == (Address("Rózsa Péter", "rozsa@b.example"),)


@pytest.mark.parametrize("kind", [b'"rubbish" ""', b'"" ""', b'"" "plain"', b'"text" ""'])
@pytest.mark.parametrize("behind", [b"", b" NIL NIL NIL NIL", b' NIL ("attachment" NIL) NIL NIL'])
def test_a_type_that_is_none_is_text(kind: bytes, behind: bytes) -> None:
    lines = b" 1" if kind.startswith(b'"text"') else b""
    wire = b"(" + kind + b' NIL NIL NIL "7bit" 7' + lines + behind + b")"
    read = structure.fast(wire, 0)
    assert read is not None
    assert read[0] == structure.from_value(Cursor(wire).value())
    assert read[0].type == "text/plain"
    assert read[0].is_attachment == (b"attachment" in behind)
