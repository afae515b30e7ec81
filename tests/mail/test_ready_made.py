"""What another program has written, made ready: completed where it must be, else as it came."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.errors import ConfigError
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.parse import parse_message
from tui.mail.ready_made import ReadyMade, make_ready

ADA = Identity(AccountName("ada"), Address("Ada", "ada@example.org"))
GRACE = Identity(AccountName("grace"), Address("Grace", "grace@example.org"))
WHEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def ready(raw: bytes, *identities: Identity) -> ReadyMade:
    return make_ready(raw, identities or (ADA, GRACE), date=WHEN)


def test_what_is_missing_is_added_and_nothing_else_touched() -> None:
    made = ready(b"To: x@example.org\nX-Odd:  two  spaces\n\nbody \n")
    header = parse_message(made.data).header
    assert header.raw_field("Date") == "Wed, 25 Nov 2026 09:30:00 +0000"
    assert header.raw_field("From") == "<ada@example.org>"
    assert header.raw_field("Message-ID") == made.draft.message_id
    assert made.data.endswith(b"To: x@example.org\r\nX-Odd:  two  spaces\r\n\r\nbody \r\n")


def test_who_it_is_from_decides_who_sends_it() -> None:
    raw = b"From: G <GRACE@Example.org>\r\nDate: x\r\nMessage-ID: <a@b>\r\nTo: x@example.org\r\n\r\n"
    made = ready(raw)
    assert made.data == raw
    assert made.draft.identity == GRACE
    with pytest.raises(ConfigError, match=r"eve@example\.net"):
        ready(raw.replace(b"GRACE@Example.org", b"eve@example.net"))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_blind_copies_are_in_the_envelope_alone(end: bytes) -> None:
    lines = [b"From: ada@example.org", b"bCC : b@example.org,", b"\tc@example.org", b"Return-Path: <r@example.org>"]
    made = ready(end.join([*lines, b"Cc: d@example.org", b"", b"Bcc: not a field", b""]))
    assert [address.spec for address in made.draft.recipients] == ["d@example.org", "b@example.org", "c@example.org"]
    head, _, body = made.data.partition(b"\r\n\r\n")
    head = head.replace(made.draft.message_id.encode(), b"")  # its random part may end in any letter
    assert b"b@" not in head
    assert b"c@" not in head
    assert b"r@" not in head
    assert body == b"Bcc: not a field\r\n"


def test_nobody_is_no_recipient() -> None:
    with pytest.raises(ConfigError, match="no recipient"):
        ready(b"From: ada@example.org\nTo: undisclosed-recipients:;\n\nx")


def test_a_line_of_mbox_is_no_field() -> None:
    assert not ready(b"From ada Wed Nov 25\nTo: x@example.org\n\nx").data.count(b"From ada")


@given(st.binary(max_size=400))
def test_whatever_it_is_no_blind_copy_leaves_and_lines_end_as_they_must(noise: bytes) -> None:
    made = ready(b"To: x@example.org\nBcc: hidden@example.org\n" + noise)
    head = parse_message(made.data).header
    assert not head.all("Bcc")
    assert made.data.count(b"\n") == made.data.count(b"\r") == made.data.count(b"\r\n")
    assert len(head.all("Date")) >= 1
