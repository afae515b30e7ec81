"""Undo and redo on scripted servers: nothing on the wire where nothing was done, the exact opposite where it was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import tests.servers.unsure  # noqa: F401 - registers the behaviour
from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.unsure import CHANGES
from tests.sync.desk import Desk, desk
from tui.mail.act import Act, ActState, Verb
from tui.mail.errors import MailError
from tui.mail.flags import DELETED, FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import retry
from tui.sync.events import ChangeRefused, Link, MessagesArrived

ROADS = ("IMAP4rev1 MOVE UIDPLUS", "IMAP4rev1 MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.02))


@asynccontextmanager
async def at_work(
    store: Store, *, messages: int = 3, capability: str = "IMAP4rev1 IDLE MOVE UIDPLUS"
) -> AsyncIterator[tuple[ScriptedServer, Desk]]:
    """A server with some mail, and an account that knows all of it."""
    async with scripted_imap("unsure", messages=messages, capability=capability) as server, desk(store, server) as work:
        await work.holds(messages)
        await work.mailbox(b"Archive")
        await work.link(Link.LIVE, Link.POLLING)
        yield server, work


def changes_in(server: ScriptedServer) -> list[bytes]:
    """Return the changes that were sent, without tags."""
    lines = [line.partition(b" ")[2] for line in server.log]
    return [line for line in lines if line.startswith(tuple(word.encode() for word in CHANGES))]


async def quiet(work: Desk) -> None:
    """Wait until nothing waits for the server."""

    async def is_quiet() -> bool:
        return not await work.store.pending.all()

    await work.until(is_quiet)


async def offline(server: ScriptedServer, work: Desk) -> None:
    await server.stop()
    await work.link(Link.OFFLINE)


async def undo(work: Desk) -> Act:
    """Undo as the key does."""
    act = await work.store.journal.newest([work.name])
    assert act is not None
    assert await work.account.changes.undo(act) is not None
    return act


async def redo(work: Desk) -> Act | None:
    """Redo as the key does."""
    act = await work.store.journal.undone([work.name])
    if act is not None:
        assert await work.account.changes.redo(act) is not None
    return act


def uids(server: ScriptedServer, box: bytes = b"INBOX") -> list[int]:
    return [mail.uid for mail in server.boxes[box].mails if DELETED not in mail.flags]


async def test_what_is_undone_before_the_server_knows_is_never_sent(store: Store) -> None:
    async with at_work(store) as (server, work):
        inbox = await work.inbox()
        await offline(server, work)
        await work.account.changes.flag(inbox, [Uid(1), Uid(2)], FLAGGED, True)
        await work.account.changes.archive(inbox, [Uid(3)])
        assert await work.uids() == [1, 2]
        await undo(work)
        assert await work.uids() == [1, 2, 3]
        assert work.said(MessagesArrived)[-1].uids == (3,)
        await undo(work)
        assert not any(row.flags for row in await work.rows())
        assert await store.pending.all() == []
        await server.start()
        work.account.look_now()
        await work.until(lambda: len(work.said(MessagesArrived)) >= 1 and work.states[-1].link is Link.LIVE)
        assert changes_in(server) == []


@pytest.mark.parametrize("capability", ROADS)
async def test_a_move_that_was_done_is_undone_and_done_again(store: Store, capability: str) -> None:
    async with at_work(store, capability=capability) as (server, work):
        inbox = await work.inbox()
        act = await work.account.changes.archive(inbox, [Uid(1), Uid(3)])
        assert act is not None
        assert act.label == "archived 2 messages in Inbox"
        await quiet(work)
        assert (uids(server), len(uids(server, b"Archive"))) == ([2], 2)
        await undo(work)
        await quiet(work)
        assert (len(uids(server)), uids(server, b"Archive")) == (3, [])
        await work.holds(3)
        await redo(work)
        await quiet(work)
        assert (uids(server), len(uids(server, b"Archive"))) == ([2], 2)
        bodies = [mail.raw.split()[-1] for mail in server.boxes[b"Archive"].mails if DELETED not in mail.flags]
        assert sorted(bodies) == [b"1", b"3"]


async def test_flags_follow_a_message_through_its_moves(store: Store) -> None:
    async with at_work(store) as (server, work):
        inbox = await work.inbox()
        await work.account.changes.flag(inbox, [Uid(2)], FLAGGED, True)
        await work.account.changes.archive(inbox, [Uid(2)])
        await quiet(work)
        assert server.boxes[b"Archive"].mails[0].flags == {FLAGGED}
        await undo(work)
        await undo(work)
        await quiet(work)
        assert server.boxes[b"INBOX"].mails[-1].uid == 4
        assert server.boxes[b"INBOX"].mails[-1].flags == set()
        await redo(work)
        await redo(work)
        await quiet(work)
        assert server.boxes[b"Archive"].mails[0].flags == {FLAGGED}


async def test_only_what_an_act_changed_is_undone(store: Store) -> None:
    async with at_work(store) as (server, work):
        inbox = await work.inbox()
        await work.account.change_flags(inbox, [Uid(1)], add=[SEEN])  # read in passing: no act
        assert await store.journal.list() == []
        act = await work.account.changes.flag(inbox, [Uid(1), Uid(2), Uid(3)], SEEN, True)
        assert act is not None
        assert act.short == "read 2"
        await quiet(work)
        server.boxes[b"INBOX"].mails[1].flags.add("$Label")
        await undo(work)
        await quiet(work)
        assert [mail.flags for mail in server.boxes[b"INBOX"].mails] == [{SEEN}, {"$Label"}, set()]


async def test_undo_in_flight_waits_for_its_turn(store: Store) -> None:
    async with at_work(store) as (server, work):
        asked = asyncio.Event()

        async def ask() -> None:
            if not asked.is_set():
                asked.set()
                await undo(work)

        server.options |= {"ask": ask, "plan": ["ask"]}
        await work.account.changes.archive(await work.inbox(), [Uid(2)])
        await asyncio.wait_for(asked.wait(), 10)
        await quiet(work)
        assert (len(uids(server)), uids(server, b"Archive")) == (3, [])
        await work.holds(3)


async def test_the_opposite_of_what_was_refused_is_not_sent(store: Store) -> None:
    async with at_work(store) as (server, work):
        server.options |= {"ask": lambda: undo(work), "plan": ["ask, refuse"]}
        await work.account.changes.flag(await work.inbox(), [Uid(2)], FLAGGED, True)
        await work.until(lambda: work.said(ChangeRefused))
        await quiet(work)
        await work.account.changes.flag(await work.inbox(), [Uid(1)], SEEN, True)
        await quiet(work)
        assert len(changes_in(server)) == 2
        assert (await store.journal.list())[1].state is ActState.REFUSED


@pytest.mark.parametrize("capability", ROADS)
@pytest.mark.parametrize("plan", [["after"], ["ok", "after"], ["ok", "ok", "after"], ["before"]])
async def test_a_line_lost_in_a_move_doubles_nothing(store: Store, capability: str, plan: list[str]) -> None:
    async with at_work(store, capability=capability) as (server, work):
        server.options["plan"] = list(plan)
        await work.account.changes.archive(await work.inbox(), [Uid(1), Uid(2)])
        await quiet(work)
        assert (uids(server), len(uids(server, b"Archive"))) == ([3], 2)
        server.options["plan"] = list(plan)
        await undo(work)
        await quiet(work)
        assert (len(uids(server)), uids(server, b"Archive")) == (3, [])


async def test_a_refused_act_is_put_back_with_the_servers_words(store: Store) -> None:
    async with at_work(store) as (server, work):
        server.options["plan"] = ["refuse"]
        inbox = await work.inbox()
        await work.account.changes.flag(inbox, [Uid(1)], FLAGGED, True)
        await work.until(lambda: work.said(ChangeRefused))
        assert work.said(ChangeRefused)[0].sentence == "server refused: out of quota · put back"
        assert not any(row.flags for row in await work.rows())
        (act,) = await store.journal.list()
        assert (act.state, act.words) == (ActState.REFUSED, "out of quota")
        assert await store.journal.newest([work.name]) is None


async def test_a_refused_undo_leaves_the_act_in_force(store: Store) -> None:
    async with at_work(store) as (server, work):
        await work.account.changes.archive(await work.inbox(), [Uid(1)])
        await quiet(work)
        server.options["plan"] = ["refuse"]
        await undo(work)
        await work.until(lambda: work.said(ChangeRefused))
        assert work.said(ChangeRefused)[0].sentence == "server refused: out of quota · not undone"
        (act,) = await store.journal.list()
        assert (act.state, act.words) == (ActState.DONE, "out of quota")
        await undo(work)
        await quiet(work)
        assert len(uids(server)) == 3


async def test_what_others_said_meanwhile_stays_when_a_change_is_refused(store: Store) -> None:
    async with at_work(store) as (server, work):
        inbox = await work.inbox()
        await offline(server, work)
        await work.account.changes.flag(inbox, [Uid(1)], FLAGGED, True)
        await store.envelopes.set_flags(inbox, {Uid(1): frozenset({FLAGGED, SEEN})})  # as a sync does before the replay
        await undo(work)
        assert [row.flags for row in await work.rows()][-1] == {FLAGGED, SEEN}


async def test_something_new_cuts_what_could_be_done_again(store: Store) -> None:
    async with at_work(store) as (_, work):
        inbox = await work.inbox()
        await work.account.changes.flag(inbox, [Uid(1)], FLAGGED, True)
        await undo(work)
        await work.account.changes.flag(inbox, [Uid(2)], FLAGGED, True)
        assert await redo(work) is None
        assert [act.can_redo for act in await store.journal.list()] == [False, False]


async def test_deleting_for_good_is_taken_back_only_while_the_server_has_not_heard(store: Store) -> None:
    async with at_work(store) as (server, work):
        inbox = await work.inbox()
        await offline(server, work)
        await work.account.changes.erase(inbox, [Uid(1)])
        assert await work.uids() == [2, 3]
        await undo(work)
        assert await work.uids() == [1, 2, 3]
        await work.account.changes.erase(inbox, [Uid(2)], Verb.EMPTIED)
        await server.start()
        work.account.look_now()
        await quiet(work)
        assert uids(server) == [1, 3]
        act = (await store.journal.list())[0]
        assert act.state is ActState.FINAL
        assert await work.account.changes.undo(act) is None


async def test_mailboxes_are_made_renamed_and_deleted_at_once_and_back(store: Store) -> None:
    async with at_work(store) as (server, work):
        changes = work.account.changes
        await changes.create_mailbox("Plans & Träume")
        wire = b"Plans &- Tr&AOQ-ume"
        made = await work.mailbox(wire)
        assert made.mailbox.name == "Plans & Träume"
        await quiet(work)
        assert wire in server.boxes
        await changes.rename_mailbox(made.id, "Ideas")
        state = await store.mailboxes.get(made.id)
        assert state is not None
        assert state.mailbox.name == "Ideas"
        await quiet(work)
        assert b"Ideas" in server.boxes
        await changes.move(await work.inbox(), [Uid(1)], made.id)
        await quiet(work)
        assert len(server.boxes[b"Ideas"].mails) == 1
        await undo(work)
        await undo(work)
        await quiet(work)
        assert wire in server.boxes
        assert len(uids(server)) == 3
        await undo(work)
        await quiet(work)
        assert wire not in server.boxes
        assert await store.mailboxes.all(work.name) == [
            state for state in await store.mailboxes.all(work.name) if state.mailbox.wire != wire
        ]
        with pytest.raises(MailError, match="already"):
            await changes.create_mailbox("Archive")
        with pytest.raises(MailError, match="cannot be the name"):
            await changes.create_mailbox("a//b")


async def test_a_mailbox_the_server_does_not_make_is_taken_out_of_the_tree(store: Store) -> None:
    async with at_work(store) as (server, work):
        server.options["plan"] = ["refuse"]
        await work.account.changes.create_mailbox("Plans")
        await work.until(lambda: work.said(ChangeRefused))
        assert [state.mailbox.name for state in await store.mailboxes.all(work.name)] == ["INBOX", "Sent", "Archive"]


async def test_a_deleted_mailbox_is_back_when_the_server_keeps_it(store: Store) -> None:
    async with at_work(store) as (server, work):
        archive = await work.mailbox(b"Archive")
        server.options["plan"] = ["refuse"]
        await work.account.changes.delete_mailbox(archive.id)
        await work.until(lambda: work.said(ChangeRefused))
        names = [state.mailbox.name for state in await store.mailboxes.all(work.name)]
        assert sorted(names) == ["Archive", "INBOX", "Sent"]


async def test_unmaking_a_mailbox_that_holds_mail_by_now_is_refused(store: Store) -> None:
    async with at_work(store) as (server, work):
        await work.account.changes.create_mailbox("Plans")
        await quiet(work)
        server.boxes[b"Plans"].add(b"Subject: x\r\n\r\n")
        await undo(work)
        await work.until(lambda: work.said(ChangeRefused))
        assert "holds mail" in work.said(ChangeRefused)[0].sentence
        assert b"Plans" in server.boxes


async def test_what_comes_back_is_no_new_mail(store: Store) -> None:
    async with at_work(store) as (server, work):
        await work.account.changes.archive(await work.inbox(), [Uid(2)])
        await quiet(work)
        await undo(work)
        await quiet(work)
        server.push(b"* 3 EXISTS\r\n")
        await work.holds(3)
        assert not [event for event in work.said(MessagesArrived) if event.fresh]


async def test_an_undo_shows_at_once_where_the_server_did_not_say_what_the_messages_are_called(store: Store) -> None:
    async with at_work(store, capability="IMAP4rev1 IDLE MOVE") as (server, work):
        archive = (await work.mailbox(b"Archive")).id
        await work.account.changes.move(await work.inbox(), [Uid(2)], archive, Verb.MOVED)

        await quiet(work)
        work.account.open_mailbox(archive)
        await work.holds(1, b"Archive")
        await offline(server, work)
        await undo(work)
        assert await store.envelopes.older(archive, None, 10) == []
