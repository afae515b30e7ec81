"""What is done at the very first start, before the server has told its mailboxes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.store.sample import INBOX, WORK, envelope, uids
from tui.config.paths import Paths
from tui.mail.errors import MailboxNotFound, MailError
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.mail.mailbox import Mailbox, Role
from tui.store.database import Store
from tui.sync import changes
from tui.sync.changes import Changes

ARCHIVE = Mailbox(WORK, b"Archive", "Archive", "/", Role.ARCHIVE)


@asynccontextmanager
async def newcomer(folder: Path) -> AsyncIterator[tuple[Store, MailboxId]]:
    """Give a store that knows of INBOX alone, with one mail in it."""
    store = await Store.open(Paths.under(folder))
    try:
        await store.mailboxes.replace(WORK, [INBOX])
        inbox = (await store.mailboxes.all())[0].id
        await store.mailboxes.selected(inbox, UidValidity(7), Uid(1), 0, ModSeq(0))
        await store.envelopes.add(inbox, [envelope(1)])
        yield store, inbox
    finally:
        await store.close()


@pytest.mark.parametrize(("pattern", "target"), [("", "Archive"), ("Archive/{year}", "2023")])
async def test_archiving_waits_for_the_mailboxes(tmp_path: Path, pattern: str, target: str) -> None:
    async with newcomer(tmp_path) as (store, inbox):
        listed = asyncio.Event()
        acts = Changes(WORK, store, lambda event: None, lambda: None, pattern, listed=listed)
        archiving = asyncio.create_task(acts.archive(inbox, uids(1)))
        await asyncio.wait([archiving], timeout=0.05)
        assert not archiving.done()
        await store.mailboxes.replace(WORK, [INBOX, ARCHIVE])
        listed.set()
        act = await archiving
        assert act is not None
        assert act.target == target


async def test_a_server_that_does_not_tell_is_not_said_to_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PATIENCE", 0.0)
    async with newcomer(tmp_path) as (store, inbox):
        listed = asyncio.Event()
        acts = Changes(WORK, store, lambda event: None, lambda: None, listed=listed)
        with pytest.raises(MailError, match="has not told its mailboxes yet"):
            await acts.delete(inbox, uids(1))
        listed.set()
        with pytest.raises(MailboxNotFound, match="has no trash mailbox"):
            await acts.delete(inbox, uids(1))
