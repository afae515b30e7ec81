"""An account before its engine is loaded: sessions, TLS and submission take longer to load than the first screen does.

The screens ask it how the line stands and tell it which mailbox is shown. Whatever else is asked of it loads the
engine, and from then on this is only a door to an account of its kind (`tui.sync.mailing`).
"""

import asyncio
import importlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tui.config.model import AccountConfig, Config
from tui.config.secrets import Secrets
from tui.mail.ids import AccountName, MailboxId
from tui.store.database import Store
from tui.sync.events import Event, Link, LinkState

if TYPE_CHECKING:
    from tui.sync.mailing import Mailing


async def load_behind(*modules: str) -> None:
    """Load modules in a thread, so that keys are obeyed meanwhile; accounts are made of ``tui.sync.account``."""
    for module in modules:
        await asyncio.to_thread(importlib.import_module, module)


class LateAccount:
    """Stands for an account of the same arguments.

    Attributes:
        name, config: the account's.
    """

    def __init__(
        self,
        config: AccountConfig,
        settings: Config,
        store: Store,
        emit: Callable[[Event], None],
        secrets: Secrets | None = None,
    ) -> None:
        self.name: AccountName = config.name
        self.config = config
        self._made_of = (config, settings, store, emit)
        self._secrets = secrets
        self._begun = LinkState(Link.CONNECTING, time.time())
        self._shown: MailboxId | None = None
        self._account: Mailing | None = None
        self._is_started = False

    @property
    def link(self) -> LinkState:
        """The state of the line to the receiving server, now."""
        return self._account.link if self._account is not None else self._begun

    @property
    def round_trip(self) -> float:
        """Seconds a command to the receiving server takes; 0.0 while that is not known, or where there is no line."""
        return self._account.round_trip if self._account is not None else 0.0

    def open_mailbox(self, mailbox: MailboxId) -> None:
        """Make sure that a mailbox is like the server's; before the start, that is for later."""
        self._shown = mailbox
        if self._is_started:
            self._engine().open_mailbox(mailbox)

    def start(self) -> None:
        """Begin: connect, watch, catch up, send what waits."""
        self._is_started = True
        self._engine().start()
        if self._shown is not None:
            self._engine().open_mailbox(self._shown)

    async def stop(self) -> None:
        """End everything that was begun."""
        if self._account is not None:
            await self._account.stop()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine(), name)

    def _engine(self) -> "Mailing":
        if self._account is None:
            from tui.sync.kinds import make_account  # noqa: PLC0415 - late: start-up time

            self._account = make_account(*self._made_of, secrets=self._secrets)
        return self._account
