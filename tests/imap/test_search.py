"""Finding: ranges instead of a million numbers, by ESEARCH or without."""

import asyncio

import pytest

from tests.imap.lines import on
from tui.imap import mailboxes, search
from tui.mail.errors import TimedOut


@pytest.mark.parametrize("capability", ["IMAP4rev1", "IMAP4rev1 ESEARCH"])
async def test_all_uids_are_ranges(capability: str) -> None:
    async with on("normal", messages=9, capability=capability) as (session, server):
        await mailboxes.select(session, b"INBOX")
        del server.boxes[b"INBOX"].mails[3]
        assert await search.all_uids(session) == [(1, 3), (5, 9)]
        assert await search.find_message_id(session, "<2@example.org>") == [2]
        assert await search.find_message_id(session, '<"\\@nowhere>') == []
        server.boxes[b"INBOX"].mails.clear()
        assert await search.all_uids(session) == []


async def test_a_million_numbers_in_one_line() -> None:
    async with on("search-huge", capability="IMAP4rev1") as (session, _):
        await mailboxes.select(session, b"INBOX")
        found = await search.all_uids(session)
        assert len(found) == 1_000_000
        assert found[-1] == (2_000_000, 2_000_000)


async def test_numbers_are_read_in_slices() -> None:
    turns = 0

    async def pulse() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    pulsing = asyncio.create_task(pulse())
    text = b" ".join(b"%d" % number for number in range(1, 300_001))
    assert search._merged(await search._runs(text)) == [(1, 300_000)]
    pulsing.cancel()
    assert turns > 3


async def test_a_hanging_search_ends() -> None:
    async with on("hang-search", timeout=0.2) as (session, _):
        await mailboxes.select(session, b"INBOX")
        with pytest.raises(TimedOut):
            await search.all_uids(session)
