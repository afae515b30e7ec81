"""Courier, where nothing is new: no MOVE, no SPECIAL-USE, no CONDSTORE, everything below ``INBOX.``."""

import imaplib
from collections.abc import Iterator

import pytest

from tests.end_to_end.work import at_work, mail
from tests.servers.courier import PASSWORD, USER, Courier
from tests.servers.packages import ServersMissing
from tests.sync.desk import Desk
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link, Return


@pytest.fixture
def courier() -> Iterator[Courier]:
    try:
        server = Courier()
    except ServersMissing as error:
        pytest.skip(str(error))
    with server:
        yield server


async def nothing_waits(desk: Desk) -> bool:
    return not await desk.store.pending.all()


async def test_the_plain_road(store: Store, courier: Courier) -> None:
    courier.deliver(*(mail(f"number {number}", f"Text {number}.") for number in range(1, 6)))
    async with at_work(store, courier.account(), poll=2, offline=10) as desk:
        await desk.link(Link.LIVE)
        await desk.holds(5)
        courier.deliver(mail("number 6", "Text 6."))
        await desk.holds(6)  # told by its own kind of IDLE
        inbox = await desk.inbox()
        assert await desk.body(6) == b"Text 6.\r\n"
        await desk.account.change_flags(inbox, [Uid(2)], add=[SEEN])
        with imaplib.IMAP4("127.0.0.1", courier.port, timeout=30) as other:
            other.login(USER, PASSWORD)
            other.create("INBOX.Archive")

        async def archive() -> bool:
            return await store.mailboxes.by_role(desk.name, Role.ARCHIVE) is not None

        await desk.until(archive)
        await desk.account.changes.archive(inbox, [Uid(2), Uid(4)])  # COPY, \Deleted and UID EXPUNGE
        await desk.until(lambda: nothing_waits(desk))
        assert await desk.uids() == [1, 3, 5, 6]
        there = await store.mailboxes.by_role(desk.name, Role.ARCHIVE)
        assert there is not None
        assert there.mailbox.wire == b"INBOX.Archive"
        desk.account.open_mailbox(there.id)
        rows = await desk.holds(2, b"INBOX.Archive")
        assert sorted(map(sorted, (row.flags for row in rows))) == [[], [SEEN]]
        assert not desk.said(ChangeRefused)


async def test_it_goes_and_returns(store: Store, courier: Courier) -> None:
    courier.deliver(*(mail(f"number {number}") for number in range(1, 4)))
    async with at_work(store, courier.account(), poll=2) as desk:
        await desk.link(Link.LIVE)
        await desk.holds(3)
        courier.kill()
        await desk.link(Link.OFFLINE)
        await desk.account.change_flags(await desk.inbox(), [Uid(1)], add=[FLAGGED])
        courier.deliver(mail("missed"))
        courier.start()
        back: Return = await desk.until(lambda: desk.account.link.back, timeout=30)
        assert (back.new, back.done) == (1, 1)
        await desk.holds(4)
