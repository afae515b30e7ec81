"""Receiving from Dovecot: pushed by IDLE, filled from the newest, like what other clients see, and never lost."""

import asyncio
import re

import pytest

from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.dovecot import ADA, ALAN, GRACE, Dovecot
from tests.sync.desk import Desk
from tui.config.model import Security
from tui.mail.errors import MailError
from tui.mail.flags import FLAGGED, SEEN
from tui.mail.ids import Uid
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.sync.events import (
    Link,
    MessagesArrived,
    MessagesChanged,
    MessagesVanished,
    SyncProgressed,
)
from tui.sync.mailbox import PAGE


async def test_a_delivered_mail_is_pushed_into_the_store(store: Store, dovecot: Dovecot) -> None:
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.link(Link.LIVE)
        dovecot.deliver(ADA, mail("Grüße aus Zürich"))
        arrived = await desk.until(lambda: desk.said(MessagesArrived))
        assert [(event.mailbox, event.fresh) for event in arrived] == [(await desk.inbox(), True)]
        (row,) = await desk.store.envelopes.many(arrived[0].mailbox, arrived[0].uids)
        assert (row.subject, row.is_unread) == ("Grüße aus Zürich", True)
        dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(20)))
        assert len(await desk.holds(21)) == 21


async def test_a_mail_that_was_just_pushed_can_be_read_and_changed_at_once(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("first"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(1)
        await desk.link(Link.LIVE)
        await desk.body(1)  # by now the work session has INBOX selected, and with it a view of its own
        for number in range(2, 6):
            dovecot.deliver(ADA, mail(f"number {number}", f"This is {number}."))
            await desk.holds(number)
            assert f"This is {number}.".encode() in await desk.body(number)
        dovecot.deliver(ADA, mail("last"))
        await desk.holds(6)
        await desk.account.change_flags(await desk.inbox(), [Uid(6)], add=[FLAGGED])
        with other_client(dovecot) as other:
            await desk.until(lambda: FLAGGED in other.flags()[6])


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.PLAIN])
async def test_the_other_ways_in(store: Store, dovecot: Dovecot, security: Security) -> None:
    dovecot.deliver(GRACE, mail("hello"))  # her password needs quoting
    async with at_work(store, dovecot.account(GRACE, security=security)) as desk:
        await desk.holds(1)
        assert (await desk.link(Link.LIVE)).link is Link.LIVE


async def test_the_newest_page_comes_first_and_the_rest_follows(store: Store, dovecot: Dovecot) -> None:
    count = 700
    await asyncio.to_thread(dovecot.deliver, ADA, *(mail(f"number {number}") for number in range(1, count + 1)))
    async with at_work(store, dovecot.account(ADA)) as desk:
        rows = await desk.holds(count, timeout=30)
        await desk.until(lambda: [(e.done, e.total) for e in desk.said(SyncProgressed)][-1:] == [(count, count)])
        assert [row.uid for row in rows] == list(range(count, 0, -1))
        assert [row.subject for row in rows[:2]] == ["number 700", "number 699"]
        arrived = desk.said(MessagesArrived)
        assert sorted(arrived[0].uids) == list(range(count - PAGE + 1, count + 1))
        assert not any(event.fresh for event in arrived)
        held = [uid for event in arrived for uid in event.uids]
        assert len(held) == len(set(held)) == count
        assert arrived[1].uids[0] > 1, "in slices, the newest first"
        progress = desk.said(SyncProgressed)
        assert [event.done for event in progress] == sorted(event.done for event in progress)
        state = await desk.mailbox()
        assert (state.total, state.unread) == (count, count)


