"""An account by POP3 on a scripted server: what is taken, what stays, what is changed here."""

from contextlib import closing
from pathlib import Path

import apsw
import pytest

from tests.servers.scripted_pop3 import CAPABILITIES, scripted_pop3
from tests.servers.scripted_smtp import scripted_smtp
from tests.sync.desk import open_store
from tests.sync.pop3_desk import mail, pop3_desk
from tui.config.paths import Paths
from tui.mail.errors import MailError
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.sync.events import Link, MessagesArrived

MAILS = [mail(number) for number in range(1, 6)]


async def test_mail_is_taken_shown_read_and_stays_on_the_server(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(5)
        assert [row.subject for row in rows] == [f"number {number}" for number in (5, 4, 3, 2, 1)]
        assert rows[0].snippet.startswith("Hello.")
        assert rows[0].from_[0].name == "Grace Hopper"
        assert (await desk.body(rows[0].uid)) == b"Hello.\r\n.\r\n..dots 5\r\n"
        inbox = await desk.inbox()
        assert await desk.account.source(inbox, rows[0].uid) == MAILS[4]
        state = await desk.link(Link.POLLING)
        assert state.every == 120
        assert not any(event.fresh for event in desk.said(MessagesArrived))  # what was there is no news
        server.put(mail(6))
        desk.account.look_now()
        await desk.holds(6)
        await desk.until(lambda: [event.uids for event in desk.said(MessagesArrived) if event.fresh] == [(6,)])
        assert (len(server.mails), server.deleted) == (6, [])
        assert len(server.retrieved) == 6  # each once


async def test_the_mailboxes_are_there_from_the_beginning(store: Store) -> None:
    async with scripted_pop3("hang-stat") as server, pop3_desk(store, server, mailboxes={"archive": "Old"}) as desk:
        await desk.mailbox(b"Trash")
        states = await store.mailboxes.all(desk.name)
        assert {state.mailbox.role: state.mailbox.name for state in states} == {
            Role.INBOX: "INBOX",
            Role.DRAFTS: "Drafts",
            Role.SENT: "Sent",
            Role.ARCHIVE: "Old",
            Role.JUNK: "Junk",
            Role.TRASH: "Trash",
        }


async def test_after_download_it_is_deleted_once_it_is_here(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server, leave_days=0) as desk:
        await desk.holds(5)
        await server.until(lambda: not server.mails)
        server.put(mail(6))
        desk.account.look_now()
        await desk.holds(6)
        await server.until(lambda: len(server.deleted) == 6)
        assert len(server.retrieved) == 6


async def test_after_some_days_it_is_deleted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async with scripted_pop3(mails=MAILS) as server:
        async with pop3_desk(store, server, leave_days=3) as desk:
            await desk.holds(5)
            await desk.link(Link.POLLING)
            assert b"DELE" not in server.verbs
        monkeypatch.setattr("tui.sync.pop3_visit.DAY", -1.0)  # as if three days had gone
        async with pop3_desk(store, server, leave_days=3) as desk:
            await server.until(lambda: not server.mails)
            await desk.holds(5)


@pytest.mark.parametrize("leave_days", [None, 0])
async def test_a_visit_that_is_cut_goes_on_where_it_was(store: Store, leave_days: int | None) -> None:
    mails = [mail(number, "x" * 2_000) for number in range(300)]
    async with scripted_pop3(mails=mails) as server:
        server.cut_after = 150_000
        async with pop3_desk(store, server, leave_days=leave_days) as desk:
            await desk.link(Link.OFFLINE)
            await desk.holds(300)
            assert len(await desk.uids()) == 300
            if leave_days == 0:
                await server.until(lambda: not server.mails)
        assert server.connections >= 5
        assert sorted(row.subject for row in await desk.rows()) == sorted(f"number {number}" for number in range(300))


async def test_deletion_whose_answer_was_lost_makes_nothing_come_again(store: Store) -> None:
    async with scripted_pop3("lost-quit", mails=MAILS) as server, pop3_desk(store, server, leave_days=0) as desk:
        await desk.holds(5)
        await server.until(lambda: not server.mails)
        server.put(mail(6))
        await desk.holds(6)
        await server.until(lambda: server.connections >= 3)
        assert len(await desk.uids()) == 6


async def test_a_name_that_is_given_again_is_another_mail(store: Store) -> None:
    async with scripted_pop3(mails=[mail(1)]) as server, pop3_desk(store, server, leave_days=0) as desk:
        await desk.holds(1)
        await server.until(lambda: not server.mails)
        server.mails[b"u000001"] = mail(2)
        desk.account.look_now()
        await desk.holds(2)
        await server.until(lambda: not server.mails)
        assert len(await desk.uids()) == 2


@pytest.mark.parametrize("behaviour", ["no-uidl", "same-uidl"])
@pytest.mark.parametrize("leave_days", [None, 3, 0])
async def test_servers_that_give_no_names(store: Store, behaviour: str, leave_days: int | None) -> None:
    async with (
        scripted_pop3(behaviour, mails=MAILS) as server,
        pop3_desk(store, server, leave_days=leave_days) as desk,
    ):
        await desk.holds(5)
        state = await desk.link(Link.POLLING)
        assert ("nothing is deleted" in state.reason) is (leave_days == 3)
        server.put(mail(6))
        desk.account.look_now()
        await desk.holds(6)
        connections = server.connections
        desk.account.look_now()
        await server.until(lambda: server.connections > connections)
        assert len(await desk.uids()) == 6
        assert len(server.retrieved) == 6
        assert (not server.mails) is (leave_days == 0)


async def test_a_server_without_any_names_is_refused_where_mail_is_to_stay(store: Store) -> None:
    plain = [each for each in CAPABILITIES if each not in (b"TOP", b"UIDL")]
    async with (
        scripted_pop3("no-uidl refuse-top", mails=MAILS, capabilities=plain) as server,
        pop3_desk(store, server) as desk,
    ):
        state = await desk.link(Link.REFUSED)
        assert 'leave_on_server = "no"' in state.reason
        assert not await desk.uids()


async def test_an_empty_listing_on_a_bad_day_makes_nothing_come_again(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        await desk.holds(5)
        await desk.link(Link.POLLING)
        for behaviour in ("empty-uidl", ""):
            server.behaviour = behaviour
            connections = server.connections
            desk.account.look_now()
            await server.until(lambda before=connections: server.connections > before)  # type: ignore[misc]
            await server.until(lambda: server.verbs[-1] == b"QUIT")
        assert len(server.retrieved) == 5


async def test_a_refused_message_is_told_and_the_others_come(store: Store) -> None:
    async with scripted_pop3("refuse-first", mails=MAILS) as server, pop3_desk(store, server) as desk:
        await desk.holds(4)
        state = await desk.link(Link.POLLING)
        assert state.reason == "1 mail could not be taken: message is gone."


async def test_a_wrong_password_is_tried_once(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server:
        server.password = "other"
        async with pop3_desk(store, server, poll=5) as desk:
            state = await desk.link(Link.REFUSED)
            assert state.refused == "sign-in refused"
            server.password = "secret"
            desk.account.look_now()
            await desk.holds(5)
            assert server.connections == 2


async def test_what_a_key_does_is_done_at_once_and_can_be_undone(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(5)
        inbox, changes = await desk.inbox(), desk.account.changes
        archived = await changes.archive(inbox, [rows[0].uid, rows[1].uid])
        assert archived is not None
        archive = await desk.holds(2, b"Archive")
        assert [row.subject for row in archive] == ["number 5", "number 4"]
        await desk.until(lambda: _nothing_waits(store))
        assert len(await desk.uids()) == 3
        await changes.undo(archived)
        await desk.holds(5)
        await desk.holds(0, b"Archive")
        row = (await desk.rows())[0]
        await changes.flag(inbox, [row.uid], FLAGGED, True)
        await changes.erase(inbox, [rows[3].uid])
        made = await changes.create_mailbox("Lists/Ünicode")
        assert made is not None
        await desk.until(lambda: _nothing_waits(store))
        lists = next(s for s in await store.mailboxes.all(desk.name) if s.mailbox.name == "Lists/Ünicode")
        await changes.move(inbox, [row.uid], lists.id)
        await desk.holds(1, lists.mailbox.wire)
    async with scripted_pop3(mails=()) as server, pop3_desk(store, server) as desk:  # as after a restart
        moved = (await desk.holds(1, lists.mailbox.wire))[0]
        assert moved.is_flagged
        assert len(await desk.uids()) == 3


async def test_copying_is_refused_with_its_cause(store: Store) -> None:
    async with scripted_pop3(mails=MAILS) as server, pop3_desk(store, server) as desk:
        rows = await desk.holds(5)
        archive = await desk.mailbox(b"Archive")
        with pytest.raises(MailError, match="POP3 is not copied"):
            await desk.account.changes.copy(await desk.inbox(), [rows[0].uid], archive.id)
        with pytest.raises(MailError, match="nothing to subscribe to"):
            await desk.account.changes.subscribe(archive.id, False)


async def _nothing_waits(store: Store) -> bool:
    return not await store.pending.all()


async def test_a_cache_that_is_lost_is_made_again(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("home")
    async with scripted_pop3(mails=MAILS) as server:
        async with open_store(folder) as first, pop3_desk(first, server, leave_days=0) as desk:
            rows = await desk.holds(5)
            await desk.account.change_flags(await desk.inbox(), [rows[0].uid], add=[SEEN])
            await desk.until(lambda: _nothing_waits(first))
            await server.until(lambda: not server.mails)
        for file in (folder / "cache").iterdir():
            file.unlink()
        async with open_store(folder) as second, pop3_desk(second, server) as desk:
            again = await desk.holds(5)
            assert [row.subject for row in again] == [row.subject for row in rows]
            assert [row.is_unread for row in again] == [False, True, True, True, True]
            assert len(server.retrieved) == 5


async def test_a_sent_mail_is_filed_here_and_a_draft_is_among_the_drafts(store: Store) -> None:
    async with (
        scripted_pop3(mails=MAILS) as server,
        scripted_smtp() as smtp,
        pop3_desk(store, server, smtp) as desk,
    ):
        await desk.holds(5)
        id = await desk.send(subject="an answer")
        await desk.becomes(id, "copied")
        assert [row.subject for row in await desk.holds(1, b"Sent")] == ["an answer"]
        assert len(smtp.accepted) == 1


async def test_it_stops_at_once_whatever_it_is_doing_and_goes_on_later(store: Store) -> None:
    mails = [mail(number, "x" * 500) for number in range(400)]
    async with scripted_pop3(mails=mails) as server:
        for taken in (0, 1, 50, 150, 300, 399):
            async with pop3_desk(store, server, leave_days=0):
                await server.until(lambda taken=taken: len(server.retrieved) >= taken)  # type: ignore[misc]
        async with pop3_desk(store, server, leave_days=0) as desk:
            await desk.holds(400)
            await server.until(lambda: not server.mails)


async def test_nothing_is_deleted_on_the_server_before_it_is_committed_here(store: Store, tmp_path: Path) -> None:
    file = Paths.under(tmp_path).mail_file
    missing: list[bytes] = []

    def look(uidl: bytes) -> None:
        # sees only what is committed; a second SQLite in the process would take the locks off that the store holds
        with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as other:
            row = other.execute("SELECT count(*) FROM taken WHERE name = ? AND state = 0", (uidl,)).fetchall()
            octets = other.execute("SELECT count(*) FROM contents WHERE data = ?", (server.mails[uidl],)).fetchall()
        if (row, octets) != ([(1,)], [(1,)]):
            missing.append(uidl)

    async with scripted_pop3(mails=[mail(number) for number in range(250)]) as server:
        server.marking = look
        async with pop3_desk(store, server, leave_days=0):
            await server.until(lambda: not server.mails)
    assert len(server.deleted) == 250
    assert missing == []
