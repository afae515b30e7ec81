"""Copying on scripted servers: once, wherever the line is cut; nothing where it is refused; undone without a trace."""

from pathlib import Path

import pytest

import tests.servers.unsure  # noqa: F401 - registers the behaviour
from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.sync.desk import Desk, desk, open_store
from tests.sync.test_carry import nameless
from tests.sync.test_undo import ROADS, at_work, changes_in, offline, quiet, redo, uids, undo
from tui.config.paths import Paths
from tui.mail.act import ActState, Verb
from tui.mail.flags import DELETED, FLAGGED
from tui.mail.ids import MailboxId, Uid
from tui.store.database import Store
from tui.sync import retry
from tui.sync.events import ChangeRefused, ChangesParked, Link, MessagesArrived


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.02))


async def archive_of(work: Desk) -> MailboxId:
    return (await work.mailbox(b"Archive")).id


def bodies(server: ScriptedServer, box: bytes = b"Archive") -> list[bytes]:
    return sorted(mail.raw.split()[-1] for mail in server.boxes[box].mails)


@pytest.mark.parametrize("capability", ROADS)
async def test_copies_are_made_undone_and_made_again(store: Store, capability: str) -> None:
    async with at_work(store, capability=capability) as (server, work):
        inbox = await work.inbox()
        await work.account.changes.flag(inbox, [Uid(3)], FLAGGED, True)
        act = await work.account.changes.copy(inbox, [Uid(1), Uid(3)], await archive_of(work))
        assert act is not None
        assert (act.verb, act.short) == (Verb.COPIED, "copied 2 to Archive")
        assert act.label == "copied 2 messages from Inbox to Archive"
        await quiet(work)
        assert (await work.uids(), uids(server)) == ([1, 2, 3], [1, 2, 3])
        assert bodies(server) == [b"1", b"3"]
        assert {FLAGGED} in [mail.flags for mail in server.boxes[b"Archive"].mails]
        await undo(work)
        await quiet(work)
        assert (uids(server), uids(server, b"Archive")) == ([1, 2, 3], [])
        assert await work.uids() == [1, 2, 3]
        await redo(work)
        await quiet(work)
        assert len(uids(server, b"Archive")) == 2
        await undo(work)
        await quiet(work)
        assert uids(server, b"Archive") == []
        assert not work.said(ChangeRefused)


@pytest.mark.parametrize("capability", ROADS)
@pytest.mark.parametrize(
    "plan", [["before"], ["after"], ["busy"], ["before", "after", "before", "busy"], ["after"] * 3]
)
async def test_no_cut_doubles_a_copy(store: Store, capability: str, plan: list[str]) -> None:
    async with at_work(store, capability=capability) as (server, work):
        server.options["plan"] = list(plan)
        await work.account.changes.copy(await work.inbox(), [Uid(1), Uid(2)], await archive_of(work))
        await quiet(work)
        assert bodies(server) == [b"1", b"2"]
        await undo(work)
        await quiet(work)
        assert (uids(server), uids(server, b"Archive")) == ([1, 2, 3], [])
        assert not work.said(ChangeRefused)


@pytest.mark.parametrize("plan", ["before", "after"])
async def test_one_without_message_id_is_not_doubled_either(store: Store, plan: str) -> None:
    """Another of the same length comes into the target meanwhile: it is not taken for the copy."""
    capability = "IMAP4rev1 IDLE"
    async with scripted_imap("unsure", capability=capability) as server, desk(store, server) as work:
        inbox, archive = server.boxes[b"INBOX"], server.boxes[b"Archive"]
        for number in (1, 2):
            inbox.add(nameless(number))
        await work.holds(2)
        await work.link(Link.LIVE)

        async def another() -> None:
            archive.add(nameless(9))

        server.options.update(plan=["ask, " + plan], ask=another)
        await work.account.changes.copy(await work.inbox(), [Uid(1), Uid(2)], await archive_of(work))
        await quiet(work)
        assert bodies(server) == [b"1", b"2", b"9"]
        assert not work.said(ChangeRefused)


async def test_offline_it_waits_and_can_be_taken_back(store: Store) -> None:
    async with at_work(store) as (server, work):
        inbox, archive = await work.inbox(), await archive_of(work)
        await offline(server, work)
        await work.account.changes.copy(inbox, [Uid(1)], archive)
        await work.account.changes.copy(inbox, [Uid(2)], archive)
        await work.account.changes.archive(inbox, [Uid(2)])
        await undo(work)
        await undo(work)
        await server.start()
        work.account.look_now()
        await quiet(work)
        assert (uids(server), bodies(server)) == ([1, 2, 3], [b"1"])
        assert changes_in(server) == [b'UID COPY 1 "Archive"']


