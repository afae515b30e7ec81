"""What the user did, on servers that refuse it, lack the command for it, or are busy: put back visibly, or kept.

(I15, and the fallbacks of capability-minimal)
"""

import pytest

from tests.servers.scripted_imap import scripted_imap
from tests.servers.scripted_smtp import scripted_smtp
from tests.sync.desk import desk
from tui.imap import change
from tui.mail.flags import DELETED, FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync import retry
from tui.sync.events import ChangeRefused, Link, MessagesArrived


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.02))


async def test_a_refused_change_is_put_back_and_told(store: Store) -> None:
    async with scripted_imap("readonly", messages=2) as server, desk(store, server) as work:
        await work.holds(2)
        inbox = await work.inbox()
        await work.account.change_flags(inbox, [Uid(2)], add=[SEEN])
        refused = await work.until(lambda: work.said(ChangeRefused))
        assert "the mailbox is read-only" in refused[0].sentence
        assert [row.flags for row in await work.rows()] == [frozenset(), frozenset()]
        await work.until(lambda: empty(store))


async def test_a_refused_move_brings_the_message_back(store: Store) -> None:
    async with scripted_imap(messages=2) as server, desk(store, server) as work:
        await work.holds(2)
        inbox = await work.inbox()
        del server.boxes[b"Archive"]
        await work.account.changes.archive(inbox, [Uid(2)])
        assert await work.uids() == [1]
        await work.until(lambda: work.said(ChangeRefused))
        assert await work.uids() == [1, 2]
        assert [event for event in work.said(MessagesArrived) if event.uids == (2,) and not event.fresh]


async def test_a_busy_server_is_asked_again_and_nothing_is_forgotten(store: Store) -> None:
    async with scripted_imap("no-unavailable", messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        await work.link(Link.LIVE)
        await work.account.change_flags(await work.inbox(), [Uid(1), Uid(3)], add=[FLAGGED])
        await work.until(lambda: [mail.uid for mail in server.boxes[b"INBOX"].mails if FLAGGED in mail.flags] == [1, 3])
        assert await work.body(2) == b"body 2\r\n"
        assert not work.said(ChangeRefused)
        assert not [state for state in work.states if state.link in (Link.OFFLINE, Link.REFUSED)]


@pytest.mark.parametrize(
    ("capability", "used", "unused"),
    [
        ("IMAP4rev1 UIDPLUS", [b"UID COPY", b"UID STORE", b"UID EXPUNGE"], [b"UID MOVE"]),
        ("IMAP4rev1 MOVE", [b"UID MOVE"], [b"UID COPY", b"EXPUNGE"]),
        ("IMAP4rev1", [b"UID COPY", b"UID STORE", b" EXPUNGE"], [b"UID MOVE", b"UID EXPUNGE"]),
    ],
)
async def test_moving_by_what_the_server_has(
    store: Store, capability: str, used: list[bytes], unused: list[bytes]
) -> None:
    async with scripted_imap(messages=3, capability=capability) as server, desk(store, server) as work:
        assert (await work.link(Link.LIVE, Link.POLLING)).link is Link.POLLING
        await work.holds(3)
        await work.mailbox(b"Archive")
        await work.account.changes.archive(await work.inbox(), [Uid(2)])
        await work.until(lambda: [mail.uid for mail in server.boxes[b"INBOX"].mails] == [1, 3])
        assert server.boxes[b"Archive"].mails[0].raw.endswith(b"body 2\r\n")
        assert all(words in server.text for words in used)
        assert not any(words in server.text for words in unused)
        await work.holds(2)


async def test_without_uidplus_what_others_marked_is_not_expunged(store: Store) -> None:
    async with scripted_imap("capability-minimal", messages=3) as server, desk(store, server) as work:
        await work.holds(3)
        server.boxes[b"INBOX"].mails[0].flags.add(DELETED)
        await work.mailbox(b"Archive")
        await work.account.changes.archive(await work.inbox(), [Uid(2)])
        await work.until(lambda: server.boxes[b"Archive"].mails)
        await server.until(lambda: b"DELETED" in server.text)
        await work.until(lambda: empty(store))
        assert [mail.uid for mail in server.boxes[b"INBOX"].mails] == [1, 2, 3]
        assert b" EXPUNGE" not in server.text


async def empty(store: Store) -> bool:
    return not await store.pending.all()


@pytest.mark.parametrize(
    ("behaviour", "words"), [("append-overquota", "no room"), ("select-gone", "gone"), ("hang-append", "answer")]
)
async def test_a_copy_that_cannot_be_filed_waits_and_the_mail_is_sent_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, behaviour: str, words: str
) -> None:
    monkeypatch.setattr(change, "UPLOAD_TIMEOUT", 0.3)
    async with (
        scripted_imap(behaviour, messages=1) as server,
        scripted_smtp() as post,
        desk(store, server, post, timeout=0.3) as work,
    ):
        await work.mailbox(b"Sent")
        id = await work.send()

        async def told() -> bool:
            row = await work.submission(id)
            return row.state == "accepted" and bool(row.copy) and words in row.copy

        await work.until(told)
        await work.until(lambda: len(work.pace.waits) >= 3)
        assert (await work.submission(id)).state == "accepted"
        assert len(post.accepted) == 1
        assert post.connections == 1
        assert not server.boxes[b"Sent"].mails


async def test_an_account_without_a_sent_mailbox_gets_one(store: Store) -> None:
    async with scripted_imap(messages=1) as server, scripted_smtp() as post, desk(store, server, post) as work:
        del server.boxes[b"Sent"]
        await work.holds(1)
        row = await work.becomes(await work.send(), "copied")
        assert [mail.raw for mail in server.boxes[b"Sent"].mails] == [await store.outbox.data(row.id)]
        assert len(post.accepted) == 1
        work.account.look_now()
        work.account.open_mailbox((await work.mailbox(b"Sent")).id)
        await work.holds(1, b"Sent")
        await work.account.change_flags((await work.mailbox(b"Sent")).id, [Uid(1)], add=[FLAGGED])
        await work.until(lambda: FLAGGED in server.boxes[b"Sent"].mails[0].flags)
        await work.becomes(await work.send(), "copied")  # looks into Sent, and must not leave it read-only
        await work.account.change_flags((await work.mailbox(b"Sent")).id, [Uid(1)], remove=[FLAGGED])
        await work.until(lambda: FLAGGED not in server.boxes[b"Sent"].mails[0].flags)
        assert not work.said(ChangeRefused)


async def test_a_copy_whose_answer_was_lost_is_not_filed_twice(store: Store) -> None:
    async with (
        scripted_imap("drop-after-append", messages=1) as server,
        scripted_smtp() as post,
        desk(store, server, post) as work,
    ):
        await work.becomes(await work.send(), "copied")
        assert len(server.boxes[b"Sent"].mails) == 1
        assert len(post.accepted) == 1
