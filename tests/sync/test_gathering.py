"""Threads find each other: while mail comes in, behind a great number of it, and by what a server is asked."""

import asyncio
from dataclasses import replace

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.store.sample import INBOX, WORK, envelope
from tests.sync.desk import Desk, desk
from tui.mail.ids import ModSeq, Uid, UidValidity
from tui.store.database import Store
from tui.sync.events import Event, ThreadsChanged
from tui.sync.gathering import Gathering

OTHERS = b"In-Reply-To: <mine-%d@example.org>\r\nReferences: <1@example.org>\r\n <mine-%d@example.org>\r\n"


def answer(number: int) -> bytes:
    """Return a mail that answers one of ours, which is not here, and which answered the first."""
    return OTHERS % (number, number) + sample(number)


async def counts(work: Desk) -> list[int]:
    rows = await work.store.threads.older(await work.inbox(), None, 10)
    return [row.count for row in rows]


async def test_much_mail_has_its_threads_soon_after(store: Store) -> None:
    await store.mailboxes.replace(WORK, [INBOX])
    (state,) = await store.mailboxes.all()
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    told: list[Event] = []
    gathering = Gathering(store, told.append)
    running = asyncio.create_task(gathering.run())
    try:
        mail = [replace(envelope(uid), in_reply_to=f"<{uid % 10}@example.org>") for uid in range(1, 1201)]
        await store.envelopes.add(state.id, mail)
        gathering.nudge()
        async with asyncio.timeout(20):
            while sum(row.count for row in await store.threads.older(state.id, None, 20)) < 1200:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            while not told:  # noqa: ASYNC110 - it has no event for that
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len(await store.threads.older(state.id, None, 20)) == 10
    assert told[-1] == ThreadsChanged((state.id,))


async def test_answers_to_what_is_not_here_are_asked_about(store: Store) -> None:
    async with scripted_imap("normal", messages=1) as server:
        inbox = server.boxes[b"INBOX"]
        inbox.add(answer(2))
        inbox.add(answer(3))
        async with desk(store, server) as work:
            await work.holds(3)
            await work.until(lambda: _is(work, [3]))
            assert server.text.count(b"REFERENCES") == 1
            server.push_message(answer(4))
            await work.until(lambda: _is(work, [4]))
        assert work.said(ThreadsChanged)
        assert server.text.count(b"REFERENCES") == 2


async def _is(work: Desk, expected: list[int]) -> bool:
    return await counts(work) == expected


async def test_threads_of_the_server_are_threads(store: Store) -> None:
    async with scripted_imap("normal", messages=3, capability="IMAP4rev1 IDLE OBJECTID") as server:
        mails = server.boxes[b"INBOX"].mails
        mails[0].thread = mails[2].thread = b"T1"
        async with desk(store, server) as work:
            await work.holds(3)
            await work.until(lambda: _is(work, [2, 1]))
            assert b"REFERENCES" not in server.text
