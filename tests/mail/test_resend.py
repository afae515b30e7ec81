"""A message sent on as it came."""

from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail.address import Address
from tui.mail.errors import MailError
from tui.mail.identity import Identity
from tui.mail.ids import AccountName
from tui.mail.resend import resend

WHEN = datetime(2026, 11, 24, 15, 8, 53, tzinfo=UTC)
ADA = Identity(AccountName("work"), Address("Ada", "ada@example.org"))
TO = [Address("Gr\r\nBcc: evil@example.org", "grace@navy.example")]
RAW = (
    b"From: x@y.example\nTo: ada@example.org\nBcc: secret@example.org,\n more@example.org\nSubject: Hi\n"
    b"Message-ID: <1@y>\nDKIM-Signature: v=1;\n\tb=abc\n\nBody\n.\n"
)


def test_its_words_stay_and_a_note_is_added() -> None:
    ready = resend(RAW, ADA, TO, date=WHEN)
    made = message_from_bytes(ready.data)
    assert made["From"] == "x@y.example"
    assert made["Message-ID"] == "<1@y>"
    assert made["DKIM-Signature"] == "v=1;\r\n\tb=abc"
    assert made["Bcc"] is None
    assert made["Resent-From"] == "Ada <ada@example.org>"
    assert made["Resent-Message-ID"] == ready.draft.message_id
    assert made.get_payload() == "Body\r\n.\r\n"
    assert [each.spec for each in ready.draft.recipients] == ["grace@navy.example"]
    assert b"\nBcc" not in ready.data


def test_nobody_gets_nothing() -> None:
    with pytest.raises(MailError):
        resend(RAW, ADA, [], date=WHEN)
    with pytest.raises(MailError):
        resend(RAW, ADA, [Address("", "no address")], date=WHEN)


@given(st.one_of(st.binary(), st.text("aB:\r\n -\t.<>@").map(str.encode)))
def test_whatever_came_the_note_is_in_the_header(raw: bytes) -> None:
    made = message_from_bytes(resend(raw, ADA, TO, date=WHEN).data)
    assert made["Resent-To"].endswith("<grace@navy.example>")
    assert "bcc" not in {name.lower() for name in made.keys()}  # noqa: SIM118 - a message is no dict
