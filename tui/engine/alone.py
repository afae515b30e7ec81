"""A verb done by a command of its own, where no program runs."""

import asyncio
from collections.abc import Callable, Iterable

from tui.config.model import Config
from tui.config.paths import Paths
from tui.config.secrets import Ask, Secrets
from tui.engine.desk import Need
from tui.engine.ruling import Ruling
from tui.mail.ids import AccountName
from tui.store.database import Store
from tui.sync.events import Event, Link
from tui.sync.kinds import make_account
from tui.sync.mailing import Mailing

STOP_WITHIN = 4.0
"""Seconds the accounts have to say goodbye."""


class Alone:
    """The accounts and the store for as long as one command takes (`tui.engine.desk.Desk`).

    Made by `open`; whoever opened it closes it.
    """

    def __init__(self, config: Config, store: Store, secrets: Secrets) -> None:
        self.config = config
        self.store = store
        self._listeners: list[Callable[[Event], None]] = []
        self._moved = asyncio.Event()
        self._ruling = Ruling(self)
        self._is_ruled = False
        self.accounts = {
            AccountName(each.name): make_account(each, config, store, self._emit, secrets=secrets)
            for each in config.accounts
        }

    @classmethod
    async def open(cls, config: Config, paths: Paths, ask: Ask | None = None) -> "Alone":
        """Open the store.

        Args:
            config: with the accounts.
            paths: where files are.
            ask: how a person is asked for a password; None where there is nobody to ask.

        Raises:
            StoreError: when another instance has it, or the disk fails.
        """
        return cls(config, await Store.open(paths), Secrets(paths.tokens, ask))

    def listen(self, heard: Callable[[Event], None]) -> Callable[[], None]:
        """Have every event told to a function, until what is returned is called."""
        self._listeners.append(heard)
        return lambda: self._listeners.remove(heard)

    def _emit(self, event: Event) -> None:
        self._moved.set()
        for heard in tuple(self._listeners):
            heard(event)

    async def begin(self, need: Need, names: Iterable[AccountName], timeout: float) -> None:
        """Start what a verb needs.

        Args:
            need: what that is.
            names: of the accounts concerned.
            timeout: seconds in which the accounts have to be reached, where they are to be looked at.
        """
        chosen = [self.accounts[name] for name in names]
        if need is Need.LOOKING and not self._is_ruled:
            self._is_ruled = True
            self._ruling.listen()
            await self._ruling.note_missed()
        for account in chosen:
            if need is Need.CARRYING:
                account.start_carrying()
            elif need is Need.LOOKING:
                account.start()
        if need is Need.LOOKING:
            await self._until(lambda: all(_is_decided(account) for account in chosen), timeout)

    async def settle(self, names: Iterable[AccountName], timeout: float) -> bool:
        """Do what the rules say of what has arrived, and wait until the servers know what was done.

        Returns:
            Whether they do; if not, the next start goes on.
        """
        chosen = list(names)
        await self._ruling.drain()
        try:
            async with asyncio.timeout(timeout):
                while any([await self.store.pending.count(name) for name in chosen]):
                    self._moved.clear()
                    try:
                        async with asyncio.timeout(0.2):  # a change that leaves says nothing of its own
                            await self._moved.wait()
                    except TimeoutError:
                        pass
        except TimeoutError:
            return False
        return True

    async def _until(self, is_so: Callable[[], bool], timeout: float) -> None:
        try:
            async with asyncio.timeout(timeout):
                while not is_so():
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            pass

    async def close(self) -> None:
        """Stop the accounts and close the store.

        What came in a great number has no threads then: no verb asks for them, a script waits for its verb, and the
        application gathers what is left as soon as it runs (`tui.sync.gathering`).
        """
        stopping = [asyncio.create_task(account.stop()) for account in self.accounts.values()]
        if stopping:
            _, late = await asyncio.wait(stopping, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
        await self.store.close()


def _is_decided(account: Mailing) -> bool:
    return account.link.link in (Link.LIVE, Link.POLLING, Link.OFFLINE, Link.REFUSED)
