"""Rows: what goes in comes out."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.store.sample import envelope
from tui.mail.address import Address
from tui.mail.envelope import Envelope
from tui.mail.flags import ANSWERED, DELETED, DRAFT, FLAGGED, FORWARDED, SEEN, Flags
from tui.mail.ids import MailboxId, Uid
from tui.mail.part import Part
from tui.store import codec

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
FLAGS = st.frozensets(st.sampled_from([SEEN, ANSWERED, FLAGGED, DELETED, DRAFT, FORWARDED, "$Junk", "label", "Ü"]))
PEOPLE = st.lists(st.builds(Address, TEXT, TEXT), max_size=4).map(tuple)
LEAVES = st.builds(
    Part,
    TEXT,
    TEXT,
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.sampled_from(["7bit", "base64", ""]),
    st.integers(0, 2**40),
    st.sampled_from(["", "inline", "attachment"]),
    TEXT,
    TEXT,
    TEXT,
)
PARTS = st.recursive(
    LEAVES,
    lambda below: st.builds(
        lambda part, children: replace(part, children=tuple(children)), LEAVES, st.lists(below, min_size=1, max_size=3)
    ),
    max_leaves=6,
)
ENVELOPES = st.builds(
    Envelope,
    st.integers(1, 2**32 - 1).map(Uid),
    FLAGS,
    st.integers(-(2**40), 2**40),
    st.none() | st.integers(-(2**40), 2**40),
    st.integers(0, 2**40),
    TEXT,
    PEOPLE,
    PEOPLE,
    PEOPLE,
    PEOPLE,
    PEOPLE,
    PEOPLE,
    TEXT,
    TEXT,
    st.none() | PARTS,
    st.booleans(),
    TEXT,
)
NAMES = [name.strip() for name in codec.INSERT.partition("(")[2].partition(")")[0].split(",")]


def through(sample: Envelope) -> Envelope:
    bits, others = codec.pack_flags(sample.flags)
    row = dict(zip(NAMES, codec.pack(MailboxId(3), sample, bits, others, False), strict=True))
    return codec.unpack(tuple(row[name.strip()] for name in codec.ALL_COLUMNS.split(",")))


@given(ENVELOPES)
def test_an_envelope_comes_back_as_it_went(sample: Envelope) -> None:
    assert through(sample) == sample


@given(FLAGS)
def test_flags_come_back_as_they_went(flags: Flags) -> None:
    assert codec.unpack_flags(*codec.pack_flags(flags)) == flags


def test_sender_and_reply_to_that_say_nothing_new_take_no_room() -> None:
    plain = envelope(1)
    plain = replace(plain, reply_to=plain.from_)
    longer = replace(plain, sender=(Address("Somebody Else", "else@example.org"),))
    assert len(codec._addresses(plain)) < len(codec._addresses(longer)) - 30


def test_a_deep_structure_is_no_danger() -> None:
    part = Part("1", "text/plain")
    for _ in range(5000):
        part = Part("1", "message/rfc822", children=(part,))
    text = codec.pack_structure(part)
    back = codec.unpack_structure(text)
    assert back is not None
    assert sum(1 for _ in back.walk()) == 5001


def test_numbers_that_are_no_uid_reach_no_other_mailbox() -> None:
    assert codec.row_ids(MailboxId(1), [0, -1, 2**32, 5, 5, 2**32 - 1]) == [(1 << 32) + 5, (2 << 32) - 1]
    assert codec.row_uid(codec.row_id(MailboxId(9), 2**32 - 1)) == 2**32 - 1


@given(st.binary(min_size=1, max_size=40))
def test_an_outline_comes_back_as_it_went(octets: bytes) -> None:
    sample = replace(envelope(1), structure=None, outline=octets)
    assert through(sample) == sample
