"""The kinds of accounts: which one a configuration asks for."""

from collections.abc import Callable

from tui.config.model import AccountConfig, Config, Protocol
from tui.config.secrets import Secrets
from tui.store.database import Store
from tui.sync.events import Event
from tui.sync.mailing import Mailing


def make_account(
    config: AccountConfig,
    settings: Config,
    store: Store,
    emit: Callable[[Event], None],
    secrets: Secrets | None = None,
) -> Mailing:
    """Return an account, not yet started; arguments as for `tui.sync.account.Account`. Loads what its kind needs."""
    if config.protocol is Protocol.POP3:
        from tui.sync.pop3_account import Pop3Account  # noqa: PLC0415 - late: start-up time

        return Pop3Account(config, settings, store, emit, secrets=secrets)
    from tui.sync.account import Account  # noqa: PLC0415 - late: start-up time

    return Account(config, settings, store, emit, secrets=secrets)
