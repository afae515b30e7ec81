"""An account before its engine is there, and the door it is behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

import pytest

from tests.pty.mail import loopback
from tui.config.paths import Paths
from tui.mail.ids import AccountName, MailboxId
from tui.store.database import Store
from tui.sync.account import Account
from tui.sync.events import Event, Link
from tui.sync.late_account import LateAccount, load_behind

WORK = AccountName("work")


class Engine:
    """Notes what is asked of it."""

    def __init__(self) -> None:
        self.acts: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: self.acts.append(name)


class Told(LateAccount):
    """Has such an engine."""

    engine: Engine

    def _engine(self) -> Account:
        return cast(Account, self.engine)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(Paths.under(tmp_path))
    yield opened
    await opened.close()


async def test_before_the_engine_it_says_that_it_is_connecting(store: Store) -> None:
    config = loopback(1, 1)
    account = LateAccount(config.accounts[0], config, store, lambda event: None)
    assert account.name == WORK
    assert account.link.link is Link.CONNECTING
    account.open_mailbox(MailboxId(3))
    await account.stop()


async def test_the_mailbox_that_is_shown_is_told_behind_the_start(store: Store) -> None:
    config = loopback(1, 1)
    account = Told(config.accounts[0], config, store, lambda event: None)
    account.engine = Engine()
    account.open_mailbox(MailboxId(3))
    assert account.engine.acts == []
    account.start()
    assert account.engine.acts == ["start", "open_mailbox"]
    account.open_mailbox(MailboxId(4))
    assert account.engine.acts == ["start", "open_mailbox", "open_mailbox"]


async def test_whatever_else_is_asked_loads_the_engine(store: Store) -> None:
    config, events = loopback(1, 1), list[Event]()
    account = LateAccount(config.accounts[0], config, store, events.append)
    await load_behind("tui.sync.account")
    assert account.lines == 0
    assert account.changes is account.changes
    account.start()
    await asyncio.sleep(0)  # its tasks begin
    await account.stop()
