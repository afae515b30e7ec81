"""Changes carried twice, and mailboxes that are called otherwise than they were written down here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import tests.servers.unsure  # noqa: F401 - registers the behaviour
from tests.servers.scripted_imap import CAPABILITY, ScriptedServer, scripted_imap
from tests.servers.scripted_mailbox import sample
from tests.sync.desk import Desk, desk
from tests.sync.test_undo import at_work, offline, quiet, redo, uids, undo
from tui.mail.errors import MailError
from tui.mail.ids import Uid
from tui.mail.mailbox import Role
from tui.store.database import Store
from tui.sync import retry
from tui.sync.events import ChangeRefused, Link


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.01, 0.02))


def nameless(number: int) -> bytes:
    """A message without Message-ID, as long as any other of these."""
    return sample(number).replace(f"Message-ID: <{number}@example.org>\r\n".encode(), b"")


@pytest.mark.parametrize("plan", [["before"], ["after"], ["ok", "before"]])
async def test_a_copy_without_message_id_is_never_taken_for_another(store: Store, plan: list[str]) -> None:
    """A mail of the same length comes into the target while the line is lost: only the size is the same."""
    async with scripted_imap("unsure", capability="IMAP4rev1 IDLE") as server, desk(store, server) as work:
        inbox, archive = server.boxes[b"INBOX"], server.boxes[b"Archive"]
        for number in (1, 2):
            inbox.add(nameless(number))
        await work.holds(2)
        await work.mailbox(b"Archive")
        await work.link(Link.LIVE)

        async def another() -> None:
            archive.add(nameless(9))

        server.options.update(plan=["ask", *plan] if plan[0] == "ok" else ["ask, " + plan[0]], ask=another)
        await work.account.changes.archive(await work.inbox(), [Uid(1)])
        await quiet(work)
        assert [mail.uid for mail in inbox.mails] == [2]
        assert nameless(1) in [mail.raw for mail in archive.mails], "lost"
        assert not work.said(ChangeRefused)


@pytest.mark.parametrize("capability", ["IMAP4rev1 UIDPLUS", "IMAP4rev1"])
async def test_a_move_that_is_refused_half_way_at_the_second_try_is_put_back(store: Store, capability: str) -> None:
    """Its copy is taken out of the target again; that nothing is there then says nothing of where it came from."""
    async with at_work(store, capability=capability) as (server, work):
        server.options["plan"] = ["ok", "busy", "refuse"]
        await work.account.changes.archive(await work.inbox(), [Uid(3)])
        await work.until(lambda: work.said(ChangeRefused))
        await quiet(work)
        assert (uids(server), uids(server, b"Archive")) == ([1, 2, 3], [])
        assert await work.uids() == [1, 2, 3]


async def test_deleting_for_good_that_was_done_before_the_line_was_lost_is_done(store: Store) -> None:
    async with at_work(store) as (server, work):
        server.options["plan"] = ["ok", "after", "refuse"]
        await work.account.changes.erase(await work.inbox(), [Uid(3)])
        await quiet(work)
        assert (uids(server), await work.uids()) == ([1, 2], [1, 2])
        assert not work.said(ChangeRefused)


@asynccontextmanager
async def only_inbox(store: Store, prefix: bytes = b"INBOX.") -> AsyncIterator[tuple[ScriptedServer, Desk]]:
    """A server that keeps everything below INBOX, and where nothing is yet from which this could be seen."""
    async with scripted_imap("unsure", messages=3, prefix=prefix) as server, desk(store, server) as work:
        server.delimiter = b"."
        del server.boxes[b"Sent"], server.boxes[b"Archive"]
        await work.holds(3)
        await work.link(Link.LIVE)
        yield server, work


async def test_the_first_mailbox_is_made_where_the_server_keeps_the_users_own(store: Store) -> None:
    async with only_inbox(store) as (server, work):
        await work.account.changes.create_mailbox("Archive")
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX", b"INBOX.Archive"]
        made = await work.until(lambda: store.mailboxes.by_role(work.name, Role.ARCHIVE))  # once the server lists it
        await work.account.changes.archive(await work.inbox(), [Uid(2)])
        await quiet(work)
        assert len(server.boxes[b"INBOX.Archive"].mails) == 1
        seen = len(server.log)
        work.account.look_now()
        await server.until(lambda: any(b" LIST " in line for line in server.log[seen:]))
        assert [state.mailbox.name for state in await store.mailboxes.all()] == ["INBOX", "INBOX.Archive"]
        assert (await work.mailbox(b"INBOX.Archive")).id == made.id
        assert await store.mailboxes.by_wire(work.name, b"Archive") is None
        await undo(work)
        await undo(work)
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX"]
        await redo(work)
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX", b"INBOX.Archive"]
        assert not work.said(ChangeRefused)


async def test_what_was_done_to_it_before_it_was_made_finds_it(store: Store) -> None:
    async with only_inbox(store) as (server, work):
        await offline(server, work)
        changes = work.account.changes
        await changes.create_mailbox("Plans")
        plans = await work.mailbox(b"Plans")
        await changes.move(await work.inbox(), [Uid(1), Uid(3)], plans.id)
        await changes.rename_mailbox(plans.id, "Travels")
        await server.start()
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX", b"INBOX.Travels"]
        assert len(server.boxes[b"INBOX.Travels"].mails) == 2
        renamed = await work.mailbox(b"INBOX.Travels")
        assert (renamed.id, renamed.mailbox.name) == (plans.id, "INBOX.Travels")
        await undo(work)
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX", b"INBOX.Plans"]
        assert (await work.mailbox(b"INBOX.Plans")).id == plans.id
        await undo(work)
        await undo(work)
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX"]
        assert [mail.uid for mail in server.boxes[b"INBOX"].mails] == [2, 4, 5]
        assert not work.said(ChangeRefused)


@pytest.mark.parametrize("action", ["before", "after", "busy"])
async def test_it_is_made_once_though_the_line_was_lost(store: Store, action: str) -> None:
    async with only_inbox(store) as (server, work):
        server.options["plan"] = [action]
        await work.account.changes.create_mailbox("Archive")
        await quiet(work)
        assert sorted(server.boxes) == [b"INBOX", b"INBOX.Archive"]
        assert (await work.mailbox(b"INBOX.Archive")).mailbox.name == "INBOX.Archive"
        assert not work.said(ChangeRefused)


async def test_one_that_is_refused_is_put_back_under_the_name_it_was_given(store: Store) -> None:
    async with only_inbox(store) as (server, work):
        server.options["plan"] = ["refuse"]
        await work.account.changes.create_mailbox("Archive")
        await work.until(lambda: work.said(ChangeRefused))
        await quiet(work)
        assert [state.mailbox.name for state in await store.mailboxes.all()] == ["INBOX"]
        with pytest.raises(MailError, match="already"):
            await work.account.changes.create_mailbox("INBOX")


async def test_a_shared_mailbox_that_is_renamed_stays_where_it_is(store: Store) -> None:
    async with scripted_imap("unsure", capability=CAPABILITY, prefix=b"INBOX.") as server, desk(store, server) as work:
        server.delimiter = b"."
        server.options["others"] = b'(("#shared." ".")) (("#public." "."))'
        box = server.boxes.pop(b"Archive")
        box.name, box.attributes = b"#public.plans", b""
        server.boxes[box.name] = box
        plans = await work.mailbox(b"#public.plans")
        await work.link(Link.LIVE)
        await work.account.changes.rename_mailbox(plans.id, "#public.travels")
        await quiet(work)
        assert b"#public.travels" in server.boxes
        assert not work.said(ChangeRefused)