async def test_what_was_copied_is_followed_where_it_went(store: Store) -> None:
    async with at_work(store) as (server, work):
        archive = await archive_of(work)
        await work.account.changes.copy(await work.inbox(), [Uid(1)], archive)
        await quiet(work)
        work.account.open_mailbox(archive)
        rows = await work.holds(1, b"Archive")
        sent = await work.mailbox(b"Sent")
        await work.account.changes.move(archive, [row.uid for row in rows], sent.id)
        await quiet(work)
        act = next(act for act in await store.journal.list() if act.verb is Verb.COPIED)
        assert await work.account.changes.undo(act) is not None
        await quiet(work)
        assert [uids(server, box) for box in (b"INBOX", b"Archive", b"Sent")] == [[1, 2, 3], [], []]


@pytest.mark.parametrize("capability", ROADS)
@pytest.mark.parametrize("plan", [["refuse"], ["ok", "refuse"], ["after", "ok", "refuse"], ["ok", "before", "refuse"]])
async def test_a_refused_copy_leaves_nothing_and_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, capability: str, plan: list[str]
) -> None:
    one_by_one(monkeypatch)
    async with at_work(store, capability=capability) as (server, work):
        server.options["plan"] = list(plan)
        await work.account.changes.copy(await work.inbox(), [Uid(1), Uid(2), Uid(3)], await archive_of(work))
        await work.until(lambda: work.said(ChangeRefused))
        assert work.said(ChangeRefused)[0].sentence == "server refused: out of quota · not copied"
        await quiet(work)
        assert (uids(server), uids(server, b"Archive")) == ([1, 2, 3], [])
        act = (await store.journal.list())[0]
        assert (act.verb, act.state, act.words) == (Verb.COPIED, ActState.REFUSED, "out of quota")


@pytest.mark.parametrize("capability", ROADS)
async def test_a_cut_between_two_commands_doubles_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, capability: str
) -> None:
    one_by_one(monkeypatch)
    async with at_work(store, capability=capability) as (server, work):
        server.options["plan"] = ["ok", "after", "before"]
        await work.account.changes.copy(await work.inbox(), [Uid(1), Uid(2), Uid(3)], await archive_of(work))
        await quiet(work)
        assert bodies(server) == [b"1", b"2", b"3"]


