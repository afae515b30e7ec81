"""What is put aside where no server keeps the words for it: this machine does, over restarts and new caches."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.servers.scripted_behaviours import BEHAVIOURS
from tests.servers.scripted_dialogue import Dialogue
from tests.servers.scripted_imap import ScriptedServer, scripted_imap
from tests.servers.scripted_pop3 import scripted_pop3
from tests.sync.desk import Desk, desk, open_store
from tests.sync.pop3_desk import mail, pop3_desk
from tui.config.paths import Paths
from tui.mail import snooze
from tui.mail.flags import SEEN
from tui.mail.ids import Uid
from tui.store.database import Store
from tui.sync.events import MessagesArrived, WordsKeptHere

HOUR = 3600.0


class NoKeywords(Dialogue):
    """Keeps system flags only, and says so, until ``options["keeps"]``; whatever else is stored is forgotten."""

    async def send(self, data: bytes) -> None:
        keeps = self.server.options.get("keeps")
        await super().send(data if keeps else data.replace(b" \\*)] flags", b")] flags"))

    async def do_uid_store(self, tag: bytes, uids: bytes, action: bytes, flags: bytes) -> None:
        assert b"tidings-" not in flags or self.server.options.get("keeps"), "it was not asked for"
        await super().do_uid_store(tag, uids, action, flags)


BEHAVIOURS["no-keywords"] = NoKeywords


@asynccontextmanager
async def at_work(store: Store, server: ScriptedServer) -> AsyncIterator[Desk]:
    async with desk(store, server) as work:
        work.account.snoozes.spread = 0.0
        yield work


async def lists(work: Desk, *uids: int) -> None:
    """Wait until just these are listed, in this order."""

    async def listed() -> bool:
        return [row.uid for row in await work.rows()] == list(uids)

    await work.until(listed)


def later(work: Desk, seconds: float) -> None:
    work.account.snoozes.clock = lambda: time.time() + seconds
    work.account.snoozes.wake()


async def quiet(work: Desk) -> None:
    async def is_quiet() -> bool:
        return not await work.store.pending.all()

    await work.until(is_quiet)


async def test_a_server_that_keeps_no_keywords(tmp_path: Path) -> None:
    async with scripted_imap("no-keywords", messages=3) as server:
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await work.holds(3)
            await work.account.snoozes.put_aside(await work.inbox(), [Uid(1)], time.time() + HOUR)
            await lists(work, 3, 2)
            await quiet(work)
            await work.account.snoozes.put_aside(await work.inbox(), [Uid(2)], time.time() + HOUR)
            await quiet(work)
            assert len(work.said(WordsKeptHere)) == 1, "it is told once"
            await lists(work, 3)
        Paths.under(tmp_path).cache_file.unlink()
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await lists(work, 3)
            act = await store.journal.newest([work.name])
            assert act is not None
            await work.account.changes.undo(act)
            await lists(work, 3, 2)
            await quiet(work)
            later(work, 2 * HOUR)
            await lists(work, 1, 3, 2)
            await quiet(work)
            assert [event.uids for event in work.said(MessagesArrived) if event.again] == [(1,)]
            assert not await store.snoozed.waiting(work.name)
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await work.holds(3)
            await lists(work, 1, 3, 2)


@pytest.mark.parametrize("capability", ["IMAP4rev1 IDLE MOVE UIDPLUS", "IMAP4rev1 IDLE MOVE"])
async def test_what_is_kept_here_follows_a_mail_that_is_moved(tmp_path: Path, capability: str) -> None:
    async with scripted_imap("no-keywords", messages=2, capability=capability) as server:
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await work.holds(2)
            await work.mailbox(b"Archive")
            await work.account.snoozes.put_aside(await work.inbox(), [Uid(1)], time.time() + HOUR)
            await quiet(work)
            await work.account.changes.archive(await work.inbox(), [Uid(1)])
            await quiet(work)
            await work.account.look_into((await work.mailbox(b"Archive")).id)
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            archive = (await work.mailbox(b"Archive")).id
            await work.account.look_into(archive)
            assert [each.mailbox for each in await store.snoozed.waiting(work.name)] == [archive]


async def test_what_is_kept_here_ends_where_the_server_has_come_to_keep_it(tmp_path: Path) -> None:
    async with scripted_imap("no-keywords", messages=2) as server:
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await work.holds(2)
            await work.account.snoozes.put_aside(await work.inbox(), [Uid(1)], time.time() + HOUR)
            await quiet(work)
        server.options["keeps"] = True
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await lists(work, 2)
            later(work, 2 * HOUR)
            await lists(work, 1, 2)
            await quiet(work)
            assert not await store.snoozed.waiting(work.name)
            assert len([event for event in work.said(MessagesArrived) if event.again]) == 1
        async with open_store(tmp_path) as store, at_work(store, server) as work:
            await work.holds(2)
            await lists(work, 1, 2)


async def test_by_pop3_it_is_on_this_machine(tmp_path: Path) -> None:
    async with scripted_pop3(mails=[mail(1), mail(2)]) as server:
        async with open_store(tmp_path) as store, pop3_desk(store, server) as work:
            await work.holds(2)
            await work.account.snoozes.put_aside(await work.inbox(), [Uid(1)], time.time() + HOUR)
            await lists(work, 2)
            await quiet(work)
        Paths.under(tmp_path).cache_file.unlink()
        async with open_store(tmp_path) as store, pop3_desk(store, server) as work:
            await lists(work, 2)
            later(work, 2 * HOUR)
            await lists(work, 1, 2)


async def test_nothing_is_compared_because_something_is_put_aside(tmp_path: Path) -> None:
    async with scripted_imap(messages=3) as server, open_store(tmp_path) as store, at_work(store, server) as work:
        await work.holds(3)
        await work.account.snoozes.put_aside(await work.inbox(), [Uid(1)], time.time() + HOUR)
        await lists(work, 3, 2)
        await quiet(work)
        state = await work.mailbox()
        assert (state.held, state.total, await store.envelopes.aside(state.id)) == (2, 2, 1)
        before = len(server.log)
        await work.account.look_into(state.id)
        assert not [line for line in server.log[before:] if b"SEARCH" in line]


async def test_of_a_mail_that_went_to_oneself_too_one_is_reminded_by_that_one(tmp_path: Path) -> None:
    async with scripted_imap(messages=2) as server, open_store(tmp_path) as store, at_work(store, server) as work:
        await work.holds(2)
        inbox, sent = await work.inbox(), (await work.mailbox(b"Sent")).id
        await work.account.changes.flag(inbox, [Uid(1)], SEEN, True)
        server.boxes[b"Sent"].add(server.boxes[b"INBOX"].mails[0].raw)
        await work.account.look_into(sent)
        await work.holds(1, b"Sent")
        await work.account.snoozes.remind(sent, [Uid(1)], time.time() + HOUR)
        await quiet(work)
        later(work, 2 * HOUR)
        await work.until(lambda: [event for event in work.said(MessagesArrived) if event.again])
        await quiet(work)
        assert {row.uid: row.flags for row in await work.rows()} == {1: {snooze.BACK}, 2: set()}
        assert [event.mailbox for event in work.said(MessagesArrived) if event.fresh] == [inbox]
        assert not await store.snoozed.waiting(work.name)


async def test_what_hides_a_mail_in_the_inbox_swallows_no_reminder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on the server and never in a list: one more is put there."""
    async with scripted_imap(messages=2) as server, open_store(tmp_path) as store, at_work(store, server) as work:
        await work.holds(2)
        sent = (await work.mailbox(b"Sent")).id
        server.boxes[b"Sent"].add(server.boxes[b"INBOX"].mails[0].raw)
        await work.account.look_into(sent)
        await work.holds(1, b"Sent")

        async def nothing(*_: object) -> None:
            return None

        monkeypatch.setattr(store.snoozed, "copy_in", nothing)
        await work.account.snoozes.remind(sent, [Uid(1)], time.time() + HOUR)
        await quiet(work)
        later(work, 2 * HOUR)

        async def brought() -> bool:
            work.account.snoozes.wake()
            return len(server.boxes[b"INBOX"].mails) == 3 and not await store.snoozed.waiting(work.name)

        await work.until(brought)
