"""Texts that are kept before they are asked for: read without the server, small first, nothing marked as read."""

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import Desk, desk
from tui.config.model import SyncConfig
from tui.mail.errors import ConnectionLost
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import keep
from tui.sync.events import Link, MessagesChanged


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "GATHER", 0.01)


async def kept(work: Desk, wire: bytes = b"INBOX") -> list[int]:
    """Return what can be read without the server."""
    rows = await work.rows(wire)
    found = await work.store.bodies.kept((await work.mailbox(wire)).id, [row.uid for row in rows])
    return sorted(found)


async def keeps(work: Desk, *uids: int, wire: bytes = b"INBOX") -> None:
    async def alike() -> bool:
        return await kept(work, wire) == list(uids)

    await work.until(alike)


async def test_the_newest_can_be_read_without_the_server(store: Store) -> None:
    async with scripted_imap(messages=6) as server, desk(store, server, offline=3) as work:
        await work.holds(6)
        await keeps(work, 4, 5, 6)
        await work.until(lambda: work.said(MessagesChanged))
        assert [sorted(event.uids) for event in work.said(MessagesChanged)] == [[4, 5, 6]]
        assert (await work.rows())[0].snippet == "body 6"
        server.push_message(sample(7))
        await keeps(work, 4, 5, 6, 7)
        assert not any(mail.flags for mail in server.boxes[b"INBOX"].mails)
        await server.stop()
        await work.link(Link.OFFLINE)
        assert await work.body(5) == b"body 5\r\n"
        assert await work.body(7) == b"body 7\r\n"
        with pytest.raises(ConnectionLost, match="is not kept on this machine, and the server cannot be asked"):
            await work.body(2)


async def test_so_can_those_of_a_mailbox_that_was_opened(store: Store) -> None:
    async with scripted_imap(messages=2) as server:
        for number in range(1, 5):
            server.boxes[b"Archive"].add(sample(number))
        async with desk(store, server, offline=2) as work:
            await keeps(work, 1, 2)
            work.account.open_mailbox((await work.mailbox(b"Archive")).id)
            await keeps(work, 3, 4, wire=b"Archive")


async def test_it_goes_on_where_it_was_when_the_line_returns(store: Store) -> None:
    async with scripted_imap(messages=4) as server:
        async with desk(store, server, offline=2) as work:
            await keeps(work, 3, 4)
        fetched = server.text.count(b"BODY.PEEK[HEADER]")
        server.boxes[b"INBOX"].add(sample(5))
        async with desk(store, server, offline=2) as work:
            await keeps(work, 3, 4, 5)
        assert server.text.count(b"BODY.PEEK[HEADER]") == fetched + 1, "nothing is fetched twice"


async def test_a_large_text_is_left_out_and_there_is_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "MEGABYTE", 100 * 100)  # 2,500 octets a message, 250,000 in all
    large = b"Subject: large\r\n\r\n" + b"x" * 3000 + b"\r\n"
    async with scripted_imap(messages=2) as server:
        server.boxes[b"INBOX"].add(large)
        async with desk(store, server, offline=10) as work:
            await work.holds(3)
            await keeps(work, 1, 2)
            assert len(await work.body(3)) == 3002, "it is there when it is asked for"
    assert SyncConfig().offline_size == 25


async def test_nothing_is_fetched_beyond_the_budget(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "MEGABYTE", 40)  # 10 octets a message, 1,000 in all
    monkeypatch.setattr("tui.sync.mailbox.PAGE", 300)
    async with scripted_imap(messages=200) as server, desk(store, server, offline=150) as work:
        await work.holds(200)
        await work.until(lambda: work.said(MessagesChanged))
        assert min(await kept(work)) == 101, "the newest"


async def test_it_is_off_when_it_is_switched_off(store: Store) -> None:
    async with scripted_imap(messages=2) as server, desk(store, server, offline=0) as work:
        await work.holds(2)
        await work.link(Link.LIVE)
        assert b"BODY.PEEK" not in server.text
        assert await work.account.message(await work.inbox(), Uid(1))


async def test_many_are_asked_for_together(store: Store) -> None:
    async with scripted_imap(messages=60) as server, desk(store, server, offline=50) as work:
        await keeps(work, *range(11, 61))
        asked = [line for line in server.log if b"BODY.PEEK[HEADER]" in line]
        assert len(asked) < 5


async def test_what_the_server_refuses_together_is_asked_for_one_by_one(store: Store) -> None:
    async with scripted_imap("refuses-uid", messages=8, uid=5) as server, desk(store, server, offline=8) as work:
        await keeps(work, 1, 2, 3, 4, 6, 7, 8)


async def test_a_slow_line_is_left_alone(store: Store) -> None:
    async with scripted_imap(messages=2) as server, desk(store, server, offline=2, low_bandwidth=True) as work:
        await work.holds(2)
        await work.link(Link.LIVE)
        assert b"BODY.PEEK" not in server.text


async def test_texts_that_were_read_are_let_go_where_there_are_too_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "MEGABYTE", 1)  # 500 octets in all: three messages, about
    async with scripted_imap(messages=9) as server, desk(store, server, offline=0) as work:
        await work.holds(9)
        for uid in (1, 2, 3, 4, 5, 6):
            await work.body(uid)
        server.push_message(sample(10))
        await work.holds(10)

        async def fewer() -> bool:
            return 0 < len(await kept(work)) < 5

        await work.until(fewer)
        assert 6 in await kept(work)
        assert await work.body(1) == b"body 1\r\n"
    assert SyncConfig().offline_total == 500