def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every message copied by a command of its own, as thousands are by several."""
    monkeypatch.setattr("tui.imap.change.uid_sets", lambda uids: [str(uid) for uid in uids])


async def test_only_what_was_copied_is_left_where_the_originals_are_gone(store: Store) -> None:
    """The copy is all there is of it: nothing takes it away, though the rest could not be copied."""
    async with at_work(store) as (server, work):

        async def deleted() -> None:
            server.boxes[b"INBOX"].mails.clear()

        server.options.update(plan=["after", "ask"], ask=deleted)
        await work.account.changes.copy(await work.inbox(), [Uid(1), Uid(2)], await archive_of(work))
        await quiet(work)
        assert bodies(server) == [b"1", b"2"]
        assert not work.said(ChangeRefused)


@pytest.mark.parametrize("capability", ROADS)
async def test_undoing_a_copy_never_takes_the_only_one_away(store: Store, capability: str) -> None:
    async with at_work(store, capability=capability) as (server, work):
        inbox, archive, sent = await work.inbox(), await archive_of(work), (await work.mailbox(b"Sent")).id
        both = await work.account.changes.copy(inbox, [Uid(1), Uid(2)], archive)
        moved = await work.account.changes.copy(inbox, [Uid(3)], archive)
        await work.account.changes.erase(inbox, [Uid(1)])
        await work.account.changes.move(inbox, [Uid(3)], sent)
        await quiet(work)
        assert both is not None
        assert moved is not None
        await work.account.changes.undo(both)
        await work.account.changes.undo(moved)
        await work.until(lambda: work.said(ChangeRefused))
        await quiet(work)
        assert (bodies(server), bodies(server, b"Sent")) == ([b"1", b"2"], [b"3"])
        words = "what was copied is gone, the copies are all there is of it"
        assert [event.sentence for event in work.said(ChangeRefused)] == [f"server refused: {words} · not undone"]
        work.account.open_mailbox(archive)
        await work.holds(2, b"Archive")


async def test_an_original_that_is_marked_for_deletion_counts_as_gone(store: Store) -> None:
    async with at_work(store) as (server, work):
        await work.account.changes.copy(await work.inbox(), [Uid(1)], await archive_of(work))
        await quiet(work)
        server.boxes[b"INBOX"].mails[0].flags.add(DELETED)  # by another program, which expunges it later
        await undo(work)
        await work.until(lambda: work.said(ChangeRefused))
        assert bodies(server) == [b"1"]
        assert await store.journal.newest([work.name]) is None, "undo goes on with what was before"


async def test_a_copy_is_no_new_mail(store: Store) -> None:
    async with at_work(store) as (_, work):
        archive = await archive_of(work)
        work.account.open_mailbox(archive)
        await work.account.changes.copy(await work.inbox(), [Uid(1)], archive)
        await work.holds(1, b"Archive")
        assert [event.fresh for event in work.said(MessagesArrived) if event.mailbox == archive] == [False]


async def test_copying_from_a_mailbox_that_was_made_anew_waits_for_the_user(store: Store) -> None:
    async with scripted_imap("qresync", messages=3) as server:
        async with desk(store, server) as work:
            await work.holds(3)
            await work.link(Link.LIVE)
            archive = await archive_of(work)
            await offline(server, work)
            await work.account.changes.copy(await work.inbox(), [Uid(3)], archive)
        box = server.boxes[b"INBOX"]
        box.uidvalidity = 2
        box.mails[0].raw, box.mails[2].raw = box.mails[2].raw, box.mails[0].raw
        await server.start()
        async with desk(store, server) as work:
            await work.until(lambda: work.said(ChangesParked))
            await work.holds(3)
            (act,) = await store.journal.list()
            assert (act.state, bodies(server)) == (ActState.PARKED, [])
            again = await work.account.changes.apply_parked(act)
            assert again.turned.act is not None
            assert again.turned.act.label == "copied 1 message from Inbox to Archive"
            await quiet(work)
            assert bodies(server) == [b"3"]
            assert len(box.mails) == 3


async def test_copies_in_a_mailbox_that_was_made_anew_are_deleted_only_if_the_user_says_so(store: Store) -> None:
    async with scripted_imap("qresync", messages=3) as server:
        async with desk(store, server) as work:
            await work.holds(3)
            archive = await archive_of(work)
            work.account.open_mailbox(archive)
            await work.account.changes.copy(await work.inbox(), [Uid(1), Uid(3)], archive)
            await work.holds(2, b"Archive")
            await quiet(work)
            await offline(server, work)
            await undo(work)
            assert await work.uids(b"Archive") == []
        box = server.boxes[b"Archive"]
        box.uidvalidity = 2
        box.mails[0].raw, box.mails[1].raw = box.mails[1].raw, box.mails[0].raw
        await server.start()
        async with desk(store, server) as work:
            await work.until(lambda: work.said(ChangesParked))
            await quiet(work)
            work.account.open_mailbox(archive)
            await work.holds(2, b"Archive")
            (act,) = await store.journal.list()
            assert (act.state, bodies(server)) == (ActState.PARKED, [b"1", b"3"])
            again = await work.account.changes.apply_parked(act)
            assert again.turned.act is not None
            assert again.turned.act.label == "deleted 2 messages for good in Archive"
            await quiet(work)
            assert (bodies(server), len(uids(server))) == ([], 3)


@pytest.mark.parametrize("verb", [Verb.COPIED, Verb.ARCHIVED])
async def test_what_was_undone_offline_is_undone_though_the_cache_is_made_anew(tmp_path: Path, verb: Verb) -> None:
    """No LIST has named the mailbox yet in which the messages are now."""
    capability = "IMAP4rev1 IDLE MOVE UIDPLUS"
    async with scripted_imap("unsure", messages=3, capability=capability) as server:
        async with open_store(tmp_path) as store, desk(store, server) as work:
            await work.holds(3)
            changes, inbox, archive = work.account.changes, await work.inbox(), await archive_of(work)
            await (changes.copy if verb is Verb.COPIED else changes.move)(inbox, [Uid(1)], archive)
            await quiet(work)
            await offline(server, work)
            await undo(work)
        Paths.under(tmp_path).cache_file.unlink()
        async with open_store(tmp_path):
            pass
        assert list(Paths.under(tmp_path).cache_file.parent.glob("*.set-aside")) == []
        await server.start()
        async with open_store(tmp_path) as store, desk(store, server) as work:
            await work.holds(3)
            await quiet(work)
            assert not work.said(ChangeRefused)
            assert (len(uids(server)), bodies(server)) == (3, [])
            assert {state.mailbox.wire for state in await store.mailboxes.all()} == set(server.boxes)
