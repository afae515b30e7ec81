"""What changed while nobody listened, by QRESYNC: one SELECT tells, and a server that tells nonsense is compared."""

from pathlib import Path

from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import desk, open_store
from tui.mail.act import ActState, Verb
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import ChangesParked, Link, MessagesVanished


async def seen_once(store: Store, server: ScriptedServer, count: int) -> None:
    """Let the account be used, so that everything is known up to the server's modification sequence."""
    async with desk(store, server) as work:
        await work.holds(count)

        async def known() -> bool:
            wanted: int = server.options.get("modseq", 10)
            return (await work.mailbox()).highestmodseq == wanted

        await work.until(known)
    del server.log[:]


async def test_one_select_tells_all(store: Store) -> None:
    async with scripted_imap("qresync", messages=9) as server:
        await seen_once(store, server, 9)
        inbox = server.boxes[b"INBOX"]
        inbox.mails = [mail for mail in inbox.mails if mail.uid not in (3, 4)]
        inbox.mails[0].flags = {"\\Seen"}
        inbox.add(sample(10))
        missed = b"* VANISHED (EARLIER) 3:4,77,100:4000000000\r\n* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (12))\r\n"
        server.options.update(modseq=12, missed=missed)
        async with desk(store, server) as work:
            rows = await work.holds(8)
            await server.until(lambda: server.text.count(b"STATUS") >= 2)
            assert {row.uid for row in rows if row.flags == {SEEN}} == {1}
            assert [row.uid for row in rows] == [10, 9, 8, 7, 6, 5, 2, 1]
            assert [event.uids for event in work.said(MessagesVanished)] == [(3, 4)]
            state = await work.mailbox()
            assert (state.total, state.unread, state.highestmodseq) == (8, 7, 12)
        assert server.text.count(b"(QRESYNC (1 10 1:9))") == 1
        assert server.text.count(b"(QRESYNC (1 12 1:10))") == 1, "the other line has less to ask"
        assert b"SEARCH" not in server.text
        assert b"(UID FLAGS)" not in server.text


async def test_counts_that_do_not_agree_lead_to_a_comparison(store: Store) -> None:
    async with scripted_imap("qresync", messages=9) as server:
        await seen_once(store, server, 9)
        del server.boxes[b"INBOX"].mails[2:4]
        server.options.update(modseq=12, missed=b"* VANISHED (EARLIER) 3\r\n")  # it forgets one
        async with desk(store, server) as work:
            assert [row.uid for row in await work.holds(7)] == [9, 8, 7, 6, 5, 2, 1]
        assert b"SEARCH" in server.text


async def test_a_mailbox_put_back_from_a_copy_of_old_is_compared(store: Store) -> None:
    async with scripted_imap("qresync", messages=9, modseq=50) as server:
        await seen_once(store, server, 9)
        server.boxes[b"INBOX"].mails[8].flags = {"\\Seen"}
        server.options["modseq"] = 20
        async with desk(store, server) as work:

            async def seen() -> bool:
                return [row.uid for row in await work.rows() if row.flags == {SEEN}] == [9]

            await work.until(seen)
        assert b"(UID FLAGS)" in server.text
        assert b"CHANGEDSINCE" not in server.text


async def test_vanished_is_taken_by_uid_while_it_is_told(store: Store) -> None:
    async with scripted_imap("qresync", messages=9) as server, desk(store, server) as work:
        await work.holds(9)
        await work.link(Link.LIVE)
        await server.until(lambda: any(dialogue.idling for dialogue in server.dialogues))
        await server.until(lambda: server.text.count(b"STATUS") >= 2)
        searches = server.text.count(b"SEARCH")
        inbox = server.boxes[b"INBOX"]
        inbox.mails = [mail for mail in inbox.mails if mail.uid not in (2, 5)]
        server.push(b"* VANISHED 2,5\r\n* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\n")
        await work.holds(7)
        assert server.text.count(b"SEARCH") == searches
        server.push_message(sample(10))
        assert [row.uid for row in await work.holds(8)] == [10, 9, 8, 7, 6, 4, 3, 1]