async def test_what_is_held_is_not_fetched_again(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("one"), mail("two"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(2)
    with other_client(dovecot) as other:
        other.command("STORE", "1", "+FLAGS", "(\\Flagged)")
        other.expunge(2)
    dovecot.deliver(ADA, mail("three"))
    async with at_work(store, dovecot.account(ADA)) as desk:

        async def alike() -> bool:
            return {row.uid: row.flags for row in await desk.rows()} == {1: {FLAGGED}, 3: set()}

        await desk.until(alike)
        await desk.until(lambda: [event.uids for event in desk.said(MessagesArrived)] == [(3,)])


async def test_every_mailbox_of_the_account_is_known_with_its_part_and_count(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        for name in ("Reisen &- Pl&AOQ-ne", "Reisen &- Pl&AOQ-ne/&U,BTFw-", 'with \\"quotes\\"'):
            other.create(f'"{name}"')
        other.append("Archive", mail("old"), mail("older"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.mailbox(b"Archive")

        async def counted() -> bool:
            archive = await desk.mailbox(b"Archive")
            return (archive.total, archive.unread) == (2, 2)

        await desk.until(counted)
        states = {state.mailbox.name: state.mailbox.role for state in await store.mailboxes.all(desk.name)}
    assert states == {
        "INBOX": Role.INBOX,
        "Drafts": Role.DRAFTS,
        "Sent": Role.SENT,
        "Archive": Role.ARCHIVE,
        "Junk": Role.JUNK,
        "Trash": Role.TRASH,
        "Reisen & Pläne": None,
        "Reisen & Pläne/台北": None,
        'with "quotes"': None,
    }


async def test_another_mailbox_is_filled_when_it_is_opened(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        other.append("Archive", *(mail(f"old {number}") for number in range(100)))
        async with at_work(store, dovecot.account(ADA), poll=1) as desk:
            archive = await desk.mailbox(b"Archive")
            await desk.link(Link.LIVE)
            desk.account.open_mailbox(archive.id)
            await desk.holds(100, b"Archive")
            other.append("Archive", mail("later"))
            other.command("STORE", "7", "+FLAGS", "(\\Seen)", mailbox="Archive")
            rows = await desk.holds(101, b"Archive")  # nobody pushes its news: it is looked at every sync.poll
            assert rows[0].subject == "later"

            async def seen() -> bool:
                return [row.uid for row in await desk.rows(b"Archive") if not row.is_unread] == [7]

            await desk.until(seen)


async def test_a_message_is_read_whole_by_part_and_without_marking_it(store: Store, dovecot: Dovecot) -> None:
    letter = (
        b"From: grace@example.org\r\nTo: ada@example.org\r\nSubject: report\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"Sch=F6ne Gr=FC=DFe\r\n\r\n--b\r\n"
        b'Content-Type: application/octet-stream; name="a.bin"\r\nContent-Disposition: attachment\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nAAECAwQF\r\n--b--\r\n"
    )
    dovecot.deliver(ADA, letter)
    async with at_work(store, dovecot.account(ADA)) as desk:
        (row,) = await desk.holds(1)
        assert row.has_file
        inbox = await desk.inbox()
        message = await desk.account.message(inbox, row.uid)
        text, file = message.structure.leaves()
        assert message.bodies[text.section].strip() == b"Sch=F6ne Gr=FC=DFe"
        assert await desk.account.part(inbox, row.uid, text) == "Schöne Grüße\r\n".encode("iso-8859-1")
        assert await desk.account.part(inbox, row.uid, file) == bytes(range(6))
        assert (await desk.account.source(inbox, row.uid)).endswith(letter)
        with other_client(dovecot) as other:
            assert other.flags() == {1: set()}, "reading alone marks nothing"
            await desk.account.change_flags(inbox, [row.uid], add=[SEEN])
            await desk.until(lambda: other.flags() == {1: {SEEN}})
        dovecot.stop()
        await desk.until(lambda: desk.account.link.link is Link.OFFLINE)
        again = await desk.account.message(inbox, row.uid)
        assert again.bodies[text.section] == message.bodies[text.section], "offline, from the store"


async def test_what_another_client_does_is_seen(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, *(mail(f"number {number}") for number in range(1, 6)))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(5)
        await desk.link(Link.LIVE)
        with other_client(dovecot) as other:
            other.command("STORE", "2", "+FLAGS", "(\\Seen \\Flagged $Label1)")
            await desk.until(lambda: [event.uids for event in desk.said(MessagesChanged)] == [(2,)])
            row = await store.envelopes.get(await desk.inbox(), Uid(2))
            assert row is not None
            assert row.flags == {SEEN, FLAGGED, "$Label1"}
            assert (await desk.mailbox()).unread == 4
            other.command("STORE", "2", "-FLAGS", "(\\Seen)")
            await desk.until(lambda: len(desk.said(MessagesChanged)) == 2)
            assert (await desk.mailbox()).unread == 5
            other.command("MOVE", "1,3", "Archive")
            other.expunge(5)
            await desk.until(lambda: vanished(desk) == [1, 3, 5])
            assert await desk.uids() == [2, 4]
        dovecot.deliver(ADA, mail("afterwards"))
        assert [row.uid for row in await desk.holds(3)] == [6, 4, 2]


def vanished(desk: Desk) -> list[int]:
    return sorted(uid for event in desk.said(MessagesVanished) for uid in event.uids)


@pytest.mark.parametrize("crash", [False, True])
async def test_a_server_that_goes_and_returns_costs_no_mail(store: Store, dovecot: Dovecot, crash: bool) -> None:
    dovecot.deliver(ADA, mail("before"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(1)
        await desk.link(Link.LIVE)
        (dovecot.kill if crash else dovecot.stop)()
        offline = await desk.link(Link.OFFLINE)
        assert offline.reason
        assert offline.next_try > 0
        with pytest.raises(MailError):
            await desk.account.source(await desk.inbox(), Uid(1))
        seen = len(desk.states)
        dovecot.start()
        dovecot.deliver(ADA, mail("missed"))
        await desk.until(lambda: desk.account.link.link is Link.LIVE)
        assert [row.subject for row in await desk.holds(2)] == ["missed", "before"]
        assert Link.LIVE in [state.link for state in desk.states[seen:]]
        assert desk.account.link.reason == ""
        dovecot.deliver(ADA, mail("pushed again"))
        await desk.holds(3)


async def test_a_mailbox_made_anew_is_read_anew(store: Store, dovecot: Dovecot) -> None:
    with other_client(dovecot) as other:
        other.create("Lists")
        other.append("Lists", mail("old one"), mail("old two"))
        async with at_work(store, dovecot.account(ADA), poll=1) as desk:
            lists = await desk.mailbox(b"Lists")
            await desk.link(Link.LIVE)
            desk.account.open_mailbox(lists.id)
            await desk.holds(2, b"Lists")
            before = (await desk.mailbox(b"Lists")).uidvalidity
            desk.account.open_mailbox(await desk.inbox())
        other.delete("Lists")
        other.create("Lists")
        other.append("Lists", mail("new one"))
        async with at_work(store, dovecot.account(ADA), poll=1) as desk:
            await desk.link(Link.LIVE)
            desk.account.open_mailbox((await desk.mailbox(b"Lists")).id)
            rows = await desk.holds(1, b"Lists")
            assert [row.subject for row in rows] == ["new one"]
            assert (await desk.mailbox(b"Lists")).uidvalidity != before


async def test_a_wrong_password_is_tried_once(store: Store, dovecot: Dovecot) -> None:
    dovecot.deliver(ADA, mail("hello"))
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(1)
    async with at_work(store, dovecot.account(ADA, password="wrong")) as desk:
        state = await desk.link(Link.REFUSED, Link.LIVE)
        assert state.link is Link.REFUSED
        assert "wrong" not in state.reason
        assert state.next_try == 0.0
        inbox = await desk.inbox()
        await desk.account.change_flags(inbox, [Uid(1)], add=[FLAGGED])
        desk.account.open_mailbox(inbox)
        with pytest.raises(MailError):
            await desk.account.source(inbox, Uid(1))
        await desk.until(lambda: failures(dovecot))
        assert failures(dovecot) == 1
        desk.account.look_now()  # the user says so
        await desk.until(lambda: failures(dovecot) == 2)
    assert failures(dovecot) == 2
    async with at_work(store, dovecot.account(ADA)) as desk:  # what was done meanwhile is not forgotten
        with other_client(dovecot) as other:
            await desk.until(lambda: other.flags() == {1: {FLAGGED}})


def failures(dovecot: Dovecot) -> int:
    return sum(int(count) for count in re.findall(r"auth failed, (\d+) attempts", dovecot.log))


async def test_accounts_in_one_store_do_not_mix(store: Store, dovecot: Dovecot) -> None:
    async with at_work(store, dovecot.account(ADA)) as ada, at_work(store, dovecot.account(ALAN)) as alan:
        await ada.link(Link.LIVE)
        await alan.link(Link.LIVE)
        dovecot.deliver(ADA, mail("to Ada"))
        dovecot.deliver(ALAN, mail("to Alan"))
        assert [row.subject for row in await ada.holds(1)] == ["to Ada"]
        assert [row.subject for row in await alan.holds(1)] == ["to Alan"]
        assert {getattr(event, "account", "ada") for event in ada.events} == {"ada"}
