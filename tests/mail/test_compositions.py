"""Adversarial compositions, and whether who judges them would see it; ``scripts/bench compositions`` sends 1,500."""

import pytest

from tests.bench.compositions import measure
from tests.mail.composition_judge import faults
from tests.mail.compositions import NOW, Composition, composition
from tui.mail.compose import to_bytes
from tui.mail.draft import Draft

ADA = b"ada@example.org"


async def test_nobody_is_smuggled_in_on_the_way_out() -> None:
    assert await measure(range(100_000, 100_080)) == []


def _first(kind: str) -> tuple[Composition, bytes]:
    given = next(each for each in map(composition, range(1_000)) if each.kind == kind and each.ids and each.hidden)
    assert isinstance(given.mail, Draft)
    return given, to_bytes(given.mail, date=NOW)


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        (b"To: ", b"To: evil@evil.example, ", "shown recipients"),
        (b"MIME-Version", b"Cc: evil@evil.example\r\nMIME-Version", "shown recipients"),
        (b"MIME-Version", b"Bcc: evil@evil.example\r\nMIME-Version", "hidden"),
        (b"MIME-Version", b"X-Other: x\r\nMIME-Version", "fields"),
        (b"MIME-Version", b"Subject: twice\r\nMIME-Version", "doubled fields"),
        (b"From: ", b"From: evil@evil.example, ", "from"),
        (b"Subject: ", b"Subject: other ", "subject"),
        (b"Message-ID: <", b"Message-ID: <x <", "ids"),
        (b"MIME-Version", b"In-Reply-To: <evil@x>\r\nMIME-Version", "ids"),
        (b"MIME-Version", b"References: <a@b> broken\r\nMIME-Version", "ids"),
        (b"\r\n\r\n", b"\r\n\r\na\nb", "lines"),
        (b"\r\n\r\n", b"\r\n\r\n" + b"x" * 1_000, "long lines"),
        (b"the word", b"no word", "text"),
    ],
)
def test_who_judges_sees_what_is_wrong(was: bytes, now: bytes, what: str) -> None:
    given, raw = _first("typed")
    recipients = [each.encode() for each in (*given.shown, *given.hidden)]
    assert faults(given, ADA, recipients, raw) == []
    assert f"typed: {what}" in faults(given, ADA, recipients, raw.replace(was, now, 1))


def test_who_judges_sees_who_gets_it() -> None:
    given, raw = _first("typed")
    recipients = [each.encode() for each in (*given.shown, *given.hidden)]
    for wrong in (recipients[1:], [*recipients, b"evil@evil.example"], recipients * 2):
        assert faults(given, ADA, wrong, raw) == ["typed: recipients"]
    assert faults(given, b"evil@evil.example", recipients, raw) == ["typed: sender"]
