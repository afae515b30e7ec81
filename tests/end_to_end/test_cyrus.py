"""Cyrus, the other great server: the plain road with QRESYNC, MOVE and SPECIAL-USE as it does them.

It knows no NOTIFY (RFC 5465), so that news of other mailboxes are seen in the answer to LIST-STATUS.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.end_to_end.test_courier import first_mailboxes
from tests.end_to_end.test_drafts import closed, draft
from tests.end_to_end.test_resync import like
from tests.end_to_end.test_undo import quiet, redo, undo
from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.cyrus import Cyrus
from tests.servers.packages import ServersMissing
from tests.servers.scripted_smtp import scripted_smtp
from tui.mail.draft_message import from_message
from tui.mail.flags import ANSWERED, DRAFT, FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.mail.mailbox import Role
from tui.mail.parse import parse_message
from tui.mail.query_syntax import parse
from tui.store.database import Store
from tui.store.search import Hits
from tui.sync.events import ChangeRefused, DraftCopied, Link, MessagesArrived, Return


@pytest.fixture
def cyrus() -> Iterator[Cyrus]:
    try:
        server = Cyrus()
    except ServersMissing as error:
        pytest.skip(str(error))
    with server:
        yield server


async def test_mail_is_pushed_read_and_marked(store: Store, cyrus: Cyrus) -> None:
    cyrus.deliver(mail("number 1", "Text 1."), mail("number 2", "Text 2."))
    async with at_work(store, cyrus.account()) as desk:
        await desk.link(Link.LIVE)
        await desk.holds(2)
        cyrus.deliver(mail("Grüße", "Pushed by IDLE."))
        await desk.holds(3)
        assert [event.uids for event in desk.said(MessagesArrived) if event.fresh] == [(3,)]
        assert b"Pushed by IDLE." in await desk.body(3)
        roles = {state.mailbox.role: state.mailbox.wire for state in await store.mailboxes.all(desk.name)}
        assert roles == {
            Role.INBOX: b"INBOX",
            Role.ARCHIVE: b"Archive",
            Role.DRAFTS: b"Drafts",
            Role.JUNK: b"Junk",
            Role.SENT: b"Sent",
            Role.TRASH: b"Trash",
        }
        with other_client(cyrus) as other:
            inbox = await desk.inbox()
            await desk.account.change_flags(inbox, [Uid(1), Uid(3)], add=[SEEN, "$Label1"])
            other.command("STORE", "3", "+FLAGS", "(\\Answered)")  # flags of two clients add up
            await like(desk, b"INBOX", {1: {SEEN, "$Label1"}, 2: set(), 3: {SEEN, "$Label1", ANSWERED}})
            await quiet(desk)
            assert other.flags() == {1: {SEEN, "$Label1"}, 2: set(), 3: {SEEN, "$Label1", ANSWERED}}
            other.expunge(2)
            await desk.holds(2)
        assert not desk.said(ChangeRefused)


async def test_moving_archiving_deleting_and_taking_it_back(store: Store, cyrus: Cyrus) -> None:
    cyrus.deliver(*(mail(f"number {number}") for number in range(1, 7)))
    with other_client(cyrus) as other:
        async with at_work(store, cyrus.account()) as desk:
            await desk.holds(6)
            await desk.mailbox(b"Archive")
            inbox, changes = await desk.inbox(), desk.account.changes
            await changes.create_mailbox("Reisen/Österreich")
            await quiet(desk)
            travels = await desk.mailbox(b"Reisen/&ANY-sterreich")
            await changes.move(inbox, [Uid(1), Uid(3)], travels.id)
            await changes.archive(inbox, [Uid(2)])
            await changes.delete(inbox, [Uid(5)])
            assert await desk.uids() == [4, 6], "the list changes at once"
            await quiet(desk)
            there = {name: len(other.uids(name)) for name in ("INBOX", "Reisen/&ANY-sterreich", "Archive", "Trash")}
            assert list(there.values()) == [2, 2, 1, 1]
            for _ in range(3):
                await undo(desk)
            await quiet(desk)
            await desk.holds(6)
            assert [len(other.uids(name)) for name in there] == [6, 0, 0, 0]
            assert not [event for event in desk.said(MessagesArrived) if event.fresh], "it is no new mail"
            await redo(desk)
            await quiet(desk)
            assert [len(other.uids(name)) for name in there] == [4, 2, 0, 0]
            trash = await desk.mailbox(b"Trash")
            await changes.delete(inbox, [(await desk.rows())[0].uid])
            await quiet(desk)
            await desk.account.look_into(trash.id)
            await desk.holds(1, b"Trash")
            await changes.erase(trash.id, await store.envelopes.uids(trash.id))
            await quiet(desk)
            assert other.uids("Trash") == []
            assert not desk.said(ChangeRefused)


async def test_a_sent_mail_is_filed_and_drafts_are_replaced(store: Store, cyrus: Cyrus) -> None:
    async with scripted_smtp(password="analytical engine") as smtp:
        send = replace(cyrus.account().receive, port=smtp.port)
        with other_client(cyrus) as other:
            async with at_work(store, cyrus.account(send)) as desk:
                await desk.mailbox(b"Sent")
                written = draft(desk, "one\n")
                key = await closed(desk, None, written)
                await desk.until(lambda: len(desk.said(DraftCopied)) == 1)
                written = replace(written, body="one two\n")
                await closed(desk, key, written)
                await desk.until(lambda: len(desk.said(DraftCopied)) == 2)
                await desk.until(lambda: len(other.uids("Drafts")) == 1)
                (uid,) = other.uids("Drafts")
                assert other.flags("Drafts") == {uid: {DRAFT, SEEN}}
                assert from_message(parse_message(other.source(uid, "Drafts")), [written.identity]) == written
                id = await desk.account.submit(written, key=key)
                await desk.becomes(id, "copied")
                await desk.until(lambda: other.uids("Drafts") == [])
                assert [len(mail.recipients) for mail in smtp.accepted] == [2]
                (uid,) = other.uids("Sent")
                assert other.source(uid, "Sent") == await store.outbox.data(id)
                assert other.flags("Sent") == {uid: {SEEN}}


async def test_what_only_the_server_knows_is_found(store: Store, cyrus: Cyrus) -> None:
    with other_client(cyrus) as other:
        other.create("Old")
        other.append("Old", mail("Minutes", "The Tábla is done."), mail("Dinner", "Bring the needle."))
    async with at_work(store, cyrus.account()) as desk:
        await desk.mailbox(b"Old")
        await desk.link(Link.LIVE)
        for text, subjects in (
            ("Tábla", {"Minutes"}),
            ("body:needle", {"Dinner"}),
            ("needle OR tábla", {"Minutes", "Dinner"}),
        ):
            node = parse(text, datetime.now(UTC)).node
            assert node is not None
            hits = Hits(store.search, node)
            await asyncio.wait_for(desk.account.search.ask(node, await store.mailboxes.all(), hits.listed.update), 20)
            assert {row.subject for row in await hits.older(None, 100)} == subjects


async def test_what_was_missed_costs_one_select(store: Store, cyrus: Cyrus) -> None:
    cyrus.deliver(*(mail(f"number {number}") for number in range(1, 8)))
    async with at_work(store, cyrus.account()) as desk:
        await desk.holds(7)

        async def known() -> bool:
            return (await desk.mailbox()).highestmodseq > 0

        await desk.until(known)
    with other_client(cyrus) as other:
        other.command("STORE", "2,7", "+FLAGS", "(\\Flagged)")
        other.expunge(1, 5)
    cyrus.deliver(mail("later"))
    async with at_work(store, cyrus.account()) as desk:
        await desk.link(Link.LIVE)
        await like(desk, b"INBOX", {2: {FLAGGED}, 3: set(), 4: set(), 6: set(), 7: {FLAGGED}, 8: set()})


async def test_it_goes_and_returns_and_other_mailboxes_are_looked_after(store: Store, cyrus: Cyrus) -> None:
    cyrus.deliver(*(mail(f"number {number}") for number in range(1, 4)))
    async with at_work(store, cyrus.account(), poll=2) as desk:
        await desk.link(Link.LIVE)
        await desk.holds(3)
        archive = await desk.mailbox(b"Archive")
        desk.account.open_mailbox(archive.id)
        await desk.holds(0, b"Archive")
        desk.account.open_mailbox(await desk.inbox())
        with other_client(cyrus) as other:
            other.append("Archive", mail("filed elsewhere"))
        await desk.holds(1, b"Archive")
        cyrus.kill()
        await desk.link(Link.OFFLINE)
        await desk.account.change_flags(await desk.inbox(), [Uid(1)], add=[FLAGGED])
        await desk.account.changes.archive(await desk.inbox(), [Uid(3)])
        cyrus.start()
        cyrus.deliver(mail("missed"))
        back: Return = await desk.until(lambda: desk.account.link.back, timeout=30)
        assert back.done == 2
        await desk.holds(3)
        await quiet(desk)
        with other_client(cyrus) as other:
            assert other.flags() == {1: {FLAGGED}, 2: set(), 4: set()}
            assert len(other.uids("Archive")) == 2


async def test_the_first_mailboxes_are_made_below_inbox(store: Store) -> None:
    """As Debian sets it up: no mailbox but INBOX, and all others below it."""
    try:
        prefixed = Cyrus(prefixed=True)
    except ServersMissing as error:
        pytest.skip(str(error))
    async with scripted_smtp(password="analytical engine") as smtp:
        with prefixed as cyrus:
            cyrus.deliver(*(mail(f"number {number}") for number in range(1, 4)))
            send = replace(cyrus.account().receive, port=smtp.port)
            async with at_work(store, cyrus.account(send), poll=2) as desk:
                await desk.link(Link.LIVE)
                await desk.holds(3)
                await first_mailboxes(desk)
