"""Courier, where nothing is new: no MOVE, no SPECIAL-USE, no CONDSTORE, everything below ``INBOX.``."""

import imaplib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.end_to_end.test_undo import quiet, undo
from tests.end_to_end.work import at_work, mail
from tests.servers.courier import PASSWORD, USER, Courier
from tests.servers.packages import ServersMissing
from tests.servers.scripted_smtp import scripted_smtp
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
        await quiet(desk)
        assert await desk.uids() == [1, 3, 5, 6]
        there = await store.mailboxes.by_role(desk.name, Role.ARCHIVE)
        assert there is not None
        assert there.mailbox.wire == b"INBOX.Archive"
        desk.account.open_mailbox(there.id)
        rows = await desk.holds(2, b"INBOX.Archive")
        assert sorted(map(sorted, (row.flags for row in rows))) == [[], [SEEN]]
        assert not desk.said(ChangeRefused)


async def test_the_first_mailboxes_are_made_below_inbox(store: Store, courier: Courier) -> None:
    """With nothing but INBOX only NAMESPACE tells that all others lie below it."""
    courier.deliver(*(mail(f"number {number}") for number in range(1, 4)))
    async with scripted_smtp(password=PASSWORD) as smtp:
        account = courier.account()
        account = replace(account, send=replace(account.receive, port=smtp.port))
        async with at_work(store, account, poll=2) as desk:
            await desk.link(Link.LIVE)
            await desk.holds(3)
            await first_mailboxes(desk)
            assert len(smtp.accepted) == 1


async def first_mailboxes(desk: Desk) -> None:
    """Make those that matter where there is only INBOX, use them, and undo it."""
    inbox, changes = await desk.inbox(), desk.account.changes
    for name in ("Archive", "Trash", "Grüße"):
        await changes.create_mailbox(name)
    await quiet(desk)

    async def known() -> bool:
        states = [state.mailbox for state in await desk.store.mailboxes.all(desk.name)]
        roles = {mailbox.role: mailbox.wire for mailbox in states}
        wanted = {Role.ARCHIVE: b"INBOX.Archive", Role.TRASH: b"INBOX.Trash"}
        return wanted.items() <= roles.items() and b"INBOX.Gr&APwA3w-e" in {mailbox.wire for mailbox in states}

    await desk.until(known)
    await desk.becomes(await desk.send(), "copied")
    await changes.archive(inbox, [Uid(1)])
    await changes.delete(inbox, [Uid(2)])
    await quiet(desk)
    for wire in (b"INBOX.Archive", b"INBOX.Trash", b"INBOX.Sent"):
        desk.account.look_now()
        desk.account.open_mailbox((await desk.mailbox(wire)).id)
        await desk.holds(1, wire)
    for _ in range(2):
        await undo(desk)
    await quiet(desk)
    await desk.holds(3)
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
