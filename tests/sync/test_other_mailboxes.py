"""Mailboxes that are not watched: pushed by NOTIFY, else told by one LIST, else asked for one by one."""

import pytest

from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import Box, sample
from tests.sync.desk import Desk, desk
from tui.store.database import Store
from tui.sync import chores


async def total(work: Desk, wire: bytes = b"Archive") -> int:
    return (await work.mailbox(wire)).total


async def rounds(server: ScriptedServer, count: int) -> None:
    """Wait until so many LISTs were asked for, and the line is quiet."""
    await server.until(lambda: server.text.count(b" LIST ") >= count)
    await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))


def notified(server: ScriptedServer) -> None:
    """Tell the counts of Archive to whoever asked for them."""
    for dialogue in server.dialogues:
        if getattr(dialogue, "notified", False) and dialogue.idling:
            dialogue.writer.write(dialogue.status_row(server.boxes[b"Archive"]) + b"\r\n")


async def test_counts_come_with_the_list(store: Store) -> None:
    async with scripted_imap("list-status", messages=2) as server:
        server.boxes[b"Archive"].add(sample(1))
        async with desk(store, server, poll=0.1) as work:
            await work.until(lambda: total(work))
            server.boxes[b"Archive"].add(sample(2))

            async def two() -> bool:
                return await total(work) == 2

            await work.until(two)
        assert b' STATUS "' not in server.text


async def test_one_that_was_empty_when_it_was_looked_at_is_not_taken_as_empty_for_ever(store: Store) -> None:
    async with scripted_imap("list-status", messages=2) as server, desk(store, server, poll=0.1) as work:
        archive = await work.mailbox(b"Archive")
        await work.account.look_into(archive.id)
        server.boxes[b"Archive"].add(sample(1))
        await work.holds(1, b"Archive")


async def test_those_that_the_list_leaves_out_are_asked_for(store: Store) -> None:
    async with scripted_imap("list-status", messages=2, status_n=1) as server:
        server.boxes[b"Archive"].add(sample(1))
        async with desk(store, server) as work:
            await work.until(lambda: total(work))
        assert server.text.count(b' STATUS "') == 2


async def test_news_of_another_mailbox_are_pushed(store: Store) -> None:
    async with scripted_imap("notify", messages=2) as server:
        archive = server.boxes[b"Archive"]
        archive.add(sample(1))
        async with desk(store, server, poll=0.2) as work:
            await work.until(lambda: total(work))
            work.account.open_mailbox((await work.mailbox(b"Archive")).id)
            await work.holds(1, b"Archive")
            work.account.open_mailbox(await work.inbox())  # it is not on the screen, but held here
            await rounds(server, 3)
            assert server.text.count(b"STATUS (") == 1, "asked for once a line"
            archive.add(sample(2))
            dones = server.text.count(b"DONE")
            notified(server)
            rows = await work.holds(2, b"Archive")
            assert [row.uid for row in rows] == [2, 1]
            assert server.text.count(b"DONE") <= dones + 1, "waiting for INBOX goes on"
        assert server.text.count(b"STATUS (") == 1


async def test_when_there_is_too_much_to_push_it_is_asked_for_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "CALM", 0.05)
    async with scripted_imap("notify", messages=2) as server, desk(store, server) as work:
        await rounds(server, 1)
        await work.mailbox(b"Archive")
        server.boxes[b"Archive"].add(sample(1))
        server.push(b"* OK [NOTIFICATIONOVERFLOW] too much\r\n")
        await work.until(lambda: total(work))
        assert server.text.count(b"STATUS") >= 2


async def test_a_mailbox_that_another_client_makes_appears(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "CALM", 0.05)
    async with scripted_imap("notify", messages=2) as server, desk(store, server) as work:
        await rounds(server, 1)
        server.boxes[b"Neu"] = Box(b"Neu")
        server.push(b'* LIST () "/" "Neu"\r\n' * 500)
        await work.mailbox(b"Neu")
        await work.until(lambda: not work.account._chores._nudge.is_set())
        assert server.text.count(b" LIST ") <= 3, "once for all of it"
