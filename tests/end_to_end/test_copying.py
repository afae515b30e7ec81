"""Copying on Dovecot: undone and done again, kept over an offline spell and kill -9, and never doubled by a cut."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.command import ROOT, command, write_config
from tests.end_to_end.test_undo import COUNT, counts, deliver, quiet, redo, undo
from tests.end_to_end.work import at_work, mail, other_client
from tests.servers.cutter import Cutter
from tests.servers.dovecot import ADA, Dovecot
from tests.servers.postfix import Postfix
from tests.sync.desk import Desk, open_store
from tui.config.model import Security
from tui.config.save import save
from tui.mail.flags import FLAGGED
from tui.mail.ids import MailboxId, Uid
from tui.store.database import Store
from tui.sync.events import ChangeRefused, Link, MessagesArrived

ABILITIES = [None, "IMAP4rev1", "IMAP4rev1 UIDPLUS IDLE"]

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.end_to_end.work import at_work
from tests.sync.desk import open_store
from tui.config.load import load
from tui.imap import change as imap_change
from tui.mail.ids import Uid
from tui.sync.events import Link

folder, when = Path(sys.argv[1]), sys.argv[2]
copy = imap_change.copy

async def copy_and_die(session, uids, target):
    if when == "after":
        await copy(session, uids, target)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    (account,) = load(folder / "config.toml").accounts
    if when != "offline":
        imap_change.copy = copy_and_die
    async with open_store(folder) as store, at_work(store, account) as desk:
        if when == "offline":
            await desk.link(Link.OFFLINE)
        archive = await desk.mailbox(b"Archive")
        await desk.account.changes.copy(await desk.inbox(), [Uid(1), Uid(2)], archive.id)
        if when == "offline":
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.Event().wait()  # until it is killed

asyncio.run(main())
"""


def arrived(desk: Desk, mailbox: MailboxId) -> dict[Uid, bool]:
    """Return what was told to have come into a mailbox, and whether it was called new."""
    events = [event for event in desk.said(MessagesArrived) if event.mailbox == mailbox]
    return {uid: event.fresh for event in events for uid in event.uids}


@pytest.mark.parametrize("capability", ABILITIES)
async def test_copies_are_made_undone_and_made_again(store: Store, capability: str | None) -> None:
    with Dovecot(capability=capability) as dovecot:
        deliver(dovecot)
        async with at_work(store, dovecot.account(ADA), poll=1) as desk:
            await desk.holds(COUNT)
            inbox, archive = await desk.inbox(), await desk.mailbox(b"Archive")
            await desk.account.changes.flag(inbox, [Uid(3)], FLAGGED, True)
            await desk.account.changes.copy(inbox, [Uid(1), Uid(3)], archive.id)
            await quiet(desk)
            with other_client(dovecot) as other:
                assert counts(other) == (COUNT, 2)
                assert sorted(map(sorted, other.flags("Archive").values())) == [[], [FLAGGED]]
                desk.account.open_mailbox(archive.id)
                rows = await desk.holds(2, b"Archive")
                assert {row.subject for row in rows} == {"number 1", "number 3"}
                await desk.until(lambda: len(arrived(desk, archive.id)) == 2)
                assert not any(arrived(desk, archive.id).values()), "what the user copies is no new mail"
                await undo(desk)
                await desk.holds(0, b"Archive")
                await quiet(desk)
                assert counts(other) == (COUNT, 0)
                await redo(desk)
                await quiet(desk)
                assert counts(other) == (COUNT, 2)
                await undo(desk)
                await quiet(desk)
                assert counts(other) == (COUNT, 0)
                assert len(await desk.uids()) == COUNT
        assert not desk.said(ChangeRefused)


async def test_offline_it_waits_for_the_server(store: Store, dovecot: Dovecot) -> None:
    deliver(dovecot)
    async with at_work(store, dovecot.account(ADA)) as desk:
        await desk.holds(COUNT)
        archive = await desk.mailbox(b"Archive")
        await desk.link(Link.LIVE)
        dovecot.stop()
        await desk.link(Link.OFFLINE)
        inbox = await desk.inbox()
        await desk.account.changes.copy(inbox, [Uid(1), Uid(2)], archive.id)
        await desk.account.changes.delete(inbox, [Uid(1)])
        await desk.account.changes.copy(inbox, [Uid(4)], archive.id)
        await undo(desk)
    dovecot.start()
    async with at_work(store, dovecot.account(ADA)) as desk:
        await quiet(desk)
        with other_client(dovecot) as other:
            assert counts(other) == (COUNT - 1, 2)
            await undo(desk)
            await undo(desk)
            await quiet(desk)
            assert counts(other) == (COUNT, 0)


