"""Changing: deltas, moves by every road, appending with every kind of literal."""

from datetime import UTC, datetime

import pytest

from tests.imap.lines import on
from tui.imap import change, mailboxes
from tui.imap.arguments import flag_list
from tui.imap.responses import Result
from tui.mail.errors import MailboxNotFound, MailError, OverQuota
from tui.mail.flags import FLAGGED, NO_FLAGS, SEEN
from tui.mail.ids import Uid

RAW = b"Subject: x\r\n\r\n" + b"line {7}\r\n" * 1000


async def test_flags_are_deltas() -> None:
    async with on("normal", messages=3) as (session, server):
        mails = server.boxes[b"INBOX"].mails
        mails[0].flags = {"$Other", "\\Seen"}
        await mailboxes.select(session, b"INBOX")
        await change.store_flags(session, [Uid(1), Uid(2)], frozenset({FLAGGED}), frozenset({SEEN}))
        assert [mail.flags for mail in mails] == [{"$Other", FLAGGED}, {FLAGGED}, set()]
        assert b"1:2 +FLAGS.SILENT (\\Flagged)" in server.text


@pytest.mark.parametrize("flag", ["a b", "a)", "\\Bad Flag", "ü", "", "a\r\nb", '"', "%"])
def test_a_flag_cannot_end_the_list(flag: str) -> None:
    with pytest.raises(MailError):
        flag_list([flag])


@pytest.mark.parametrize("capability", ["IMAP4rev1 MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1"])
async def test_move_by_every_road(capability: str) -> None:
    async with on("normal", messages=4, capability=capability) as (session, server):
        await mailboxes.select(session, b"INBOX")
        await change.move(session, [Uid(2), Uid(3)], b"Archive")
        assert [mail.uid for mail in server.boxes[b"INBOX"].mails] == [1, 4]
        assert len(server.boxes[b"Archive"].mails) == 2
        assert session.selected is not None
        assert session.selected.exists == 2


@pytest.mark.parametrize("capability", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
async def test_what_others_marked_is_never_expunged(capability: str) -> None:
    async with on("normal", messages=3, capability=capability) as (session, server):
        box = server.boxes[b"INBOX"]
        box.mails[0].flags.add("\\Deleted")
        await mailboxes.select(session, b"INBOX")
        await change.move(session, [Uid(2)], b"Archive")
        assert 1 in [mail.uid for mail in box.mails]
        if "UIDPLUS" not in capability:
            assert [mail.uid for mail in box.mails if "\\Deleted" in mail.flags] == [1, 2]


async def test_moving_to_nowhere_changes_nothing() -> None:
    for capability in ("IMAP4rev1 MOVE", "IMAP4rev1"):
        async with on("normal", messages=1, capability=capability) as (session, server):
            await mailboxes.select(session, b"INBOX")
            with pytest.raises(MailboxNotFound):
                await change.move(session, [Uid(1)], b"nowhere")
            assert server.boxes[b"INBOX"].mails[0].flags == set()


@pytest.mark.parametrize(
    "capability", ["IMAP4rev1 UIDPLUS", "IMAP4rev1 UIDPLUS LITERAL+", "IMAP4rev1 UIDPLUS LITERAL-"]
)
async def test_append_arrives_whole(capability: str) -> None:
    async with on("normal", capability=capability) as (session, server):
        when = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
        assert await change.append(session, b"Sent", RAW, frozenset({SEEN}), when) == 1
        mail = server.boxes[b"Sent"].mails[0]
        assert mail.raw == RAW
        assert mail.flags == {"\\Seen"}
        assert b'"24-Nov-2026 12:00:00 +0000"' in server.text
        assert await change.append(session, b"Sent", b"", NO_FLAGS, None) == 2


@pytest.mark.parametrize("capability", ["IMAP4rev1", "IMAP4rev1 LITERAL+"])
async def test_no_room(capability: str) -> None:
    async with on("append-overquota", capability=capability) as (session, _):
        with pytest.raises(OverQuota):
            await change.append(session, b"Sent", RAW, NO_FLAGS, None)
        await mailboxes.select(session, b"INBOX")


async def test_append_to_nowhere() -> None:
    async with on("select-gone") as (session, _):
        with pytest.raises(MailboxNotFound):
            await change.append(session, b"Sent", RAW, NO_FLAGS, None)


async def test_create() -> None:
    async with on("normal") as (session, server):
        await change.create(session, b"New & old")
        assert b"New & old" in server.boxes


@pytest.mark.parametrize("capability", ["IMAP4rev1 MOVE UIDPLUS", "IMAP4rev1 UIDPLUS"])
async def test_a_server_with_uidplus_tells_the_new_names(capability: str) -> None:
    async with on("normal", messages=4, capability=capability) as (session, server):
        server.boxes[b"Archive"].uidnext = 90
        await mailboxes.select(session, b"INBOX")
        copied = await change.move(session, [Uid(4), Uid(2), Uid(3), Uid(77)], b"Archive")
        assert copied.uidvalidity == server.boxes[b"Archive"].uidvalidity
        assert copied.uids == {2: 90, 3: 91, 4: 92}


@pytest.mark.parametrize(
    "said",
    [b"", b"1 2", b"1 1:3 5:6", b"0 1 5", b"1 * 5", b"99999999999 1 5", b"1 1:4294967295 1:4294967295", b"x y z"],
)
def test_what_a_server_tells_of_new_names_is_believed_only_where_it_fits(said: bytes) -> None:
    heard = Result("OK", "COPYUID", said, "")
    assert change._copied([heard], {Uid(1), Uid(2)}).uids == {}


async def test_mailboxes_are_renamed_and_deleted() -> None:
    async with on("normal") as (session, server):
        await change.create(session, b"Plans")
        await change.subscribe(session, b"Plans")
        await change.rename(session, b"Plans", b"Ideas")
        assert b"Ideas" in server.boxes
        await change.delete(session, b"Ideas")
        assert b"Ideas" not in server.boxes
        with pytest.raises(MailboxNotFound):
            await change.delete(session, b"Ideas")
