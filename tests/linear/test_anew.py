"""Where UIDs name other messages now, or elsewhere, nothing that was marked, found or read is taken for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

from tests.screens.mail_stage import WORK, FakeAccount, fill
from tests.screens.threads import THREAD, letter
from tui.commands.desk import AccountPort
from tui.config.paths import Paths
from tui.linear.finds import Finds, HitRows, ThreadRows
from tui.linear.found import LinearFound
from tui.linear.mail import LinearMail
from tui.mail.envelope import Envelope
from tui.mail.ids import AccountName, MailboxId, ModSeq, Uid, UidValidity
from tui.mail.query_syntax import parse
from tui.store.database import Store
from tui.store.search import Hits
from tui.sync.events import Event, MailboxReset, MessagesVanished


@asynccontextmanager
async def mailbox(folder: Path) -> AsyncIterator[tuple[Store, MailboxId]]:
    store = await Store.open(Paths.under(folder))
    inbox = await fill(store, 5)
    await store.envelopes.add(inbox, THREAD)
    while (await store.threads.gather())[0] or await store.search.index():
        pass
    yield store, inbox
    await store.close()


async def renumber(store: Store, inbox: MailboxId, row: Envelope) -> MailboxReset:
    """Have another message by that UID; return what is told of it."""
    await store.mailboxes.selected(inbox, UidValidity(77), Uid(90_000), 1, ModSeq(0))
    await store.envelopes.add(inbox, [replace(row, subject="Another note", message_id="<z@x.example>")])
    while (await store.threads.gather())[0] or await store.search.index():
        pass
    return MailboxReset(WORK, inbox)


class Alone(FakeAccount):
    """Has nobody to tell."""

    def emit(self, event: Event) -> None:
        pass


def accounts(store: Store) -> dict[AccountName, AccountPort]:
    """Return accounts that can do less than is asked of any: nothing is asked of them here."""
    return {WORK: cast(AccountPort, Alone(WORK, store))}


def found(store: Store, finds: Finds, opened_in: MailboxId | None = None) -> tuple[LinearFound, list[str]]:
    said: list[str] = []
    here = LinearFound(
        store,
        accounts(store),
        said.append,
        lambda: 80,
        lambda: "Q",
        finds,
        lambda: said.append("gone"),
        lambda mailbox: None,
        opened_in,
    )
    return here, said


async def test_marks_of_a_mailbox_are_gone(tmp_path: Path) -> None:
    async with mailbox(tmp_path) as (store, inbox):
        here = LinearMail(store, accounts(store), print, lambda: 80, lambda: "Q")
        await here.begin()
        row = here.current_envelope
        assert row is not None
        here.toggle_mark()
        assert here.marked_or_current() == [row.uid]
        await here.take(await renumber(store, inbox, row))
        assert not here.has_marks


async def test_marks_of_hits_are_gone(tmp_path: Path) -> None:
    async with mailbox(tmp_path) as (store, inbox):
        node = parse("note", datetime.now().astimezone()).node
        assert node is not None
        here, _ = found(store, HitRows(Hits(store.search, node)))
        await here.enter("Found.")
        row = here.current_envelope
        assert row is not None
        here.toggle_mark()
        assert here.marked_in_each() == [(WORK, inbox, [row.uid])]
        await here.take(await renumber(store, inbox, row))
        assert here.marked_in_each() == []


async def test_a_message_is_read_on_while_one_of_its_uid_goes_from_another_mailbox(tmp_path: Path) -> None:
    async with mailbox(tmp_path) as (store, inbox):
        node = parse("note", datetime.now().astimezone()).node
        assert node is not None
        here, _ = found(store, HitRows(Hits(store.search, node)))
        await here.enter("Found.")
        row = here.current_envelope
        assert row is not None
        here.open_current()
        await here.settle()
        assert here.message is not None
        await here.take(MessagesVanished(WORK, MailboxId(inbox + 1), (row.uid,)))
        assert here.reading
        await here.take(MessagesVanished(WORK, inbox, (row.uid,)))
        assert not here.reading


async def test_a_conversation_does_not_become_another(tmp_path: Path) -> None:
    async with mailbox(tmp_path) as (store, inbox):
        start = THREAD[-1]
        rows = ThreadRows(store, inbox, (inbox, start.uid))
        await rows.renew()
        here, said = found(store, rows, inbox)
        await here.enter("A conversation.", rows.start)
        at = here.current
        assert at == (WORK, inbox, start.uid)
        await here.take(await renumber(store, inbox, letter(int(start.uid), 1, "A stranger", "z")))
        assert here.current is None
        assert said[-1] == "gone"
