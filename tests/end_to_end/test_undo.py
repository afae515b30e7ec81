"""Undo and redo on Dovecot, online and offline, with what another client sees."""

import asyncio

from tests.end_to_end.work import OtherClient, at_work, mail, other_client
from tests.servers.dovecot import ADA, Dovecot
from tests.sync.desk import Desk
from tui.mail.act import ActState
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link, MessagesArrived

COUNT = 6


async def undo(desk: Desk) -> None:
    act = await desk.store.journal.newest([desk.name])
    assert act is not None
    assert await desk.account.changes.undo(act) is not None


async def redo(desk: Desk) -> None:
    act = await desk.store.journal.undone([desk.name])
    assert act is not None
    assert await desk.account.changes.redo(act) is not None


async def quiet(desk: Desk) -> None:
    async def is_quiet() -> bool:
        return not await desk.store.pending.all()

    await desk.until(is_quiet)


def deliver(dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(1, COUNT + 1)))


def counts(other: OtherClient) -> tuple[int, int]:
    return len(other.uids()), len(other.uids("Archive"))


async def test_archive_undo_and_redo_online(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    with other_client(dovecot) as other:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(COUNT)
            await desk.mailbox(b"Archive")
            await desk.account.changes.flag(await desk.inbox(), [Uid(2)], FLAGGED, True)
            await desk.account.changes.archive(await desk.inbox(), [Uid(2), Uid(3), Uid(5)])
            await quiet(desk)
            assert counts(other) == (3, 3)
            before = len(desk.said(MessagesArrived))
            await undo(desk)
            rows = await desk.holds(COUNT)
            assert counts(other) == (COUNT, 0)
            assert [set(row.flags) for row in rows if row.subject == "number 2"] == [{FLAGGED}]
            assert not [event for event in desk.said(MessagesArrived)[before:] if event.fresh], "it is no new mail"
            await redo(desk)
            await quiet(desk)
            assert counts(other) == (3, 3)
            await undo(desk)
            await undo(desk)
            await quiet(desk)
            assert counts(other) == (COUNT, 0)
            assert not any(other.flags().values())
            assert not desk.said(ChangeRefused)


async def test_a_bulk_act_is_one_and_nothing_is_sent_when_it_is_undone_offline(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(COUNT)
        await desk.mailbox(b"Archive")
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        inbox = await desk.inbox()
        await desk.account.changes.flag(inbox, [Uid(uid) for uid in range(1, COUNT + 1)], SEEN, True)
        await desk.account.changes.archive(inbox, [Uid(uid) for uid in range(1, COUNT)])
        assert await desk.uids() == [COUNT]
    async with at_work(store, dovecot.account(ADA)) as desk:  # not even in the same life of the program
        labels = [act.label for act in await store.journal.list()]
        assert labels == [f"archived {COUNT - 1} messages in Inbox", f"marked {COUNT} messages as read in Inbox"]
        await undo(desk)
        assert await desk.uids() == list(range(1, COUNT + 1))
        await undo(desk)
        assert not any(row.flags for row in await desk.rows())
        await redo(desk)
        assert all(row.flags == {SEEN} for row in await desk.rows())
        await undo(desk)
        assert await store.pending.all() == []
    dovecot.start()
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.link(Link.LIVE)
        with other_client(dovecot) as other:
            assert counts(other) == (COUNT, 0)
            assert not any(other.flags().values())


async def test_what_was_done_online_is_undone_offline_and_the_other_way_round(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(COUNT)
        await desk.mailbox(b"Archive")
        await desk.account.changes.archive(await desk.inbox(), [Uid(1), Uid(2)])
        await quiet(desk)
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        await undo(desk)
        await desk.account.changes.flag(await desk.inbox(), [Uid(4)], FLAGGED, True)
    dovecot.start()
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(COUNT)
        await quiet(desk)
        with other_client(dovecot) as other:
            assert counts(other) == (COUNT, 0)
            assert sum(FLAGGED in flags for flags in other.flags().values()) == 1
            await undo(desk)
            await quiet(desk)
            assert not any(other.flags().values())


async def test_keys_pressed_faster_than_the_server_answers(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(COUNT)
        await desk.mailbox(b"Archive")
        inbox = await desk.inbox()
        for uid in range(1, COUNT + 1):
            await desk.account.changes.archive(inbox, [Uid(uid)])
            await asyncio.sleep(0)
            await undo(desk)
            if uid % 2:
                await redo(desk)
        await quiet(desk)
        with other_client(dovecot) as other:
            assert counts(other) == (COUNT // 2, COUNT // 2)
        await desk.holds(COUNT // 2)
        acts = await store.journal.list()
        assert [act.state for act in acts] == [ActState.UNDONE, ActState.DONE] * (COUNT // 2)


async def test_mailboxes_are_made_renamed_and_deleted_on_dovecot(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    with other_client(dovecot) as other:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(COUNT)
            await desk.mailbox(b"Archive")
            changes = desk.account.changes
            await changes.create_mailbox("Reisen/Österreich")
            await quiet(desk)
            made = await desk.mailbox(b"Reisen/&ANY-sterreich")
            await changes.move(await desk.inbox(), [Uid(1)], made.id)
            await changes.rename_mailbox(made.id, "Reisen/Wien")
            await quiet(desk)
            assert len(other.uids("Reisen/Wien")) == 1
            await undo(desk)
            await undo(desk)
            await quiet(desk)
            await desk.holds(COUNT)
            await undo(desk)
            await quiet(desk)
            assert not desk.said(ChangeRefused)
            states = await store.mailboxes.all(desk.name)
            assert not [state for state in states if "sterreich" in state.mailbox.name]


async def test_emptying_the_trash_deletes_what_was_there_and_nothing_else(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    with other_client(dovecot) as other:
        async with at_work(store, dovecot.account(ADA)) as desk:
            await desk.holds(COUNT)
            trash = await desk.mailbox(b"Trash")
            await desk.account.changes.delete(await desk.inbox(), [Uid(1), Uid(2)])
            await quiet(desk)
            await desk.account.look_into(trash.id)
            await desk.holds(2, b"Trash")
            other.append("Trash", mail("deleted elsewhere since"))
            await desk.account.changes.erase(trash.id, await store.envelopes.uids(trash.id))
            await quiet(desk)
            assert len(other.uids("Trash")) == 1
