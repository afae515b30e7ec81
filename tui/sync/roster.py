"""The accounts of the program that runs: they can be added, changed, put in another order and taken out meanwhile."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tui.config.model import AccountConfig, Config
from tui.config.secrets import Secrets
from tui.mail.ids import AccountName
from tui.store.database import Store
from tui.sync.events import AccountsChanged, Event
from tui.sync.late_account import LateAccount

if TYPE_CHECKING:
    from tui.sync.mailing import Mailing


class Roster(Mapping[AccountName, "Mailing"]):
    """The accounts by name, in the order of the screen. Whoever holds it sees those that come later, too.

    Args:
        config: whose accounts; their settings are for those that come later as well.
        store: open.
        emit: hears of everything, and `AccountsChanged` when the roster is another.
        secrets: what obtains passwords and tokens.

    Attributes:
        config: as it is now.
        secrets: the same.
    """

    def __init__(self, config: Config, store: Store, emit: Callable[[Event], None], secrets: Secrets) -> None:
        self.config = config
        self.secrets = secrets
        self._store = store
        self._emit = emit
        self._is_started = False
        self._accounts = {each.name: self._made(each) for each in config.accounts}

    def _made(self, account: AccountConfig) -> LateAccount:
        return LateAccount(account, self.config, self._store, self._emit, self.secrets)

    def __getitem__(self, name: AccountName) -> "Mailing":
        return cast("Mailing", self._accounts[name])

    def __iter__(self) -> Iterator[AccountName]:
        return iter(tuple(self._accounts))

    def __len__(self) -> int:
        return len(self._accounts)

    def start(self) -> None:
        """Have every account begin, and from now on each that comes at once."""
        self._is_started = True
        for account in self._accounts.values():
            account.start()

    async def stop(self, within: float) -> None:
        """Have every account end.

        Args:
            within: seconds they have to say goodbye.
        """
        stopping = [asyncio.create_task(account.stop()) for account in self._accounts.values()]
        if stopping:
            _, late = await asyncio.wait(stopping, timeout=within)
            for task in late:
                task.cancel()

    async def put(self, account: AccountConfig) -> None:
        """Take in an account, a new one at the end; one of this name ends and begins anew as it is now."""
        before = self._accounts.get(account.name)
        if before is not None:
            await before.stop()
        self._accounts[account.name] = self._made(account)
        if self._is_started:
            self._accounts[account.name].start()
        self._changed()

    async def remove(self, name: AccountName) -> None:
        """End an account, take it out, and drop what is cached of its mail. Its drafts and outbox stay."""
        account = self._accounts.pop(name, None)
        if account is not None:
            await account.stop()
            await self._store.mailboxes.forget_account(tuple(self._accounts))
            self._changed()

    def reorder(self, names: Sequence[AccountName]) -> None:
        """Put the accounts in an order; names that are unknown are passed over, those that are missing come last."""
        order = [*(name for name in names if name in self._accounts), *self._accounts]
        self._accounts = {name: self._accounts[name] for name in dict.fromkeys(order)}
        self._changed()

    def _changed(self) -> None:
        self.config = replace(self.config, accounts=tuple(each.config for each in self._accounts.values()))
        self._emit(AccountsChanged())
