"""SELECT with QRESYNC: what was missed, in one answer (RFC 7162)."""

import pytest

from tests.imap.lines import on
from tui.imap import mailboxes
from tui.imap.mailboxes import Known, Missed
from tui.imap.responses import Untagged, Vanished, enabled
from tui.mail.errors import MailboxNotFound
from tui.mail.ids import ModSeq, Uid, UidValidity

KNOWN = Known(UidValidity(1), ModSeq(7), Uid(1), Uid(9))


async def test_it_is_enabled_and_asked_for_only_where_it_is_offered() -> None:
    async with on("normal", messages=2) as (session, server):
        assert not session.resyncs
        await mailboxes.select(session, b"INBOX")
        assert b"ENABLE" not in server.text
        assert b"QRESYNC" not in server.text
    async with on("qresync", messages=2, refuses=True) as (session, server):
        selected, missed = await mailboxes.resync(session, b"INBOX", KNOWN)
        assert (session.resyncs, missed.told, selected.exists) == (False, False, 2)
        assert b'SELECT "INBOX" (CONDSTORE)' in server.log[-1]


async def test_what_was_missed_is_told() -> None:
    missed = (
        b"* VANISHED (EARLIER) 2,4:6\r\n* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (9))\r\n* 2 FETCH (FLAGS (\\Seen))\r\n"
    )
    async with on("qresync", messages=2, missed=missed) as (session, server):
        selected, told = await mailboxes.resync(session, b"INBOX", KNOWN)
        assert b'SELECT "INBOX" (QRESYNC (1 7 1:9))' in server.text
        assert (selected.exists, selected.highestmodseq) == (2, 10)
        assert told == Missed([(2, 2), (4, 6)], {Uid(1): frozenset({"\\Seen"})}, told=True)


@pytest.mark.parametrize(
    ("known", "options"),
    [
        (Known(UidValidity(3), ModSeq(7), Uid(1), Uid(9)), {}),
        (KNOWN, {"modseq": 6}),
        (KNOWN, {"modseq": 0}),
    ],
)
async def test_a_server_that_knows_nothing_of_that_time_tells_nothing(known: Known, options: dict[str, int]) -> None:
    async with on("qresync", messages=2, **options) as (session, _):
        _, told = await mailboxes.resync(session, b"INBOX", known)
        assert not told.told


async def test_a_mailbox_that_is_gone() -> None:
    async with on("qresync") as (session, _):
        with pytest.raises(MailboxNotFound):
            await mailboxes.resync(session, b"Nowhere", KNOWN)
        assert session.selected is None


async def test_vanished_messages_are_counted_off() -> None:
    heard: list[Untagged] = []
    async with on("qresync", messages=5) as (session, server):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        server.dialogues[0].writer.write(b"* VANISHED 2:3\r\n* VANISHED 1:4000000000\r\n")
        await session.run("Asking", "NOOP")
        assert heard == [Vanished(((2, 3),)), Vanished(((1, 4000000000),))]
        assert session.selected is not None
        assert session.selected.exists == 0


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (b"* ENABLED CONDSTORE qresync", ("CONDSTORE", "qresync")),
        (b"* enabled", ()),
        (b"* ENABLEDNESS", None),
        (b"* OK ENABLED", None),
    ],
)
def test_what_is_enabled(line: bytes, names: tuple[str, ...] | None) -> None:
    assert enabled(line) == names
