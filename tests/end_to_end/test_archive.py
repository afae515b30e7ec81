"""The archive by year on Dovecot: each mail to the mailbox of its year, which is made where there is none, and back."""

from dataclasses import replace

from tests.end_to_end.test_changing import none_pending
from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import Desk
from tui.mail.act import ActState, Verb
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link

DATES = ("Sun, 31 Dec 2023 12:00:00 +0000", "Tue, 2 Jan 2024 12:00:00 +0000", "Wed, 3 Jan 2024 12:00:00 +0000", "?")


def dated(dovecot: Dovecot) -> None:
    """Deliver a mail of 2023, two of 2024, and one whose date is damaged."""
    dovecot.deliver(ADA, *(f"Date: {date}\r\n".encode() + mail(f"number {each}") for each, date in enumerate(DATES, 1)))


async def undo(desk: Desk) -> None:
    act = await desk.store.journal.newest([desk.name])
    assert act is not None
    assert await desk.account.changes.undo(act) is not None


async def test_mail_goes_to_the_mailbox_of_its_year_and_comes_back(store: Store, dovecot: Dovecot) -> None:
    dated(dovecot)
    account = replace(dovecot.account(ADA), archive="Archive/{year}")
    async with at_work(store, account) as desk:
        rows = await desk.holds(4)
        await desk.mailbox(b"Archive")
        inbox = await desk.inbox()
        act = await desk.account.changes.archive(inbox, [Uid(uid) for uid in (1, 2, 3)])
        assert act is not None
        assert (act.label, await desk.uids()) == ("archived 3 messages in Inbox", [4])
        await desk.until(lambda: none_pending(store))
        with other_client(dovecot) as other:
            assert [other.uids(name) for name in ("INBOX", "Archive/2023", "Archive/2024")] == [[4], [1], [1, 2]]
            assert b"number 1" in other.source(1, "Archive/2023")
            await undo(desk)
            await desk.until(lambda: none_pending(store))
            assert [len(other.uids(name)) for name in ("INBOX", "Archive/2023", "Archive/2024")] == [4, 0, 0]
            rows = await desk.holds(4)
            again = [row.uid for row in rows if row.subject == "number 2"]
            await desk.account.changes.archive(inbox, again)
            made = [each for each in await store.journal.list() if each.verb is Verb.CREATED]
            assert len(made) == 2, "what is there already is not made again"
            await desk.until(lambda: none_pending(store))
            assert len(other.uids("Archive/2024")) == 1
            damaged = [row for row in rows if row.subject == "number 4"]
            assert damaged[0].sent is None
            await desk.account.changes.archive(inbox, [damaged[0].uid])  # then it is when it came
            await desk.until(lambda: none_pending(store))
            year = (await store.journal.list())[0]
            assert year.verb is Verb.ARCHIVED
            assert len(other.uids()) == 2
        assert not desk.said(ChangeRefused)


async def test_it_can_be_done_and_undone_without_the_server(store: Store, dovecot: Dovecot) -> None:
    dated(dovecot)
    account = replace(dovecot.account(ADA), archive="{year}")
    async with at_work(store, account) as desk:
        await desk.holds(4)
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        inbox = await desk.inbox()
        await desk.account.changes.archive(inbox, [Uid(1)])
        await desk.account.changes.archive(inbox, [Uid(2), Uid(3)])
        await undo(desk)
        await undo(desk)
        assert await desk.uids() == [2, 3, 4]
        states = [act.state for act in await store.journal.list()]
        assert states == [ActState.UNDONE, ActState.UNDONE, ActState.WAITING, ActState.WAITING]
    dovecot.start()
    async with at_work(store, account) as desk:
        await desk.until(lambda: none_pending(store))
        with other_client(dovecot) as other:
            assert (other.uids(), len(other.uids("2023"))) == ([2, 3, 4], 1)


async def test_what_is_there_already_stays(store: Store, dovecot: Dovecot) -> None:
    dated(dovecot)
    account = replace(dovecot.account(ADA), archive="{year}")
    async with at_work(store, account) as desk:
        await desk.holds(4)
        await desk.account.changes.archive(await desk.inbox(), [Uid(1)])
        await desk.until(lambda: none_pending(store))
        year = await desk.mailbox(b"2023")
        desk.account.open_mailbox(year.id)
        rows = await desk.holds(1, b"2023")
        assert await desk.account.changes.archive(year.id, [row.uid for row in rows]) is None
