"""What every verb's module shares: the running program is asked, else the command does it itself."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from tui.config.load import load
from tui.config.paths import Paths
from tui.engine.alone import Alone
from tui.engine.client import ask
from tui.engine.desk import Need, Row, Wish
from tui.engine.verbs import VERBS
from tui.mail.errors import ConfigError
from tui.mail.ids import AccountName
from tui.terminal import hidden_line

SETTLE_WITHIN = 60.0
"""Seconds in which the servers are to know what was done; what they do not know by then, the next start tells them."""
REACH_WITHIN = 20.0
"""Seconds in which servers are to be reached that are asked for what is new."""

Show = Callable[[Row], None]


def perform(verb: str, arguments: Mapping[str, Any], show: Show, data: bytes = b"") -> int:
    """Have a verb done, and return the exit status.

    Args:
        verb: its name.
        arguments: JSON.
        show: called with every row.
        data: octets given to it.

    Raises:
        ConfigError: when what is asked for cannot be, or there is no account.
        MailError: when it did not come about.
    """
    return asyncio.run(_perform(verb, arguments, show, data))


async def _perform(verb: str, arguments: Mapping[str, Any], show: Show, data: bytes) -> int:
    paths = Paths.of_user()
    asked = await ask(paths.socket_file)
    if asked is not None:
        async for row in asked.rows(verb, arguments, data):
            show(row)
        _tell(asked.note)
        return asked.status
    config = load(paths.config_file)
    if not config.accounts:
        raise ConfigError("No account is configured.", cure=f"Write {paths.config_file}, or try: tidings demo")
    paths.make()
    alone = await Alone.open(config, paths, hidden_line.asker())
    try:
        return await _perform_alone(alone, verb, Wish(arguments, data), show)
    finally:
        await alone.close()


async def _perform_alone(alone: Alone, verb: str, wish: Wish, show: Show) -> int:
    need = Need.STORE if wish.is_on("offline") else VERBS[verb].need
    named = wish.text("account")
    names = [AccountName(named)] if named in alone.accounts else list(alone.accounts)
    await alone.begin(need, names, REACH_WITHIN)
    rows: AsyncIterator[Row] = VERBS[verb].perform(alone, wish)
    async for row in rows:
        show(row)
    if need >= Need.CARRYING and not await alone.settle(names, SETTLE_WITHIN):
        _tell("the servers do not know of it yet; the next start tells them.")
    _tell(wish.note)
    return wish.status


def _tell(note: str) -> None:
    if note:
        print(f"tidings: {note}", file=sys.stderr)
