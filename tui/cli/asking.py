"""What every verb's module shares: the running program is asked, else the command does it itself."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

from tui.config.load import load
from tui.config.paths import Paths
from tui.engine.alone import Alone
from tui.engine.client import ask
from tui.engine.desk import Need, Row, Wish
from tui.engine.names import is_known, is_listed
from tui.engine.verbs import VERBS
from tui.mail.errors import ConfigError, MailError
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
    return perform_each(verb, [(arguments, data)], show)


def perform_each(verb: str, wishes: Iterable[tuple[Mapping[str, Any], bytes]], show: Show) -> int:
    """Have a verb done again and again, one after another, and return the worst exit status.

    Args:
        verb: its name.
        wishes: arguments and octets of each, taken when the one before is done.
        show: called with every row.

    Raises:
        ConfigError, MailError: as `perform` does; then the others are left undone.
    """
    return asyncio.run(_perform(verb, wishes, show))


async def _perform(verb: str, wishes: Iterable[tuple[Mapping[str, Any], bytes]], show: Show) -> int:
    paths = Paths.of_user()
    status = 0
    asked = await ask(paths.socket_file)
    if asked is not None:
        for arguments, data in wishes:
            asked = asked or await ask(paths.socket_file)
            if asked is None:
                raise MailError("The program that ran has ended.", cure="Give the command again.")
            async for row in asked.rows(verb, arguments, data):
                show(row)
            _tell(asked.note)
            status, asked = max(status, asked.status), None
        return status
    config = load(paths.config_file)
    if not config.accounts:
        raise ConfigError("No account is configured.", cure="Run: tidings setup, or look around with: tidings demo.")
    paths.make()
    alone = await Alone.open(config, paths, hidden_line.asker())
    names: set[AccountName] = set()
    try:
        for arguments, data in wishes:
            wish = Wish(arguments, data)
            status = max(status, await _perform_alone(alone, verb, wish, show, names))
        if names and not await alone.settle(names, SETTLE_WITHIN):
            _tell("the servers do not know of it yet; the next start tells them.")
        return status
    finally:
        await alone.close()


async def _perform_alone(alone: Alone, verb: str, wish: Wish, show: Show, begun: set[AccountName]) -> int:
    """Do it; note in ``begun`` the accounts whose servers are to know of it."""
    need = Need.STORE if wish.is_on("offline") else VERBS[verb].need
    named = AccountName(wish.text("account"))
    names = {named} if named in alone.accounts else set(alone.accounts)
    if need is Need.CARRYING and not (
        await _are_known(alone, wish) and (not VERBS[verb].files or await _are_listed(alone, wish, names))
    ):
        need = Need.LOOKING
    if need >= Need.CARRYING:
        names -= begun
        begun |= names
    if names:
        await alone.begin(need, names, REACH_WITHIN)
    rows: AsyncIterator[Row] = VERBS[verb].perform(alone, wish)
    async for row in rows:
        show(row)
    _tell(wish.note)
    return wish.status


def _ids(wish: Wish) -> list[str]:
    return [each for each in (wish.text("id"), *wish.texts("ids")) if each]


async def _are_known(alone: Alone, wish: Wish) -> bool:
    """Whether the messages are here, so that no server need be asked for them first."""
    return all([await is_known(alone, each) for each in _ids(wish)])


async def _are_listed(alone: Alone, wish: Wish, names: Iterable[AccountName]) -> bool:
    """Whether the mailboxes are known to which the messages may go, those of these accounts where none is named."""
    meant = {AccountName(each.partition("/")[0]) for each in _ids(wish)} & set(alone.accounts) or names
    return all([await is_listed(alone, name) for name in meant])


def _tell(note: str) -> None:
    if note:
        print(f"tidings: {note}", file=sys.stderr)
