"""Two hundred odd mails answered: what leaves, as another parser reads it, goes to whom and where it should.

What is right is known because the mails are put together of pieces of which that is known.
"""

import pytest

from tests.mail.odd_mails import COUNT, NOW, answer, faults, odd
from tui.mail.compose import to_bytes


@pytest.mark.parametrize("part", range(4))
def test_odd_mails_are_answered_rightly(part: int) -> None:
    for seed in range(part, COUNT, 4):
        given = odd(seed)
        draft = answer(given)
        assert sorted(each.spec.lower() for each in draft.recipients) == sorted(given.to), seed
        assert not faults(given, to_bytes(draft, date=NOW)), (seed, given.raw)


def test_who_judges_sees_what_is_wrong() -> None:
    given = odd(3)
    made = to_bytes(answer(given), date=NOW)
    for was, now, what in (
        (b"Subject: ", b"Subject: Fwd: ", "subject"),
        (b"To: ", b"To: evil@evil.example, ", "recipients"),
        (b"MIME-Version", b"Bcc: evil@evil.example\r\nMIME-Version", "fields"),
        (b"MIME-Version", b"In-Reply-To: <other@x>\r\nMIME-Version", "fields"),
        (b"Message-ID: <", b"Message-ID: <x ", "Message-ID"),
        (b"From: ", b"From: evil@evil.example, ", "sender"),
    ):
        assert what in faults(given, made.replace(was, now, 1)), what
