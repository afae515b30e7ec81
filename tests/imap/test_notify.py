"""News of other mailboxes: NOTIFY and what it tells (RFC 5465), and counts told by LIST (RFC 5819)."""

import pytest

from tests.imap.lines import on
from tests.servers.scripted_mailbox import Box
from tui.imap import mailboxes, notify
from tui.imap.responses import Counted, NamesChanged, Overflowed, Untagged
from tui.imap.selected import Status
from tui.mail.ids import AccountName, ModSeq, Uid, UidValidity

ACCOUNT = AccountName("a")


async def test_it_is_asked_for_only_where_it_is_offered() -> None:
    async with on("normal") as (session, server):
        assert not await notify.ask_for_all(session)
        assert b"NOTIFY" not in server.text
    async with on("notify", notifies=False) as (session, _):
        assert not await notify.ask_for_all(session)
    async with on("notify") as (session, server):
        assert await notify.ask_for_all(session)
        assert b"NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) (PERSONAL (" in server.text


async def test_what_is_told_of_other_mailboxes() -> None:
    heard: list[Untagged] = []
    async with on("notify") as (session, server):
        session.on_untagged = heard.append
        await mailboxes.select(session, b"INBOX")
        server.dialogues[0].writer.write(
            b'* STATUS "a \\"b\\"" (UIDNEXT 9 MESSAGES 3)\r\n'
            b"* STATUS {3}\r\nx y (UNSEEN 1 HIGHESTMODSEQ 7 UIDVALIDITY 5)\r\n"
            b"* STATUS Lists ()\r\n* STATUS \r\n* STATUS (MESSAGES 1)\r\n"
            b'* LIST (\\NonExistent) "/" "Gone"\r\n'
            b"* OK [NOTIFICATIONOVERFLOW] too much\r\n"
        )
        await session.run("Asking", "NOOP")
    assert heard == [
        Counted(b'a "b"', Status(messages=3, uidnext=Uid(9))),
        Counted(b"x y", Status(unseen=1, highestmodseq=ModSeq(7), uidvalidity=UidValidity(5))),
        Counted(b"Lists", Status()),
        NamesChanged(),
        Overflowed(),
    ]


@pytest.mark.parametrize("behaviour", ["normal", "list-status"])
async def test_list_tells_the_counts_where_it_can(behaviour: str) -> None:
    async with on(behaviour, messages=3) as (session, server):
        server.boxes[b"W\xc3\xa4rme"] = Box(b"W\xc3\xa4rme", uidnext=7, uidvalidity=2)
        counts: dict[bytes, Status] = {}
        found = await mailboxes.list_mailboxes(session, ACCOUNT, counts)
        assert len(found) == 4
        if behaviour == "normal":
            assert not counts
            assert b"STATUS" not in server.text
            return
        assert counts[b"INBOX"] == Status(3, 3, Uid(4), UidValidity(1))
        assert counts[b"W\xc3\xa4rme"] == Status(0, 0, Uid(7), UidValidity(2))
        await mailboxes.list_mailboxes(session, ACCOUNT)
        assert server.text.count(b"STATUS (") == 1, "only when it is wanted"
