"""What the embedded server says of mail, read by the session that the application uses."""

from email.message import EmailMessage
from email.policy import SMTP

from tests.demo.lines import line, pushed, rows
from tui.demo.demo import Demo
from tui.imap import change, mailboxes
from tui.mail.envelope import Envelope
from tui.mail.flags import NO_FLAGS, SEEN
from tui.mail.parse import parse_message


def _nested() -> bytes:
    inner = EmailMessage(policy=SMTP)
    inner["From"], inner["Subject"], inner["Message-ID"] = "Émilie <e@x.example>", "innen", "<inner@x.example>"
    inner.set_content("drinnen\n")
    message = EmailMessage(policy=SMTP)
    message["From"] = '"Doe, Jane \\"J\\"" <jane@x.example>'
    message["To"] = "undisclosed-recipients:;"
    message["Date"] = "Tue, 24 Nov 2026 12:00:00 +0100"
    message["Subject"] = 'Grüße (a \\ and a " in it)'
    message["Message-ID"] = "<nested@x.example>"
    message.set_content("text\n")
    message.add_alternative("<p>text</p>", subtype="html")
    message.add_attachment(b"\0\1", maintype="application", subtype="x-thing", filename='naïve "name".bin')
    message.add_attachment(inner)
    message.add_attachment(b"", maintype="image", subtype="png", disposition="inline", cid="<c@x.example>")
    return message.as_bytes()


async def _delivered(demo: Demo, raw: bytes, message_id: str) -> Envelope:
    await demo.deliver("work", raw)
    async with line(demo) as session:
        return await pushed(session, lambda row: row.message_id == message_id)


async def test_a_structure_is_what_our_own_parser_finds() -> None:
    raw = _nested()
    async with Demo(pace=None) as demo:
        row = await _delivered(demo, raw, "<nested@x.example>")
    message = parse_message(raw)
    assert row.structure is not None

    def told(part: object) -> list[tuple[object, ...]]:
        assert part is not None
        return [
            (each.section, each.type, each.encoding, each.disposition, each.filename, each.content_id)
            for each in part.walk()  # type: ignore[attr-defined]
        ]

    assert told(row.structure) == told(message.structure)
    # pymap counts the line end before a boundary as the part's, and sends it so.
    for theirs, own in zip(row.structure.leaves(), message.structure.leaves(), strict=True):
        assert theirs.size - own.size in (0, 2)
    assert row.subject == message.header.text("Subject")
    assert row.from_ == message.header.addresses("From")
    assert row.size == len(raw)


async def test_moved_and_copied_mail_is_described_alike() -> None:
    async with Demo(messages=100, pace=None) as demo, line(demo) as session:
        generated, *_, kept = await rows(session)
        selected = await mailboxes.select(session, b"INBOX")
        assert selected.exists == 100
        await change.store_flags(session, [generated.uid], frozenset({SEEN}), NO_FLAGS)
        await change.move(session, [generated.uid, kept.uid], b"Archive")
        await mailboxes.select(session, b"Archive")
        moved = {row.message_id: row for row in await rows(session)}
        for row in (generated, kept):
            assert moved[row.message_id].structure == row.structure
            assert moved[row.message_id].subject == row.subject
            assert moved[row.message_id].received == row.received
