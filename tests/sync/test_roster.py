"""The accounts of a running program: added, replaced, ordered and removed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pty.mail import loopback
from tui.config.paths import Paths
from tui.config.secrets import Secrets
from tui.mail.ids import AccountName
from tui.store.database import Store
from tui.sync.events import AccountsChanged, Event
from tui.sync.roster import Roster

WORK, HOME = AccountName("work"), AccountName("home")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    paths = Paths.under(tmp_path)
    paths.make()
    store = await Store.open(paths)
    yield store
    await store.close()


async def test_they_come_change_and_go_for_whoever_holds_it(store: Store) -> None:
    config = loopback(1, 1)
    told: list[Event] = []
    roster = Roster(config, store, told.append, Secrets())
    held = roster.items()
    account = config.accounts[0]
    await roster.put(replace(account, name=HOME))
    assert [name for name, _ in held] == [WORK, HOME]
    assert [each.name for each in roster.config.accounts] == [WORK, HOME]
    before = roster[WORK]
    await roster.put(replace(account, signature="Charles"))
    assert list(roster) == [WORK, HOME]
    assert roster[WORK] is not before
    roster.reorder([HOME, AccountName("nobody")])
    assert list(roster) == [HOME, WORK]
    await roster.remove(WORK)
    await roster.remove(WORK)
    assert [each.name for each in roster.config.accounts] == [HOME]
    assert told == [AccountsChanged()] * 4
    assert config.accounts == (account,)
