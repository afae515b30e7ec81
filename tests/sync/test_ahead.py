"""What is fetched while one reads: the messages beside it and the newest unread, within a budget, and no more."""

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.sync.desk import Desk, desk
from tests.sync.test_keep import keeps, kept
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import ahead


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "CALM", 0.01)


async def read(work: Desk, uid: int) -> None:
    await work.account.message(await work.inbox(), Uid(uid))


async def test_the_neighbours_and_the_newest_unread_come_while_one_reads(store: Store) -> None:
    async with scripted_imap(messages=20) as server:
        for mail in server.boxes[b"INBOX"].mails:
            if mail.uid not in (3, 17, 18):
                mail.flags.add(SEEN)
        async with desk(store, server, ahead=100) as work:
            await work.holds(20)
            await read(work, 10)
            await keeps(work, 3, 9, 10, 11, 17, 18)
            asked = len(server.log)
            await read(work, 10)
            await read(work, 11)
            await keeps(work, 3, 9, 10, 11, 12, 17, 18)
            assert sum(b" UID FETCH " in line for line in server.log[asked:]) == 1


async def test_nothing_is_fetched_beyond_the_budget(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted_imap(messages=4) as server:
        server.boxes[b"INBOX"].add(b"Subject: large\r\n\r\n" + b"x" * 3000 + b"\r\n")
        async with desk(store, server, ahead=1) as work:
            await work.holds(5)
            await read(work, 4)
            await keeps(work, 3, 4)


@pytest.mark.parametrize(("budget", "sparing"), [(0, False), (100, True)])
async def test_it_can_be_switched_off(store: Store, budget: int, sparing: bool) -> None:
    async with (
        scripted_imap(messages=4) as server,
        desk(store, server, ahead=budget, low_bandwidth=sparing) as work,
    ):
        await work.holds(4)
        await read(work, 2)
        assert await kept(work) == [2]


async def test_on_a_slow_line_only_the_plain_text_is_fetched(store: Store) -> None:
    both = (
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain words'
        b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>plain words</p>\r\n--b--\r\n"
    )
    async with scripted_imap(messages=1) as server:
        server.boxes[b"INBOX"].add(both)
        async with desk(store, server, low_bandwidth=True) as work:
            await work.holds(2)
            message = await work.account.message(await work.inbox(), Uid(2))
            assert sorted(message.bodies) == ["1"]
