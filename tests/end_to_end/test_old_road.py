"""Dovecot that says it can do little: no IDLE, no MOVE, no UIDPLUS. Everything still works, with more words."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link


@pytest.fixture(params=["IMAP4rev1", "IMAP4rev1 UIDPLUS IDLE"])
def capability(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(capability: str) -> Iterator[Dovecot]:
    with Dovecot(capability=capability) as server:
        yield server


async def test_mail_comes_and_is_moved(store: Store, old: Dovecot, capability: str) -> None:
    old.deliver(ADA, *(mail(f"number {number}") for number in range(1, 6)))
    idle = "IDLE" in capability
    async with at_work(store, old.account(ADA), poll=1) as desk:
        assert (await desk.link(Link.LIVE, Link.POLLING)).link is (Link.LIVE if idle else Link.POLLING)
        await desk.holds(5)
        inbox = await desk.inbox()
        archive = await desk.mailbox(b"Archive")  # known by its name: there is no SPECIAL-USE
        await desk.account.change_flags(inbox, [Uid(2)], add=[SEEN])
        await desk.account.changes.move(inbox, [Uid(2), Uid(4)], archive.id)
        with other_client(old) as other:
            await desk.until(lambda: other.uids() == [1, 3, 5])
            assert sorted(map(sorted, other.flags("Archive").values())) == [[], [SEEN]]
            old.deliver(ADA, mail("number 6"))
            await desk.holds(4)
            assert await desk.uids() == [1, 3, 5, 6]
            other.command("STORE", "1", "+FLAGS", "(\\Deleted)")  # another client's mark, not to be expunged by us
            await desk.account.changes.archive(inbox, [Uid(3)])
            await desk.until(lambda: len(other.uids("Archive")) == 3)
            assert 1 in other.uids()
        assert await desk.uids() == [1, 5, 6]
        assert not desk.said(ChangeRefused)
