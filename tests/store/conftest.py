"""A store on a real disk, with one account and its INBOX."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.sample import INBOX, WORK
from tui.config.paths import Paths
from tui.mail.ids import MailboxId, ModSeq, Uid, UidValidity
from tui.store.database import Store


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.under(tmp_path)


@pytest.fixture
async def store(paths: Paths) -> AsyncIterator[Store]:
    opened = await Store.open(paths)
    yield opened
    await opened.close()


@pytest.fixture
async def inbox(store: Store) -> MailboxId:
    await store.mailboxes.replace(WORK, [INBOX])
    state = await store.mailboxes.by_wire(WORK, b"INBOX")
    assert state is not None
    await store.mailboxes.selected(state.id, UidValidity(7), Uid(1), 0, ModSeq(0))
    return state.id