async def test_a_new_generation_drops_only_its_mailbox(tmp_path: Path) -> None:
    async with open_store(tmp_path) as store, scripted_imap("qresync", messages=3) as server:
        server.boxes[b"Archive"].add(sample(100))
        async with desk(store, server) as work:
            await work.holds(3)
            work.account.open_mailbox((await work.mailbox(b"Archive")).id)
            await work.holds(1, b"Archive")
        inbox = server.boxes[b"INBOX"]
        inbox.uidvalidity = 2
        inbox.mails[0].raw = sample(55, "stranger")
        server.options["missed"] = b""
        async with desk(store, server) as work:

            async def anew() -> bool:
                return [row.subject for row in await work.rows()][-1:] == ["stranger"]

            await work.until(anew)
            assert await work.uids(b"Archive") == [1]


async def _made_anew_while_away(server: ScriptedServer, store: Store) -> None:
    """Flag message 2 and archive message 3, which the server does not hear of before INBOX is another one."""
    async with desk(store, server) as work:
        await work.holds(3)
        await work.link(Link.LIVE)
        await server.stop()
        await work.link(Link.OFFLINE)
        inbox = await work.inbox()
        await work.account.changes.flag(inbox, [Uid(2)], FLAGGED, on=True)
        await work.account.changes.archive(inbox, [Uid(3)])
    box = server.boxes[b"INBOX"]
    box.uidvalidity = 2
    box.mails[0].raw, box.mails[2].raw = box.mails[2].raw, box.mails[0].raw
    await server.start()


async def test_what_waited_for_a_generation_that_is_gone_is_parked_and_touches_no_stranger(store: Store) -> None:
    async with scripted_imap("qresync", messages=3) as server:
        server.boxes[b"Archive"].add(sample(100))
        await _made_anew_while_away(server, store)
        async with desk(store, server) as work:
            await work.until(lambda: any(each.count == 2 for each in work.said(ChangesParked)))
            await work.holds(3)
            assert not await store.pending.all()
            acts = await store.journal.list()
            assert [(act.verb, act.state) for act in acts] == [
                (Verb.ARCHIVED, ActState.PARKED),
                (Verb.FLAGGED, ActState.PARKED),
            ]
            assert await store.journal.newest([work.name]) is None
            assert b"UID STORE" not in server.text
            assert b"UID MOVE" not in server.text


async def test_what_is_parked_can_be_done_all_the_same_to_the_right_messages(store: Store) -> None:
    async with scripted_imap("qresync", messages=3) as server:
        server.boxes[b"Archive"].add(sample(100))
        await _made_anew_while_away(server, store)
        async with desk(store, server) as work:
            await work.holds(3)
            await work.until(lambda: any(each.count == 2 for each in work.said(ChangesParked)))
        async with desk(store, server) as work:  # it survives a restart
            await work.link(Link.LIVE)
            archived, flagged = await store.journal.list()
            again = await work.account.changes.apply_parked(archived)
            assert again.missing == 0
            assert again.turned.act is not None
            assert again.turned.act.label == "archived 1 message in Inbox"
            box = server.boxes[b"INBOX"]
            await work.until(lambda: len(box.mails) == 2)
            assert not any(b"message 3" in mail.raw for mail in box.mails)
            assert await work.account.changes.drop_parked(flagged)
            assert not any(mail.flags for mail in box.mails)

            async def settled() -> bool:
                return [act.state for act in await store.journal.list()] == [ActState.DONE, ActState.UNDONE]

            await work.until(settled)
            assert not await store.parked.counts()
            undone = await store.journal.newest([work.name])
            assert undone is not None
            assert await work.account.changes.undo(undone)
            await work.until(lambda: len(box.mails) == 3)


async def test_a_parked_change_stays_where_two_messages_are_alike(store: Store) -> None:
    async with scripted_imap("qresync", messages=3) as server:
        await _made_anew_while_away(server, store)
        server.boxes[b"INBOX"].mails[2].raw = server.boxes[b"INBOX"].mails[1].raw
        async with desk(store, server) as work:
            await work.until(lambda: any(each.count == 2 for each in work.said(ChangesParked)))
            await work.holds(3)
            flagged = (await store.journal.list())[1]
            again = await work.account.changes.apply_parked(flagged)
            assert (again.turned.act, again.missing) == (None, 1)
            assert (await store.journal.list())[1].state is ActState.PARKED
            assert not any(mail.flags for mail in server.boxes[b"INBOX"].mails)