@pytest.mark.parametrize("when", ["offline", "before", "after"])
async def test_kill_9_neither_loses_nor_doubles_it(dovecot: Dovecot, tmp_path: Path, when: str) -> None:
    """The program is killed when it has written down what it will do, before the command, and after its answer."""
    deliver(dovecot)
    account = dovecot.account(ADA)
    save(tmp_path / "config.toml", account)
    async with open_store(tmp_path) as store, at_work(store, account) as desk:
        await desk.holds(COUNT)
        await desk.mailbox(b"Archive")
    if when == "offline":
        dovecot.stop()
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", KILLED, str(tmp_path), when), stdin=DEVNULL, env=dict(os.environ), cwd=ROOT
    )
    try:
        assert await asyncio.wait_for(program.wait(), 60) == -signal.SIGKILL
    finally:
        if program.returncode is None:
            program.kill()
    if when == "offline":
        dovecot.start()
    async with open_store(tmp_path) as store, at_work(store, account) as desk:
        await quiet(desk)
        with other_client(dovecot) as other:
            assert counts(other) == (COUNT, 2)
            await undo(desk)
            await quiet(desk)
            assert counts(other) == (COUNT, 0)


@pytest.mark.parametrize("capability", ABILITIES[:2])
async def test_a_line_that_breaks_again_and_again_doubles_nothing(store: Store, capability: str | None) -> None:
    """Every connection may bring a little more than the one before: sooner or later each answer is the last."""
    with Dovecot(capability=capability) as dovecot:
        deliver(dovecot)
        account = dovecot.account(ADA, security=Security.PLAIN)
        async with Cutter(dovecot.clear_port) as cutter:
            account = replace(account, receive=replace(account.receive, port=cutter.port))
            async with at_work(store, account) as desk:
                await desk.holds(COUNT)
                inbox, archive = await desk.inbox(), await desk.mailbox(b"Archive")
                await desk.link(Link.LIVE, Link.POLLING)
                for number in range(1, COUNT + 1):
                    await desk.account.changes.copy(inbox, [Uid(number)], archive.id)
                    cutter.cut()
                seen, cutter.allowance = cutter.accepted, 300

                async def is_done() -> bool:
                    nonlocal seen
                    if cutter.accepted > seen and cutter.allowance is not None:
                        seen, cutter.allowance = cutter.accepted, cutter.allowance + 60
                    return not await store.pending.all()

                await desk.until(is_done, timeout=60)
                cutter.allowance = None
                cutter.cut()
                with other_client(dovecot) as other:
                    assert counts(other) == (COUNT, COUNT)
                for _ in range(COUNT):
                    await undo(desk)
                await quiet(desk)
                with other_client(dovecot) as other:
                    assert counts(other) == (COUNT, 0)


async def test_a_script_copies(dovecot: Dovecot, postfix: Postfix, tmp_path: Path) -> None:
    write_config(tmp_path, dovecot, postfix, ADA)
    dovecot.deliver(ADA, mail("first"), mail("second"))
    (row, _) = (await command(tmp_path, "list", "--json")).rows
    (would_row,) = (await command(tmp_path, "copy", "--json", "--dry-run", "--to", "archive", str(row["id"]))).rows
    assert (would_row["count"], would_row["done"]) == (1, None)
    with other_client(dovecot) as other:
        assert counts(other) == (2, 0)
        done = await command(tmp_path, "copy", "--to", "archive", str(row["id"]))
        assert (done.status, done.out, done.err) == (0, "copied 1 message from Inbox to Archive\n", "")
        assert counts(other) == (2, 1)
        assert (await command(tmp_path, "undo")).out == "undone: copied 1 message from Inbox to Archive\n"
        assert counts(other) == (2, 0)
