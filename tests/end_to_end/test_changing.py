"""What the user does to mail on Dovecot: here at once, there as soon as it can be, put back when it is refused."""

import pytest

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tui.mail.errors import MailboxNotFound
from tui.mail.flags import ANSWERED, FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link, MessagesArrived, MessagesVanished


async def test_flags_are_changed_here_at_once_and_there_soon(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(1, 4)))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(3)
        inbox = await desk.inbox()
        await desk.account.change_flags(inbox, [Uid(1), Uid(2)], add=[SEEN, "$Label1"])
        assert {row.uid: row.flags for row in await desk.rows()} == {
            1: {SEEN, "$Label1"},
            2: {SEEN, "$Label1"},
            3: set(),
        }
        await desk.account.change_flags(inbox, [Uid(2)], add=[FLAGGED], remove=[SEEN])
        with other_client(dovecot) as other:
            wanted = {1: {SEEN, "$Label1"}, 2: {FLAGGED, "$Label1"}, 3: set()}
            await desk.until(lambda: other.flags() == wanted)
            await desk.until(lambda: none_pending(store))
            other.command("STORE", "1", "+FLAGS", "(\\Answered)")  # flags of two clients add up
            await desk.account.change_flags(inbox, [Uid(1)], add=[FLAGGED])
            wanted[1] = {SEEN, "$Label1", ANSWERED, FLAGGED}
            await desk.until(lambda: other.flags() == wanted)

            async def alike() -> bool:
                return {row.uid: set(row.flags) for row in await desk.rows()} == wanted

            await desk.until(alike)


async def none_pending(store: Store) -> bool:
    return not await store.pending.all()


async def test_moving_archiving_and_deleting(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(1, 6)))
    with other_client(dovecot) as other:
        other.create('"W&APY-rk, in (progress)"')
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(5)
            inbox = await desk.inbox()
            work = await desk.mailbox(b"W&APY-rk, in (progress)")
            await desk.mailbox(b"Trash")
            before = other.source(3)
            await desk.account.changes.move(inbox, [Uid(1), Uid(3)], work.id)
            await desk.account.changes.archive(inbox, [Uid(2)])
            await desk.account.changes.delete(inbox, [Uid(5)])
            assert await desk.uids() == [4], "the list changes at once"
            assert [event.uids for event in desk.said(MessagesVanished)] == [(1, 3), (2,), (5,)]
            await desk.until(lambda: none_pending(store))
            assert other.uids() == [4]
            assert other.source(2, '"W&APY-rk, in (progress)"') == before
            assert [len(other.uids(name)) for name in ("Archive", "Trash")] == [1, 1]
            assert not desk.said(ChangeRefused)
            desk.account.open_mailbox(work.id)
            rows = await desk.holds(2, b"W&APY-rk, in (progress)")
            assert {row.subject for row in rows} == {"number 1", "number 3"}


async def test_what_is_done_offline_is_done_when_the_server_returns(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(1, 4)))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(3)
        await desk.mailbox(b"Archive")
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        inbox = await desk.inbox()
        await desk.account.change_flags(inbox, [Uid(2), Uid(3)], add=[FLAGGED])
        await desk.account.changes.archive(inbox, [Uid(3)])
        assert await desk.uids() == [1, 2]
    dovecot.start()
    async with at_work(store, dovecot.account(ADA)) as desk:  # not even in the same life of the program
        with other_client(dovecot) as other:
            await desk.until(lambda: other.flags() == {1: set(), 2: {FLAGGED}})
            assert other.flags("Archive") == {1: {FLAGGED}}
        await desk.until(lambda: none_pending(store))
        assert await desk.uids() == [1, 2]


async def test_a_refused_move_is_put_back_and_told(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("one"), mail("two"))
    with other_client(dovecot) as other:
        other.create("Doomed")
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(2)
            doomed = await desk.mailbox(b"Doomed")
            other.delete("Doomed")
            await desk.account.changes.move(await desk.inbox(), [Uid(2)], doomed.id)
            refused = await desk.until(lambda: desk.said(ChangeRefused))
            assert "exist" in refused[0].sentence
            assert await desk.uids() == [1, 2]
            assert desk.said(MessagesArrived)[-1].fresh is False
            await desk.until(lambda: none_pending(store))
            assert other.uids() == [1, 2]


async def test_what_is_gone_there_cannot_be_moved_and_is_not_shown_again(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("one"), mail("two"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(2)
        await desk.mailbox(b"Archive")
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        await desk.account.changes.archive(await desk.inbox(), [Uid(2)])
        await desk.account.change_flags(await desk.inbox(), [Uid(1)], add=[FLAGGED])
    dovecot.start()
    with other_client(dovecot) as other:
        other.expunge(1, 2)
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.link(Link.LIVE)
            await desk.until(lambda: none_pending(store))
            await desk.holds(0)
            assert await desk.uids() == []
            assert other.uids("Archive") == []


async def test_an_account_without_a_trash_says_so(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("one"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(1)
        await desk.mailbox(b"Trash")
        rest = [state.mailbox for state in await store.mailboxes.all(desk.name) if state.mailbox.name != "Trash"]
        await store.mailboxes.replace(desk.name, rest)
        with pytest.raises(MailboxNotFound, match="no trash mailbox"):
            await desk.account.changes.delete(await desk.inbox(), [Uid(1)])
        assert await desk.uids() == [1]
